//! Checks that a file with a secret belongs to one user alone.

use std::fs::File;
use std::io;

/// The permissions of a file that users other than its owner can read or change; `None` if there are none such. Only a regular
/// file is checked: a pipe has the permissions of no file. The group `root` may read it, because its members are
/// administrators, and systemd shows a credential that only a service can read as readable by this group.
#[cfg(unix)]
pub fn open_to_others(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::MetadataExt;
    let found = file.metadata()?;
    let allowed = if found.gid() == 0 { 0o740 } else { 0o700 };
    let mode = found.mode() & 0o777;
    Ok((found.is_file() && mode & !allowed != 0).then_some(mode))
}

/// Checks nothing: on Windows, files of a user's profile can be read by that user and by administrators.
#[cfg(not(unix))]
pub fn open_to_others(_: &File) -> io::Result<Option<u32>> {
    Ok(None)
}
