//! Plays a recording back: the events that its frames cause, without a server and without a session.
//!
//! A client that shows the events has to accept publications in any order and more than once, as the board does: a frame with an
//! answer to `history` may come after newer publications. Gaps and the state of the connection come from the recording itself. In a
//! damaged recording, publications that are in no frame are gaps too.
//!
//! ```
//! use shared::recording::{Entry, Header, Line, Recording};
//! use tickertape_session::{Event, playback::Playback};
//!
//! let header = Header { started_at: 0, filter: "*".parse().unwrap(), server: String::new() };
//! let frame = r#"{"type":"publications","topic":"t","epoch":"e","items":[{"offset":1,"ts":5,"received_at":5,"data":7}]}"#;
//! let lines = vec![Line { at: 9, entry: Entry::Frame(frame.into()) }];
//! let recording = Recording { header, lines, is_truncated: false, damage: Vec::new() };
//! let mut playback = Playback::new(recording);
//! let mut events = Vec::new();
//! playback.advance(9, &mut |_, event| events.push(event));
//! assert!(matches!(&events[..], [Event::Publications { replay: false, .. }]));
//! ```

mod holes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::recording::{Entry, Line, Recording};
use shared::server::{HistoryReply, Publications, Subscribed};
use shared::{Epoch, Millis, Position, Publication, ServerMessage, Topic};

use super::words::unreadable;
use super::{Cause, Event};
use holes::{Hole, Holes};

#[cfg(test)]
mod tests;

/// A recording with the position up to which it was played. A copy shares the recording, so it takes little memory.
#[derive(Debug, Clone)]
pub struct Playback {
    recording: Arc<Recording>,
    /// Publications that are missing because the recording is damaged.
    holes: Arc<Holes>,
    /// Index of the line that is played next.
    next: usize,
    /// Time up to which the recording was played.
    at: Millis,
    /// The position of the newest publication of each topic.
    positions: BTreeMap<Topic, Position>,
    /// Missing publications that were reported: the topic, its log, and the offset after them.
    reported: BTreeSet<(Topic, Epoch, u64)>,
    /// Number of open sockets. There are two while a session replaces its connection.
    open: u32,
    /// Time at which the last open socket was closed; `None` if a socket is open, or none was open yet.
    closed_at: Option<Millis>,
    /// True if damaged lines were passed since a socket was closed, so that the number of open sockets is uncertain.
    is_uncertain: bool,
}

/// A function that receives the events of a recording, each with the time at which it was recorded.
pub type Tell<'a> = &'a mut dyn FnMut(Millis, Event);

impl Playback {
    /// Creates a playback at the beginning of the recording. If the recording is damaged, all of its frames are read.
    pub fn new(recording: Recording) -> Self {
        let holes = if recording.damage.is_empty() { Holes::default() } else { Holes::of(&recording) };
        Self::at_start(Arc::new(recording), Arc::new(holes))
    }

    fn at_start(recording: Arc<Recording>, holes: Arc<Holes>) -> Self {
        let at = recording.header.started_at;
        Self {
            recording,
            holes,
            next: 0,
            at,
            positions: BTreeMap::new(),
            reported: BTreeSet::new(),
            open: 0,
            closed_at: None,
            is_uncertain: false,
        }
    }

    /// Returns the recording.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Returns the time up to which the recording was played.
    pub fn at(&self) -> Millis {
        self.at
    }

    /// Returns the line that is played next; `None` if everything was played.
    pub fn next_line(&self) -> Option<&Line> {
        self.recording.lines.get(self.next)
    }

    /// Returns the number of lines that were played.
    pub fn played_lines(&self) -> usize {
        self.next
    }

    /// Returns true if everything was played.
    pub fn has_ended(&self) -> bool {
        self.next >= self.recording.lines.len()
    }

    /// Returns true if the connection was open at this time of the recording.
    pub fn is_open(&self) -> bool {
        self.open > 0
    }

    /// Returns the time at which the connection was lost; `None` if it is open, or was not open yet.
    pub fn closed_at(&self) -> Option<Millis> {
        self.closed_at
    }

    /// Goes back to the beginning. Whoever shows the events has to begin with nothing too.
    pub fn rewind(&mut self) {
        *self = Self::at_start(Arc::clone(&self.recording), Arc::clone(&self.holes));
    }

    /// Plays all lines up to `at`, that time included, and passes their events to `tell`. An earlier time than that of the
    /// last call changes nothing.
    pub fn advance(&mut self, at: Millis, tell: Tell<'_>) {
        while self.next_line().is_some_and(|line| line.at <= at) {
            self.step(tell);
        }
        self.at = self.at.max(at.min(self.recording.ended_at()));
    }

    /// Plays the next line, and passes its events to `tell`. Returns false if there is none.
    pub fn step(&mut self, tell: Tell<'_>) -> bool {
        let recording = Arc::clone(&self.recording);
        let Some(line) = recording.lines.get(self.next) else { return false };
        // The list of damage is in the order of the lines.
        let place = recording.damage.partition_point(|damage| damage.before < self.next);
        self.is_uncertain |= recording.damage.get(place).is_some_and(|damage| damage.before == self.next);
        self.next += 1;
        self.at = line.at;
        let tell = &mut |event| tell(line.at, event);
        match &line.entry {
            Entry::Frame(text) => {
                // A frame comes over an open socket, even if the line that says so is damaged.
                self.open = self.open.max(1);
                self.closed_at = None;
                match ServerMessage::from_json(text) {
                    Ok(message) => self.message(message, tell),
                    // A frame that cannot be read changes nothing, as in a session.
                    Err(error) => tell(Event::ProtocolError { message: unreadable(&error) }),
                }
            }
            Entry::Opened => {
                self.open = self.open.saturating_add(1);
                self.closed_at = None;
            }
            Entry::Closed { code, .. } => self.close(*code, tell),
            Entry::Gap { topic, from, to, from_ts, to_ts } => {
                let (topic, from, to) = (topic.clone(), from.clone(), to.clone());
                tell(Event::Gap { topic, from, to, from_ts: *from_ts, to_ts: *to_ts });
            }
        }
        true
    }

