//! Tools that are Python packages, each in a virtual environment of its own.

use crate::find;
use crate::find::program;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name of the requirements file in the folder of an installed tool.
const REQUESTED: &str = "requirements.txt";
/// Name of a copy of the requirements file. It is written after everything was installed, so it shows that the
/// installation is complete.
const INSTALLED: &str = "installed.txt";

/// A tool that is installed from Python packages, in exact versions.
///
/// To install it, run [`environment`](Self::environment) and then [`installation`](Self::installation). If both succeed,
/// call [`finish`](Self::finish).
#[derive(Debug, Clone, Copy)]
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
    /// Returns the folder of the tool's programs, which also contains the program `python`, or `None` if a program is
    /// missing or was installed from other requirements.
    pub fn folder(&self, tools: &Path) -> Option<PathBuf> {
        let installed = fs::read_to_string(self.home(tools).join(INSTALLED));
        let folder = self.programs_in(tools);
        let is_complete = self.programs.iter().all(|name| folder.join(program(name)).is_file());
        (installed.is_ok_and(|installed| installed == self.requirements) && is_complete).then_some(folder)
    }

    /// Returns the command that creates the virtual environment with the program `python`.
    pub fn environment(&self, tools: &Path, python: &Path) -> Command {
        let mut create = Command::new(python);
        create.args(["-m", "venv", "--clear"]).arg(self.home(tools));
        create
    }

    /// Writes the requirements, and returns the pip command that installs exactly these packages and verifies their
    /// hashes. Only wheels are accepted, because installing a source archive runs a script of the package.
    ///
    /// # Errors
    ///
    /// The error of the operating system if the requirements cannot be written.
    pub fn installation(&self, tools: &Path) -> io::Result<Command> {
        let file = self.home(tools).join(REQUESTED);
        fs::write(&file, self.requirements)?;
        let mut install = Command::new(self.programs_in(tools).join(program("python")));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement"]).arg(file);
        Ok(install)
    }

    /// Notes that the installation is complete.
    ///
    /// # Errors
    ///
    /// The error of the operating system if the note cannot be written.
    pub fn finish(&self, tools: &Path) -> io::Result<()> {
        fs::write(self.home(tools).join(INSTALLED), self.requirements)
    }

    /// Returns package and version, such as `moto 5.2.1`.
    pub fn title(&self) -> String {
        format!("{} {}", self.package, self.version().unwrap_or_default())
    }

    /// Returns the version of the tool, or `None` if the requirements do not name its package.
    pub fn version(&self) -> Option<&'static str> {
        let begin = format!("{}==", self.package);
        let line = self.requirements.lines().find_map(|line| line.strip_prefix(&begin))?;
        line.split_whitespace().next()
    }

    fn home(&self, tools: &Path) -> PathBuf {
        tools.join(self.title().replace(' ', "-"))
    }

    fn programs_in(&self, tools: &Path) -> PathBuf {
        self.home(tools).join(if cfg!(windows) { "Scripts" } else { "bin" })
    }
}

/// Returns the path of a Python that can create virtual environments, or `None` if there is none. Debian has the modules for
/// this in a separate package.
pub fn find_python() -> Option<PathBuf> {
    let can_make_environments = |python: &PathBuf| {
        let modules = Command::new(python).args(["-I", "-c", "import venv, ensurepip"]).output();
        modules.is_ok_and(|output| output.status.success())
    };
    ["python3", "python"].iter().filter_map(|name| find::on_path(name)).find(can_make_environments)
}

/// Returns the command with which a user can install Python on this machine.
pub fn python_install_command() -> &'static str {
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
