//! Installs tools that are Python packages, each into a virtual environment of its own.

use super::find::program;
use super::{apt, find};
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool that is installed from Python packages, in exact versions.
pub struct PythonTool {
    /// The package after which the tool is named. Its version is the version of the tool.
    pub package: &'static str,
    /// The content of the requirements file for pip. It contains every package that is installed, with its version and
    /// its hashes.
    pub requirements: &'static str,
    /// Names of the programs that the packages install. All of them must exist.
    pub programs: &'static [&'static str],
}

impl PythonTool {
    /// Finds or installs the tool, and returns the folder of its programs. The folder also contains the program
    /// `python`.
    pub fn set_up(&self, project: &Project) -> Result<PathBuf, TaskError> {
        let title = self.title();
        let folder = self.programs_in(project);
        if self.is_installed(project) {
            terminal::done(&title, "found");
            return Ok(folder);
        }
        let python = python(project)?;
        step::run(
            project,
            "python environment",
            project.command(python).args(["-m", "venv", "--clear"]).arg(self.home(project)),
        )?;
        let file = self.home(project).join(REQUESTED);
        write(&file, self.requirements)?;
        step::run(project, &format!("install {title}"), &mut self.install(project, &folder, &file))?;
        write(&self.home(project).join(INSTALLED), self.requirements)?;
        if self.is_installed(project) { Ok(folder) } else { Err(self.missing(&title)) }
    }

    /// Returns the pip command that installs exactly the packages in the requirements `file`, and verifies their
    /// hashes. Only wheels are accepted, because installing a source archive runs a script of the package.
    fn install(&self, project: &Project, folder: &Path, file: &Path) -> Command {
        let mut install = project.command(folder.join(program("python")));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement"]).arg(file);
        install
    }

    /// Returns true if all programs of the tool exist, and were installed from the current requirements.
    fn is_installed(&self, project: &Project) -> bool {
        let installed = fs::read_to_string(self.home(project).join(INSTALLED));
        installed.is_ok_and(|installed| installed == self.requirements)
            && self.is_complete(&self.programs_in(project))
    }

    fn is_complete(&self, folder: &Path) -> bool {
        self.programs.iter().all(|name| folder.join(program(name)).is_file())
    }

    fn title(&self) -> String {
        format!("{} {}", self.package, self.version().unwrap_or_default())
    }

    pub fn version(&self) -> Option<&'static str> {
        let begin = format!("{}==", self.package);
        let line = self.requirements.lines().find_map(|line| line.strip_prefix(&begin))?;
        line.split_whitespace().next()
    }

    fn home(&self, project: &Project) -> PathBuf {
        project.tools.join(self.title().replace(' ', "-"))
    }

    fn programs_in(&self, project: &Project) -> PathBuf {
        self.home(project).join(if cfg!(windows) { "Scripts" } else { "bin" })
    }

    fn missing(&self, title: &str) -> TaskError {
        TaskError::MissingProgram {
            what: title.to_owned(),
            install: format!("pipx install {}", title.replace(' ', "==")),
        }
    }
}

/// Name of the requirements file in the folder of an installed tool.
const REQUESTED: &str = "requirements.txt";
/// Name of a copy of the requirements file. It is written after everything was installed, so it shows that the
/// installation is complete.
const INSTALLED: &str = "installed.txt";

fn write(file: &Path, content: &str) -> Result<(), TaskError> {
    fs::write(file, content).map_err(TaskError::while_doing(format!("writing {}", file.display())))
}

/// Returns the path of a Python that can create virtual environments. Debian has the modules for this in a separate
/// package, which is installed if the user is root.
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

/// Returns the command with which a user can install Python on this machine.
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