    fn close(&mut self, code: u16, tell: &mut dyn FnMut(Event)) {
        // After damage, other sockets may have been closed too. If not, the next frame shows it.
        self.open = if self.is_uncertain { 0 } else { self.open.saturating_sub(1) };
        self.is_uncertain = false;
        if self.open == 0 {
            self.closed_at = Some(self.at);
            tell(Event::Disconnected { cause: Cause::Closed { code } });
        }
    }

    fn message(&mut self, message: ServerMessage, tell: &mut dyn FnMut(Event)) {
        match message {
            ServerMessage::Subscribed(message) => self.subscribed(message, tell),
            ServerMessage::Publications(message) => self.publications(message, tell),
            ServerMessage::Batch(batch) => {
                batch.parts.into_iter().for_each(|part| self.publications(part, tell))
            }
            ServerMessage::History(message) => self.history(message, tell),
            ServerMessage::Occupancy(message) => {
                tell(Event::Occupancy { filter: message.filter, viewers: message.viewers });
            }
            ServerMessage::Forgotten(message) => {
                let unknown = Position { epoch: message.epoch, offset: 0 };
                let last = self.positions.remove(&message.topic).unwrap_or(unknown);
                tell(Event::TopicGone { topic: message.topic, last });
            }
            ServerMessage::Conditions(message) => tell(Event::Conditions { conditions: message.conditions }),
            // A recording is played without the requests that were answered with buckets.
            ServerMessage::Buckets(_)
            | ServerMessage::Published(_)
            | ServerMessage::Unsubscribed(_)
            | ServerMessage::Refreshed(_)
            | ServerMessage::Pong(_)
            | ServerMessage::Error(_)
            | ServerMessage::Disconnect(_)
            | ServerMessage::Unknown => {}
        }
    }

    fn subscribed(&mut self, message: Subscribed, tell: &mut dyn FnMut(Event)) {
        let topics = message.topics.len();
        for listed in message.topics {
            if !listed.meta.is_empty() {
                tell(Event::Topic { topic: listed.topic, meta: listed.meta });
            }
        }
        tell(Event::Conditions { conditions: message.conditions });
        let (filter, viewers, connection_id) = (message.filter, message.viewers, message.connection_id);
        tell(Event::Subscribed { filter, viewers, topics, connection_id });
    }

    fn publications(&mut self, message: Publications, tell: &mut dyn FnMut(Event)) {
        let Publications { topic, epoch, items, replay, after, meta } = message;
        if let Some(meta) = meta {
            tell(Event::Topic { topic: topic.clone(), meta });
        }
        let Some(newest) = items.last().map(|item| item.offset) else { return };
        self.note_epoch(&topic, &epoch, newest, tell);
        self.report_missing(&topic, &epoch, &items, after, tell);
        let left_out =
            after.map_or(0, |after| newest.saturating_sub(after)).saturating_sub(items.len() as u64);
        tell(Event::Publications { topic, epoch, items, replay, left_out });
    }

    /// Records the position of a topic's newest publication, and reports a log that was started anew.
    fn note_epoch(&mut self, topic: &Topic, epoch: &Epoch, offset: u64, tell: &mut dyn FnMut(Event)) {
        let position = Position { epoch: epoch.clone(), offset };
        match self.positions.get_mut(topic) {
            Some(known) if known.epoch == *epoch => known.offset = known.offset.max(offset),
            Some(known) => {
                let last = std::mem::replace(known, position);
                let start = Position { epoch: epoch.clone(), offset: 0 };
                tell(Event::EpochChanged { topic: topic.clone(), last, start });
            }
            None => drop(self.positions.insert(topic.clone(), position)),
        }
    }

    /// Reports the publications of an answer to `history`, which may be missing ones or earlier ones.
    fn history(&mut self, message: HistoryReply, tell: &mut dyn FnMut(Event)) {
        let HistoryReply { topic, epoch, items, .. } = message;
        if !items.is_empty() {
            self.report_missing(&topic, &epoch, &items, None, tell);
            tell(Event::Earlier { topic, epoch, items });
        }
    }

    /// Reports publications that are missing in the whole recording before one of `items`, each once.
    fn report_missing(
        &mut self,
        topic: &Topic,
        epoch: &Epoch,
        items: &[Publication],
        stands_after: Option<u64>,
        tell: &mut dyn FnMut(Event),
    ) {
        for Hole { before, after } in self.holes.before(topic, epoch, items, stands_after) {
            if self.reported.insert((topic.clone(), epoch.clone(), after.0)) {
                let position = |offset| Position { epoch: epoch.clone(), offset };
                let (from, to) = (position(before.0), position(after.0 - 1));
                let (from_ts, to_ts) = (Some(before.1), Some(after.1));
                tell(Event::Gap { topic: topic.clone(), from, to, from_ts, to_ts });
            }
        }
    }
}
