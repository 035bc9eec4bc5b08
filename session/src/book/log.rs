//! What is known of one topic's log.

use std::collections::BTreeMap;

use super::Tally;
use super::rumour::Rumour;
use crate::Event;
use crate::constants::{AHEAD_ITEMS, AHEAD_TOTAL, GIVE_UP_MS, HISTORY_ATTEMPTS};
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta};

/// Whether a hole is being filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// No hole.
    Idle,
    /// To be asked for at this moment.
    Due { at_ms: u64, vain: Vain },
    /// Asked for.
    Sent { vain: Vain },
}

/// How often in a row, and since when, the server was asked in vain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Vain {
    pub(super) times: u32,
    since_ms: u64,
}

impl Ask {
    /// To be asked for at this moment, for the first time.
    pub(super) fn at(at_ms: u64) -> Self {
        Self::Due { at_ms, vain: Vain::default() }
    }

    pub(super) fn vain(self) -> Vain {
        match self {
            Self::Due { vain, .. } | Self::Sent { vain } => vain,
            Self::Idle => Vain::default(),
        }
    }
}

impl Vain {
    pub(super) fn again(self, now_ms: u64) -> Self {
        let since_ms = if self.times == 0 { now_ms } else { self.since_ms };
        Self { times: self.times + 1, since_ms }
    }

    pub(super) fn is_enough(self, now_ms: u64) -> bool {
        self.times >= HISTORY_ATTEMPTS && now_ms >= self.since_ms + GIVE_UP_MS
    }
}

#[derive(Debug)]
struct Held {
    publication: Publication,
    replay: bool,
}

/// One topic's log, as far as this viewer is concerned.
#[derive(Debug)]
pub(super) struct Log {
    topic: Topic,
    epoch: Epoch,
    pub(super) meta: Option<TopicMeta>,
    /// The last offset handed on; `None` until it is known where to begin.
    seen: Option<u64>,
    seen_ts: Option<Millis>,
    /// Came before its predecessors.
    ahead: BTreeMap<u64, Held>,
    /// The highest offset known to exist.
    head: u64,
    /// What is up to here and not here can no longer be had.
    floor: u64,
    rumour: Option<Rumour>,
    /// A replay was promised up to here; 0 for none.
    pub(super) replay_until: u64,
    /// How far the promised replay has brought it.
    pub(super) replayed_to: u64,
    pub(super) ask: Ask,
    pub(super) gone: bool,
}

impl Log {
    pub(super) fn new(topic: Topic, epoch: Epoch) -> Self {
        Self {
            topic,
            epoch,
            meta: None,
            seen: None,
            seen_ts: None,
            ahead: BTreeMap::new(),
            head: 0,
            floor: 0,
            rumour: None,
            replay_until: 0,
            replayed_to: 0,
            ask: Ask::Idle,
            gone: false,
        }
    }

    pub(super) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    pub(super) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// The last place handed on; `None` until it is known where to begin.
    pub(super) fn position(&self) -> Option<Position> {
        self.seen.map(|offset| Position::new(self.epoch.clone(), offset))
    }

    pub(super) fn seen(&self) -> Option<u64> {
        self.seen
    }

    pub(super) fn held(&self) -> usize {
        self.ahead.len()
    }

    /// Whether another log was heard of, and this one has begun, so that it can be asked which of them counts.
    pub(super) fn is_doubted(&self) -> bool {
        self.rumour.is_some() && self.seen.is_some()
    }

    /// Somebody spoke of the log `epoch` up to `offset`.
    pub(super) fn hear_of(&mut self, epoch: Epoch, offset: u64) {
        let known = self.rumour.take().filter(|rumour| rumour.epoch == epoch);
        self.rumour = Some(known.unwrap_or(Rumour::new(epoch)).up_to(offset));
    }

    /// The server is asked, which will settle what has been heard so far. Returns how many publications may be missing.
    pub(super) fn ask(&mut self) -> u64 {
        let rumoured = self.rumour.as_mut().map_or(0, Rumour::ask);
        self.hole().map_or(1, |(from, to)| to - from).max(rumoured)
    }

    /// The server has answered, and the log that counts is not the one that was heard of.
    pub(super) fn refute(&mut self) {
        self.rumour.take_if(|rumour| rumour.is_asked);
    }

    /// The offsets missing next, as the one before and the last; `None` if nothing is known to be missing.
    pub(super) fn hole(&self) -> Option<(u64, u64)> {
        let seen = self.seen.filter(|seen| *seen < self.head)?;
        Some((seen, self.before_ahead().unwrap_or(self.head)))
    }

    /// Begins after `offset`, if it has not begun.
    pub(super) fn anchor(&mut self, offset: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        if self.seen.is_none() {
            self.seen = Some(offset);
            self.head = self.head.max(offset);
            let kept = self.ahead.split_off(&(offset + 1));
            tally.held -= self.ahead.len();
            self.ahead = kept;
            self.drain(tally, out);
        }
    }

    pub(super) fn raise_head(&mut self, offset: u64) {
        self.head = self.head.max(offset);
    }

    /// The server has nothing beyond what was handed on, whatever was said before.
    pub(super) fn lower_head(&mut self) {
        if let Some(seen) = self.seen.filter(|_| self.ahead.is_empty()) {
            self.head = seen;
        }
    }

