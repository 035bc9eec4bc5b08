//! Every publication once and in order: which part of each log was handed on, what is missing, and what
//! can no longer be had. Pure: it asks by [`Book::next_ask`] and tells by the events it returns.

mod log;

use std::collections::{BTreeMap, BTreeSet};

use super::backoff;
use super::constants::{BOOK_TOPICS, HISTORY_ATTEMPTS, HOLE_MS, REPLAY_MS};
use super::rng::Rng;
use super::{Event, Stats};
use crate::limits::{HISTORY_ITEMS, REPLAY_ITEMS};
use crate::server::{HistoryReply, Publications, SubscribedTopic};
use crate::{Epoch, Position, Topic, TopicMeta};
use log::{Ask, Log};

/// What was asked of the server about a topic that it lists in `subscribed`.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The position sent along.
    pub(super) since: Option<Position>,
    /// Whether the filter is watched for the first time, so that the past counts only as far as asked for.
    pub(super) first: bool,
}

/// A part of a log to be fetched by `history`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hole {
    pub(super) topic: Topic,
    pub(super) since: Position,
    pub(super) limit: u32,
}

/// Counts of what went through the book.
#[derive(Debug, Default)]
pub(super) struct Tally {
    publications: u64,
    recovered: u64,
    duplicates: u64,
    out_of_order: u64,
    gaps: u64,
    lost: u64,
    topics_refused: u64,
    /// Publications held back now.
    held: usize,
}

/// The logs that are followed.
#[derive(Debug, Default)]
pub(super) struct Book {
    logs: BTreeMap<Topic, Log>,
    /// Holes by when to ask for them.
    due: BTreeSet<(u64, Topic)>,
    tally: Tally,
}

impl Book {
    pub(super) fn position(&self, topic: &Topic) -> Option<Position> {
        self.logs.get(topic)?.position()
    }

    /// The positions of topics that `is_wanted`, in order of name.
    pub(super) fn positions(
        &self,
        is_wanted: impl Fn(&Topic) -> bool,
    ) -> impl Iterator<Item = (&Topic, Position)> {
        self.logs
            .values()
            .filter(move |log| is_wanted(log.topic()))
            .filter_map(|log| Some((log.topic(), log.position()?)))
    }

    pub(super) fn count_into(&self, stats: Stats) -> Stats {
        Stats {
            publications: self.tally.publications,
            recovered: self.tally.recovered,
            duplicates: self.tally.duplicates,
            out_of_order: self.tally.out_of_order,
            gaps: self.tally.gaps,
            lost: self.tally.lost,
            topics_refused: self.tally.topics_refused,
            ..stats
        }
    }

    /// Follows `topic` after `position`, if it is not followed yet.
    pub(super) fn resume(&mut self, topic: Topic, position: Position) {
        if self.logs.contains_key(&topic) || self.is_full() {
            return;
        }
        let mut log = Log::new(topic.clone(), position.epoch);
        log.anchor(position.offset, &mut self.tally, &mut Vec::new());
        self.logs.insert(topic, log);
    }

