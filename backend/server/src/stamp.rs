//! Detects that a file has changed without reading its content.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

/// The modification time, length, permissions and identity of a file. If the stamp of a file differs from an earlier
/// one, the file has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    modified_at: Option<SystemTime>,
    bytes: u64,
    number: u64,
    /// The file mode, so that a change of the permissions changes the stamp.
    mode: u32,
}

impl Stamp {
    /// Returns the stamp of a file; `None` if the file is missing.
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
