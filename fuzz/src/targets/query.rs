//! The query strings of the HTTP API.

use backend_core::query::{HistoryQuery, PublishQuery};

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "query",
    words: &[
        "ts=",
        "producer=",
        "&seq=",
        "&unit=",
        "&label=",
        "&panel=",
        "&expect_every_ms=",
        "&min=",
        "&max=",
        "since=",
        "&limit=",
        "%",
        "+",
        "e:1",
    ],
    seeds: None,
    run,
};

/// Checks that each accepted number is finite.
fn run(input: &[u8]) -> u64 {
    let pairs = || form_urlencoded::parse(input);
    let publish = match PublishQuery::read(pairs()) {
        Ok(query) => {
            assert!(query.meta.min.is_none_or(f64::is_finite) && query.meta.max.is_none_or(f64::is_finite));
            signature((query.ts.is_some(), query.producer.is_some(), query.meta.is_empty()))
        }
        Err(refusal) => words_of(refusal),
    };
    let history = match HistoryQuery::read(pairs()) {
        Ok(query) => signature(
            format!("{query:?}").chars().filter(|c| !c.is_alphanumeric()).take(40).collect::<String>(),
        ),
        Err(refusal) => words_of(refusal),
    };
    signature((publish, history))
}