    /// Forgets the topics for which `is_kept` does not hold.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&Topic) -> bool) {
        for (_, log) in self.logs.extract_if(.., |topic, _| !is_kept(topic)) {
            self.tally.held -= log.held();
            unschedule(&mut self.due, &log);
        }
    }

    /// Publications came. `begun` says that the topic belongs to a confirmed subscription, so that, if
    /// it is new, all of it is wanted.
    pub(super) fn publications(&mut self, message: Publications, begun: bool, now_ms: u64) -> Vec<Event> {
        let Publications { topic, epoch, items, replay, meta } = message;
        let mut out = Vec::new();
        let mut touch = match self.find(&topic, &epoch, &mut out) {
            Some(touch) => touch,
            None => return out,
        };
        touch.tell_meta(meta);
        if touch.log.is_retired(&epoch) {
            touch.tally.duplicates += items.len() as u64;
            return out;
        }
        if *touch.log.epoch() != epoch {
            touch.log.restart(epoch, 0, touch.tally, touch.out);
        }
        if begun {
            touch.log.anchor(0, touch.tally, touch.out);
        }
        touch.log.take(items, replay, touch.tally, touch.out);
        touch.review(now_ms);
        out
    }

    /// The server listed a topic in `subscribed`.
    pub(super) fn subscribed(&mut self, listed: SubscribedTopic, asked: &Asked, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        let SubscribedTopic { topic, position, recovered, replay_from, meta } = listed;
        let mut touch = match self.find(&topic, &position.epoch, &mut out) {
            Some(touch) => touch,
            None => return out,
        };
        touch.tell_meta((!meta.is_empty()).then_some(meta));
        let from = replay_from.map(|from| from.offset);
        if touch.log.seen().is_none() {
            touch.begin(&position, from, asked.first);
        } else if *touch.log.epoch() == position.epoch {
            touch.go_on(&position, from, recovered, asked.since.as_ref());
        } else {
            touch.change(&position, from, asked.since.as_ref());
        }
        touch.expect_replay(from, position.offset, now_ms);
        touch.review(now_ms);
        out
    }

    /// A `subscribed` is complete: topics that `is_matched` and that nothing is known of began after it.
    pub(super) fn begin_unlisted(&mut self, is_matched: impl Fn(&Topic) -> bool, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        for log in self.logs.values_mut().filter(|log| log.seen().is_none() && is_matched(log.topic())) {
            let mut touch = Touch { log, due: &mut self.due, tally: &mut self.tally, out: &mut out };
            touch.log.anchor(0, touch.tally, touch.out);
            touch.review(now_ms);
        }
        out
    }

    /// A complete `subscribed` left `topic` out. Its log may be lost, or the frame that lists it is late: ask.
    pub(super) fn doubt(&mut self, topic: &Topic, now_ms: u64) {
        if let Some(mut touch) = self.touch(topic, &mut Vec::new()).filter(|touch| !touch.log.gone) {
            touch.schedule(Ask::Due { at_ms: now_ms + HOLE_MS, failures: 0 });
        }
    }

    /// The server does not have `topic`. What was missing of it is lost.
    pub(super) fn is_gone(&mut self, topic: &Topic, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        if let Some(mut touch) = self.touch(topic, &mut out) {
            touch.lose_hole();
            touch.review(now_ms);
            if let Some(last) = touch.log.position().filter(|_| !std::mem::replace(&mut touch.log.gone, true))
            {
                touch.out.push(Event::TopicGone { topic: topic.clone(), last });
            }
        }
        out
    }

    /// The end of a log as `pong` tells it.
    pub(super) fn head(&mut self, topic: &Topic, head: &Position, begun: bool, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        let Some(mut touch) = self.find(topic, &head.epoch, &mut out) else {
            return out;
        };
        if touch.log.is_retired(&head.epoch) {
            return out;
        }
        if *touch.log.epoch() != head.epoch {
            touch.log.restart(head.epoch.clone(), 0, touch.tally, touch.out);
        }
        if begun {
            touch.log.anchor(0, touch.tally, touch.out);
        }
        touch.log.raise_head(head.offset);
        touch.review(now_ms);
        out
    }

    /// The answer to a hole that was asked for from `since`.
    pub(super) fn history(
        &mut self,
        since: &Position,
        reply: HistoryReply,
        now_ms: u64,
        rng: &mut Rng,
    ) -> Vec<Event> {
        let mut out = Vec::new();
        let topic = reply.topic.clone();
        if let Some(mut touch) = self.touch(&topic, &mut out) {
            let before = touch.log.position();
            touch.answer(since, reply);
            let failed = before == touch.log.position() && touch.log.hole().is_some();
            touch.asked(failed, now_ms, rng);
        }
        out
    }

    /// A hole that was asked for will not be filled by that request: it was refused or not answered.
    pub(super) fn history_failed(&mut self, topic: &Topic, now_ms: u64, rng: &mut Rng) -> Vec<Event> {
        let mut out = Vec::new();
        if let Some(mut touch) = self.touch(topic, &mut out) {
            touch.asked(true, now_ms, rng);
        }
        out
    }

    /// The socket on which a hole was asked for is gone: ask on another.
    pub(super) fn history_interrupted(&mut self, topic: &Topic, now_ms: u64) {
        if let Some(mut touch) = self.touch(topic, &mut Vec::new()) {
            touch.log.ask = Ask::Idle;
            touch.review(now_ms);
        }
    }

    /// The next hole to ask for, if one is due.
    pub(super) fn next_ask(&mut self, now_ms: u64) -> Option<Hole> {
        let at_ms = self.next_due()?;
        if at_ms > now_ms {
            return None;
        }
        let (_, topic) = self.due.pop_first()?;
        let log = self.logs.get_mut(&topic)?;
        let failures = if let Ask::Due { failures, .. } = log.ask { failures } else { 0 };
        log.ask = Ask::Sent { failures };
        let (missing, since) = (log.hole().map_or(1, |(from, to)| to - from), log.position()?);
        // Bounded by HISTORY_ITEMS, which fits.
        let limit = missing.min(HISTORY_ITEMS as u64) as u32;
        Some(Hole { topic, since, limit })
    }

    /// When the next hole is to be asked for.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.due.first().map(|(at_ms, _)| *at_ms)
    }

    /// Whether a promised replay is still on its way.
    pub(super) fn is_catching_up(&self) -> bool {
        !self.due.is_empty() || self.logs.values().any(|log| log.ask != Ask::Idle)
    }

    fn is_full(&self) -> bool {
        self.logs.len() >= BOOK_TOPICS
    }

    /// The log of `topic`, new if it is a new topic; `None` if there are too many.
    fn find<'a>(&'a mut self, topic: &Topic, epoch: &Epoch, out: &'a mut Vec<Event>) -> Option<Touch<'a>> {
        if !self.logs.contains_key(topic) {
            if self.is_full() {
                self.tally.topics_refused += 1;
                return None;
            }
            self.logs.insert(topic.clone(), Log::new(topic.clone(), epoch.clone()));
        }
        self.touch(topic, out)
    }

    fn touch<'a>(&'a mut self, topic: &Topic, out: &'a mut Vec<Event>) -> Option<Touch<'a>> {
        let log = self.logs.get_mut(topic)?;
        Some(Touch { log, due: &mut self.due, tally: &mut self.tally, out })
    }
}

