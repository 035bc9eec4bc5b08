//! Installs tools that are npm packages, each into a folder of its own.

use super::find;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool that is installed from an npm package, in an exact version. The lock file contains a hash of each package,
/// but no addresses. So npm downloads from the registry that is configured on the machine.
pub struct NpmTool {
    pub package: &'static str,
    pub version: &'static str,
    /// The content of the file `package.json` for npm.
    pub manifest: &'static str,
    /// The content of the file `package-lock.json` for npm.
    pub lock: &'static str,
}

impl NpmTool {
    /// Returns the path of a file of the installed tool. `name` is its path below `node_modules`. Returns `None` if the
    /// file is missing, or if the tool was installed from another lock file.
    pub fn file(&self, project: &Project, name: impl AsRef<Path>) -> Option<PathBuf> {
        let lock = fs::read_to_string(self.home(project).join("package-lock.json"));
        let path = self.home(project).join("node_modules").join(name);
        (lock.is_ok_and(|lock| lock == self.lock) && path.exists()).then_some(path)
    }

    /// Installs exactly the packages in the lock file, without running scripts of packages.
    pub fn install(&self, project: &Project, npm: &Path) -> Result<(), TaskError> {
        let home = self.home(project);
        let write = |name: &str, content: &str| {
            let path = home.join(name);
            fs::write(&path, content).map_err(TaskError::while_doing(format!("writing {}", path.display())))
        };
        fs::create_dir_all(&home).map_err(TaskError::while_doing(format!("creating {}", home.display())))?;
        write("package.json", self.manifest)?;
        write("package-lock.json", self.lock)?;
        let title = format!("install {} {}", self.package, self.version);
        step::run(project, &title, &mut self.command(project, npm, &home)).map(drop)
    }

    fn command(&self, project: &Project, npm: &Path, home: &Path) -> Command {
        let mut install = project.command(npm);
        install.args(["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix"]).arg(home);
        install
    }

    fn home(&self, project: &Project) -> PathBuf {
        project.tools.join(format!("{}-{}", self.package, self.version))
    }
}

/// Returns the path of the program npm, or `None` if it is not installed.
pub fn npm() -> Option<PathBuf> {
    find::on_path("npm")
}
