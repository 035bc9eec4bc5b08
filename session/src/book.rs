//! Every publication once and in order: which part of each log was handed on, what is missing, and what
//! can no longer be had. Pure: it asks by [`Book::next_ask`] and tells by the events it returns.

mod log;
mod rumour;
mod touch;

use std::collections::{BTreeMap, BTreeSet};

use super::constants::{BOOK_TOPICS, HOLE_MS};
use super::rng::Rng;
use super::{Event, Stats};
use log::{Ask, Log};
use shared::limits::HISTORY_ITEMS;
use shared::server::{HistoryReply, Publications, SubscribedTopic};
use shared::{Epoch, Position, Topic};
use touch::{Touch, unschedule};

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
        if begun {
            touch.log.anchor(0, touch.tally, touch.out);
        }
        if *touch.log.epoch() == epoch {
            touch.log.take(items, replay, touch.tally, touch.out);
        } else {
            touch.log.hear_of(epoch, items.last().map_or(0, |item| item.offset));
        }
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
            touch.schedule(Ask::at(now_ms + HOLE_MS));
        }
    }

    /// The server does not have `topic`, about which it was asked since `since`. What was missing of that log is lost.
    pub(super) fn is_gone(&mut self, topic: &Topic, since: &Position, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        if let Some(mut touch) = self.touch(topic, &mut out) {
            touch.schedule(Ask::Idle);
            if *touch.log.epoch() != since.epoch {
                // The log that counts began after the question.
                touch.review(now_ms);
                return out;
            }
            touch.log.refute();
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
        if begun {
            touch.log.anchor(0, touch.tally, touch.out);
        }
        if *touch.log.epoch() == head.epoch {
            touch.log.raise_head(head.offset);
        } else {
            touch.log.hear_of(head.epoch.clone(), head.offset);
        }
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
            let in_vain = before == touch.log.position() && touch.log.hole().is_some();
            touch.asked(in_vain, now_ms, rng);
        }
        out
    }

    /// A hole that was asked for will not be filled by that request, which was not answered.
    pub(super) fn history_unanswered(&mut self, topic: &Topic, now_ms: u64) {
        if let Some(mut touch) = self.touch(topic, &mut Vec::new()) {
            touch.unanswered(now_ms);
        }
    }

    /// A hole that was asked for will not be filled by that request, which was refused.
    pub(super) fn history_refused(&mut self, topic: &Topic, now_ms: u64, rng: &mut Rng) -> Vec<Event> {
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
        log.ask = Ask::Sent { vain: log.ask.vain() };
        let (missing, since) = (log.ask(), log.position()?);
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
