//! Reads source code as text. Tests use it for facts that no function returns, such as the calls that an adapter makes.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The text of several Rust files, without comments and test modules.
pub struct Sources(Vec<String>);

impl Sources {
    /// Reads the Rust files in `folder`, a path relative to the workspace's root. Only files whose paths within
    /// `folder` begin with one of `names` are read.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or none is found.
    pub fn read(folder: &str, names: &[&str]) -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        let is_wanted = |path: &PathBuf| {
            let name = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy();
            !is_test(path) && names.iter().any(|wanted| name.starts_with(wanted))
        };
        let files: Vec<PathBuf> = files_below(&folder)?.into_iter().filter(is_wanted).collect();
        if files.is_empty() {
            return Err(io::Error::other(format!(
                "no code in {} that begins with {names:?}",
                folder.display()
            )));
        }
        Ok(Self(files.iter().map(|path| Ok(code(&fs::read_to_string(path)?))).collect::<io::Result<_>>()?))
    }

    /// Returns true if one of the files contains `text` in its code.
    pub fn contains(&self, text: &str) -> bool {
        self.0.iter().any(|code| code.contains(text))
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

/// Returns the code of a file without comments, with all white space reduced to single spaces. Everything after
/// `#[cfg(test)]` is left out, so a test module must be the last item of its file.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
