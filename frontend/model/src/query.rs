//! Search for topics by name.

use shared::Topic;

/// A search for topics by name: words that must all occur in the name, in any order. Upper and lower case are not
/// distinguished. A star in a word stands for any characters. A word that begins with `=` must be the whole name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// Creates the search for the text in the search field. An empty text finds every topic.
    pub fn new(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_ascii_lowercase).collect() }
    }

    /// Returns true if the search has no words, so that it finds every topic.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns true if the search finds `topic`.
    pub fn finds(&self, topic: &Topic) -> bool {
        let name = topic.as_str().to_ascii_lowercase();
        self.words.iter().all(|word| finds_word(&name, word))
    }
}

/// Returns true if `word` occurs in `name`: the parts of the word between its stars must occur one after the other.
fn finds_word(name: &str, word: &str) -> bool {
    if let Some(whole) = word.strip_prefix('=') {
        return name == whole;
    }
    let mut rest = name;
    word.split('*').all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn finds(query: &str, name: &str) -> bool {
        Query::new(query).finds(&Topic::new(name).unwrap())
    }

    #[test]
    fn nothing_typed_finds_everything() {
        assert!(finds("", "host/cpu") && finds("  ", "host/cpu") && finds("*", "host/cpu"));
        assert!(Query::new("  ").is_empty() && !Query::new("*").is_empty());
    }

    #[test]
    fn every_word_must_be_found_in_any_order_and_case() {
        assert!(finds("CPU host", "host/cpu"));
        assert!(!finds("host disk", "host/cpu"));
    }

    #[test]
    fn a_star_stands_for_anything_between() {
        assert!(finds("host/*", "host/cpu") && finds("h*cpu", "host/cpu"));
        assert!(!finds("cpu*host", "host/cpu"));
    }
}
