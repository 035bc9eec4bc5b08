//! Checks the events of one client as they happen. They are compared with the ledger, which contains all publications
//! that were ever in a log.

use std::collections::{BTreeMap, BTreeSet};

use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic};
use tickertape_session::{DropReason, Event, SocketId, State, Ticket};

use crate::store::Store;

/// Description of a promise (guarantee to users) that the system has broken.
pub type Fault = String;

/// Outcome of a publish request, as the session has reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The request was acknowledged, so its publications must be in the log.
    Published,
    /// The request was refused, or dropped before it was sent. Its publications must not be in the log.
    NotPublished,
    /// The session reported that it does not know the outcome.
    Unknown,
}

/// A publish request that a simulated client has given to its session.
#[derive(Debug)]
pub struct Sent {
    /// Number of the publish request, as returned by the session.
    pub ticket: Ticket,
    /// Topic to which the request publishes.
    pub topic: Topic,
    /// Data of each publication of the request. No two publications of a simulated run have the same data.
    pub data: Vec<String>,
    /// True if the request has a sequence number, so that its publications are appended only once even if it is sent
    /// again.
    pub idempotent: bool,
    /// Time at which the request was made, in milliseconds of the client's monotonic clock.
    pub at_ms: u64,
    /// Outcome that the session has reported; `None` if it has not reported one yet.
    pub outcome: Option<Outcome>,
}

#[derive(Debug)]
struct Shown {
    epoch: Epoch,
    last: u64,
}

/// Checks the events of one client, and records what is needed for that.
#[derive(Debug, Default)]
pub struct Observer {
    /// Publish requests of the client, in the order in which they were made.
    pub sent: Vec<Sent>,
    shown: BTreeMap<Topic, Shown>,
    /// Filters of subscriptions that the server has confirmed. A matching topic that is created later has to be
    /// delivered from its first publication.
    begun: BTreeSet<Filter>,
    /// For each log whose topic had a publication before the client's subscription was confirmed: the highest offset
    /// that the first delivered publication may have. A higher one means that publications were skipped.
    begins: BTreeMap<(Topic, Epoch), u64>,
    /// Sockets that are open, each with the time at which it was opened, in milliseconds of the client's monotonic
    /// clock.
    sockets: BTreeMap<SocketId, u64>,
    /// Filters of the subscriptions that the server has confirmed, for each open socket.
    confirmed: BTreeMap<SocketId, BTreeSet<Filter>>,
    rotations: u64,
    connected_ms: u64,
    /// True if the client has ever asked for conflated publications.
    may_conflate: bool,
}

/// Facts that decide if a session may report the outcome of a request with a sequence number as unknown.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Current time, in milliseconds of the client's monotonic clock.
    pub now_ms: u64,
    /// True if the session may report unknown outcomes for requests of any age, because the queue is full, the session
    /// is closed, or the server may refuse requests for good.
    pub any_age: bool,
}

macro_rules! ensure {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}

impl Observer {
    /// Checks one event of the session against all earlier ones and against the ledger of all publications. `wanted`
    /// are the filters to which the client is subscribed.
    ///
    /// # Errors
    ///
    /// A description of the promise that was broken.
    pub fn see(&mut self, event: &Event, wanted: &[Filter], store: &Store, now: Millis) -> Result<(), Fault> {
        match event {
            Event::Publications { topic, epoch, items, left_out, .. } => {
                ensure!(wanted.iter().any(|filter| filter.matches(topic)), "{topic} is not watched");
                ensure!(*left_out == 0 || self.may_conflate, "{topic}: {left_out} were left out, unasked");
                self.publications(topic, epoch, items, *left_out, store)
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
                ensure!(code != ErrorCode::StaleSequence, "{ticket:?} was sent out of turn");
                self.conclude(*ticket, Outcome::NotPublished)
            }
            Event::Dropped { tickets, why } => {
                let is_unknown = *why == DropReason::OutcomeUnknown;
                let outcome = if is_unknown { Outcome::Unknown } else { Outcome::NotPublished };
                tickets.iter().try_for_each(|ticket| self.conclude(*ticket, outcome))
            }
            _ => Ok(()),
        }
    }

    /// Records that the client asks for conflated publications.
    pub fn allow_conflation(&mut self) {
        self.may_conflate = true;
    }

    /// Records that the session opens a socket.
    pub fn opened(&mut self, socket: SocketId, now_ms: u64) {
        self.sockets.insert(socket, now_ms);
    }

