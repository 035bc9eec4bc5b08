//! The files of a description, as the caller provides them.

use std::collections::{BTreeMap, BTreeSet};

/// The files that a description may consist of. Paths are relative, with `/` between their parts, and begin with
/// neither `./` nor `/`; the path of the folder that contains everything is empty.
pub trait Files {
    /// Returns the text of the file, or `None` if there is no such file or it is no text.
    fn text(&self, path: &str) -> Option<String>;

    /// Returns the names of the files and folders directly inside of `folder`, or nothing if there is no such folder.
    fn names(&self, folder: &str) -> Vec<String>;
}

/// Files in memory. The keys are paths.
impl Files for BTreeMap<String, String> {
    fn text(&self, path: &str) -> Option<String> {
        self.get(path).cloned()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let within = |path: &String| inside(folder, path).map(first_part);
        self.keys().filter_map(within).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn inside<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

fn first_part(path: &str) -> String {
    path.split('/').next().unwrap_or_default().to_owned()
}

/// Returns `path`, which is relative to `folder`, relative to the folder that contains everything. An absolute path is
/// returned unchanged. A path that leaves the outermost folder begins with `../`.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the folder of the file, which is empty for a file in the outermost folder.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_without_dots() {
        let cases = [
            ("", "src/", "src"),
            ("a/b", "../c", "a/c"),
            ("a", "./b/./c", "a/b/c"),
            ("a", "../../c", "../c"),
            ("a", "/c", "/c"),
        ];
        for (folder, path, joined) in cases {
            assert_eq!(join(folder, path), joined, "{folder} and {path}");
        }
    }

    #[test]
    fn the_names_of_a_folder_are_files_and_folders_in_it() {
        let paths = ["a.yml", "b/c.yml", "b/d/e.yml", "bc/f.yml"];
        let files: BTreeMap<String, String> =
            paths.iter().map(|path| ((*path).to_owned(), String::new())).collect();
        assert_eq!(files.names(""), ["a.yml", "b", "bc"]);
        assert_eq!(files.names("b"), ["c.yml", "d"]);
        assert_eq!(files.names("x"), [""; 0]);
    }
}
