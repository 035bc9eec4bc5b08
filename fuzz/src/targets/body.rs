//! The body of `POST /topics/{topic}`.

use backend_core::body;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "body",
    words: &["{\"data\":", "\"ts\":", "\"items\":", "true", "\n{\"data\":1}\n"],
    seeds: None,
    run,
};

/// Every item has JSON that can be published, and a line.
fn run(input: &[u8]) -> u64 {
    match body::read(input) {
        Ok(body) => {
            assert!(!body.items.is_empty(), "a body without items is refused");
            let shape = body.items.iter().take(4).map(|item| {
                let text = item.data.text();
                serde_json::from_str::<serde_json::Value>(text).expect("data is JSON");
                (text.len().min(8), item.ts.is_some())
            });
            signature((body.items.len().min(4), shape.collect::<Vec<_>>()))
        }
        Err(error) => words_of(error),
    }
}
