//! Reads the text files of the project, for the checks.

use crate::error::TaskError;
use crate::project::Project;
use std::fs;

/// A text file of the project.
pub struct Source {
    /// Path of the file from the root of the project, with `/` as separator.
    pub path: String,
    pub text: String,
}

/// Returns all text files that git tracks, and new files that git does not ignore.
pub fn tracked(project: &Project) -> Result<Vec<Source>, TaskError> {
    let output = project
        .command("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .output()
        .map_err(TaskError::while_doing("starting git"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(TaskError::UnexpectedOutput { what: "the list of files".to_owned(), reason });
    }
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(listing.split('\0').filter(|path| !path.is_empty()).filter_map(|path| read(project, path)).collect())
}

/// Reads a file. Returns `None` if the file was deleted or is not text.
fn read(project: &Project, path: &str) -> Option<Source> {
    let text = fs::read_to_string(project.root.join(path)).ok()?;
    Some(Source { path: path.to_owned(), text })
}
