//! Tests that a viewer that never reads needs only a limited amount of memory and does not affect other viewers.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Server, Socket};

const PUBLICATIONS: usize = 1_500;
const BYTES: usize = 20_000;
/// Maximum growth of the server's memory, in bytes. It is enough for the slow viewer's queue, the store's cache and history, and
/// the reserves of the allocator. It is not enough to also queue all publications for the slow viewer, because those are nearly
/// as large.
#[cfg(target_os = "linux")]
const GROWTH_BYTES: u64 = 96 * 1024 * 1024;

#[test]
fn other_viewers_lose_nothing_at_the_same_latency_and_memory_is_bounded() {
    let server = Server::start();
    let mut reader = server.watch("big");
    let _deaf = server.watch("big");
    #[cfg(target_os = "linux")]
    let before = server.resident_bytes();
    let mut publisher = server.connect();
    for n in 0..PUBLICATIONS / 2 {
        deliver(&mut publisher, &mut reader, n);
    }
    let counts = server.get("/healthz").json()["counts"].clone();
    assert!(counts["dropped"].as_u64().unwrap() > 0, "the deaf viewer's queue was never full: {counts}");
    // Both are measured in turns, so that a machine that becomes busy in between delays both.
    let control = Server::start();
    let (mut undisturbed, mut publisher_of_control) = (control.watch("big"), control.connect());
    let (with, without): (Vec<_>, Vec<_>) = (PUBLICATIONS / 2..PUBLICATIONS)
        .map(|n| {
            let with = deliver(&mut publisher, &mut reader, n);
            (with, deliver(&mut publisher_of_control, &mut undisturbed, n))
        })
        .unzip();
    let (with, without) = (median(&with), median(&without));
    assert!(
        with < without * 5 + Duration::from_millis(20),
        "{with:?} beside a deaf viewer, {without:?} without one"
    );
    #[cfg(target_os = "linux")]
    {
        let growth = server.resident_bytes().saturating_sub(before);
        assert!(growth < GROWTH_BYTES, "{growth} bytes");
    }
}

/// Publishes the number `n`, and waits until the reader has received it. Returns the time that this took.
fn deliver(publisher: &mut Socket, reader: &mut Socket, n: usize) -> Duration {
    let data = format!("{n:06}{}", "x".repeat(BYTES));
    let began = Instant::now();
    publisher.say(&json!({"action": "publish", "id": n, "topic": "big", "data": data}));
    assert_eq!(reader.hear_data(), [("big".to_owned(), Value::String(data))]);
    let took = began.elapsed();
    publisher.hear_type("published");
    took
}

fn median(latencies: &[Duration]) -> Duration {
    let mut sorted = latencies.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}
