//! What one client was shown and told, held against the truth as it happens.

use std::collections::{BTreeMap, BTreeSet};

use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic};
use tickertape_session::{DropReason, Event, SocketId, State, Ticket};

use crate::store::Store;

/// A sentence that says what was promised and not kept.
pub type Fault = String;

/// What became of something published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Acknowledged: it is in the log.
    Published,
    /// Refused or dropped: it is not in the log.
    NotPublished,
    /// Told as such.
    Unknown,
}

/// Something published by a session.
#[derive(Debug)]
pub struct Sent {
    /// What the session calls it.
    pub ticket: Ticket,
    /// Where to.
    pub topic: Topic,
    /// One for each item, unlike any other.
    pub data: Vec<String>,
    /// Whether it was numbered.
    pub idempotent: bool,
    /// When, on the client's monotonic clock.
    pub at_ms: u64,
    /// What became of it; `None` until that was told.
    pub fate: Option<Fate>,
}

#[derive(Debug)]
struct Shown {
    epoch: Epoch,
    last: u64,
}

/// See the [module](self).
#[derive(Debug, Default)]
pub struct Observer {
    /// What was published, in order.
    pub sent: Vec<Sent>,
    shown: BTreeMap<Topic, Shown>,
    /// Filters that were confirmed: topics that begin later are wanted whole.
    begun: BTreeSet<Filter>,
    /// For logs that were there when their filter was confirmed: the latest offset to begin at.
    begins: BTreeMap<(Topic, Epoch), u64>,
    /// Open sockets, by when they were opened on the client's monotonic clock.
    sockets: BTreeMap<SocketId, u64>,
    /// What was confirmed on each.
    confirmed: BTreeMap<SocketId, BTreeSet<Filter>>,
    rotations: u64,
    connected_ms: u64,
}

/// What a session may give up numbered publications over.
#[derive(Debug, Clone, Copy)]
pub struct Excuse {
    /// The client's monotonic clock.
    pub now_ms: u64,
    /// The queue is full, the session is closed, or the server refuses for good.
    pub any_age: bool,
}

macro_rules! hold {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}

