//! Viewers that subscribe to one topic, and record the time at which they receive each publication.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::task::{JoinHandle, JoinSet};

use super::viewer::{self, Socket};
use crate::topology::TIMEOUT;
use crate::wait;

/// Maximum number of viewers that connect and subscribe at the same time. The number is limited, because each of them
/// occupies a process of a Lambda function meanwhile.
const COMING_AT_ONCE: usize = 16;

/// Pause between the disconnects of two viewers. It is needed because each disconnect occupies a process of a Lambda
/// function for a while.
const GOING: Duration = Duration::from_millis(20);

/// The times at which viewers received the publication of each round. A round is one publication to all viewers, and
/// its number is the key.
type Arrivals = Arc<Mutex<BTreeMap<u64, Vec<Instant>>>>;

/// Connected viewers of one topic. [`Audience::leave`] disconnects them one after the other. Dropping the value
/// disconnects all of them at once.
pub struct Audience {
    /// Ids of the viewers' connections.
    pub ids: Vec<String>,
    arrivals: Arrivals,
    reading: Vec<JoinHandle<()>>,
}

impl Audience {
    /// Connects `size` viewers and subscribes them to `topic`.
    ///
    /// # Panics
    ///
    /// If the server refuses one of them.
    pub async fn gather(ws: &str, topic: &'static str, size: usize) -> Self {
        let mut audience = Self { ids: Vec::new(), arrivals: Arrivals::default(), reading: Vec::new() };
        let mut coming = JoinSet::new();
        for number in 0..size + COMING_AT_ONCE {
            if number >= COMING_AT_ONCE {
                let (id, socket) = coming.join_next().await.expect("somebody comes").expect("comes");
                audience.ids.push(id);
                audience.reading.push(tokio::spawn(read(socket, audience.arrivals.clone())));
            }
            if number < size {
                coming.spawn(come(ws.to_string(), topic));
            }
        }
        audience
    }

    /// Waits until every viewer has received the publication of `round`. Returns the time at which each of them
    /// received it.
    ///
    /// # Panics
    ///
    /// If a viewer does not receive the publication in time.
    pub async fn saw(&self, round: u64) -> Vec<Instant> {
        let what = format!("all {} viewers have seen round {round}", self.ids.len());
        let all = || async {
            let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            let is_all = arrivals.get(&round).is_some_and(|seen| seen.len() == self.ids.len());
            is_all.then(|| arrivals.remove(&round).unwrap_or_default())
        };
        wait::until(&what, TIMEOUT, all).await.0
    }

    /// Disconnects the viewers one after the other.
    pub async fn leave(mut self) {
        for reading in std::mem::take(&mut self.reading) {
            reading.abort();
            tokio::time::sleep(GOING).await;
        }
    }
}

impl Drop for Audience {
    fn drop(&mut self) {
        self.reading.iter().for_each(JoinHandle::abort);
    }
}

async fn come(ws: String, topic: &str) -> (String, Socket) {
    let mut socket = viewer::connect(&ws).await;
    let answer = viewer::subscribe(&mut socket, topic).await;
    (answer["connection_id"].as_str().expect("an id").to_string(), socket)
}

/// Reads the frames of one viewer, and records the time at which each round's publication arrives. A round is recorded
/// only once for each viewer, because a frame may arrive twice.
async fn read(mut socket: Socket, arrivals: Arrivals) {
    let mut last = 0;
    while let Some(Ok(message)) = socket.next().await {
        let Some(round) = message.to_text().ok().and_then(round_in).filter(|round| *round > last) else {
            continue;
        };
        last = round;
        let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.entry(round).or_default().push(Instant::now());
    }
}

/// Returns the number of the last round in a frame, or `None` if the frame contains none. The frame is searched as text
/// and not parsed as JSON, because a thousand viewers share the processor with the functions that are measured.
fn round_in(frame: &str) -> Option<u64> {
    let (_, rest) = frame.rsplit_once("\"round\":")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_round_of_a_frame_is_found_and_others_have_none() {
        assert_eq!(
            round_in(r#"{"items":[{"data":{"round":7}},{"data":{"round":12,"text":"x"}}]}"#),
            Some(12)
        );
        assert_eq!(round_in(r#"{"type":"pong"}"#), None);
        assert_eq!(round_in(r#"{"round":"seven"}"#), None);
    }
}
