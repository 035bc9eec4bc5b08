//! Where things are: the workspace, its target folder, the user's cache; and commands that run there.

use crate::failure::Failure;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout that this program was started in.
pub struct Project {
    pub root: PathBuf,
    /// Cargo's output folder.
    pub target: PathBuf,
    /// Tools, shared by all checkouts of this user, so that a fresh clone need not build them again.
    pub tools: PathBuf,
}

impl Project {
    /// Asks Cargo; makes the folders for logs and tools.
    pub fn locate() -> Result<Self, Failure> {
        let metadata = metadata(&mut Command::new("cargo"), &["--no-deps"])?;
        let project = Self {
            root: path_in(&metadata, "workspace_root")?,
            target: path_in(&metadata, "target_directory")?,
            tools: cache_folder()?.join("tickertape").join("tools"),
        };
        for folder in [&project.logs(), &project.tools] {
            fs::create_dir_all(folder)
                .map_err(Failure::while_doing(format!("creating {}", folder.display())))?;
        }
        Ok(project)
    }

    /// The built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The log of the step called `title`.
    pub fn log(&self, title: &str) -> PathBuf {
        let name: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.logs().join(format!("{name}.log"))
    }

    /// A program to be run at the root, free of what `cargo run` says about this crate: build scripts
    /// that look at it would run again at every change between `cargo` and `cargo xtask`.
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

    /// Everything that `cargo metadata` knows, dependencies included.
    pub fn metadata(&self) -> Result<Value, Failure> {
        metadata(&mut self.command("cargo"), &["--locked"])
    }

    /// The version of `package` in Cargo.lock.
    pub fn locked_version(&self, package: &str) -> Result<String, Failure> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).map_err(Failure::while_doing("reading Cargo.lock"))?;
        locked_version(&lock, package).ok_or_else(|| Failure::Unreadable {
            what: path.display().to_string(),
            reason: format!("no version of {package} in it"),
        })
    }

    fn logs(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

fn metadata(cargo: &mut Command, arguments: &[&str]) -> Result<Value, Failure> {
    let output = cargo
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .output()
        .map_err(Failure::while_doing("starting cargo metadata"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Failure::Unreadable { what: "the workspace".to_owned(), reason });
    }
    serde_json::from_slice(&output.stdout).map_err(|error| Failure::Unreadable {
        what: "the output of cargo metadata".to_owned(),
        reason: error.to_string(),
    })
}

fn path_in(metadata: &Value, key: &str) -> Result<PathBuf, Failure> {
    metadata[key].as_str().map(PathBuf::from).ok_or_else(|| Failure::Unreadable {
        what: "the output of cargo metadata".to_owned(),
        reason: format!("it has no {key}"),
    })
}

/// The per-user cache folder: `$XDG_CACHE_HOME`, or the platform's usual place.
fn cache_folder() -> Result<PathBuf, Failure> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || {
        from("HOME")
            .map(|home| home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
    };
    from("XDG_CACHE_HOME").or_else(|| from("LOCALAPPDATA")).or_else(home).ok_or_else(|| Failure::Missing {
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
    fn the_locked_version_is_that_of_the_very_package() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn what_cargo_says_about_this_crate_is_not_handed_on() {
        assert!(describes_this_crate("CARGO_PKG_VERSION"));
        assert!(describes_this_crate("CARGO_MANIFEST_DIR"));
        assert!(!describes_this_crate("CARGO_HOME"));
        assert!(!describes_this_crate("CARGO_TARGET_DIR"));
    }
}
