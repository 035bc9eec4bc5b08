//! Notices that files have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::functions::files::{Stamp, stamps};

/// The files of something that is used while they may change. A change counts from the moment at which this value is created, so it
/// is created before the files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFiles {
    origins: Vec<PathBuf>,
    left_out: Vec<PathBuf>,
    known: BTreeMap<PathBuf, Stamp>,
}

impl WatchedFiles {
    /// Begins to watch files and folders, except for those in `left_out` and everything below them.
    pub fn new(origins: Vec<PathBuf>, left_out: Vec<PathBuf>) -> Self {
        let known = all_stamps(&origins, &left_out);
        Self { origins, left_out, known }
    }

    /// Returns the files that were changed, added or removed since the last call.
    pub fn changes(&mut self) -> BTreeSet<PathBuf> {
        let now = all_stamps(&self.origins, &self.left_out);
        let changes = difference(&self.known, &now);
        self.known = now;
        changes
    }

    /// Returns one of the [`changes`](Self::changes), if there is any.
    pub fn changed(&mut self) -> Option<PathBuf> {
        self.changes().pop_first()
    }
}

fn all_stamps(origins: &[PathBuf], left_out: &[PathBuf]) -> BTreeMap<PathBuf, Stamp> {
    let is_watched = |path: &PathBuf| !left_out.iter().any(|other| path.starts_with(other));
    let all = origins.iter().flat_map(|origin| stamps(origin));
    all.filter(|(path, _)| is_watched(path)).collect()
}

/// Returns the files whose stamps are not the same in both.
fn difference(before: &BTreeMap<PathBuf, Stamp>, now: &BTreeMap<PathBuf, Stamp>) -> BTreeSet<PathBuf> {
    let paths = before.keys().chain(now.keys());
    paths.filter(|path| before.get(*path) != now.get(*path)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(stamps: &[(&str, u64)]) -> BTreeMap<PathBuf, Stamp> {
        stamps.iter().map(|(path, bytes)| (PathBuf::from(path), (None, *bytes))).collect()
    }

    #[test]
    fn the_description_and_the_data_of_the_app_are_no_code() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let root = folder.path();
        std::fs::create_dir(root.join("data")).expect("a folder");
        let write = |path: &str, text: &str| std::fs::write(root.join(path), text).expect("written");
        let left_out = vec![root.join("template.yaml"), root.join("data")];
        let mut watched = WatchedFiles::new(vec![root.join(".")], left_out);
        write("template.yaml", "Resources: {}");
        write("data/progress.json", "{}");
        assert_eq!(watched.changed(), None);
        write("index.js", "");
        assert_eq!(watched.changed(), Some(root.join("index.js")));
    }

    #[test]
    fn a_file_that_was_changed_added_or_removed_is_found() {
        let before = files(&[("a", 1), ("b", 2)]);
        for (now, changed) in [
            (files(&[("a", 1), ("b", 2)]), vec![]),
            (files(&[("a", 1), ("b", 3)]), vec!["b"]),
            (files(&[("a", 1), ("b", 2), ("c", 1)]), vec!["c"]),
            (files(&[("a", 1)]), vec!["b"]),
            (files(&[("a", 2), ("c", 1)]), vec!["a", "b", "c"]),
        ] {
            assert_eq!(
                difference(&before, &now),
                changed.into_iter().map(PathBuf::from).collect::<BTreeSet<_>>()
            );
        }
    }
}
