//! Copies of the page, which a test may change.

use std::path::Path;

/// Copies a folder with all folders in it.
///
/// # Panics
///
/// If a file cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the page") {
        let path = entry.expect("a file").path();
        let copy = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &copy);
        } else {
            std::fs::copy(&path, &copy).expect("copied");
        }
    }
}
