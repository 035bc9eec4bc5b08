//! Viewers of one topic, and when each of them saw what.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::task::{JoinHandle, JoinSet};

use super::viewer::{self, Socket};
use crate::topology::PATIENCE;
use crate::wait;

/// Handshakes and subscriptions under way at once: each takes a process of a function.
const COMING_AT_ONCE: usize = 16;

/// Between one viewer's going and the next one's: each takes a process of a function for a while.
const GOING: Duration = Duration::from_millis(20);

/// When what was said in a round arrived, by round.
type Arrivals = Arc<Mutex<BTreeMap<u64, Vec<Instant>>>>;

/// Connected viewers. They go when this is dropped, all at once; [`Audience::leave`] is kinder.
pub struct Audience {
    /// The ids of their connections.
    pub ids: Vec<String>,
    arrivals: Arrivals,
    reading: Vec<JoinHandle<()>>,
}

impl Audience {
    /// So many, subscribed.
    ///
    /// # Panics
    ///
    /// If one of them is refused.
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

    /// Waits until all have seen what was said in `round`, and tells when each did.
    ///
    /// # Panics
    ///
    /// If somebody does not see it.
    pub async fn saw(&self, round: u64) -> Vec<Instant> {
        let what = format!("all {} viewers have seen round {round}", self.ids.len());
        let all = || async {
            let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            let is_all = arrivals.get(&round).is_some_and(|seen| seen.len() == self.ids.len());
            is_all.then(|| arrivals.remove(&round).unwrap_or_default())
        };
        wait::until(&what, PATIENCE, all).await.0
    }

    /// They go, one after the other.
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

/// Notes each round once: a frame may come again.
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

/// The last round that a frame tells of. Not parsed: a thousand of them share a processor with what is measured.
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
