//! Prints the number of messages that API Gateway bills for sending one minute of publications to one subscriber: if
//! each publication is a message of its own, and if several publications are packed into one message. The messages are
//! made in the same way as the function `broadcast` makes them, which Lambda calls with each batch of a DynamoDB
//! stream.
//!
//! ```text
//! cargo run -p backend-core --example websocket_units
//! ```
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made is to be seen")]

mod metering;
mod streams;

use backend_core::fanout;
use backend_core::ports::{Change, ConnectionId};
use bytes::Bytes;
use metering::Bill;
use shared::limits;
use streams::Stream;

/// Time in milliseconds between two batches of a DynamoDB stream. Lambda polls a stream "at a base rate of 4 times per
/// second" (AWS Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB"). The publications of one such interval
/// are packed together.
const TICK_MS: i64 = 250;

fn main() {
    println!("{:39} {:>6} {:>16} {:>16} {:>11}", "", "publi-", "one post each", "packed", "packed,");
    println!(
        "{:39} {:>6} {:>8} {:>7} {:>8} {:>7} {:>11}",
        "to one viewer, in one minute", "cations", "KB", "units", "KB", "units", "units each"
    );
    for stream in streams::all() {
        println!("{}", line(&stream));
    }
}

fn line(stream: &Stream) -> String {
    let (apart, packed) = (one_post_each(&stream.changes), packed(&stream.changes));
    let publications = stream.publications();
    format!(
        "{:39} {publications:>6} {:>9.1} {:>7} {:>8.1} {:>7} {:>11.3}",
        stream.name,
        apart.kb(),
        apart.units,
        packed.kb(),
        packed.units,
        packed.units as f64 / publications as f64
    )
}

/// Computes the bill if every publication is sent in a WebSocket message of its own.
fn one_post_each(changes: &[Change]) -> Bill {
    bill(changes.iter().map(std::slice::from_ref))
}

/// Computes the bill if the publications of each interval of [`TICK_MS`] are packed into as few WebSocket messages as
/// possible, as the function `broadcast` does.
fn packed(changes: &[Change]) -> Bill {
    let tick = |change: &Change| change.items.first().map(|item| item.received_at.div_euclid(TICK_MS));
    bill(changes.chunk_by(|one, next| tick(one) == tick(next)))
}

fn bill<'a>(ticks: impl Iterator<Item = &'a [Change]>) -> Bill {
    let mut bill = Bill::default();
    ticks.flat_map(frames).for_each(|frame| bill.add(frame.len()));
    bill
}

/// Returns the WebSocket messages in which `changes` are sent to a connection that is subscribed to every topic.
fn frames(changes: &[Change]) -> Vec<Bytes> {
    let topic_changes = fanout::topic_changes(changes);
    let audiences = vec![vec![ConnectionId::new("XDmENcnwIE0CFEQ=")]; topic_changes.len()];
    let deliveries = fanout::deliveries(&topic_changes, audiences, limits::PACK_BYTES);
    deliveries.into_iter().flat_map(|delivery| delivery.frames).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use shared::ServerMessage;

    use super::*;

    /// Counts the publications of each topic in the WebSocket messages `frames`. The keys are the names of the topics.
    fn brought(frames: &[Bytes]) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for frame in frames {
            let parts = match serde_json::from_slice(frame).unwrap() {
                ServerMessage::Publications(part) => vec![part],
                ServerMessage::Batch(batch) => batch.parts,
                other => panic!("neither publications nor a batch: {other:?}"),
            };
            for part in parts {
                *counts.entry(part.topic.as_str().to_owned()).or_default() += part.items.len();
            }
        }
        counts
    }

    #[test]
    fn packed_or_not_the_same_publications_arrive_in_frames_that_are_one_unit() {
        for stream in streams::all() {
            let all = frames(&stream.changes);
            let apart: Vec<Bytes> =
                stream.changes.iter().flat_map(|one| frames(std::slice::from_ref(one))).collect();
            assert_eq!(brought(&all), brought(&apart), "{}", stream.name);
            assert_eq!(brought(&all).values().sum::<usize>(), stream.publications(), "{}", stream.name);
            assert!(all.iter().all(|frame| metering::units(frame.len()) == 1), "{}", stream.name);
        }
    }

    #[test]
    fn the_readme_gives_the_measured_figures_of_each_stream() {
        const README: &str = include_str!("../../../../infra/README.md");
        for stream in streams::all() {
            let (apart, packed) = (one_post_each(&stream.changes), packed(&stream.changes));
            let counts = [stream.publications(), apart.units, packed.units].map(with_commas);
            let row = format!("| {} | {} |", stream.name, counts.join(" | "));
            assert!(README.contains(&row), "there is no {row}");
        }
    }

    /// Formats a number below a million with a thousands separator, as in `1,800`.
    fn with_commas(number: usize) -> String {
        match number {
            0..1_000 => number.to_string(),
            _ => format!("{},{:03}", number / 1_000, number % 1_000),
        }
    }

    #[test]
    fn a_value_a_second_is_a_frame_a_second_and_thirty_at_once_are_one_too() {
        let units = |name: &str| {
            let stream = streams::all().into_iter().find(|stream| stream.name.starts_with(name)).unwrap();
            (one_post_each(&stream.changes).units, packed(&stream.changes).units)
        };
        assert_eq!(units("1 topic at 1 Hz"), (60, 60));
        assert_eq!(units("30 topics at 1 Hz, all at once"), (1_800, 60));
    }
}
