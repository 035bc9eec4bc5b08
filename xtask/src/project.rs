//! The folders of the project (root, target, tools), and commands that are run in its root.

use crate::error::TaskError;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout of the project in which `cargo xtask` was started.
#[derive(Clone)]
pub struct Project {
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Folder of the tools that were installed by `cargo xtask`. All checkouts of a user share it, so that a new clone
    /// need not install them again.
    pub tools: PathBuf,
    /// Priority of the programs that steps run.
    pub priority: Priority,
}

/// The share of the processor that a step gets if others run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// The share of every other program.
    Usual,
    /// A quarter of the usual share: for tests beside others, whose limits of time it must not disturb.
    Low,
    /// The share that no other program uses: for builds.
    Lowest,
}

impl Project {
    /// Finds the folders of the project with `cargo metadata`, and creates the folders for logs and tools.
    pub fn locate() -> Result<Self, TaskError> {
        let metadata = metadata(&mut Command::new("cargo"), &["--no-deps"])?;
        let project = Self {
            root: path_in(&metadata, "workspace_root")?,
            target: path_in(&metadata, "target_directory")?,
            tools: tools_folder()?,
            priority: Priority::Usual,
        };
        for folder in [&project.logs(), &project.tools] {
            fs::create_dir_all(folder)
                .map_err(TaskError::while_doing(format!("creating {}", folder.display())))?;
        }
        Ok(project)
    }

    /// Returns the same project, for steps that run beside others with this priority.
    pub fn with_priority(&self, priority: Priority) -> Self {
        Self { priority, ..self.clone() }
    }

    /// Returns true if steps run beside others. They then show neither their progress nor the output of a build that fails.
    pub fn is_in_background(&self) -> bool {
        self.priority != Priority::Usual
    }

    /// Returns the folder of the built web page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Returns the path of the log file for the step called `title`.
    pub fn log(&self, title: &str) -> PathBuf {
        let name: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.logs().join(format!("{name}.log"))
    }

    /// Returns a command that runs `program` in the root folder of the project. It removes the environment variables by
    /// which `cargo run` describes this crate. Otherwise build scripts that read these variables would run again
    /// whenever `cargo` and `cargo xtask` are used alternately.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(describes_this_crate) {
                command.env_remove(name);
            }
        }
        command
    }

    pub fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments).env("CARGO_TERM_COLOR", "never");
        command
    }

    /// Returns the output of `cargo metadata` for the workspace and all its dependencies.
    pub fn metadata(&self) -> Result<Value, TaskError> {
        metadata(&mut self.command("cargo"), &["--locked"])
    }

    /// Returns the paths of the root files of all libraries and programs of the workspace, such as `cli/src/main.rs`.
    /// The argument is the output of [`Self::metadata`].
    pub fn root_files(&self, metadata: &Value) -> Vec<String> {
        let members = || metadata["workspace_members"].as_array().into_iter().flatten();
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let ours = packages.filter(|package| members().any(|id| *id == package["id"]));
        let targets = ours.flat_map(|package| package["targets"].as_array().into_iter().flatten());
        let compiled = targets.filter(|target| target["kind"][0] == "lib" || target["kind"][0] == "bin");
        let files = compiled
            .filter_map(|target| Path::new(target["src_path"].as_str()?).strip_prefix(&self.root).ok());
        files.map(|file| file.to_string_lossy().replace('\\', "/")).collect()
    }

    /// Returns the version of `package` in the workspace's Cargo.lock.
    pub fn locked_version(&self, package: &str) -> Result<String, TaskError> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).map_err(TaskError::while_doing("reading Cargo.lock"))?;
        locked_version(&lock, package).ok_or_else(|| TaskError::UnexpectedOutput {
            what: path.display().to_string(),
            reason: format!("it has no version of {package}"),
        })
    }

    fn logs(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

fn metadata(cargo: &mut Command, arguments: &[&str]) -> Result<Value, TaskError> {
    let output = cargo
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .output()
        .map_err(TaskError::while_doing("starting cargo metadata"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(TaskError::UnexpectedOutput { what: "the workspace".to_owned(), reason });
    }
    serde_json::from_slice(&output.stdout).map_err(|error| TaskError::UnexpectedOutput {
        what: "the output of cargo metadata".to_owned(),
        reason: error.to_string(),
    })
}

fn path_in(metadata: &Value, key: &str) -> Result<PathBuf, TaskError> {
    metadata[key].as_str().map(PathBuf::from).ok_or_else(|| TaskError::UnexpectedOutput {
        what: "the output of cargo metadata".to_owned(),
        reason: format!("the key {key} is missing"),
    })
}

/// Returns the folder of the installed tools, in the user's cache folder.
fn tools_folder() -> Result<PathBuf, TaskError> {
    local_tools::tools_folder().ok_or_else(|| TaskError::MissingProgram {
        what: "a cache folder (neither XDG_CACHE_HOME nor HOME is set)".to_owned(),
        install: "export HOME=/a/folder/of/yours".to_owned(),
    })
}

fn describes_this_crate(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| variable.starts_with(prefix))
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

    #[test]
    fn the_locked_version_is_that_of_the_package_with_exactly_this_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn variables_that_describe_this_crate_are_not_passed_on() {
        assert!(describes_this_crate("CARGO_PKG_VERSION"));
        assert!(describes_this_crate("CARGO_MANIFEST_DIR"));
        assert!(!describes_this_crate("CARGO_HOME"));
        assert!(!describes_this_crate("CARGO_TARGET_DIR"));
    }
}
