//! Everything of one topic's past that is loaded or requested. Depends on [`super::track`].

use std::ops::Range;

use shared::client::RequestId;
use shared::server::BucketsReply;
use shared::{Epoch, Millis, Position, Publication, limits};

use super::track::Track;
use crate::chart::Spans;

/// Number of lengths of buckets that are kept of a topic: those of the present zoom and of the ones before it.
const MOST_TRACKS: usize = 4;
/// Maximum number of buckets that are kept of a topic in addition to those of the present zoom.
const MOST_SPARE: usize = 16_000;
/// Maximum number of publications of a stretch that a log shows.
pub const MOST_ITEMS: usize = 500;
/// Size of a publication in an answer in addition to its data, in bytes.
const ITEM_BYTES: usize = 75;
/// Size of the publications for which an answer has room at least, in bytes.
const ROOM_BYTES: usize = limits::PACK_BYTES - 1_024;
/// Time after its request in which data that was received before the request may still be missing in the answer, in
/// milliseconds, because the server was about to store it.
const SETTLING_MS: Millis = 3_000;
/// Minimum time in milliseconds between two requests for the publications that arrive in a stretch that has not ended.
const NEWER_EVERY_MS: Millis = 2_000;
/// Time in milliseconds after which a request without an answer counts as lost.
const TIMEOUT_MS: Millis = 60_000;
/// Time until the first repetition of a failed request, in milliseconds. It doubles with each failure.
const RETRY_MS: Millis = 1_000;
/// Longest time until a failed request is repeated, in milliseconds.
const LONGEST_RETRY_MS: Millis = 30_000;

/// A stretch of a topic's past that a panel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Times at the edges of the panel.
    pub stretch: Range<Millis>,
    /// Length of the buckets in milliseconds; `None` for a panel that shows publications.
    pub step_ms: Option<u64>,
    /// Number of publications that the panel shows, if it shows publications.
    pub items: usize,
    /// Time from which on the page has all publications, so that nothing has to be requested.
    pub raw_from: Millis,
    /// Time at which the board was paused, after which the panel shows nothing; `None` if it is not paused.
    pub paused_at: Option<Millis>,
    /// Time of receipt of the newest publication that the page has; `None` if it is not known. Publications that arrive later
    /// in the stretch are requested for a panel that shows publications.
    pub newest_at: Option<Millis>,
}

/// A request for a stretch of a topic's past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Time of receipt of the first publication.
    pub from_ms: Millis,
    /// Time of receipt before which the publications end.
    pub to_ms: Millis,
    /// Length of the buckets in milliseconds; `None` for publications.
    pub step_ms: Option<u64>,
    /// Position after which an answer that was only a part is continued.
    pub since: Option<Position>,
    /// Maximum number of publications.
    pub limit: Option<u32>,
}

/// Everything of one topic's past that is loaded or requested.
#[derive(Clone, Debug, Default)]
pub struct TopicPast {
    /// Buckets by their length, the one that was used last at the end.
    tracks: Vec<Track>,
    items: Items,
    asked: Option<Asked>,
    failure: Option<Failure>,
    kept_from: Option<Millis>,
    epoch: Option<Epoch>,
    version: u64,
}

/// A request without an answer, and the parts of the answer that have arrived.
#[derive(Clone, Debug)]
struct Asked {
    id: RequestId,
    ask: Ask,
    at: Millis,
    /// Time at which the first part of the answer was requested.
    begun_at: Millis,
    part: Track,
    /// Position after which the answer goes on; `None` if the request was sent.
    next: Option<Position>,
}

/// A request that has failed.
#[derive(Clone, Debug)]
struct Failure {
    message: String,
    count: u32,
    retry_at: Millis,
}

/// Publications of a stretch, the newest ones.
#[derive(Clone, Debug, Default)]
struct Items {
    stretch: Range<Millis>,
    items: Vec<Publication>,
    /// Time of receipt up to which no newer publications are missing.
    known_to: Millis,
    /// True if the stretch has no older publications, or if there are as many as a panel shows.
    is_complete: bool,
    /// True if older publications were left out.
    has_more: bool,
}

