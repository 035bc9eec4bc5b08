//! The call of a program with its arguments. It can be run, or printed in a dry run.

use std::path::{Path, PathBuf};

/// A program and its arguments. It contains no secret, because secrets are passed through the standard input. So it can
/// be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub program: PathBuf,
    pub arguments: Vec<String>,
}

impl Call {
    pub fn new<Word: Into<String>>(program: &Path, arguments: impl IntoIterator<Item = Word>) -> Self {
        Self { program: program.to_owned(), arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// Returns this call with further arguments at the end.
    pub fn with<Word: Into<String>>(mut self, arguments: impl IntoIterator<Item = Word>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Returns the call as text for a shell. The program is written by its name only.
    pub fn shown(&self) -> String {
        self.shown_as(&self.program.file_stem().unwrap_or_default().to_string_lossy())
    }

    /// Returns the call as text for a shell. The program is written with its path, because it need not be on the
    /// `PATH`.
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
    fn a_call_is_shown_as_it_is_typed_in_a_shell() {
        let call =
            Call::new(Path::new("/usr/bin/aws"), ["s3", "cp", "a b"]).with(["--include", "*.js", "it's"]);
        assert_eq!(call.shown(), r"aws s3 cp 'a b' --include '*.js' 'it'\''s'");
    }
}
