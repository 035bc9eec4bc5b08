//! Computes hashes of files, by which a later run finds out if something has to be built again.

use crate::error::TaskError;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Returns a hash of the names and contents of all files at or below `paths`.
///
/// Modification times are not part of the hash. They are new in a fresh clone, after switching to another branch and
/// back, and in a folder copied from a cache, although the contents are not.
pub fn fingerprint(root: &Path, paths: &[&str]) -> Result<u64, TaskError> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        read(&file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Returns a hash of the content of a file of the page, for its name. The server recognises names of files that may be cached for ever by
/// its digits.
pub fn hash(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    hasher.finish()
}

/// Returns all files below `folder`.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    Ok(files)
}

/// Adds `path` to `files` if it is a file, or all files below it if it is a folder. Does nothing if the path does not
/// exist.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), TaskError> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        let listing = || format!("listing {}", path.display());
        for entry in fs::read_dir(path).map_err(TaskError::while_doing(listing()))? {
            collect(&entry.map_err(TaskError::while_doing(listing()))?.path(), files)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, TaskError> {
    fs::read(file).map_err(TaskError::while_doing(format!("reading {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-stamp-{}-{name}", std::process::id()));
            fs::create_dir_all(path.join("src")).unwrap();
            Self(path)
        }

        fn write(&self, file: &str, text: &str) -> &Self {
            fs::write(self.0.join(file), text).unwrap();
            self
        }

        fn fingerprint(&self) -> u64 {
            fingerprint(&self.0, &["src", "index.html"]).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap_or_default();
        }
    }

    #[test]
    fn writing_the_same_contents_again_changes_nothing() {
        let folder = Folder::new("same");
        let before = folder.write("src/main.rs", "fn main() {}").fingerprint();
        assert_eq!(folder.write("src/main.rs", "fn main() {}").fingerprint(), before);
    }

    #[test]
    fn a_changed_a_new_and_a_renamed_file_each_change_the_fingerprint() {
        let folder = Folder::new("different");
        let first = folder.write("src/main.rs", "fn main() {}").fingerprint();
        let changed = folder.write("src/main.rs", "fn main() { }").fingerprint();
        let added = folder.write("index.html", "<html>").fingerprint();
        fs::rename(folder.0.join("src/main.rs"), folder.0.join("src/lib.rs")).unwrap();
        let all = [first, changed, added, folder.fingerprint()];
        assert!((1..4).all(|i| !all[..i].contains(&all[i])), "{all:?}");
    }

    #[test]
    fn a_file_outside_the_inputs_changes_nothing() {
        let folder = Folder::new("beside");
        let before = folder.write("src/main.rs", "fn main() {}").fingerprint();
        assert_eq!(folder.write("README.md", "words").fingerprint(), before);
    }
}