impl TopicPast {
    /// Returns the next request for what a panel shows; `None` if all of it is loaded or requested. `now` is the present
    /// time by the server's clock.
    pub fn next(&mut self, wanted: &Wanted, now: Millis) -> Option<Ask> {
        let is_waiting = self.failure.as_ref().is_some_and(|failure| now < failure.retry_at);
        if is_waiting || self.is_asked(now) {
            return None;
        }
        match wanted.step_ms {
            Some(step_ms) => self.next_buckets(wanted, step_ms, now),
            None => self.next_items(wanted, now),
        }
    }

    /// Records that `ask` was sent with the number `id`.
    pub fn asked(&mut self, id: RequestId, ask: Ask, now: Millis) {
        let (part, begun_at) = match self.asked.take() {
            Some(asked) if ask.since.is_some() => (asked.part, asked.begun_at),
            Some(_) | None => (Track::new(ask.step_ms.unwrap_or(0)), now),
        };
        self.asked = Some(Asked { id, ask, at: now, begun_at, part, next: None });
    }

    /// Adds an answer in buckets. Returns false if it does not belong to the present request.
    pub fn answered(&mut self, id: RequestId, mut reply: BucketsReply) -> bool {
        let Some(mut asked) = self.asked.take_if(|asked| asked.id == id) else { return false };
        if self.epoch.replace(reply.epoch.clone()).is_some_and(|epoch| epoch != reply.epoch) {
            // The log began anew, and the server has nothing of the old one.
            self.tracks.clear();
            asked.part = Track::new(asked.part.step_ms());
        }
        self.kept_from = reply.kept_from_ms;
        self.failure = None;
        self.version += 1;
        let next = reply.next.take();
        asked.part.add(reply);
        if next.is_some() {
            asked.next = next;
            self.asked = Some(asked);
            return true;
        }
        let Asked { ask, begun_at, mut part, .. } = asked;
        part.load(ask.from_ms..ask.to_ms.min(begun_at - SETTLING_MS).max(ask.from_ms));
        let mut track = self.take_track(part.step_ms());
        track.join(part);
        self.keep_track(track);
        true
    }

    /// Adds publications that were requested. Returns false if they do not belong to the present request.
    /// At most `most` are kept, the newest ones. `now` is the present time by the server's clock.
    pub fn answered_items(
        &mut self,
        id: RequestId,
        items: Vec<Publication>,
        most: usize,
        now: Millis,
    ) -> bool {
        let is_for_buckets = |asked: &Asked| asked.id == id && asked.ask.step_ms.is_some();
        if self.asked.as_ref().is_some_and(is_for_buckets) {
            // A server of an earlier version does not know buckets, and answers with publications.
            return self.failed(id, Some("this server keeps no buckets".to_owned()), now);
        }
        let Some(Asked { ask, at, .. }) = self.asked.take_if(|asked| asked.id == id) else { return false };
        (self.failure, self.version) = (None, self.version + 1);
        self.items.add(items, &ask, most);
        self.items.known_to = self.items.known_to.max(ask.to_ms.min(at - SETTLING_MS));
        true
    }

    /// Records that a request was refused with a message, or lost. Returns false if it is not the present one.
    pub fn failed(&mut self, id: RequestId, message: Option<String>, now: Millis) -> bool {
        if self.asked.take_if(|asked| asked.id == id).is_none() {
            return false;
        }
        let count = self.failure.as_ref().map_or(0, |failure| failure.count) + 1;
        let pause_ms = RETRY_MS.saturating_mul(1 << count.min(6)).min(LONGEST_RETRY_MS);
        let message = message.unwrap_or_else(|| "no answer".to_owned());
        self.failure = Some(Failure { message, count, retry_at: now + pause_ms });
        self.version += 1;
        true
    }