/// One log at work, with what its changes have to be written down in.
struct Touch<'a> {
    log: &'a mut Log,
    due: &'a mut BTreeSet<(u64, Topic)>,
    tally: &'a mut Tally,
    out: &'a mut Vec<Event>,
}

impl Touch<'_> {
    /// Tells a new topic, one that is back, and new metadata.
    fn tell_meta(&mut self, meta: Option<TopicMeta>) {
        let was_gone = std::mem::take(&mut self.log.gone);
        let is_news = match (&self.log.meta, &meta) {
            (None, _) => true,
            (Some(known), Some(told)) => known != told,
            (Some(_), None) => false,
        };
        if is_news || was_gone {
            let meta = meta.or(self.log.meta.take()).unwrap_or_default();
            self.out.push(Event::Topic { topic: self.log.topic().clone(), meta: meta.clone() });
            self.log.meta = Some(meta);
        }
    }

    /// It is known now where this log begins: where the replay does, at its end, or, if it was created
    /// while this viewer was watching, at the very beginning.
    fn begin(&mut self, position: &Position, from: Option<u64>, first: bool) {
        if *self.log.epoch() != position.epoch {
            self.tally.held -= self.log.held();
            let meta = self.log.meta.take();
            *self.log = Log::new(self.log.topic().clone(), position.epoch.clone());
            self.log.meta = meta;
        }
        let start = if first { from.unwrap_or(position.offset) } else { 0 };
        self.log.anchor(start, self.tally, self.out);
        self.log.raise_head(position.offset);
    }

    /// The log is the one that was followed.
    fn go_on(&mut self, position: &Position, from: Option<u64>, recovered: bool, since: Option<&Position>) {
        let asked = since.filter(|since| since.epoch == position.epoch);
        match asked {
            Some(since) if !recovered && position.offset < since.offset => {
                // The server lost the end of its log; the offsets after `position` will be used again.
                self.log.restart(position.epoch.clone(), position.offset, self.tally, self.out);
            }
            Some(_) if !recovered => {
                self.log.raise_head(position.offset);
                self.log.lose_to(from.unwrap_or(0), self.tally, self.out);
            }
            Some(_) | None => self.log.raise_head(position.offset),
        }
    }

    /// The log is another one. That is news unless the server answered before it learned of the newer one.
    fn change(&mut self, position: &Position, from: Option<u64>, since: Option<&Position>) {
        let knew_ours = since.is_some_and(|since| since.epoch == *self.log.epoch());
        if self.log.is_retired(&position.epoch) && !knew_ours {
            return;
        }
        self.log.restart(position.epoch.clone(), 0, self.tally, self.out);
        self.log.raise_head(position.offset);
        if let Some(from) = from.filter(|_| knew_ours) {
            self.log.lose_to(from, self.tally, self.out);
        }
    }

    /// A replay from `from` towards `head` is on its way. How far it goes only the server knows, which
    /// shares out what it replays among the topics: when it pauses, the rest is asked for.
    fn expect_replay(&mut self, from: Option<u64>, head: u64, now_ms: u64) {
        let Some(from) = from else {
            return;
        };
        let until = head.min(from + REPLAY_ITEMS as u64);
        if let Some((seen, _)) = self.log.hole().filter(|(seen, _)| *seen < until) {
            self.log.replay_until = until;
            self.log.replayed_to = seen;
            self.schedule(Ask::Due { at_ms: now_ms + REPLAY_MS, failures: 0 });
        }
    }

    /// Takes in what `history` brought.
    fn answer(&mut self, since: &Position, reply: HistoryReply) {
        let HistoryReply { epoch, items, head, recovered, .. } = reply;
        let is_cut_back = since.epoch == epoch && head.offset < since.offset;
        if epoch != *self.log.epoch() {
            if since.epoch != *self.log.epoch() {
                return;
            }
            self.log.restart(epoch, 0, self.tally, self.out);
        } else if !recovered && is_cut_back {
            self.log.restart(epoch, head.offset, self.tally, self.out);
        }
        self.log.raise_head(head.offset);
        if !recovered {
            let lost_to = items.first().map_or(head.offset, |first| first.offset.saturating_sub(1));
            self.log.lose_to(lost_to, self.tally, self.out);
        } else if items.is_empty() && self.log.seen().is_some_and(|seen| head.offset <= seen) {
            self.log.lower_head();
        }
        self.log.take(items, true, self.tally, self.out);
    }

    /// A `history` request has ended. After too many that brought nothing, the hole is given up, so that what
    /// came after it is not held back for ever.
    fn asked(&mut self, failed: bool, now_ms: u64, rng: &mut Rng) {
        let so_far = match self.log.ask {
            Ask::Due { failures, .. } | Ask::Sent { failures } => failures,
            Ask::Idle => 0,
        };
        let failures = if failed { so_far + 1 } else { 0 };
        self.log.replay_until = 0;
        if failures >= HISTORY_ATTEMPTS {
            self.lose_hole();
            self.schedule(Ask::Idle);
        } else {
            let pause_ms = if failed { HOLE_MS + backoff::delay_ms(failures, rng) } else { 0 };
            self.schedule(Ask::Due { at_ms: now_ms + pause_ms, failures });
        }
        self.review(now_ms);
    }

    fn lose_hole(&mut self) {
        if let Some((_, to)) = self.log.hole() {
            self.log.lose_to(to, self.tally, self.out);
        }
    }

    /// After any change: asks for a hole that is new, and no longer for one that is closed.
    fn review(&mut self, now_ms: u64) {
        let Some((seen, _)) = self.log.hole() else {
            self.log.replay_until = 0;
            self.schedule(Ask::Idle);
            return;
        };
        if self.log.replay_until != 0 && seen >= self.log.replay_until {
            self.log.replay_until = 0;
            self.schedule(Ask::Due { at_ms: now_ms, failures: 0 });
        } else if self.log.replay_until != 0 && seen > self.log.replayed_to {
            self.log.replayed_to = seen;
            self.schedule(Ask::Due { at_ms: now_ms + HOLE_MS, failures: 0 });
        } else if self.log.ask == Ask::Idle {
            self.schedule(Ask::Due { at_ms: now_ms + HOLE_MS, failures: 0 });
        }
    }

    fn schedule(&mut self, ask: Ask) {
        unschedule(self.due, self.log);
        self.log.ask = ask;
        if let Ask::Due { at_ms, .. } = ask {
            self.due.insert((at_ms, self.log.topic().clone()));
        }
    }
}

fn unschedule(due: &mut BTreeSet<(u64, Topic)>, log: &Log) {
    if let Ask::Due { at_ms, .. } = log.ask {
        due.remove(&(at_ms, log.topic().clone()));
    }
}
