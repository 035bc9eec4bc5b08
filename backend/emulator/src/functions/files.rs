//! Lists the files below a folder, with what tells that they have changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Maximum number of files that are listed below one folder.
const FILES: usize = 20_000;
/// Folders that are left out: dependencies and caches, which are large.
const LEFT_OUT: [&str; 6] = ["node_modules", ".git", "__pycache__", ".venv", ".aws-sam", ".serverless"];

/// Time of the last change and size of a file.
pub type Stamp = (Option<SystemTime>, u64);

/// Ends of the names of files that functions consist of. Files of other kinds, such as logs and databases that a function writes
/// beside its code, would start its processes anew again and again.
const CODE: [&str; 20] = [
    "cjs", "class", "dll", "env", "graphql", "html", "jar", "js", "json", "mjs", "node", "pem", "py", "rb",
    "so", "ts", "wasm", "yaml", "yml", "zip",
];

/// Returns the stamps of the files of code below `path`, which may be a file itself. Dependencies, caches and all files beyond a
/// maximum number are left out.
pub fn stamps(path: &Path) -> BTreeMap<PathBuf, Stamp> {
    let mut found = BTreeMap::new();
    let mut folders = vec![path.to_owned()];
    if let Some(stamp) = stamp(path) {
        found.insert(path.to_owned(), stamp);
        return found;
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
                folders.push(path);
            } else if !is_folder
                && is_code(&path)
                && let Some(stamp) = stamp(&path)
            {
                found.insert(path, stamp);
            }
            if found.len() >= FILES {
                return found;
            }
        }
    }
    found
}

/// Returns true for files of code, and for files without an end, such as `bootstrap`.
fn is_code(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !is_hidden && path.extension().is_none_or(|end| CODE.iter().any(|known| end == *known))
}

fn stamp(path: &Path) -> Option<Stamp> {
    let file = path.metadata().ok().filter(fs::Metadata::is_file)?;
    Some((file.modified().ok(), file.len()))
}

/// Copies everything below a folder. Symbolic links are followed.
///
/// # Errors
///
/// If a file cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
