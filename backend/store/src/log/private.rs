//! Sets the permissions of the store's directory and files. History belongs to the user who runs the server. So no
//! other user of the machine can read it, whatever the umask of the process is. On Windows, the permissions of the
//! user's profile apply.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Prefix of the names of the store's files.
const PREFIX: &str = "tickertape.";

/// Creates a directory and its missing parents. Only this user has permissions for them.
pub fn create_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for writing. If it is missing, creates it, and only this user has permissions for it.
pub fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes the permissions of other users from the store's files, which a former version or another program may have
/// created. Also removes them from the directory if it contains only files of the store. A directory with other files
/// keeps its permissions, which are the user's choice. Errors are ignored: only the owner of a file can change its
/// permissions, and a store that another user owns can still be used.
pub fn close_to_others(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut is_all_ours = true;
    for entry in entries {
        let Ok(entry) = entry else { return };
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            restrict(&entry.path());
        } else {
            is_all_ours = false;
        }
    }
    if is_all_ours {
        restrict(directory);
    }
}

/// Removes the permissions of the group and of other users from a file or directory. A symbolic link is not changed.
#[cfg(unix)]
fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(found) = fs::symlink_metadata(path) else { return };
    let mode = found.permissions().mode();
    if !found.is_symlink() && mode & 0o077 != 0 {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7700));
    }
}

#[cfg(not(unix))]
fn restrict(_: &Path) {}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_directory_that_is_shared_with_other_files_keeps_its_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let (ours, other) = (directory.path().join("tickertape.redb"), directory.path().join("notes.txt"));
        for path in [&ours, &other] {
            fs::write(path, "").unwrap();
            set_mode(path, 0o644);
        }
        set_mode(directory.path(), 0o755);
        close_to_others(directory.path());
        assert_eq!((mode(&ours), mode(&other), mode(directory.path())), (0o600, 0o644, 0o755));
        fs::remove_file(&other).unwrap();
        close_to_others(directory.path());
        assert_eq!(mode(directory.path()), 0o700);
    }
}
