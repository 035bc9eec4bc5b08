//! Recovery of missing publications: decides which `history` requests to send and which events to emit, whenever the
//! session learns something about a topic's log.
//!
//! Every message from the server about a topic is handled as an edit of that topic's [`Log`]. Each edit ends in
//! [`LogEdit::review`], which decides if a `history` request is needed, and when.
//!
//! # Example: a hole (missing publications)
//!
//! `seen` is the last delivered offset, and `head` the highest known one.
//!
//! | what happens | `seen` | `head` | held back | `fetch` |
//! |---|---|---|---|---|
//! | offsets 1 to 5 were delivered | 5 | 5 | – | `Idle` |
//! | 8 arrives: 6 and 7 are missing | 5 | 8 | 8 | `Due` in 300 ms ([`HOLE_MS`]), since frames overtake each other |
//! | 300 ms later a `history` request after 5 is sent | 5 | 8 | 8 | `Sent` |
//! | the answer brings 6 and 7: 6, 7 and 8 are delivered | 8 | 8 | – | `Idle` |
//!
//! If instead the answer says that the log begins with 7 (`recovered: false`), 6 is lost: `Event::Gap` from 5 to 6 is
//! emitted, then 7 and 8 are delivered. If the server refuses the request, or its answer does not fill the hole, the
//! request is repeated with backoff. After 6 such failures over at least a minute, 6 to 7 is declared a gap (lost), so
//! that 8 is not held back for ever. A request that times out is not counted as a failure, since it says nothing about
//! the log.
//!
//! If the server collects publications before it sends them (`frame_every_ms`) and its answer to a ping says that the log ends at 8,
//! while nothing after 5 has arrived, the request is due after that time as well: 6 to 8 are probably still being collected.
//!
//! # Example: another epoch
//!
//! The log with epoch `a` is followed, and offset 5 was delivered. Then a frame arrives that contains offset 2 of
//! epoch `b`. Epochs have no order, so `b` may be newer, or the frame may be a late one from before `a`. Nothing of
//! this frame is delivered. A `history` request for the publications after 5 of `a` is sent at once. If the answer
//! contains epoch `b`, `Event::EpochChanged` is emitted and `b` is followed from its beginning. If it contains `a`,
//! `b` is forgotten.

use super::due::Due;
use super::log::{FailedFetches, Fetch, Log};
use super::tally::Tally;
use crate::constants::{HOLE_MS, REPLAY_MS};
use crate::rng::Rng;
use crate::{Event, backoff};
use shared::limits::REPLAY_ITEMS;
use shared::server::HistoryReply;
use shared::{Position, TopicMeta};

/// Mutable access to one log, and to everything that has to be updated together with it.
pub(super) struct LogEdit<'a> {
    pub(super) log: &'a mut Log,
    pub(super) due: &'a mut Due,
    pub(super) tally: &'a mut Tally,
    /// Time for which the server may collect publications before it sends them, in milliseconds.
    pub(super) frame_every_ms: u64,
    pub(super) out: &'a mut Vec<Event>,
}

