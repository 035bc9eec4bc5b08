//! Tools that are npm packages, each in a folder of its own.

use crate::find;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool that is installed from an npm package, in an exact version. The lock file contains a hash of each package,
/// but no addresses. So npm downloads from the registry that is configured on the machine.
#[derive(Debug, Clone, Copy)]
pub struct NpmTool {
    /// Name of the package.
    pub package: &'static str,
    /// Version of the package.
    pub version: &'static str,
    /// The content of the file `package.json` for npm.
    pub manifest: &'static str,
    /// The content of the file `package-lock.json` for npm.
    pub lock: &'static str,
}

impl NpmTool {
    /// Returns the path of a file of the installed tool. `name` is its path below `node_modules`. Returns `None` if the
    /// file is missing, or if the tool was installed from another lock file.
    pub fn file(&self, tools: &Path, name: impl AsRef<Path>) -> Option<PathBuf> {
        let lock = fs::read_to_string(self.home(tools).join("package-lock.json"));
        let path = self.home(tools).join("node_modules").join(name);
        (lock.is_ok_and(|lock| lock == self.lock) && path.exists()).then_some(path)
    }

    /// Writes the files from which npm installs, and returns the command that installs exactly the packages in the lock
    /// file, without running scripts of packages.
    ///
    /// # Errors
    ///
    /// The error of the operating system if the files cannot be written.
    pub fn installation(&self, tools: &Path, npm: &Path) -> io::Result<Command> {
        let home = self.home(tools);
        fs::create_dir_all(&home)?;
        fs::write(home.join("package.json"), self.manifest)?;
        fs::write(home.join("package-lock.json"), self.lock)?;
        let mut install = Command::new(npm);
        install.args(["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix"]).arg(home);
        Ok(install)
    }

    fn home(&self, tools: &Path) -> PathBuf {
        tools.join(format!("{}-{}", self.package, self.version))
    }
}

/// Returns the path of the program npm, or `None` if it is not installed.
pub fn npm() -> Option<PathBuf> {
    find::on_path("npm")
}
