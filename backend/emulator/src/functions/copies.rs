//! Makes folders of code that cannot be used where it lies: archives, several layers, and code in the description.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::functions::archive;
use crate::functions::files;

/// A folder whose content is copied from other places. It can be made again while programs use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCopy {
    folder: PathBuf,
    steps: Vec<Step>,
}

/// A part of the content. The paths `to` are below the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Extract {
        archive: PathBuf,
        to: PathBuf,
        /// Name of the archive in errors.
        name: String,
    },
    /// Copies folders into one, the later ones over the earlier ones. They may be results of earlier steps.
    Merge {
        from: Vec<PathBuf>,
        to: PathBuf,
    },
    Write {
        text: String,
        to: PathBuf,
    },
}

impl CodeCopy {
    /// Creates a description of the folder. [`make`](Self::make) makes the folder itself.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, steps: Vec::new() }
    }

    /// Adds the content of an archive, and returns the folder that will contain it. Errors call the archive `name`.
    pub fn extract(&mut self, archive: &Path, to: &str, name: String) -> PathBuf {
        let to = self.folder.join(to);
        self.steps.push(Step::Extract { archive: archive.to_owned(), to: to.clone(), name });
        to
    }

    /// Adds the content of several folders, and returns the folder that will contain it.
    pub fn merge(&mut self, from: Vec<PathBuf>, to: &str) -> PathBuf {
        let to = self.folder.join(to);
        self.steps.push(Step::Merge { from, to: to.clone() });
        to
    }

    /// Adds a folder with one file, and returns it.
    pub fn write(&mut self, text: &str, to: &str, file: &str) -> PathBuf {
        let to = self.folder.join(to);
        self.steps.push(Step::Write { text: text.to_owned(), to: to.join(file) });
        to
    }

    /// Returns true if this file is one of those that the content of the folder comes from.
    pub fn contains(&self, file: &Path) -> bool {
        self.steps.iter().any(|step| step.reads(file))
    }

    /// Makes the folder, or makes it again. If this fails, the folder that was made before stays as it is.
    ///
    /// # Errors
    ///
    /// A sentence that says what cannot be copied.
    pub fn make(&self) -> Result<(), String> {
        if self.steps.is_empty() {
            return Ok(());
        }
        self.stage()?;
        self.swap()
    }

    /// Makes the content in a folder beside the one that is in use.
    fn stage(&self) -> Result<(), String> {
        let stage = self.beside("new");
        let emptied = remove(&stage).and_then(|()| fs::create_dir_all(&stage));
        emptied.map_err(|error| cannot_be_written(&stage, &error))?;
        self.steps.iter().try_for_each(|step| step.run(&|path: &Path| self.staged(path)))
    }

    /// Uses the content that was made last. The former one is kept until the next change, since invocations in flight may run in it.
    fn swap(&self) -> Result<(), String> {
        let former = self.beside("old");
        let moved = remove(&former).and_then(|()| match self.folder.exists() {
            true => fs::rename(&self.folder, &former),
            false => Ok(()),
        });
        let swapped = moved.and_then(|()| fs::rename(self.beside("new"), &self.folder));
        swapped.map_err(|error| cannot_be_written(&self.folder, &error))
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut path = self.folder.clone().into_os_string();
        path.push(".");
        path.push(end);
        path.into()
    }

    /// Returns where the content of `path` is before the swap. A path outside of the folder is the same then.
    fn staged(&self, path: &Path) -> PathBuf {
        let inside = path.strip_prefix(&self.folder);
        inside.map_or_else(|_| path.to_owned(), |relative| self.beside("new").join(relative))
    }
}

impl Step {
    /// Returns true for the archive of this step, and for files in its folders.
    fn reads(&self, file: &Path) -> bool {
        match self {
            Self::Extract { archive, .. } => file.starts_with(archive),
            Self::Merge { from, .. } => from.iter().any(|folder| file.starts_with(folder)),
            Self::Write { .. } => false,
        }
    }

    fn run(&self, staged: &dyn Fn(&Path) -> PathBuf) -> Result<(), String> {
        match self {
            Self::Extract { archive, to, name } => {
                let to = staged(to);
                let extracted = fs::create_dir_all(&to).and_then(|()| archive::extract(archive, &to));
                extracted.map_err(|error| format!("{name} cannot be extracted: {error}"))
            }
            Self::Merge { from, to } => {
                let copied = from.iter().try_for_each(|folder| files::copy(&staged(folder), &staged(to)));
                copied.map_err(|error| format!("its layers cannot be copied: {error}"))
            }
            Self::Write { text, to } => {
                let file = staged(to);
                let parent = file.parent().map_or(Ok(()), fs::create_dir_all);
                parent.and_then(|()| fs::write(&file, text)).map_err(|error| cannot_be_written(to, &error))
            }
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}

fn cannot_be_written(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}
