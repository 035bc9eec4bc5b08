//! Tools that come as Python packages, each in an environment of its own.

use super::{apt, find, program};
use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packages that are needed in exactly these versions, the first of which gives the tool its name.
pub struct PythonTool {
    pub packages: &'static [(&'static str, &'static str)],
    /// What they install; all of them must be there.
    pub programs: &'static [&'static str],
}

impl PythonTool {
    /// The folder of the tool's programs, `python` among them; they are there when this returns.
    pub fn set_up(&self, project: &Project) -> Result<PathBuf, Failure> {
        let title = self.title();
        let folder = self.programs_in(project);
        if self.is_complete(&folder) {
            terminal::done(&title, "is there");
            return Ok(folder);
        }
        let python = python(project)?;
        step::run(
            project,
            "python environment",
            project.command(python).args(["-m", "venv"]).arg(self.home(project)),
        )?;
        step::run(project, &format!("install {title}"), &mut self.install(project, &folder))?;
        if self.is_complete(&folder) { Ok(folder) } else { Err(self.missing(&title)) }
    }

    fn install(&self, project: &Project, folder: &Path) -> Command {
        let mut install = project.command(folder.join(program("python")));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.args(self.packages.iter().map(|(name, version)| format!("{name}=={version}")));
        install
    }

    fn is_complete(&self, folder: &Path) -> bool {
        self.programs.iter().all(|name| folder.join(program(name)).is_file())
    }

    fn title(&self) -> String {
        self.packages.first().map(|(name, version)| format!("{name} {version}")).unwrap_or_default()
    }

    fn home(&self, project: &Project) -> PathBuf {
        project.tools.join(self.title().replace(' ', "-"))
    }

    fn programs_in(&self, project: &Project) -> PathBuf {
        self.home(project).join(if cfg!(windows) { "Scripts" } else { "bin" })
    }

    fn missing(&self, title: &str) -> Failure {
        let packages: Vec<&str> = self.packages.iter().map(|(name, _)| *name).collect();
        Failure::Missing { what: title.to_owned(), install: format!("pipx install {}", packages.join(" ")) }
    }
}

/// A Python that can make environments; Debian has that part apart.
fn python(project: &Project) -> Result<PathBuf, Failure> {
    if let Some(python) = find_python() {
        return Ok(python);
    }
    if apt::is_allowed() {
        apt::install(project, &["python3", "python3-venv"])?;
    }
    find_python().ok_or_else(|| Failure::Missing {
        what: "Python 3 with its venv and ensurepip modules".to_owned(),
        install: install_command().to_owned(),
    })
}

fn find_python() -> Option<PathBuf> {
    let can_make_environments = |python: &PathBuf| {
        let modules = Command::new(python).args(["-c", "import venv, ensurepip"]).output();
        modules.is_ok_and(|output| output.status.success())
    };
    ["python3", "python"].iter().filter_map(|name| find::on_path(name)).find(can_make_environments)
}

/// What to type on this machine.
fn install_command() -> &'static str {
    let managers = [
        ("apt-get", "sudo apt-get install -y python3 python3-venv"),
        ("dnf", "sudo dnf install -y python3"),
        ("pacman", "sudo pacman -S python"),
        ("apk", "sudo apk add python3"),
        ("zypper", "sudo zypper install python3"),
        ("brew", "brew install python"),
    ];
    find::install_command(&managers, "see https://www.python.org/downloads")
}
