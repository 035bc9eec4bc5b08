//! Counts the frames in which a viewer receives publications in the AWS topology. Different publishers post them one by
//! one, and they pass through the table, its stream and the function `broadcast`. The reader of the stream decides
//! which publications form a batch. `cargo xtask bench -- websocket-units` measures the packing of given batches
//! without a topology.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use shared::limits;
use tokio::time::{Instant, interval, timeout};

use super::viewer::{self, Socket};
use super::{report, report_spread};
use crate::topology::{TIMEOUT, Topology};

const TOPICS: usize = 30;
const SECONDS: usize = 15;

/// Counts the frames that one viewer of thirty topics receives, while each topic gets one publication per second.
///
/// # Panics
///
/// If a publication does not arrive, or arrives in a frame that API Gateway bills as more than one message.
pub async fn run(topology: &Topology) {
    let mut viewer = viewer::connect(&topology.ws()).await;
    viewer::subscribe(&mut viewer, "packing/*").await;
    let reading = tokio::spawn(read(viewer, TOPICS * SECONDS));
    let mut pace = interval(Duration::from_secs(1));
    let mut took = Vec::new();
    for second in 0..SECONDS {
        pace.tick().await;
        let began = Instant::now();
        futures_util::future::join_all((0..TOPICS).map(|topic| publish(topology, topic, second))).await;
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let frames = reading.await.expect("everything arrives");
    report_spread(&format!("{TOPICS} topics at once, all acknowledged"), &mut took, "ms");
    report(
        &format!("{TOPICS} topics at once, frames a second"),
        frames as f64 / SECONDS as f64,
        "to each viewer",
    );
    let publications = (TOPICS * SECONDS) as f64;
    report(
        "billed messages a publication and viewer",
        frames as f64 / publications,
        "where one post each is 1",
    );
}

async fn publish(topology: &Topology, topic: usize, second: usize) {
    let name = format!("packing/metric{topic:02}");
    topology.publish(&name, &json!({"user": second, "system": 1.25})).await;
}

/// Reads frames until they have contained `publications` publications in total. Returns the number of these frames.
async fn read(mut socket: Socket, publications: usize) -> usize {
    let (mut frames, mut seen) = (0, 0);
    while seen < publications {
        let message = timeout(TIMEOUT, socket.next()).await.expect("in time");
        let message = message.expect("not closed").expect("a message");
        let Ok(text) = message.to_text() else { continue };
        assert!(text.len() <= limits::FRAME_BYTES, "a frame of {} bytes", text.len());
        frames += 1;
        seen += publications_in(text);
    }
    frames
}

fn publications_in(text: &str) -> usize {
    let frame: Value = serde_json::from_str(text).expect("JSON");
    let parts = frame["parts"].as_array().cloned().unwrap_or_else(|| vec![frame.clone()]);
    parts.iter().filter_map(|part| part["items"].as_array()).map(Vec::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publications_are_counted_in_one_part_and_in_several() {
        assert_eq!(publications_in(r#"{"type":"publications","items":[{},{}]}"#), 2);
        assert_eq!(publications_in(r#"{"type":"batch","parts":[{"items":[{}]},{"items":[{},{}]}]}"#), 3);
        assert_eq!(publications_in(r#"{"type":"pong"}"#), 0);
    }
}
