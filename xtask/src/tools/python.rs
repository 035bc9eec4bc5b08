//! Installs tools that are Python packages, each in a virtual environment of its own.

use super::find::program;
use super::{apt, find};
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool made of Python packages in fixed versions. The first package gives the tool its name.
pub struct PythonTool {
    pub packages: &'static [(&'static str, &'static str)],
    /// Programs that the packages install. All of them must be found.
    pub programs: &'static [&'static str],
}

impl PythonTool {
    /// Finds or installs the tool, and returns the folder of its programs. The folder contains `python` too.
    pub fn set_up(&self, project: &Project) -> Result<PathBuf, TaskError> {
        let title = self.title();
        let folder = self.programs_in(project);
        if self.is_complete(&folder) {
            terminal::done(&title, "found");
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

    fn missing(&self, title: &str) -> TaskError {
        let packages: Vec<&str> = self.packages.iter().map(|(name, _)| *name).collect();
        TaskError::MissingProgram {
            what: title.to_owned(),
            install: format!("pipx install {}", packages.join(" ")),
        }
    }
}

/// Finds a Python that can create virtual environments. In Debian this needs an additional package.
fn python(project: &Project) -> Result<PathBuf, TaskError> {
    if let Some(python) = find_python() {
        return Ok(python);
    }
    if apt::is_allowed() {
        apt::install(project, &["python3", "python3-venv"])?;
    }
    find_python().ok_or_else(|| TaskError::MissingProgram {
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

/// Returns the command that installs Python on this machine.
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
