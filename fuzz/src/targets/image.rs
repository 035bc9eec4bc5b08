//! The items in the stream of the topics table, from which the function `broadcast` reads publications.

use backend_aws::{Image, change, expired};
use serde_json::value::RawValue;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "stream-image",
    words: &[
        "{\"S\":\"",
        "{\"N\":\"",
        "{\"M\":{",
        "{\"BOOL\":true}",
        "{\"L\":[",
        "\"pk\":",
        "\"T#",
        "\"SILENCE#",
        "\"ended\":",
        "\"offset\":",
        "\"items\":",
        "\"meta\":",
        "\"received_at\":",
        "[{\\\"d\\\":",
    ],
    seeds: None,
    run,
};

/// Checks that a change either ends a log or has publications whose offsets have no holes and whose data is JSON.
fn run(input: &[u8]) -> u64 {
    let image: Image = match serde_json::from_slice(input) {
        Ok(image) => image,
        Err(error) => return words_of(error),
    };
    let alarm = expired(&image).map(|topic| topic.is_some()).unwrap_or_default();
    match change(&image) {
        Ok(Some(change)) => {
            assert_eq!(change.items.is_empty(), change.ended);
            assert!(change.items.windows(2).all(|pair| pair[0].offset + 1 == pair[1].offset));
            for item in &change.items {
                let is_json = serde_json::from_str::<&RawValue>(item.data.text()).is_ok();
                assert!(is_json, "data is JSON: {:?}", item.data.text());
            }
            signature((change.items.len().min(4), change.meta.is_some(), change.ended))
        }
        Ok(None) => signature(alarm),
        Err(error) => words_of(error),
    }
}
