//! Installs tools that Cargo builds from source.

use super::find;
use super::find::program;
use crate::error::TaskError;
use crate::project::Project;
use crate::stamp::fingerprint;
use crate::step;
use crate::terminal;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A tool that is installed from a package on crates.io, in exactly one version.
pub struct CargoTool {
    pub package: &'static str,
    pub version: String,
    /// Names of the programs that the package installs. All of them must be found in the same folder.
    pub programs: &'static [&'static str],
    /// A folder of the project with a small package and a lock file, from which the programs are built. They may do more
    /// than those of the package, so programs on the `PATH` are not used. If it is `None`, the package is built with the
    /// lock file with which it was published.
    pub folder: Option<&'static str>,
    /// Cargo's command-line arguments that select the features to build.
    pub features: &'static [&'static str],
    /// True to build the tool with optimisation, because it computes much.
    pub optimised: bool,
}

impl CargoTool {
    /// Finds the tool on the `PATH` or among the installed tools, or installs it. Returns the folder of its programs.
    pub fn set_up(&self, project: &Project) -> Result<PathBuf, TaskError> {
        let title = format!("{} {}", self.package, self.version);
        let name = self.name(project)?;
        if let Some(folder) = self.found_on_path().or_else(|| self.found_in_cache(project, &name)) {
            terminal::done(&title, "found");
            return Ok(folder);
        }
        terminal::note(&format!("building {title} from source takes some minutes, once per user"));
        self.install(project, &title, &name)?;
        self.found_in_cache(project, &name).ok_or_else(|| TaskError::MissingProgram {
            what: title,
            install: format!("cargo install {} --version {} --locked", self.package, self.version),
        })
    }

    /// Returns the name of the folder into which the tool is installed. For a tool that is built from a folder of the
    /// project, it contains a hash of the folder, so that the tool is built again when its source has changed.
    fn name(&self, project: &Project) -> Result<String, TaskError> {
        let name = format!("{}-{}", self.package, self.version);
        match self.folder {
            Some(folder) => Ok(format!("{name}-{:016x}", fingerprint(&project.root, &[folder])?)),
            None => Ok(name),
        }
    }

    fn found_on_path(&self) -> Option<PathBuf> {
        if self.folder.is_some() {
            return None;
        }
        let first = find::on_path(self.programs.first()?)?;
        let folder = first.parent()?.to_owned();
        let complete = self.programs.iter().all(|name| folder.join(program(name)).is_file());
        (complete && find::version_of(&first)? == self.version).then_some(folder)
    }

    fn found_in_cache(&self, project: &Project, name: &str) -> Option<PathBuf> {
        let folder = project.tools.join(name).join("bin");
        self.programs.iter().all(|file| folder.join(program(file)).is_file()).then_some(folder)
    }

    /// Builds and installs the tool with the versions of dependencies in its lock file. Cargo verifies their checksums,
    /// and fails if other versions would be needed.
    fn install(&self, project: &Project, title: &str, name: &str) -> Result<(), TaskError> {
        self.require_folder_of_this_version(project)?;
        let scratch = project.tools.join("build").join(name);
        let mut command = self.command(project);
        command.arg("--root").arg(project.tools.join(name)).arg("--target-dir").arg(&scratch);
        step::run(project, &format!("install {title}"), &mut command)?;
        // An error is ignored, because it only costs disk space.
        fs::remove_dir_all(scratch).unwrap_or_default();
        Ok(())
    }

    fn require_folder_of_this_version(&self, project: &Project) -> Result<(), TaskError> {
        let Some(folder) = self.folder else { return Ok(()) };
        let manifest = project.root.join(folder).join("Cargo.toml");
        let text = fs::read_to_string(&manifest)
            .map_err(TaskError::while_doing(format!("reading {}", manifest.display())))?;
        let wanted = format!("{} = \"={}\"", self.package, self.version);
        if text.lines().any(|line| line == wanted) {
            return Ok(());
        }
        let reason =
            format!("it should have the line `{wanted}`; change it, and run `cargo update` in its folder");
        Err(TaskError::UnexpectedOutput { what: manifest.display().to_string(), reason })
    }

    fn command(&self, project: &Project) -> Command {
        let mut command = project.cargo(["install", "--debug", "--locked"]);
        match self.folder {
            Some(folder) => command.arg("--path").arg(project.root.join(folder)),
            None => command.args([self.package, "--version", &self.version]),
        };
        command.args(self.features);
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", if self.optimised { "1" } else { "0" });
        command
    }
}
