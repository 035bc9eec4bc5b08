//! Checks that no user other than the owner can read or change a file that contains a secret.

use std::fs::File;
use std::io;

/// Returns the permissions of a file if users other than its owner can read or change it, and `None` otherwise. Only
/// regular files are checked, because a pipe does not have the permissions of a file. The group `root` may read the
/// file: its members are administrators, and systemd gives this group read permission for a credential that only one
/// service can read.
#[cfg(unix)]
pub fn open_to_others(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::MetadataExt;
    let found = file.metadata()?;
    let allowed = if found.gid() == 0 { 0o740 } else { 0o700 };
    let mode = found.mode() & 0o777;
    Ok((found.is_file() && mode & !allowed != 0).then_some(mode))
}

/// Always returns `None`: on Windows, the files in the profile of a user can be read only by that user and by
/// administrators.
#[cfg(not(unix))]
pub fn open_to_others(_: &File) -> io::Result<Option<u32>> {
    Ok(None)
}
