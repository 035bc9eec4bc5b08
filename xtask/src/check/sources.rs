//! The project's own files, as text.

use crate::failure::Failure;
use crate::project::Project;
use std::fs;

/// A text file of the project.
pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    pub text: String,
}

/// Every text file that git tracks, or would.
pub fn tracked(project: &Project) -> Result<Vec<Source>, Failure> {
    let output = project
        .command("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .output()
        .map_err(Failure::while_doing("starting git"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Failure::Unreadable { what: "the list of files".to_owned(), reason });
    }
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(listing.split('\0').filter(|path| !path.is_empty()).filter_map(|path| read(project, path)).collect())
}

/// Nothing for pictures, and for files that were deleted but not yet committed so.
fn read(project: &Project, path: &str) -> Option<Source> {
    let text = fs::read_to_string(project.root.join(path)).ok()?;
    Some(Source { path: path.to_owned(), text })
}
