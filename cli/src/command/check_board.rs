//! Implements `tickertape check-board`.

use std::path::Path;

use serde_json::json;
use shared::board::{BoardName, Fault, Finding, Location, Severity, lint};

use super::output::Output;
use crate::cli::CheckBoardArgs;
use crate::error::CliError;

/// Checks files with board documents, and prints every fault with its place.
///
/// # Errors
///
/// An error with the number of faults if a server would refuse one of the documents, or if a file cannot be read.
pub fn run(args: &CheckBoardArgs) -> Result<(), CliError> {
    let mut output = Output::open();
    let (mut errors, mut warnings) = (0_usize, 0_usize);
    for file in &args.files {
        for finding in check(file)? {
            let count = if finding.is_error() { &mut errors } else { &mut warnings };
            *count += 1;
            match args.json {
                true => output.json(&to_json(file, &finding))?,
                false => output.words(&words(file, &finding))?,
            }
        }
    }
    output.flush()?;
    if errors > 0 || (args.strict && warnings > 0) {
        let hint = "the fields of a board and their values are in docs/board.schema.json";
        return Err(CliError::failed(format!(
            "{}, {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        ))
        .hint(hint));
    }
    if !args.json {
        let boards = counted(args.files.len(), "board");
        output.words(&format!("{boards} checked: no errors, {}", counted(warnings, "warning")))?;
    }
    output.flush()
}

fn check(file: &Path) -> Result<Vec<Finding>, CliError> {
    let mut findings = lint(&read(file)?);
    findings.extend(check_name(file));
    Ok(findings)
}

/// Reads a file with a board document.
///
/// # Errors
///
/// An error that names the file if it cannot be read, or is not UTF-8.
pub fn read(file: &Path) -> Result<String, CliError> {
    let bytes = std::fs::read(file)
        .map_err(|error| CliError::failed(format!("{} cannot be read: {error}", file.display())))?;
    String::from_utf8(bytes)
        .map_err(|_| CliError::failed(format!("{} is not UTF-8 text: save it as UTF-8", file.display())))
}

/// Checks that the file's name without `.json` is the name of a board, because `serve --boards` and `deploy` use it as such.
fn check_name(file: &Path) -> Option<Finding> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let error = BoardName::new(&name).err()?;
    let message = format!("is in a file whose name cannot be used: {error}");
    let fault = Fault { path: shared::board::Path::root(), message, severity: Severity::Error };
    Some(Finding { location: Location { line: 1, column: 1 }, fault })
}

/// Returns a fault in words, with its file, line and column.
pub fn words(file: &Path, finding: &Finding) -> String {
    let Location { line, column } = finding.location;
    format!("{}:{line}:{column}: {}: {}", file.display(), severity(finding), finding.fault)
}

fn to_json(file: &Path, finding: &Finding) -> String {
    let Location { line, column } = finding.location;
    let fault = &finding.fault;
    json!({
        "file": file.display().to_string(),
        "line": line,
        "column": column,
        "severity": severity(finding),
        "path": fault.path.to_string(),
        "message": fault.message,
    })
    .to_string()
}

fn severity(finding: &Finding) -> &'static str {
    if finding.is_error() { "error" } else { "warning" }
}

/// Returns a number with its noun, such as `1 error` or `2 errors`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