    /// Records that a socket is closed.
    pub fn closed(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
        self.confirmed.remove(&socket);
    }

    /// Records that the server has confirmed the subscription to `filter` on a socket.
    pub fn confirmed(&mut self, socket: SocketId, filter: &Filter) {
        if self.sockets.contains_key(&socket) {
            self.confirmed.entry(socket).or_default().insert(filter.clone());
        }
    }

    /// Checks that the session may report the outcome of these requests as unknown. A request with a sequence number
    /// has to be sent again until its outcome is known, unless the queue is full or the request is too old.
    ///
    /// # Errors
    ///
    /// A description of the promise that was broken.
    pub fn check_unknown(&self, tickets: &[Ticket], allowance: Allowance) -> Result<(), Fault> {
        let numbered = self.sent.iter().filter(|sent| sent.idempotent && tickets.contains(&sent.ticket));
        for sent in numbered {
            let age_ms = allowance.now_ms.saturating_sub(sent.at_ms);
            let is_old = age_ms >= tickertape_session::constants::QUEUE_AGE_MS;
            ensure!(
                is_old || allowance.any_age,
                "{:?} is numbered and was given up after {age_ms} ms",
                sent.ticket
            );
        }
        Ok(())
    }

    /// Checks that a session which replaces its connection has closed the old one only after every filter was confirmed
    /// on the new one, or after the time for catching up. `rotations` is the number of replacements so far.
    ///
    /// # Errors
    ///
    /// A description of the promise that was broken.
    pub fn check_rotation(&mut self, rotations: u64, wanted: &[Filter], now_ms: u64) -> Result<(), Fault> {
        if std::mem::replace(&mut self.rotations, rotations) == rotations {
            return Ok(());
        }
        for (socket, opened_ms) in &self.sockets {
            let had_its_time = now_ms >= opened_ms + tickertape_session::constants::CATCH_UP_MS;
            let confirmed = self.confirmed.get(socket);
            let is_confirmed = |filter| confirmed.is_some_and(|confirmed| confirmed.contains(filter));
            let unready = wanted.iter().find(|filter| !had_its_time && !is_confirmed(filter));
            ensure!(unready.is_none(), "rotated before {unready:?} was watched by the new connection");
        }
        Ok(())
    }