    /// Returns true if a request is sent and not answered.
    pub fn is_asked(&self, now: Millis) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.next.is_none() && now - asked.at < TIMEOUT_MS)
    }

    /// Returns the reason for which the last request failed; `None` if it did not fail.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_ref().map(|failure| failure.message.as_str())
    }

    /// Returns the time of receipt of the oldest publication of which the server keeps something; `None` if that is not
    /// known, or if it keeps nothing.
    pub fn kept_from(&self) -> Option<Millis> {
        self.kept_from
    }

    /// Returns a number that changes whenever something was loaded.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the buckets of this length, together with those of an answer that has only begun to arrive.
    pub fn track(&self, step_ms: u64) -> Track {
        let kept = self.tracks.iter().find(|track| track.step_ms() == step_ms);
        let mut track = kept.cloned().unwrap_or_else(|| Track::new(step_ms));
        if let Some(asked) = self.asked.as_ref().filter(|asked| asked.part.step_ms() == step_ms) {
            let mut part = asked.part.clone();
            part.last_ms().into_iter().for_each(|last_ms| part.load(asked.ask.from_ms..last_ms));
            track.join(part);
        }
        track
    }

    /// Returns the publications that are loaded of the stretch, oldest first, and true if older ones of the stretch are
    /// left out. Returns `None` if none of it is loaded.
    pub fn items(&self, stretch: &Range<Millis>) -> Option<(&[Publication], bool)> {
        let is_loaded =
            self.items.stretch == *stretch && (self.items.is_complete || !self.items.items.is_empty());
        is_loaded.then_some((self.items.items.as_slice(), self.items.has_more))
    }

    /// Returns the number of buckets that are kept.
    pub fn len(&self) -> usize {
        self.tracks.iter().map(Track::len).sum()
    }

    /// Returns true if no buckets are kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops everything that is loaded. What is known about the server's log stays.
    pub fn clear(&mut self) {
        (self.tracks, self.items) = (Vec::new(), Items::default());
        self.version += 1;
    }

    fn next_buckets(&mut self, wanted: &Wanted, step_ms: u64, now: Millis) -> Option<Ask> {
        if let Some(asked) = &self.asked
            && let Some(next) = asked.next.clone()
            && asked.ask.step_ms == Some(step_ms)
        {
            return Some(Ask { since: Some(next), ..asked.ask.clone() });
        }
        // Parts of an answer that is no longer wanted are dropped, because it is not known up to which time they go.
        self.asked = None;
        let track = self.take_track(step_ms);
        let hole = hole(wanted, step_ms, track.loaded(), self.kept_from, now);
        self.keep_track(track);
        let hole = hole?;
        Some(Ask { from_ms: hole.start, to_ms: hole.end, step_ms: Some(step_ms), since: None, limit: None })
    }

    fn next_items(&mut self, wanted: &Wanted, now: Millis) -> Option<Ask> {
        self.asked = None;
        if self.items.stretch != wanted.stretch {
            self.items = Items { stretch: wanted.stretch.clone(), ..Items::default() };
        }
        let start = wanted.stretch.start;
        let end = wanted.paused_at.map_or(wanted.stretch.end, |paused_at| wanted.stretch.end.min(paused_at));
        let (from_ms, to_ms) = match self.items.items.first() {
            _ if self.items.is_complete => (start.max(self.items.known_to), end),
            Some(first) => (start, first.received_at.saturating_add(1)),
            None => (start, end),
        };
        let is_missing = !self.items.is_complete || self.items.may_have_newer(wanted.newest_at, end, now);
        let limit = u32::try_from(wanted.items).ok();
        let ask = Ask { from_ms, to_ms, step_ms: None, since: None, limit };
        (is_missing && start < now.min(end)).then_some(ask)
    }

    fn take_track(&mut self, step_ms: u64) -> Track {
        let index = self.tracks.iter().position(|track| track.step_ms() == step_ms);
        index.map_or_else(|| Track::new(step_ms), |index| self.tracks.remove(index))
    }

    /// Puts a track at the end, and drops those that were not used for longest if there are too many.
    fn keep_track(&mut self, track: Track) {
        let most = track.len() + MOST_SPARE;
        self.tracks.push(track);
        while self.tracks.len() > MOST_TRACKS || self.tracks.len() > 1 && self.len() > most {
            self.tracks.remove(0);
        }
    }
}