    /// Takes publications in, hands on what is in order, holds back what is not.
    pub(super) fn take(
        &mut self,
        items: Vec<Publication>,
        replay: bool,
        tally: &mut Tally,
        out: &mut Vec<Event>,
    ) {
        if self.continues_with(&items) {
            self.hand_on(items, replay, tally, out);
            return;
        }
        for publication in items {
            self.hold(Held { publication, replay }, tally);
        }
        self.drain(tally, out);
    }

    /// What is up to `offset` and not here is lost.
    pub(super) fn lose_to(&mut self, offset: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        self.floor = self.floor.max(offset);
        self.head = self.head.max(offset);
        self.drain(tally, out);
    }

    /// The log was started anew, as `epoch`, and is followed from after `offset`. What is here of the old
    /// one is handed on first.
    pub(super) fn restart(&mut self, epoch: Epoch, offset: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        if let Some(last) = self.ahead.keys().next_back().copied() {
            self.lose_to(last, tally, out);
        }
        if let Some(last) = self.position() {
            let start = Position::new(epoch.clone(), offset);
            out.push(Event::EpochChanged { topic: self.topic.clone(), last, start });
        }
        let rumoured = self.rumour.take_if(|rumour| rumour.epoch == epoch).map_or(0, |rumour| rumour.head);
        self.rumour = self.rumour.take().map(Rumour::again);
        tally.held -= self.ahead.len();
        self.epoch = epoch;
        self.seen = Some(offset);
        self.seen_ts = None;
        self.ahead.clear();
        self.head = offset.max(rumoured);
        self.floor = 0;
        self.replay_until = 0;
    }

    /// The usual case: nothing is held back, and this is what comes next.
    fn continues_with(&self, items: &[Publication]) -> bool {
        let Some(seen) = self.seen.filter(|_| self.ahead.is_empty() && !items.is_empty()) else {
            return false;
        };
        items.iter().zip(seen + 1..).all(|(item, offset)| item.offset == offset)
    }

    fn hold(&mut self, held: Held, tally: &mut Tally) {
        let offset = held.publication.offset;
        if self.seen.is_some_and(|seen| offset <= seen) || self.ahead.contains_key(&offset) {
            tally.duplicates += 1;
            return;
        }
        self.head = self.head.max(offset);
        if self.seen.is_some_and(|seen| offset > seen + 1) {
            tally.out_of_order += 1;
        }
        if self.make_room_for(offset, tally) {
            self.ahead.insert(offset, held);
            tally.held += 1;
        }
    }

    /// When full, what is farthest ahead goes: it can be fetched again.
    fn make_room_for(&mut self, offset: u64, tally: &mut Tally) -> bool {
        if self.ahead.len() < AHEAD_ITEMS && tally.held < AHEAD_TOTAL {
            return true;
        }
        if self.seen.is_some_and(|seen| offset == seen + 1) {
            return true;
        }
        if self.ahead.keys().next_back().is_none_or(|last| *last < offset) {
            return false;
        }
        self.ahead.pop_last();
        tally.held -= 1;
        true
    }

    fn drain(&mut self, tally: &mut Tally, out: &mut Vec<Event>) {
        loop {
            self.hand_on_held(tally, out);
            let Some(seen) = self.seen.filter(|seen| *seen < self.floor) else {
                return;
            };
            let to = self.before_ahead().map_or(self.floor, |before| before.min(self.floor));
            self.announce_gap(seen, to, tally, out);
        }
    }

    /// Hands on what follows without a hole, in runs that came the same way.
    fn hand_on_held(&mut self, tally: &mut Tally, out: &mut Vec<Event>) {
        while let Some(seen) = self.seen {
            let Some(first) = self.ahead.remove(&(seen + 1)) else {
                return;
            };
            let replay = first.replay;
            let mut run = vec![first.publication];
            let mut next = seen + 2;
            while self.ahead.get(&next).is_some_and(|held| held.replay == replay) {
                run.extend(self.ahead.remove(&next).map(|held| held.publication));
                next += 1;
            }
            tally.held -= run.len();
            self.hand_on(run, replay, tally, out);
        }
    }

    fn hand_on(&mut self, items: Vec<Publication>, replay: bool, tally: &mut Tally, out: &mut Vec<Event>) {
        let Some(last) = items.last() else {
            return;
        };
        self.seen = Some(last.offset);
        self.seen_ts = Some(last.ts);
        self.head = self.head.max(last.offset);
        tally.publications += items.len() as u64;
        tally.recovered += if replay { items.len() as u64 } else { 0 };
        let (topic, epoch) = (self.topic.clone(), self.epoch.clone());
        out.push(Event::Publications { topic, epoch, items, replay });
    }

    fn announce_gap(&mut self, from: u64, to: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        tally.gaps += 1;
        tally.lost += to - from;
        out.push(Event::Gap {
            topic: self.topic.clone(),
            from: Position::new(self.epoch.clone(), from),
            to: Position::new(self.epoch.clone(), to),
            from_ts: self.seen_ts,
            to_ts: self
                .ahead
                .first_key_value()
                .filter(|(next, _)| **next == to + 1)
                .map(|(_, held)| held.publication.ts),
        });
        self.seen = Some(to);
    }

    fn before_ahead(&self) -> Option<u64> {
        self.ahead.first_key_value().map(|(first, _)| first - 1)
    }
}