    /// Checks the number of open sockets for the session's state: up to two while a connection is being replaced, one
    /// in the other states with a connection or an attempt to connect, and otherwise none.
    ///
    /// # Errors
    ///
    /// A description of the promise that was broken.
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
        ensure!(allowed.contains(&count), "{count} sockets while {state}");
        Ok(())
    }

    /// Checks that the banner about a lost connection is shown only after the connection has been lost for a while, or
    /// after the session has given up.
    ///
    /// # Errors
    ///
    /// A description of the promise that was broken.
    pub fn check_banner(&mut self, state: State, is_shown: bool, now_ms: u64) -> Result<(), Fault> {
        if state.is_connected() {
            self.connected_ms = now_ms;
        }
        let is_news = now_ms >= self.connected_ms + tickertape_session::constants::BANNER_MS;
        ensure!(!is_shown || state == State::Failed || is_news, "a banner over a short interruption");
        Ok(())
    }

    /// Removes the records of topics that no filter in `wanted` matches, because a subscription has ended.
    pub fn forget(&mut self, wanted: &[Filter]) {
        let is_wanted = |topic: &Topic| wanted.iter().any(|filter| filter.matches(topic));
        self.shown.retain(|topic, _| is_wanted(topic));
        self.begins.retain(|(topic, _), _| is_wanted(topic));
        self.begun.retain(|filter| wanted.contains(filter));
    }

    /// Returns the position up to which the session has delivered `topic`, or `None` if it has delivered nothing.
    pub fn last_shown(&self, topic: &Topic) -> Option<Position> {
        self.shown.get(topic).map(|shown| Position::new(shown.epoch.clone(), shown.last))
    }

    /// Records that the server has confirmed the subscription to `filter`. Publications that exist by now may be older
    /// than the subscription and need not be delivered. All later ones have to be delivered.
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

    /// Returns the highest offset with which the delivery of this log may begin.
    fn begins_by(&self, topic: &Topic, epoch: &Epoch) -> u64 {
        let born_later = if self.has_begun(topic) { 1 } else { u64::MAX };
        self.begins.get(&(topic.clone(), epoch.clone())).copied().unwrap_or(born_later)
    }

    fn shown_of(&mut self, topic: &Topic, epoch: &Epoch, first: u64) -> Result<&mut Shown, Fault> {
        if !self.shown.contains_key(topic) {
            let by = self.begins_by(topic, epoch);
            ensure!(first <= by, "{topic} begins at {first}; it was watched from {by} on");
            self.shown.insert(topic.clone(), Shown { epoch: epoch.clone(), last: first - 1 });
        }
        let shown = self.shown.get_mut(topic).ok_or("it was just inserted")?;
        ensure!(shown.epoch == *epoch, "{topic}: {epoch} follows {} without an event", shown.epoch);
        Ok(shown)
    }

    fn publications(
        &mut self,
        topic: &Topic,
        epoch: &Epoch,
        items: &[Publication],
        mut left_out: u64,
        store: &Store,
    ) -> Result<(), Fault> {
        let truth = store.ledger().get(&(topic.clone(), epoch.clone()));
        let first = items.first().ok_or_else(|| format!("an empty part of {topic}"))?;
        let last = items.last().map_or(first.offset, |item| item.offset);
        let within = (last + 1).saturating_sub(first.offset).saturating_sub(items.len() as u64);
        let shown = self.shown_of(topic, epoch, first.offset - left_out.saturating_sub(within))?;
        for item in items {
            let (offset, next) = (item.offset, shown.last + 1);
            ensure!(offset >= next && offset - next <= left_out, "{topic}: {offset} where {next} was next");
            left_out -= offset - next;
            let written = truth.and_then(|log| log.get(offset as usize - 1));
            ensure!(written == Some(item), "{topic}: {item:?} is not what was published: {written:?}");
            shown.last = offset;
        }
        ensure!(left_out == 0, "{topic}: {left_out} more are said to be left out than are");
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
        ensure!(from.epoch == to.epoch && from.offset < to.offset, "an empty gap in {topic}");
        let shown = self.shown_of(topic, &from.epoch, from.offset + 1)?;
        let last = shown.last;
        ensure!(last == from.offset, "{topic}: a gap after {}, but {last} was shown", from.offset);
        shown.last = to.offset;
        let ever = store.ledger().get(&(topic.clone(), to.epoch.clone())).map_or(0, |log| log.len() as u64);
        ensure!(to.offset <= ever, "{topic}: a gap up to {}, but {ever} is the last", to.offset);
        let is_lost = store.is_lost(topic, to, now);
        ensure!(is_lost, "{topic}: {}-{} is reported lost and could be read", from.offset + 1, to.offset);
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
        ensure!(start.offset == 0, "{topic}: the new log is followed from {start:?}, not from its beginning");
        if let Some(shown) = self.shown.get(topic) {
            let seen = Position::new(shown.epoch.clone(), shown.last);
            ensure!(seen == *last, "{topic}: the old log ends at {last:?}, but {seen:?} was shown");
        }
        ensure!(last.epoch != *epoch, "{topic}: {epoch} begins again, though it never ended");
        let is_old = store.is_lost(topic, &Position::new(last.epoch.clone(), u64::MAX), 0);
        ensure!(is_old, "{topic}: {} is reported as ended and has not", last.epoch);
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
        self.conclude(ticket, Outcome::Published)?;
        let Some(sent) = self.sent.iter().find(|sent| sent.ticket == ticket) else {
            return Ok(());
        };
        ensure!(sent.topic == *topic, "{ticket:?} went to {topic}, not to {}", sent.topic);
        let log = store.ledger().get(&(topic.clone(), position.epoch.clone()));
        let log = log.and_then(|log| log.get(..position.offset as usize)).unwrap_or_default();
        let written = log.iter().rev().map(|item| item.data.text().trim_matches('"'));
        let is_there = sent.data.iter().rev().eq(written.take(sent.data.len()));
        ensure!(is_there, "{ticket:?} is acknowledged and is not at {position:?}");
        Ok(())
    }

    fn conclude(&mut self, ticket: Ticket, outcome: Outcome) -> Result<(), Fault> {
        // A session may refuse a request while `publish` still runs. The caller polls the event only after it has
        // added the request to `sent`, so a request that is not found is an error.
        let Some(sent) = self.sent.iter_mut().find(|sent| sent.ticket == ticket) else {
            return Err(format!("{ticket:?} is unknown"));
        };
        let before = sent.outcome.replace(outcome);
        ensure!(before.is_none(), "{ticket:?} has two outcomes: {before:?}, then {outcome:?}");
        Ok(())
    }
}
