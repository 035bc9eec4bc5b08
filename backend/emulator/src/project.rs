//! Finds the folder of an app, and reads the files of its description from the disk.

use std::io;
use std::path::{Path, PathBuf};

use serverless_app::{App, Error, Files, Place, Settings, read};

use crate::functions::watch::WatchedFiles;

/// Maximum size of a file of a description, in bytes. A larger file is no description.
const FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Usual names of descriptions.
const USUAL: [&str; 6] = [
    "template.yaml",
    "template.yml",
    "template.json",
    "serverless.yml",
    "serverless.yaml",
    "serverless.json",
];

/// The folder with the description of an app. Relative paths of the app's code are relative to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
    /// Path of the description in `root`; empty if it has to be looked for there.
    description: String,
    /// The file of the description, as it was before it was read.
    watched: WatchedFiles,
}

impl Project {
    /// Finds the project of a description: a file, or a folder that contains one.
    ///
    /// # Errors
    ///
    /// If there is no such file or folder.
    pub fn at(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let (root, description) = match (path.is_dir(), path.parent(), path.file_name()) {
            (false, Some(parent), Some(name)) => (parent.to_owned(), name.to_string_lossy().into_owned()),
            _ => (path, String::new()),
        };
        // A folder is not watched as a description: most files in it are code.
        let file = Some(description_in(&root, &description)).filter(|path| path.is_file());
        let watched = WatchedFiles::new(file.into_iter().collect(), Vec::new());
        Ok(Self { root, description, watched })
    }

    /// Reads the app.
    ///
    /// # Errors
    ///
    /// [`Error`] with file, line and column if the description contains a mistake.
    pub fn read(&self, settings: &Settings) -> Result<App, Error> {
        if let Some(problem) = self.problem() {
            let advice =
                "give the path of a SAM or CloudFormation template or of a serverless.yml".to_owned();
            return Err(Error {
                place: Place::whole(&self.description().display().to_string()),
                problem,
                advice,
            });
        }
        read(&self.description, &Disk(self.root.clone()), settings).map_err(|error| self.placed(error))
    }

    /// Returns the reason why the file of the description cannot be one.
    fn problem(&self) -> Option<String> {
        let file = (!self.description.is_empty()).then(|| self.root.join(&self.description))?;
        let bytes = file.metadata().map_or(0, |file| file.len());
        if bytes > FILE_BYTES {
            return Some(format!("the file has {bytes} bytes, and a description has at most {FILE_BYTES}"));
        }
        match std::fs::read_to_string(file) {
            Ok(_) => None,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Some("the file is no text (UTF-8), so it is no description of an app".to_owned())
            }
            Err(error) => Some(format!("the file cannot be read: {error}")),
        }
    }

    /// Names the folder in an error about the whole of it, whose place is `.`.
    fn placed(&self, mut error: Error) -> Error {
        if &*error.place.file == "." {
            error.place = Place::whole(&self.root.display().to_string());
        }
        error
    }

    /// Returns the absolute path of a file or folder of the app.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Returns the absolute path of the description, or the folder if it is not known which of its files is the description.
    pub fn description(&self) -> PathBuf {
        description_in(&self.root, &self.description)
    }

    /// Returns the file of the description, as it was before it was read.
    pub(crate) fn watched(&self) -> &WatchedFiles {
        &self.watched
    }

    /// Returns the folder to which the paths of the app are relative.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// Returns the path of the description in a folder. If `name` is empty, looks for one of the usual names, and returns the folder if
/// there is none.
fn description_in(root: &Path, name: &str) -> PathBuf {
    if !name.is_empty() {
        return root.join(name);
    }
    let usual = USUAL.iter().map(|name| root.join(name)).find(|path| path.is_file());
    usual.unwrap_or_else(|| root.to_owned())
}

/// The files below a folder.
struct Disk(PathBuf);

impl Files for Disk {
    fn text(&self, path: &str) -> Option<String> {
        let path = self.0.join(path);
        let is_small = path.metadata().is_ok_and(|file| file.is_file() && file.len() <= FILE_BYTES);
        is_small.then(|| std::fs::read_to_string(path).ok()).flatten()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(path: &Path) -> String {
        let project = Project::at(path).expect("it exists");
        project.read(&Settings::default()).expect_err("no description").to_string()
    }

    #[test]
    fn a_change_while_the_app_starts_counts_as_a_change() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().canonicalize().expect("it exists").join("template.yaml");
        std::fs::write(&file, "Resources: {}").expect("written");
        let project = Project::at(folder.path()).expect("it exists");
        std::fs::write(&file, "Resources: {} # saved").expect("written");
        assert_eq!(project.watched().clone().changed(), Some(file));
    }

    #[test]
    fn an_empty_folder_is_named_and_a_file_that_is_no_text_is_told() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists").display().to_string();
        let message = error(folder.path());
        assert!(message.starts_with(&root) && message.contains("contains no description"), "{message}");
        let file = folder.path().join("template.yaml");
        std::fs::write(&file, [0xff, 0xfe, 0x00, 0x80]).expect("written");
        let message = error(&file);
        assert!(message.contains("template.yaml: the file is no text"), "{message}");
    }
}