impl Observer {
    /// Checks one event against everything before it and against the truth.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn see(&mut self, event: &Event, wanted: &[Filter], store: &Store, now: Millis) -> Result<(), Fault> {
        match event {
            Event::Publications { topic, epoch, items, .. } => {
                hold!(wanted.iter().any(|filter| filter.matches(topic)), "{topic} is not watched");
                self.publications(topic, epoch, items, store)
            }
            Event::Gap { topic, from, to, .. } => self.gap(topic, from, to, store, now),
            Event::EpochChanged { topic, last, start } => self.epoch(topic, last, start, store),
            Event::Subscribed { filter, .. } => {
                self.subscribed(filter, store);
                Ok(())
            }
            Event::Published { ticket, topic, position } => self.published(*ticket, topic, position, store),
            Event::PublishRefused { ticket, refused } => {
                let code = refused.code;
                hold!(code != ErrorCode::StaleSequence, "{ticket:?} was sent out of turn");
                self.conclude(*ticket, Fate::NotPublished)
            }
            Event::Dropped { tickets, why } => {
                let is_unknown = *why == DropReason::OutcomeUnknown;
                let fate = if is_unknown { Fate::Unknown } else { Fate::NotPublished };
                tickets.iter().try_for_each(|ticket| self.conclude(*ticket, fate))
            }
            _ => Ok(()),
        }
    }

    /// The session opens a socket.
    pub fn opened(&mut self, socket: SocketId, now_ms: u64) {
        self.sockets.insert(socket, now_ms);
    }

    /// The session closes a socket, or was told that it is closed.
    pub fn closed(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
        self.confirmed.remove(&socket);
    }

    /// The server confirms `filter` on a socket.
    pub fn confirmed(&mut self, socket: SocketId, filter: &Filter) {
        if self.sockets.contains_key(&socket) {
            self.confirmed.entry(socket).or_default().insert(filter.clone());
        }
    }

    /// What is numbered is sent again until its outcome is known, as long as there is room and time for it.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn check_unknown(&self, tickets: &[Ticket], excuse: Excuse) -> Result<(), Fault> {
        let numbered = self.sent.iter().filter(|sent| sent.idempotent && tickets.contains(&sent.ticket));
        for sent in numbered {
            let age_ms = excuse.now_ms.saturating_sub(sent.at_ms);
            let is_old = age_ms >= tickertape_session::constants::QUEUE_AGE_MS;
            hold!(is_old || excuse.any_age, "{:?} is numbered and given up after {age_ms} ms", sent.ticket);
        }
        Ok(())
    }

    /// An old connection is closed once the new one watches everything, or has had its time to.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn check_rotation(&mut self, rotations: u64, wanted: &[Filter], now_ms: u64) -> Result<(), Fault> {
        if std::mem::replace(&mut self.rotations, rotations) == rotations {
            return Ok(());
        }
        for (socket, opened_ms) in &self.sockets {
            let had_its_time = now_ms >= opened_ms + tickertape_session::constants::CATCH_UP_MS;
            let confirmed = self.confirmed.get(socket);
            let is_confirmed = |filter| confirmed.is_some_and(|confirmed| confirmed.contains(filter));
            let unready = wanted.iter().find(|filter| !had_its_time && !is_confirmed(filter));
            hold!(unready.is_none(), "rotated before {unready:?} was watched by the new connection");
        }
        Ok(())
    }

    /// How many sockets there may be: two while one takes over from the other, none without an attempt.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn check_sockets(&self, state: State) -> Result<(), Fault> {
        let allowed = match state {
            State::Rotating => 1..=2,
            State::Connecting | State::Handshaking | State::Connected => 1..=1,
            State::Idle
            | State::Waiting
            | State::Suspended
            | State::Offline
            | State::Failed
            | State::Closing
            | State::Closed => 0..=0,
        };
        let count = self.sockets.len();
        hold!(allowed.contains(&count), "{count} sockets while {state}");
        Ok(())
    }

    /// A banner is shown only once there has been no connection for as long as it takes to be news.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn check_banner(&mut self, state: State, is_shown: bool, now_ms: u64) -> Result<(), Fault> {
        if state.is_connected() {
            self.connected_ms = now_ms;
        }
        let is_news = now_ms >= self.connected_ms + tickertape_session::constants::BANNER_MS;
        hold!(!is_shown || state == State::Failed || is_news, "a banner over a blink");
        Ok(())
    }

    /// The client watches nothing of what `wanted` does not match any more.
    pub fn forget(&mut self, wanted: &[Filter]) {
        let is_wanted = |topic: &Topic| wanted.iter().any(|filter| filter.matches(topic));
        self.shown.retain(|topic, _| is_wanted(topic));
        self.begins.retain(|(topic, _), _| is_wanted(topic));
        self.begun.retain(|filter| wanted.contains(filter));
    }

    /// What was shown of `topic` last.
    pub fn last_shown(&self, topic: &Topic) -> Option<Position> {
        self.shown.get(topic).map(|shown| Position::new(shown.epoch.clone(), shown.last))
    }

    /// What there is by now may have been there when the server began the subscription; what comes later was not.
    fn subscribed(&mut self, filter: &Filter, store: &Store) {
        let logs = store.ledger().iter().filter(|((topic, _), _)| filter.matches(topic));
        let fresh = logs.filter(|((topic, _), _)| !self.shown.contains_key(topic) && !self.has_begun(topic));
        let begins: Vec<_> = fresh.map(|(log, items)| (log.clone(), items.len() as u64 + 1)).collect();
        self.begins.extend(begins);
        self.begun.insert(filter.clone());
    }

    fn has_begun(&self, topic: &Topic) -> bool {
        self.begun.iter().any(|filter| filter.matches(topic))
    }

    /// The latest offset at which this log may begin to be shown.
    fn begins_by(&self, topic: &Topic, epoch: &Epoch) -> u64 {
        let born_later = if self.has_begun(topic) { 1 } else { u64::MAX };
        self.begins.get(&(topic.clone(), epoch.clone())).copied().unwrap_or(born_later)
    }

    fn shown_of(&mut self, topic: &Topic, epoch: &Epoch, first: u64) -> Result<&mut Shown, Fault> {
        if !self.shown.contains_key(topic) {
            let by = self.begins_by(topic, epoch);
            hold!(first <= by, "{topic} begins at {first}; it was watched from {by} on");
            self.shown.insert(topic.clone(), Shown { epoch: epoch.clone(), last: first - 1 });
        }
        let shown = self.shown.get_mut(topic).ok_or("it was just inserted")?;
        hold!(shown.epoch == *epoch, "{topic}: {epoch} follows {} without a word", shown.epoch);
        Ok(shown)
    }

    fn publications(
        &mut self,
        topic: &Topic,
        epoch: &Epoch,
        items: &[Publication],
        store: &Store,
    ) -> Result<(), Fault> {
        let truth = store.ledger().get(&(topic.clone(), epoch.clone()));
        let first = items.first().ok_or_else(|| format!("an empty part of {topic}"))?;
        let shown = self.shown_of(topic, epoch, first.offset)?;
        for item in items {
            let (offset, next) = (item.offset, shown.last + 1);
            hold!(offset == next, "{topic}: {offset} where {next} was next");
            let written = truth.and_then(|log| log.get(shown.last as usize));
            hold!(written == Some(item), "{topic}: {item:?} is not what was published: {written:?}");
            shown.last = offset;
        }
        Ok(())
    }

    fn gap(
        &mut self,
        topic: &Topic,
        from: &Position,
        to: &Position,
        store: &Store,
        now: Millis,
    ) -> Result<(), Fault> {
        hold!(from.epoch == to.epoch && from.offset < to.offset, "a gap of nothing in {topic}");
        let shown = self.shown_of(topic, &from.epoch, from.offset + 1)?;
        let last = shown.last;
        hold!(last == from.offset, "{topic}: a gap after {}, but {last} was shown", from.offset);
        shown.last = to.offset;
        let ever = store.ledger().get(&(topic.clone(), to.epoch.clone())).map_or(0, |log| log.len() as u64);
        hold!(to.offset <= ever, "{topic}: a gap up to {}, but {ever} is the last", to.offset);
        let is_lost = store.is_lost(topic, to, now);
        hold!(is_lost, "{topic}: {}-{} is called lost and could be had", from.offset + 1, to.offset);
        Ok(())
    }

    fn epoch(
        &mut self,
        topic: &Topic,
        last: &Position,
        start: &Position,
        store: &Store,
    ) -> Result<(), Fault> {
        let epoch = &start.epoch;
        hold!(start.offset == 0, "{topic}: the new log is followed from {start:?}, not from its beginning");
        if let Some(shown) = self.shown.get(topic) {
            let seen = Position::new(shown.epoch.clone(), shown.last);
            hold!(seen == *last, "{topic}: the old log ends at {last:?}, but {seen:?} was shown");
        }
        hold!(last.epoch != *epoch, "{topic}: {epoch} begins anew, though it never ended");
        let is_old = store.is_lost(topic, &Position::new(last.epoch.clone(), u64::MAX), 0);
        hold!(is_old, "{topic}: {} is called over and is not", last.epoch);
        self.shown.insert(topic.clone(), Shown { epoch: epoch.clone(), last: 0 });
        Ok(())
    }

    fn published(
        &mut self,
        ticket: Ticket,
        topic: &Topic,
        position: &Position,
        store: &Store,
    ) -> Result<(), Fault> {
        self.conclude(ticket, Fate::Published)?;
        let Some(sent) = self.sent.iter().find(|sent| sent.ticket == ticket) else {
            return Ok(());
        };
        hold!(sent.topic == *topic, "{ticket:?} went to {topic}, not to {}", sent.topic);
        let log = store.ledger().get(&(topic.clone(), position.epoch.clone()));
        let log = log.and_then(|log| log.get(..position.offset as usize)).unwrap_or_default();
        let written = log.iter().rev().map(|item| item.data.as_str().unwrap_or_default());
        let is_there = sent.data.iter().rev().eq(written.take(sent.data.len()));
        hold!(is_there, "{ticket:?} is acknowledged and not at {position:?}");
        Ok(())
    }

    fn conclude(&mut self, ticket: Ticket, fate: Fate) -> Result<(), Fault> {
        // A refusal may be told before `publish` has returned its ticket; those are filled in by the caller.
        let Some(sent) = self.sent.iter_mut().find(|sent| sent.ticket == ticket) else {
            return Err(format!("{ticket:?} was never handed out"));
        };
        let before = sent.fate.replace(fate);
        hold!(before.is_none(), "{ticket:?} came out twice: {before:?}, then {fate:?}");
        Ok(())
    }
}
