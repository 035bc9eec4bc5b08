//! States of the board at times of a recording. A jump to a time begins with the last state before it, and plays only the rest.
//!
//! The recording is played once in advance, in small pieces of work, on a [`Scene`]. Between two snapshots lies a limited amount of
//! data, so a jump takes a limited time. If the snapshots need too much memory, every second one is dropped, and the distance of those
//! that follow is doubled.

use shared::Millis;
use shared::recording::{Entry, Line};
use tickertape_session::playback::Playback;

use super::scene::Scene;
use super::stage;

/// Number of bytes of a recording that are played between two snapshots, as far as there is memory for them.
const SPACING_BYTES: usize = 256 << 10;
/// Maximum memory of all snapshots, in bytes. It is an estimate.
const MOST_BYTES: usize = 64 << 20;
/// Number of lines that are rather played than passed over with a snapshot, because a snapshot changes all panels.
const NEAR_LINES: usize = 1_000;
/// Size of a line for which its work is counted, in addition to that of its frame.
const LINE_BYTES: usize = 100;

/// The state of a board at a time of a recording.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The recording, played up to this time.
    pub playback: Playback,
    /// The board at this time.
    pub scene: Scene,
    /// Estimated memory, without that which is shared with the snapshot before.
    bytes: usize,
}

/// The state with which a jump begins. The rest up to its time is played.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// The state that the board shows.
    Present,
    /// A snapshot.
    Snapshot(&'a Snapshot),
    /// A board without data, and the beginning of the recording.
    Beginning,
}

/// The snapshots of a recording, the earliest first.
#[derive(Debug)]
pub struct Snapshots {
    list: Vec<Snapshot>,
    /// The recording and the board up to which snapshots were made.
    playback: Playback,
    scene: Scene,
    spacing_bytes: usize,
    most_bytes: usize,
    /// Number of bytes that were played since the last snapshot.
    since_bytes: usize,
}

impl Snapshots {
    /// Creates an empty list for a recording. `playback` is at the beginning of it.
    pub fn new(playback: Playback) -> Self {
        Self::bounded(playback, SPACING_BYTES, MOST_BYTES)
    }

    /// Creates an empty list with its distance between two snapshots and its memory, both in bytes.
    fn bounded(playback: Playback, spacing_bytes: usize, most_bytes: usize) -> Self {
        let scene = Scene::default();
        Self { list: Vec::new(), playback, scene, spacing_bytes, most_bytes, since_bytes: 0 }
    }

    /// Plays about `work_bytes` of the recording in advance, and makes the snapshots that are due. Returns false if the end of the
    /// recording was reached.
    pub fn build(&mut self, work_bytes: usize) -> bool {
        let mut done_bytes = 0;
        while done_bytes < work_bytes {
            let Some(bytes) = self.playback.next_line().map(work) else { return false };
            stage::play_line(&mut self.playback, &mut self.scene);
            done_bytes += bytes;
            self.since_bytes += bytes;
            if self.since_bytes >= self.spacing_bytes {
                self.keep();
            }
        }
        true
    }

    /// Returns the state with which a jump to the time `at` begins. `playback` is the recording that the board shows.
    pub fn start(&self, playback: &Playback, at: Millis) -> Start<'_> {
        let is_back = at < playback.at();
        let count = self.list.partition_point(|snapshot| snapshot.playback.at() <= at);
        let snapshot = count.checked_sub(1).and_then(|index| self.list.get(index));
        let is_far =
            |snapshot: &&Snapshot| snapshot.playback.played_lines() > playback.played_lines() + NEAR_LINES;
        match snapshot.filter(|snapshot| is_back || is_far(snapshot)) {
            Some(snapshot) => Start::Snapshot(snapshot),
            None if is_back => Start::Beginning,
            None => Start::Present,
        }
    }

    fn keep(&mut self) {
        self.since_bytes = 0;
        let empty = Scene::default();
        let before = self.list.last().map_or(&empty, |last| &last.scene);
        let bytes = self.scene.bytes_beside(before);
        self.list.push(Snapshot { playback: self.playback.clone(), scene: self.scene.clone(), bytes });
        while self.bytes() > self.most_bytes && !self.list.is_empty() {
            self.drop_every_second();
        }
    }

    fn bytes(&self) -> usize {
        self.list.iter().map(|snapshot| snapshot.bytes).sum()
    }

    fn drop_every_second(&mut self) {
        let mut index = 0;
        self.list.retain(|_| {
            index += 1;
            index % 2 == 0
        });
        let mut before = Scene::default();
        for snapshot in &mut self.list {
            snapshot.bytes = snapshot.scene.bytes_beside(&before);
            before = snapshot.scene.clone();
        }
        self.spacing_bytes = self.spacing_bytes.saturating_mul(2);
    }
}

/// Returns the work of playing a line, in bytes.
fn work(line: &Line) -> usize {
    let frame_bytes = match &line.entry {
        Entry::Frame(text) => text.len(),
        Entry::Opened | Entry::Closed { .. } | Entry::Gap { .. } => 0,
    };
    frame_bytes + LINE_BYTES
}

#[cfg(test)]
mod tests;
