//! Delivers every publication once and in order. The [`Book`] records for each topic which part of its log was
//! delivered, which part is missing, and which part is lost.
//!
//! It performs no IO: [`Book::next_fetch`] returns the next `history` request to send, and the other methods return
//! events.

mod due;
mod edit;
mod log;
mod other_epoch;
mod tally;

use std::collections::BTreeMap;

use super::constants::{BOOK_TOPICS, HOLE_MS};
use super::rng::Rng;
use super::{Event, Stats};
use due::Due;
use edit::{LogEdit, unschedule};
use log::{Fetch, Log};
use shared::limits::HISTORY_ITEMS;
use shared::server::{HistoryReply, Publications, SubscribedTopic};
use shared::{Epoch, Position, Topic};
use tally::Tally;

/// The part of a `subscribe` request that concerns one topic. It is needed to interpret what the answer says about that
/// topic.
#[derive(Debug, Clone, Default)]
pub(super) struct Requested {
    /// Position of the topic in the request's `since`: the publications after it were requested. `None` if `since` did
    /// not contain the topic.
    pub(super) since: Option<Position>,
    /// True if the filter was subscribed for the first time. Then only the past publications that the request asked for
    /// are delivered.
    pub(super) first: bool,
}

/// A missing part of a topic's log that is to be requested by `history`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hole {
    pub(super) topic: Topic,
    pub(super) since: Position,
    pub(super) limit: u32,
}

/// Record of the received, missing and lost parts of the logs of all topics that this session follows. See the
/// [module](self).
#[derive(Debug, Default)]
pub(super) struct Book {
    logs: BTreeMap<Topic, Log>,
    due: Due,
    tally: Tally,
    /// Time for which the server may collect publications before it sends them, in milliseconds.
    frame_every_ms: u64,
}

impl Book {
    /// Sets the time for which the server may collect publications before it sends them, in milliseconds.
    pub(super) fn set_frame_every(&mut self, frame_every_ms: u64) {
        self.frame_every_ms = frame_every_ms;
    }

    pub(super) fn position(&self, topic: &Topic) -> Option<Position> {
        self.logs.get(topic)?.position()
    }

