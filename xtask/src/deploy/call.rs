//! A call of a program, as it is shown and as it is run.

use std::path::{Path, PathBuf};

/// A program and its arguments. What is secret goes in by the standard input, so there is nothing to hide here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub program: PathBuf,
    pub arguments: Vec<String>,
}

impl Call {
    pub fn new<Word: Into<String>>(program: &Path, arguments: impl IntoIterator<Item = Word>) -> Self {
        Self { program: program.to_owned(), arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// With more arguments.
    pub fn with<Word: Into<String>>(mut self, arguments: impl IntoIterator<Item = Word>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// As one would type it.
    pub fn shown(&self) -> String {
        self.shown_as(&self.program.file_stem().unwrap_or_default().to_string_lossy())
    }

    /// As one would type it for a program that is not on the `PATH`.
    pub fn shown_with_path(&self) -> String {
        self.shown_as(&self.program.to_string_lossy())
    }

    fn shown_as(&self, program: &str) -> String {
        let words = std::iter::once(program).chain(self.arguments.iter().map(String::as_str));
        words.map(quoted).collect::<Vec<_>>().join(" ")
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed() {
        let call =
            Call::new(Path::new("/usr/bin/aws"), ["s3", "cp", "a b"]).with(["--include", "*.js", "it's"]);
        assert_eq!(call.shown(), r"aws s3 cp 'a b' --include '*.js' 'it'\''s'");
    }
}
