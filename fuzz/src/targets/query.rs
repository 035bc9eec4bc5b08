//! Fuzzes the parsers of the HTTP API's query strings.

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
        "&from_ms=",
        "&to_ms=",
        "&step_ms=",
        "%",
        "+",
        "e:1",
    ],
    seeds: None,
    run,
};

/// Parses the input as the query string of a publication and as that of a history request. Checks that accepted limits
/// of the value range are finite numbers.
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