    /// Returns the positions up to which the topics have been delivered, for those topics for which `is_wanted` returns
    /// true. They are sorted by the name of the topic.
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
            left_out: self.tally.left_out,
            topics_refused: self.tally.topics_refused,
            ..stats
        }
    }

    /// Starts to follow `topic` after `position`. Has no effect if the topic is followed already, or if the maximum
    /// number of topics is followed.
    #[cfg(test)]
    pub(super) fn resume(&mut self, topic: Topic, position: Position) {
        if self.logs.contains_key(&topic) || self.is_full() {
            return;
        }
        let mut log = Log::new(topic.clone(), position.epoch);
        log.start_after(position.offset, &mut self.tally, &mut Vec::new());
        self.logs.insert(topic, log);
    }

    /// Stops following the topics for which `is_kept` returns false.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&Topic) -> bool) {
        // The map is filled again, because the code that removes entries from it is kilobytes of a page in the browser.
        for (topic, log) in std::mem::take(&mut self.logs) {
            if is_kept(&topic) {
                self.logs.insert(topic, log);
            } else {
                self.tally.held -= log.held();
                unschedule(&mut self.due, &log);
            }
        }
    }

    /// Handles publications that were received. `begun` must be true if the server has confirmed a subscription that
    /// matches the topic. A topic that is not followed yet was then created later, so it is followed from its first
    /// publication.
    pub(super) fn publications(&mut self, message: Publications, begun: bool, now_ms: u64) -> Vec<Event> {
        let Publications { topic, epoch, items, replay, after, meta } = message;
        let mut out = Vec::new();
        let mut edit = match self.find(&topic, &epoch, &mut out) {
            Some(edit) => edit,
            None => return out,
        };
        edit.emit_meta(meta);
        if begun {
            edit.log.start_after(0, edit.tally, edit.out);
        }
        if *edit.log.epoch() == epoch {
            match after {
                Some(after) => edit.log.take_conflated(items, after, edit.tally, edit.out),
                None => edit.log.take(items, replay, edit.tally, edit.out),
            }
        } else {
            edit.log.note_other_epoch(epoch, items.last().map_or(0, |item| item.offset));
        }
        edit.review(now_ms);
        out
    }

    /// Handles what the message `subscribed` says about one topic. `asked` is the part of the request that concerned
    /// this topic.
    pub(super) fn subscribed(
        &mut self,
        listed: SubscribedTopic,
        asked: &Requested,
        now_ms: u64,
    ) -> Vec<Event> {
        let mut out = Vec::new();
        let SubscribedTopic { topic, position, recovered, replay_from, meta } = listed;
        let mut edit = match self.find(&topic, &position.epoch, &mut out) {
            Some(edit) => edit,
            None => return out,
        };
        edit.emit_meta((!meta.is_empty()).then_some(meta));
        let from = replay_from.map(|from| from.offset);
        if edit.log.seen().is_none() {
            edit.begin(&position, from, asked.first);
        } else if *edit.log.epoch() == position.epoch {
            edit.go_on(&position, from, recovered, asked.since.as_ref());
        } else {
            edit.change(&position, from, asked.since.as_ref());
        }
        edit.expect_replay(from, position.offset, now_ms);
        edit.review(now_ms);
        out
    }

    /// Starts to follow the topics that match a completed subscription but were not listed in the server's answer. They
    /// were created later, so they are followed from their first publication.
    pub(super) fn begin_unlisted(&mut self, is_matched: impl Fn(&Topic) -> bool, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        for log in self.logs.values_mut().filter(|log| log.seen().is_none() && is_matched(log.topic())) {
            let mut edit = LogEdit {
                log,
                due: &mut self.due,
                tally: &mut self.tally,
                frame_every_ms: self.frame_every_ms,
                out: &mut out,
            };
            edit.log.start_after(0, edit.tally, edit.out);
            edit.review(now_ms);
        }
        out
    }

    /// Schedules a `history` request for a topic that the session knows and that no message `subscribed` has listed,
    /// although the server has sent the last of these messages. The answer shows whether the topic's log is lost, or
    /// whether the message that lists it is only late.
    pub(super) fn check_unlisted(&mut self, topic: &Topic, now_ms: u64) {
        if let Some(mut edit) = self.edit(topic, &mut Vec::new()).filter(|edit| !edit.log.gone) {
            edit.schedule(Fetch::at(now_ms + HOLE_MS));
        }
    }

    /// Handles the server's answer that it does not know `topic`. The answer belongs to a request for the publications
    /// after `since`. The missing publications of that log are declared lost.
    pub(super) fn topic_unknown(&mut self, topic: &Topic, since: &Position, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        if let Some(mut edit) = self.edit(topic, &mut out) {
            edit.schedule(Fetch::Idle);
            if *edit.log.epoch() != since.epoch {
                // The log that is followed now was started after the request was sent, so the answer is not about it.
                edit.review(now_ms);
                return out;
            }
            edit.log.forget_other_epoch();
            edit.lose_hole();
            edit.review(now_ms);
            if let Some(last) = edit.log.position().filter(|_| !std::mem::replace(&mut edit.log.gone, true)) {
                edit.out.push(Event::TopicGone { topic: topic.clone(), last });
            }
        }
        out
    }

    /// Handles the end of a topic's log, as the server reports it in a `pong`. `begun` must be true if the server has
    /// confirmed a subscription that matches the topic.
    pub(super) fn head(&mut self, topic: &Topic, head: &Position, begun: bool, now_ms: u64) -> Vec<Event> {
        let mut out = Vec::new();
        let Some(mut edit) = self.find(topic, &head.epoch, &mut out) else {
            return out;
        };
        if begun {
            edit.log.start_after(0, edit.tally, edit.out);
        }
        if *edit.log.epoch() == head.epoch {
            edit.log.raise_head(head.offset);
        } else {
            edit.log.note_other_epoch(head.epoch.clone(), head.offset);
        }
        edit.review(now_ms);
        out
    }

    /// Handles the answer to a `history` request for the publications after `since`.
    pub(super) fn history(
        &mut self,
        since: &Position,
        reply: HistoryReply,
        now_ms: u64,
        rng: &mut Rng,
    ) -> Vec<Event> {
        let mut out = Vec::new();
        let topic = reply.topic.clone();
        if let Some(mut edit) = self.edit(&topic, &mut out) {
            let before = edit.log.position();
            edit.answer(since, reply);
            let has_failed = before == edit.log.position() && edit.log.hole().is_some();
            edit.fetch_ended(has_failed, now_ms, rng);
        }
        out
    }

    /// Handles a `history` request that was not answered in time.
    pub(super) fn history_timed_out(&mut self, topic: &Topic, now_ms: u64) {
        if let Some(mut edit) = self.edit(topic, &mut Vec::new()) {
            edit.fetch_timed_out(now_ms);
        }
    }

    /// Handles a `history` request that the server refused temporarily: the request is sent again later. Returns the
    /// events of this change.
    pub(super) fn history_refused(&mut self, topic: &Topic, now_ms: u64, rng: &mut Rng) -> Vec<Event> {
        let mut out = Vec::new();
        if let Some(mut edit) = self.edit(topic, &mut out) {
            edit.fetch_ended(true, now_ms, rng);
        }
        out
    }

    /// Schedules another `history` request for `topic`, because the socket of the previous one was closed before the
    /// answer.
    pub(super) fn history_interrupted(&mut self, topic: &Topic, now_ms: u64) {
        if let Some(mut edit) = self.edit(topic, &mut Vec::new()) {
            edit.log.fetch = Fetch::Idle;
            edit.review(now_ms);
        }
    }

    /// Removes the next scheduled `history` request and returns the missing part to request. Returns `None` if no
    /// request is due at `now_ms`.
    pub(super) fn next_fetch(&mut self, now_ms: u64) -> Option<Hole> {
        let at_ms = self.next_due()?;
        if at_ms > now_ms {
            return None;
        }
        let topic = self.due.take_next()?;
        let log = self.logs.get_mut(&topic)?;
        log.fetch = Fetch::Sent { failed: log.fetch.failed() };
        let (missing, since) = (log.begin_fetch(), log.position()?);
        // The limit is at most HISTORY_ITEMS, which fits into a `u32`.
        let limit = missing.min(HISTORY_ITEMS as u64) as u32;
        Some(Hole { topic, since, limit })
    }

    /// Returns the moment at which to send the next scheduled `history` request, in milliseconds of the monotonic
    /// clock.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.due.next_ms()
    }

    /// Returns true if a `history` request is scheduled, or was sent and is not answered yet.
    pub(super) fn is_catching_up(&self) -> bool {
        !self.due.is_empty() || self.logs.values().any(|log| log.fetch != Fetch::Idle)
    }

    fn is_full(&self) -> bool {
        self.logs.len() >= BOOK_TOPICS
    }

    /// Returns the log of `topic` for editing. A topic that is not followed yet is added, with a log of this epoch.
    /// Returns `None` if the maximum number of topics is followed. The events of the edit are added to `out`.
    fn find<'a>(&'a mut self, topic: &Topic, epoch: &Epoch, out: &'a mut Vec<Event>) -> Option<LogEdit<'a>> {
        if !self.logs.contains_key(topic) {
            if self.is_full() {
                self.tally.topics_refused += 1;
                return None;
            }
            self.logs.insert(topic.clone(), Log::new(topic.clone(), epoch.clone()));
        }
        self.edit(topic, out)
    }

    fn edit<'a>(&'a mut self, topic: &Topic, out: &'a mut Vec<Event>) -> Option<LogEdit<'a>> {
        let log = self.logs.get_mut(topic)?;
        let frame_every_ms = self.frame_every_ms;
        Some(LogEdit { log, due: &mut self.due, tally: &mut self.tally, frame_every_ms, out })
    }
}