impl Items {
    /// Returns true if publications may have arrived before `end` after those that are known.
    fn may_have_newer(&self, newest_at: Option<Millis>, end: Millis, now: Millis) -> bool {
        let settled_to = end.min(now - SETTLING_MS);
        let is_due = settled_to == end || settled_to - self.known_to >= NEWER_EVERY_MS;
        let has_arrived = newest_at.is_none_or(|newest_at| newest_at >= self.known_to);
        self.known_to < settled_to && is_due && has_arrived
    }

    /// Adds an answer, and keeps at most `most` publications, the newest ones.
    fn add(&mut self, items: Vec<Publication>, ask: &Ask, most: usize) {
        let is_full = is_full(&items, ask.limit);
        if items.first().is_some_and(|item| self.is_apart(item)) {
            // Those between are requested again, as older ones.
            self.items.clear();
        }
        let (first, first_at) =
            self.items.first().map_or((u64::MAX, Millis::MAX), |first| (first.offset, first.received_at));
        let last = self.items.last().map_or(u64::MAX, |last| last.offset);
        let (older, others): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.offset < first);
        if ask.to_ms <= first_at.saturating_add(1) {
            self.is_complete = older.is_empty();
            // Older ones of the same millisecond cannot be requested, since a request names times.
            self.has_more = older.is_empty() && is_full && first > 1 && most > 1;
        }
        self.items.splice(0..0, older);
        self.items.extend(others.into_iter().filter(|item| item.offset > last));
        let excess = self.items.len().saturating_sub(most);
        // A table shows the newest one alone, so that older ones are not missing.
        if excess > 0 || most == 1 && !self.items.is_empty() {
            self.items.drain(..excess);
            (self.is_complete, self.has_more) = (true, most > 1);
        }
    }

    /// Returns true if an answer that begins with this publication does not go on after the ones that are kept: others are left
    /// out between them, or the log has begun anew.
    fn is_apart(&self, item: &Publication) -> bool {
        self.items.last().is_some_and(|last| {
            let is_of_other_log = item.offset <= last.offset && item.received_at > last.received_at;
            item.offset > last.offset.saturating_add(1) || is_of_other_log
        })
    }
}

/// Returns true if the server may have left older publications out of an answer: it has as many as were requested, or another one
/// that is as large as the largest would not fit.
fn is_full(items: &[Publication], limit: Option<u32>) -> bool {
    let size = |item: &Publication| item.data.text().len() + ITEM_BYTES;
    let bytes: usize = items.iter().map(size).sum();
    let largest = items.iter().map(size).max().unwrap_or(0);
    limit.is_some_and(|limit| items.len() >= limit as usize) || bytes + largest > ROOM_BYTES
}

/// Returns the newest part of the wanted stretch that is neither loaded nor in the page as publications; `None` if there
/// is none. It is a little longer than the stretch on the left, so that lines reach the edge.
fn hole(
    wanted: &Wanted,
    step_ms: u64,
    loaded: &Spans,
    kept_from: Option<Millis>,
    now: Millis,
) -> Option<Range<Millis>> {
    let step_ms = i64::try_from(step_ms).unwrap_or(i64::MAX);
    let from = (wanted.stretch.start.div_euclid(step_ms) - 1).saturating_mul(step_ms);
    let from = from.max(kept_from.unwrap_or(Millis::MIN));
    let now = wanted.paused_at.map_or(now, |paused_at| now.min(paused_at));
    let to = wanted.stretch.end.saturating_add(step_ms).min(now);
    let mut missing = Spans::new();
    missing.add(from..to.min(wanted.raw_from));
    loaded.iter().for_each(|span| missing.remove(span));
    let hole = missing.iter().last()?;
    // The answer goes on to the present time, so that the next request is not necessary before the page drops the
    // publications that it has now.
    let next = loaded.iter().find(|span| span.start >= hole.end).map_or(now, |span| span.start);
    let end = if hole.end == wanted.raw_from { to.min(next) } else { hole.end };
    Some(hole.start..end.max(hole.end))
}

#[cfg(test)]
mod tests;
