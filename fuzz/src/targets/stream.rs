//! Fuzzes the parser of DynamoDB stream events, which Lambda passes to the function `broadcast`.

use backend_edge::stream_records;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "stream",
    words: &[
        "\"Records\":",
        "\"dynamodb\":",
        "\"SequenceNumber\":",
        "\"NewImage\":",
        "{\"S\":",
        "{\"N\":",
        "{\"M\":",
    ],
    seeds: Some(|| vec![include_bytes!("../../../backend/edge/tests/fixtures/stream.json").to_vec()]),
    run,
};

fn run(input: &[u8]) -> u64 {
    let Ok(event) = serde_json::from_slice(input) else { return 0 };
    match stream_records(event) {
        Ok(records) => signature((
            records.len().min(4),
            records.iter().filter(|record| record.new_image.is_some()).count().min(4),
        )),
        Err(error) => words_of(error),
    }
}
