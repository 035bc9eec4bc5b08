//! The sign by which a change of a file is noticed without reading it.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

/// Modification time, length and identity of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    modified_at: Option<SystemTime>,
    bytes: u64,
    number: u64,
    /// A change of the permissions changes this as well.
    mode: u32,
}

impl Stamp {
    /// The stamp of a file; `None` if it is missing.
    pub fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        let (number, mode) = identity(&found);
        Some(Self { modified_at: found.modified().ok(), bytes: found.len(), number, mode })
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> (u64, u32) {
    use std::os::unix::fs::MetadataExt;
    (found.ino(), found.mode())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u32) {
    (0, 0)
}