impl LogEdit<'_> {
    /// Emits [`Event::Topic`] if the topic is new, has appeared again after it was gone, or has other metadata than
    /// before.
    pub(super) fn emit_meta(&mut self, meta: Option<TopicMeta>) {
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

    /// Starts to follow a log whose end the server has just reported as `position`. If the filter was subscribed for
    /// the first time (`first` is true), delivery starts after the offset `from`, where the replay begins. If nothing
    /// is replayed, it starts at the end of the log. If `first` is false, the topic was created after the subscription,
    /// so delivery starts at its first publication.
    pub(super) fn begin(&mut self, position: &Position, from: Option<u64>, first: bool) {
        if *self.log.epoch() != position.epoch {
            self.tally.held -= self.log.held();
            let (meta, other) = (self.log.meta.take(), self.log.epoch().clone());
            *self.log = Log::new(self.log.topic().clone(), position.epoch.clone());
            self.log.meta = meta;
            self.log.note_other_epoch(other, 0);
        }
        let start = if first { from.unwrap_or(position.offset) } else { 0 };
        self.log.start_after(start, self.tally, self.out);
        self.log.raise_head(position.offset);
    }

    /// Continues to follow a log after a new `subscribe`, if the server reports the same epoch as before. `position` is
    /// the end of the log and `from` the beginning of the replay. If `recovered` is false, the server no longer has all
    /// publications after `since`. Missing ones are then declared lost or, if the server lost the end of its log,
    /// delivery continues after `position`.
    pub(super) fn go_on(
        &mut self,
        position: &Position,
        from: Option<u64>,
        recovered: bool,
        since: Option<&Position>,
    ) {
        let asked = since.filter(|since| since.epoch == position.epoch);
        match asked {
            Some(since) if !recovered && position.offset < since.offset => {
                // The server lost the end of its log, and will use the offsets after `position` again.
                self.log.restart(position.epoch.clone(), position.offset, self.tally, self.out);
            }
            Some(_) if !recovered => {
                self.log.raise_head(position.offset);
                self.log.lose_to(from.unwrap_or(0), self.tally, self.out);
            }
            Some(_) | None => self.log.raise_head(position.offset),
        }
    }

    /// Handles a `subscribed` message that reports another epoch. If the request's `since` contained the epoch that is
    /// followed, the new log is followed from now on. Otherwise the other epoch is only recorded, because the message
    /// may be late.
    pub(super) fn change(&mut self, position: &Position, from: Option<u64>, since: Option<&Position>) {
        if since.is_none_or(|since| since.epoch != *self.log.epoch()) {
            self.log.note_other_epoch(position.epoch.clone(), position.offset);
            return;
        }
        self.log.restart(position.epoch.clone(), 0, self.tally, self.out);
        self.log.raise_head(position.offset);
        self.log.lose_to(from.unwrap_or(0), self.tally, self.out);
    }

    /// Waits for the replay of the publications after `from`, up to `head`. The server limits the replay of all topics
    /// together, so the replay may end earlier. After [`HOLE_MS`] without progress, the rest is requested by `history`.
    pub(super) fn expect_replay(&mut self, from: Option<u64>, head: u64, now_ms: u64) {
        let Some(from) = from else {
            return;
        };
        let until = head.min(from.saturating_add(REPLAY_ITEMS as u64));
        if let Some((seen, _)) = self.log.hole().filter(|(seen, _)| *seen < until) {
            self.log.replay_until = until;
            self.log.replayed_to = seen;
            self.schedule(Fetch::at(now_ms + REPLAY_MS));
        }
    }

    /// Handles the answer to a `history` request for the publications after `since`: delivers the publications, and
    /// declares those lost that the server no longer has.
    pub(super) fn answer(&mut self, since: &Position, reply: HistoryReply) {
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
        self.log.forget_other_epoch();
        self.log.raise_head(head.offset);
        if !recovered {
            let lost_to = items.first().map_or(head.offset, |first| first.offset.saturating_sub(1));
            self.log.lose_to(lost_to, self.tally, self.out);
        } else if items.is_empty() && self.log.seen().is_some_and(|seen| head.offset <= seen) {
            self.log.lower_head();
        }
        self.log.take(items, true, self.tally, self.out);
    }

    /// Records that a `history` request was answered or refused. `has_failed` must be true if none of the missing
    /// publications were received. Then the request is repeated later. After too many failures, the missing
    /// publications are declared lost, but only if later ones are held back because of them.
    pub(super) fn fetch_ended(&mut self, has_failed: bool, now_ms: u64, rng: &mut Rng) {
        let failed =
            if has_failed { self.log.fetch.failed().and_another(now_ms) } else { FailedFetches::default() };
        self.log.replay_until = 0;
        if failed.should_give_up(now_ms) && self.log.held() > 0 {
            self.lose_hole();
            self.schedule(Fetch::Idle);
        } else {
            let pause_ms = if has_failed { HOLE_MS + backoff::delay_ms(failed.count, rng) } else { 0 };
            self.schedule(Fetch::Due { at_ms: now_ms + pause_ms, failed });
        }
        self.review(now_ms);
    }

    /// Schedules a `history` request again that was not answered in time. This is not counted as a failure, because it
    /// says nothing about the log.
    pub(super) fn fetch_timed_out(&mut self, now_ms: u64) {
        self.log.replay_until = 0;
        self.schedule(Fetch::Due { at_ms: now_ms + HOLE_MS, failed: self.log.fetch.failed() });
        self.review(now_ms);
    }

    pub(super) fn lose_hole(&mut self) {
        if let Some((_, to)) = self.log.hole() {
            self.log.lose_to(to, self.tally, self.out);
        }
    }

    /// Schedules a `history` request if publications are missing or another epoch was received, and cancels the
    /// scheduled one if neither is the case any more. Called after every change of the log.
    pub(super) fn review(&mut self, now_ms: u64) {
        if self.log.has_other_epoch() {
            self.fetch_by(now_ms);
            return;
        }
        let Some((seen, _)) = self.log.hole() else {
            self.log.replay_until = 0;
            self.schedule(Fetch::Idle);
            return;
        };
        if self.log.replay_until != 0 && seen >= self.log.replay_until {
            self.log.replay_until = 0;
            self.schedule(Fetch::at(now_ms));
        } else if self.log.replay_until != 0 && seen > self.log.replayed_to {
            self.log.replayed_to = seen;
            self.schedule(Fetch::at(now_ms + HOLE_MS));
        } else if self.log.replay_until == 0 || self.log.fetch == Fetch::Idle {
            self.fetch_by(now_ms + self.patience_ms());
        }
    }

    /// Returns the time to wait for missing publications, in milliseconds. A hole before publications that have arrived is due to
    /// frames that overtake each other. At the end of the log, the server may still be collecting what it sends next.
    fn patience_ms(&self) -> u64 {
        match self.log.is_hole_at_end() {
            true => HOLE_MS + self.frame_every_ms,
            false => HOLE_MS,
        }
    }

    /// Schedules a `history` request for `at_ms`, unless it is scheduled earlier, or has been sent, or the last one failed.
    fn fetch_by(&mut self, at_ms: u64) {
        match self.log.fetch {
            Fetch::Idle => self.schedule(Fetch::at(at_ms)),
            Fetch::Due { at_ms: planned_ms, failed } if failed == FailedFetches::default() => {
                self.schedule(Fetch::at(planned_ms.min(at_ms)));
            }
            Fetch::Due { .. } | Fetch::Sent { .. } => {}
        }
    }

    pub(super) fn schedule(&mut self, fetch: Fetch) {
        unschedule(self.due, self.log);
        self.log.fetch = fetch;
        if let Fetch::Due { at_ms, .. } = fetch {
            self.due.insert(at_ms, self.log.topic().clone());
        }
    }
}

/// Removes the scheduled `history` request of `log` from `due`, if there is one.
pub(super) fn unschedule(due: &mut Due, log: &Log) {
    if let Fetch::Due { at_ms, .. } = log.fetch {
        due.remove(at_ms, log.topic());
    }
}
