//! The interpreters of this machine.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

/// An interpreter of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// Absolute path of the program itself. It is not that of a wrapper, which may need variables that functions do not have.
    pub program: PathBuf,
    /// Version, such as `20.20.2`.
    pub version: String,
}

impl Interpreter {
    /// Finds Node.js.
    pub async fn node() -> Option<Self> {
        Self::ask("node", &["-e", "console.log(process.execPath + '\\n' + process.versions.node)"]).await
    }

    /// Finds Python: the version of the runtime, such as `python3.12`, or any Python 3.
    pub async fn python(runtime: &str) -> Option<Self> {
        let script = "import sys, platform; print(sys.executable); print(platform.python_version())";
        // With `-I`, no module of the current folder is imported.
        match Self::ask(runtime, &["-I", "-c", script]).await {
            Some(found) => Some(found),
            None => Self::ask("python3", &["-I", "-c", script]).await,
        }
    }

    /// Runs a program that prints the path of its interpreter and the version in two lines.
    async fn ask(name: &str, arguments: &[&str]) -> Option<Self> {
        let output = Command::new(name).args(arguments).stdin(Stdio::null()).output().await.ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        let mut lines = text.lines();
        let (program, version) = (lines.next()?, lines.next()?);
        Some(Self { program: PathBuf::from(program), version: version.to_owned() })
    }

    /// Returns true if the version is this one or a later one.
    pub fn is_at_least(&self, (major, minor): (u32, u32)) -> bool {
        let mut parts = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) >= (major, minor)
    }

    /// Returns true if the version begins with the same numbers as that of a runtime, such as `nodejs20.x` or `python3.12`.
    pub fn is_of(&self, runtime: &str) -> bool {
        let wanted = runtime.trim_start_matches(|character: char| !character.is_ascii_digit());
        let wanted = wanted.trim_end_matches(".x");
        self.version == wanted || self.version.starts_with(&format!("{wanted}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_with_that_of_a_runtime() {
        let interpreter = |version: &str| Interpreter { program: PathBuf::new(), version: version.into() };
        assert!(interpreter("20.1.0").is_of("nodejs20.x"));
        assert!(!interpreter("22.1.0").is_of("nodejs20.x"));
        assert!(interpreter("3.12.4").is_of("python3.12"));
        assert!(!interpreter("3.1.4").is_of("python3.12"));
        assert!(interpreter("3.10.1").is_at_least((3, 10)) && !interpreter("3.9.9").is_at_least((3, 10)));
    }
}
