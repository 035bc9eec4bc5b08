//! What a change to one log means for what is to be asked and told.

use std::collections::BTreeSet;

use super::Tally;
use super::log::{Ask, Log, Vain};
use crate::constants::{HOLE_MS, REPLAY_MS};
use crate::rng::Rng;
use crate::{Event, backoff};
use shared::limits::REPLAY_ITEMS;
use shared::server::HistoryReply;
use shared::{Position, Topic, TopicMeta};

/// One log at work, with what its changes have to be written down in.
pub(super) struct Touch<'a> {
    pub(super) log: &'a mut Log,
    pub(super) due: &'a mut BTreeSet<(u64, Topic)>,
    pub(super) tally: &'a mut Tally,
    pub(super) out: &'a mut Vec<Event>,
}

impl Touch<'_> {
    /// Tells a new topic, one that is back, and new metadata.
    pub(super) fn tell_meta(&mut self, meta: Option<TopicMeta>) {
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
    pub(super) fn begin(&mut self, position: &Position, from: Option<u64>, first: bool) {
        if *self.log.epoch() != position.epoch {
            self.tally.held -= self.log.held();
            let (meta, other) = (self.log.meta.take(), self.log.epoch().clone());
            *self.log = Log::new(self.log.topic().clone(), position.epoch.clone());
            self.log.meta = meta;
            self.log.hear_of(other, 0);
        }
        let start = if first { from.unwrap_or(position.offset) } else { 0 };
        self.log.anchor(start, self.tally, self.out);
        self.log.raise_head(position.offset);
    }

    /// The log is the one that was followed.
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

    /// The log is another one, if the server was asked when this one was known already.
    pub(super) fn change(&mut self, position: &Position, from: Option<u64>, since: Option<&Position>) {
        if since.is_none_or(|since| since.epoch != *self.log.epoch()) {
            self.log.hear_of(position.epoch.clone(), position.offset);
            return;
        }
        self.log.restart(position.epoch.clone(), 0, self.tally, self.out);
        self.log.raise_head(position.offset);
        self.log.lose_to(from.unwrap_or(0), self.tally, self.out);
    }

    /// A replay from `from` towards `head` is on its way. How far it goes only the server knows, which
    /// shares out what it replays among the topics: when it pauses, the rest is asked for.
    pub(super) fn expect_replay(&mut self, from: Option<u64>, head: u64, now_ms: u64) {
        let Some(from) = from else {
            return;
        };
        let until = head.min(from + REPLAY_ITEMS as u64);
        if let Some((seen, _)) = self.log.hole().filter(|(seen, _)| *seen < until) {
            self.log.replay_until = until;
            self.log.replayed_to = seen;
            self.schedule(Ask::at(now_ms + REPLAY_MS));
        }
    }

    /// Takes in what `history` brought.
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
        self.log.refute();
        self.log.raise_head(head.offset);
        if !recovered {
            let lost_to = items.first().map_or(head.offset, |first| first.offset.saturating_sub(1));
            self.log.lose_to(lost_to, self.tally, self.out);
        } else if items.is_empty() && self.log.seen().is_some_and(|seen| head.offset <= seen) {
            self.log.lower_head();
        }
        self.log.take(items, true, self.tally, self.out);
    }

    /// A `history` request was answered, or refused, which is in vain. After too much of that the hole is given up if
    /// something came after it, which must not be held back for ever. Else there is no hurry, and it is asked for
    /// again.
    pub(super) fn asked(&mut self, in_vain: bool, now_ms: u64, rng: &mut Rng) {
        let vain = if in_vain { self.log.ask.vain().again(now_ms) } else { Vain::default() };
        self.log.replay_until = 0;
        if vain.is_enough(now_ms) && self.log.held() > 0 {
            self.lose_hole();
            self.schedule(Ask::Idle);
        } else {
            let pause_ms = if in_vain { HOLE_MS + backoff::delay_ms(vain.times, rng) } else { 0 };
            self.schedule(Ask::Due { at_ms: now_ms + pause_ms, vain });
        }
        self.review(now_ms);
    }

    /// A `history` request was not answered, which says nothing about the log: asks again.
    pub(super) fn unanswered(&mut self, now_ms: u64) {
        self.log.replay_until = 0;
        self.schedule(Ask::Due { at_ms: now_ms + HOLE_MS, vain: self.log.ask.vain() });
        self.review(now_ms);
    }

    pub(super) fn lose_hole(&mut self) {
        if let Some((_, to)) = self.log.hole() {
            self.log.lose_to(to, self.tally, self.out);
        }
    }

    /// After any change: asks for a hole that is new, and no longer for one that is closed.
    pub(super) fn review(&mut self, now_ms: u64) {
        if self.log.is_doubted() {
            self.hasten(now_ms);
            return;
        }
        let Some((seen, _)) = self.log.hole() else {
            self.log.replay_until = 0;
            self.schedule(Ask::Idle);
            return;
        };
        if self.log.replay_until != 0 && seen >= self.log.replay_until {
            self.log.replay_until = 0;
            self.schedule(Ask::at(now_ms));
        } else if self.log.replay_until != 0 && seen > self.log.replayed_to {
            self.log.replayed_to = seen;
            self.schedule(Ask::at(now_ms + HOLE_MS));
        } else if self.log.ask == Ask::Idle {
            self.schedule(Ask::at(now_ms + HOLE_MS));
        }
    }

    /// Asks at once, unless a request is on its way or has just failed.
    fn hasten(&mut self, now_ms: u64) {
        match self.log.ask {
            Ask::Idle => self.schedule(Ask::at(now_ms)),
            Ask::Due { at_ms, vain } if vain == Vain::default() => self.schedule(Ask::at(at_ms.min(now_ms))),
            Ask::Due { .. } | Ask::Sent { .. } => {}
        }
    }

    pub(super) fn schedule(&mut self, ask: Ask) {
        unschedule(self.due, self.log);
        self.log.ask = ask;
        if let Ask::Due { at_ms, .. } = ask {
            self.due.insert((at_ms, self.log.topic().clone()));
        }
    }
}

/// Asks for no hole of `log` any more.
pub(super) fn unschedule(due: &mut BTreeSet<(u64, Topic)>, log: &Log) {
    if let Ask::Due { at_ms, .. } = log.ask {
        due.remove(&(at_ms, log.topic().clone()));
    }
}
