//! Code as text, for facts that no function returns: which calls an adapter makes.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The Rust files of a folder of this workspace, tests aside.
pub struct Sources(Vec<String>);

impl Sources {
    /// Reads `folder`, from the workspace's root, and what is below it.
    ///
    /// # Errors
    ///
    /// If a file cannot be read.
    pub fn read(folder: &str) -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let files = files_below(&root.join(folder))?;
        let code = files.iter().filter(|path| !is_test(path)).map(fs::read_to_string);
        Ok(Self(code.map(|text| Ok(without_tests(&text?))).collect::<io::Result<_>>()?))
    }

    /// Whether `.name()` is called anywhere.
    pub fn calls(&self, name: &str) -> bool {
        self.contains(&format!(".{name}()"))
    }

    /// Whether `text` stands anywhere in the code.
    pub fn contains(&self, text: &str) -> bool {
        self.0.iter().any(|code| code.contains(text))
    }

    /// Every word of the code that begins with `prefix`.
    pub fn words_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let words = self.0.iter().flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_'));
        words.filter(move |word| word.starts_with(prefix))
    }
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

/// Without comments and white space inside of chains of calls; a module of tests is the last thing in its file.
fn without_tests(code: &str) -> String {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default().trim()).collect::<Vec<_>>().join("\n")
}
