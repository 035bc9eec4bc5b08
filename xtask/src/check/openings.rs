//! Finds doc comments that begin with a question word such as "Which".
//!
//! `/// Which log.` is understood only by a reader who already knows the answer. A comment that says what the item is or does
//! (`/// Epoch of the log this publication belongs to.`) does not begin with such a word. See "How we write" in CONTRIBUTING.md.

use super::sources::Source;

const WORDS: [&str; 9] = ["How", "What", "When", "Where", "Whether", "Which", "Who", "Whom", "Whose"];

/// Folders whose doc comments are not checked yet. Entries may be removed from this list, but not added.
const REMAINING: [&str; 0] = [];

/// Returns `path:line: words` for every doc comment that begins with one of [`WORDS`].
pub fn violations(sources: &[Source]) -> Vec<String> {
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs"));
    let rust = rust.filter(|source| !REMAINING.iter().any(|folder| source.path.starts_with(folder)));
    rust.flat_map(violations_in).collect()
}

fn violations_in(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_inside = false;
    for (number, line) in (1..).zip(source.text.lines()) {
        let comment = doc_comment(line);
        if let Some(text) = comment
            && !is_inside
            && opens_with_question(text)
        {
            found.push(format!("{}:{number}: a doc comment opens with a question: {text}", source.path));
        }
        is_inside = comment.is_some();
    }
    found
}

/// Returns the text after `///` or `//!`, or `None` if the line is no doc comment.
fn doc_comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    (!text.starts_with('/')).then(|| text.trim())
}

fn opens_with_question(text: &str) -> bool {
    let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    WORDS.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations_of(text: &str) -> Vec<String> {
        violations(&[Source { path: "a.rs".to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn a_question_is_found_with_its_line() {
        let found = violations_of("struct A {\n    /// Which log.\n    epoch: u8,\n}");
        assert_eq!(found, ["a.rs:2: a doc comment opens with a question: Which log."]);
    }

    #[test]
    fn every_question_word_is_found_in_both_kinds_of_doc_comments() {
        for word in WORDS {
            assert_eq!(violations_of(&format!("//! {word} it is.")).len(), 1, "{word}");
            assert_eq!(violations_of(&format!("/// {word}, it is.")).len(), 1, "{word}");
        }
    }

    #[test]
    fn only_the_opening_counts() {
        assert!(violations_of("/// The log.\n/// Which one is said by `epoch`.").is_empty());
        assert_eq!(violations_of("/// The log.\na: u8,\n/// Whose log.").len(), 1);
    }

    #[test]
    fn longer_words_and_other_comments_may_begin_alike() {
        for text in ["/// Whatever is left.", "// What is left.", "//// What", "/// However"] {
            assert!(violations_of(text).is_empty(), "{text}");
        }
    }
}
