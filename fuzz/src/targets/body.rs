//! Fuzzes the parser of the body of `POST /topics/{topic}`.

use backend_core::body;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "body",
    words: &["{\"data\":", "\"ts\":", "\"items\":", "true", "\n{\"data\":1}\n"],
    seeds: None,
    run,
};

/// Parses a body. Checks that an accepted body has at least one item, and that all data which may be published is valid
/// JSON.
fn run(input: &[u8]) -> u64 {
    match body::read(input) {
        Ok(body) => {
            assert!(!body.items.is_empty(), "a body without items is refused");
            let shape = body.items.iter().take(4).map(|item| {
                // The parser accepts data that cannot be published, such as half of a surrogate pair. `check` refuses it
                // later.
                let (text, can_be_published) = (item.data.text(), item.data.check().is_ok());
                let is_json = serde_json::from_str::<serde_json::Value>(text).is_ok();
                assert!(is_json || !can_be_published, "data that can be published is JSON: {text:?}");
                (text.len().min(8), item.ts.is_some(), can_be_published)
            });
            signature((body.items.len().min(4), shape.collect::<Vec<_>>()))
        }
        Err(error) => words_of(error),
    }
}
