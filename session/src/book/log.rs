//! The state of one topic's log in this session: which offsets were delivered, which are held back and which are
//! missing.

use super::other_epoch::OtherEpoch;
use super::tally::Tally;
use crate::Event;
use crate::constants::{AHEAD_ITEMS, AHEAD_TOTAL, GIVE_UP_MS, HISTORY_ATTEMPTS};
use crate::sorted_map::SortedMap;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta};

/// State of the `history` request for the first hole (missing part) of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fetch {
    /// Nothing is missing, so there is no request.
    Idle,
    /// The request will be sent at `at_ms`, in milliseconds of the monotonic clock.
    Due { at_ms: u64, failed: FailedFetches },
    /// The request was sent and is not answered yet.
    Sent { failed: FailedFetches },
}

/// Number of consecutive `history` requests for one log that failed, and the moment of the first failure. A request
/// fails if the server refuses it, or if its answer contains none of the missing publications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FailedFetches {
    pub(super) count: u32,
    since_ms: u64,
}

impl Fetch {
    /// Returns the state of a request that is to be sent at `at_ms`, without failed requests before it.
    pub(super) fn at(at_ms: u64) -> Self {
        Self::Due { at_ms, failed: FailedFetches::default() }
    }

    pub(super) fn failed(self) -> FailedFetches {
        match self {
            Self::Due { failed, .. } | Self::Sent { failed } => failed,
            Self::Idle => FailedFetches::default(),
        }
    }
}

impl FailedFetches {
    pub(super) fn and_another(self, now_ms: u64) -> Self {
        let since_ms = if self.count == 0 { now_ms } else { self.since_ms };
        Self { count: self.count + 1, since_ms }
    }

    /// Returns true if enough requests have failed for long enough to declare the missing publications lost: see
    /// [`HISTORY_ATTEMPTS`] and [`GIVE_UP_MS`].
    pub(super) fn should_give_up(self, now_ms: u64) -> bool {
        self.count >= HISTORY_ATTEMPTS && now_ms >= self.since_ms + GIVE_UP_MS
    }
}

#[derive(Debug)]
struct Held {
    publication: Publication,
    /// Offset after which this publication stands for all up to itself. It is that of the publication before it, unless the server
    /// has conflated publications.
    after: u64,
    replay: bool,
}

