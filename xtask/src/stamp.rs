//! Whether something built is still what its inputs would give.

use crate::failure::Failure;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A fingerprint of files: their names and contents.
///
/// Contents, not times: a fresh clone, a branch switched there and back, and a folder copied from a
/// cache all have new times and old contents.
pub fn fingerprint(root: &Path, paths: &[&str]) -> Result<u64, Failure> {
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

/// All files in `folder` and below it.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    Ok(files)
}

/// All files below `path`, or `path` itself; nothing when it does not exist.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        let listing = || format!("listing {}", path.display());
        for entry in fs::read_dir(path).map_err(Failure::while_doing(listing()))? {
            collect(&entry.map_err(Failure::while_doing(listing()))?.path(), files)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(Failure::while_doing(format!("reading {}", file.display())))
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
    fn the_same_contents_written_again_are_the_same() {
        let folder = Folder::new("same");
        let before = folder.write("src/main.rs", "fn main() {}").fingerprint();
        assert_eq!(folder.write("src/main.rs", "fn main() {}").fingerprint(), before);
    }

    #[test]
    fn a_changed_a_new_and_a_renamed_file_each_make_a_difference() {
        let folder = Folder::new("different");
        let first = folder.write("src/main.rs", "fn main() {}").fingerprint();
        let changed = folder.write("src/main.rs", "fn main() { }").fingerprint();
        let added = folder.write("index.html", "<html>").fingerprint();
        fs::rename(folder.0.join("src/main.rs"), folder.0.join("src/lib.rs")).unwrap();
        let all = [first, changed, added, folder.fingerprint()];
        assert!((1..4).all(|i| !all[..i].contains(&all[i])), "{all:?}");
    }

    #[test]
    fn a_file_beside_the_inputs_makes_none() {
        let folder = Folder::new("beside");
        let before = folder.write("src/main.rs", "fn main() {}").fingerprint();
        assert_eq!(folder.write("README.md", "words").fingerprint(), before);
    }
}