/// Record of the part of one topic's log that this session has received.
///
/// Example: offsets 1 to 5 were delivered, 8 and 9 arrived early, and 12 is known to exist. Then `seen` is 5, `ahead`
/// contains 8 and 9, `head` is 12, and the first hole (missing part) is 6 to 7.
#[derive(Debug)]
pub(super) struct Log {
    topic: Topic,
    epoch: Epoch,
    pub(super) meta: Option<TopicMeta>,
    /// Offset of the last publication that was delivered; `None` while it is not known with which offset delivery
    /// begins.
    seen: Option<u64>,
    seen_ts: Option<Millis>,
    /// Publications that arrived before their predecessors, by offset. They are held back until the missing ones have
    /// arrived.
    ahead: SortedMap<Held>,
    /// Highest offset that is known to exist in the log.
    head: u64,
    /// Offset up to which all missing publications are lost for good, because the server no longer has them.
    floor: u64,
    other_epoch: Option<OtherEpoch>,
    /// Last offset of the replay that the server has announced; 0 if no replay is expected.
    pub(super) replay_until: u64,
    /// Offset up to which publications had been delivered when the announced replay last made progress.
    pub(super) replayed_to: u64,
    pub(super) fetch: Fetch,
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
            ahead: SortedMap::new(),
            head: 0,
            floor: 0,
            other_epoch: None,
            replay_until: 0,
            replayed_to: 0,
            fetch: Fetch::Idle,
            gone: false,
        }
    }

    pub(super) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    pub(super) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Returns the position after which delivery continues: that of the last delivered publication or, if there is none
    /// yet, the position before the first that will be delivered. Returns `None` until the server has said where
    /// delivery begins.
    pub(super) fn position(&self) -> Option<Position> {
        self.seen.map(|offset| Position::new(self.epoch.clone(), offset))
    }

    pub(super) fn seen(&self) -> Option<u64> {
        self.seen
    }

    pub(super) fn held(&self) -> usize {
        self.ahead.len()
    }

    /// Returns true if a frame contained another epoch than that of this log, and this log has a position from which
    /// missing publications can be requested.
    pub(super) fn has_other_epoch(&self) -> bool {
        self.other_epoch.is_some() && self.seen.is_some()
    }

    /// Records that a frame contained another epoch, `epoch`, with publications up to `offset`.
    pub(super) fn note_other_epoch(&mut self, epoch: Epoch, offset: u64) {
        let known = self.other_epoch.take().filter(|other_epoch| other_epoch.epoch == epoch);
        self.other_epoch = Some(known.unwrap_or(OtherEpoch::new(epoch)).up_to(offset));
    }

    /// Records that a `history` request is being sent. Returns the number of publications that may be missing, which is
    /// used as the limit of the request.
    pub(super) fn begin_fetch(&mut self) -> u64 {
        let other_head = self.other_epoch.as_mut().map_or(0, OtherEpoch::mark_asked);
        self.hole().map_or(1, |(from, to)| to - from).max(other_head)
    }

    /// Deletes the record of another epoch, because the answer to a `history` request has confirmed the current one.
    /// The record is kept if that epoch was received after the request was sent.
    pub(super) fn forget_other_epoch(&mut self) {
        self.other_epoch.take_if(|other_epoch| other_epoch.is_asked);
    }

    /// Returns the first hole (missing part) as a pair: the last delivered offset before it, and the last missing
    /// offset. Returns `None` if nothing is known to be missing.
    pub(super) fn hole(&self) -> Option<(u64, u64)> {
        let seen = self.seen.filter(|seen| *seen < self.head)?;
        Some((seen, self.before_ahead().unwrap_or(self.head)))
    }

    /// Returns true if no publication after the first hole has arrived, so that only the end of the log is known.
    pub(super) fn is_hole_at_end(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Sets the offset after which delivery begins, and delivers the publications that were held back and directly
    /// follow it. Has no effect if delivery has begun already.
    pub(super) fn start_after(&mut self, offset: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        if self.seen.is_none() {
            self.seen = Some(offset);
            self.head = self.head.max(offset);
            tally.held -= self.ahead.len();
            self.ahead.remove_before(after(offset));
            tally.held += self.ahead.len();
            self.drain(tally, out);
        }
    }

    pub(super) fn raise_head(&mut self, offset: u64) {
        self.head = self.head.max(offset);
    }

    /// Lowers `head` to the last delivered offset, because the server has nothing newer. Has no effect if publications
    /// are held back.
    pub(super) fn lower_head(&mut self) {
        if let Some(seen) = self.seen.filter(|_| self.ahead.is_empty()) {
            self.head = seen;
        }
    }

    /// Handles received publications: delivers those that are in order, holds back those that came too early, and drops
    /// duplicates.
    pub(super) fn take(
        &mut self,
        items: Vec<Publication>,
        replay: bool,
        tally: &mut Tally,
        out: &mut Vec<Event>,
    ) {
        if self.continues_with(&items) {
            self.deliver(items, replay, tally, out);
            return;
        }
        for publication in items {
            let after = publication.offset.saturating_sub(1);
            self.hold(Held { publication, after, replay }, tally);
        }
        self.drain(tally, out);
    }

    /// Handles conflated publications, which stand for all after the offset `after` up to the last of them.
    pub(super) fn take_conflated(
        &mut self,
        items: Vec<Publication>,
        mut after: u64,
        tally: &mut Tally,
        out: &mut Vec<Event>,
    ) {
        if let Some(seen) = self.seen.filter(|seen| after <= *seen && self.ahead.is_empty()) {
            let is_sorted = items.is_sorted_by(|one, next| one.offset < next.offset);
            if is_sorted && items.first().is_some_and(|first| first.offset > seen) {
                self.deliver(items, false, tally, out);
                return;
            }
        }
        for publication in items {
            let offset = publication.offset;
            // A server that is not ours may send any number.
            let stands_after = after.min(offset.saturating_sub(1));
            self.hold(Held { publication, after: stands_after, replay: false }, tally);
            after = offset;
        }
        self.drain(tally, out);
    }

    /// Declares every missing publication up to `offset` lost, and delivers those that were held back because of them.
    pub(super) fn lose_to(&mut self, offset: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        self.floor = self.floor.max(offset);
        self.head = self.head.max(offset);
        self.drain(tally, out);
    }

    /// Switches to a new log with the epoch `epoch`, of which the publications after `offset` are to be delivered.
    /// Publications of the old log that are held back are delivered first.
    pub(super) fn restart(&mut self, epoch: Epoch, offset: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        if let Some(last) = self.ahead.last_key() {
            self.lose_to(last, tally, out);
        }
        if let Some(last) = self.position() {
            let start = Position::new(epoch.clone(), offset);
            out.push(Event::EpochChanged { topic: self.topic.clone(), last, start });
        }
        let other_head = self
            .other_epoch
            .take_if(|other_epoch| other_epoch.epoch == epoch)
            .map_or(0, |other_epoch| other_epoch.head);
        self.other_epoch = self.other_epoch.take().map(OtherEpoch::not_asked);
        tally.held -= self.ahead.len();
        self.epoch = epoch;
        self.seen = Some(offset);
        self.seen_ts = None;
        self.ahead.clear();
        self.head = offset.max(other_head);
        self.floor = 0;
        self.replay_until = 0;
    }

    /// Returns true in the usual case: nothing is held back, and `items` directly follow the last delivered
    /// publication.
    fn continues_with(&self, items: &[Publication]) -> bool {
        let Some(seen) = self.seen.filter(|_| self.ahead.is_empty() && !items.is_empty()) else {
            return false;
        };
        items.iter().zip(1..).all(|(item, distance)| item.offset.checked_sub(seen) == Some(distance))
    }

    fn hold(&mut self, held: Held, tally: &mut Tally) {
        let offset = held.publication.offset;
        if self.seen.is_some_and(|seen| offset <= seen) {
            tally.duplicates += 1;
            return;
        }
        if let Some(known) = self.ahead.get_mut(offset) {
            known.after = known.after.min(held.after);
            tally.duplicates += 1;
            return;
        }
        self.head = self.head.max(offset);
        let is_next = self.seen.is_some_and(|seen| held.after <= seen);
        if self.seen.is_some() && !is_next {
            tally.out_of_order += 1;
        }
        if is_next || self.make_room_for(offset, tally) {
            self.ahead.insert(offset, held);
            tally.held += 1;
        }
    }

    /// Returns true if there is room to hold back the publication with this offset, which is not the next one to deliver. If the maximum number is held back, the publication with the highest offset of this log is dropped,
    /// because it is needed last and can be requested again. Returns false if the new publication has the highest
    /// offset.
    fn make_room_for(&mut self, offset: u64, tally: &mut Tally) -> bool {
        if self.ahead.len() < AHEAD_ITEMS && tally.held < AHEAD_TOTAL {
            return true;
        }
        if self.ahead.last_key().is_none_or(|last| last < offset) {
            return false;
        }
        self.ahead.pop_last();
        tally.held -= 1;
        true
    }

    fn drain(&mut self, tally: &mut Tally, out: &mut Vec<Event>) {
        loop {
            self.deliver_held(tally, out);
            let Some(seen) = self.seen.filter(|seen| *seen < self.floor) else {
                return;
            };
            let to = self.before_ahead().map_or(self.floor, |before| before.min(self.floor));
            self.announce_gap(seen, to, tally, out);
        }
    }

    /// Delivers the held-back publications that directly follow the last delivered one. Replayed publications and live
    /// ones are delivered in separate events.
    fn deliver_held(&mut self, tally: &mut Tally, out: &mut Vec<Event>) {
        while let Some((until, replay)) = self.deliverable() {
            let mut run: Vec<Publication> = Vec::new();
            while let Some((offset, held)) = self.ahead.first() {
                let follows = run.last().is_some_and(|last| held.after <= last.offset);
                if held.replay != replay || !(offset <= until || follows) {
                    break;
                }
                run.extend(self.ahead.remove(offset).map(|held| held.publication));
            }
            tally.held -= run.len();
            self.deliver(run, replay, tally, out);
        }
    }

    /// Returns the offset up to which all publications that are held back can be delivered, and whether the first of them is a
    /// replayed one. Returns `None` if the missing ones before them have not arrived.
    fn deliverable(&self) -> Option<(u64, bool)> {
        let seen = self.seen?;
        let (first, held) = self.ahead.first()?;
        if held.after <= seen {
            return Some((first, held.replay));
        }
        // A conflated publication may stand for missing ones before the first.
        let reaching = self.ahead.iter().filter(|(_, held)| held.after <= seen);
        reaching.last().map(|(until, _)| (until, held.replay))
    }

    fn deliver(&mut self, items: Vec<Publication>, replay: bool, tally: &mut Tally, out: &mut Vec<Event>) {
        let Some(last) = items.last() else {
            return;
        };
        let passed = last.offset.saturating_sub(self.seen.unwrap_or(0));
        let left_out = passed.saturating_sub(items.len() as u64);
        self.seen = Some(last.offset);
        self.seen_ts = Some(last.ts);
        self.head = self.head.max(last.offset);
        tally.publications += items.len() as u64;
        tally.left_out = tally.left_out.saturating_add(left_out);
        tally.recovered += if replay { items.len() as u64 } else { 0 };
        let (topic, epoch) = (self.topic.clone(), self.epoch.clone());
        out.push(Event::Publications { topic, epoch, items, replay, left_out });
    }

    fn announce_gap(&mut self, from: u64, to: u64, tally: &mut Tally, out: &mut Vec<Event>) {
        tally.gaps += 1;
        tally.lost = tally.lost.saturating_add(to.saturating_sub(from));
        out.push(Event::Gap {
            topic: self.topic.clone(),
            from: Position::new(self.epoch.clone(), from),
            to: Position::new(self.epoch.clone(), to),
            from_ts: self.seen_ts,
            to_ts: self
                .ahead
                .first()
                .filter(|(_, next)| next.after <= to)
                .map(|(_, held)| held.publication.ts),
        });
        self.seen = Some(to);
    }

    /// Returns the offset of the last publication before the first that has arrived or that one that has arrived stands for.
    fn before_ahead(&self) -> Option<u64> {
        self.ahead.iter().map(|(_, held)| held.after).min()
    }
}

/// Returns the offset of the publication that follows the one with `offset`. A hostile server can send the highest number there
/// is; then it is that number again.
fn after(offset: u64) -> u64 {
    offset.saturating_add(1)
}
