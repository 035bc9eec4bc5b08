//! Buckets of one length, and the stretches of time that are loaded. Depends on [`crate::chart::spans`] and
//! [`crate::sorted`].

use std::ops::Range;

use shared::Millis;
use shared::bucket::{Series, Tally};
use shared::server::BucketsReply;

use crate::chart::Spans;
use crate::sorted::merge;

/// Buckets of one topic that have the same length, from any number of answers.
#[derive(Clone, Debug)]
pub struct Track {
    step_ms: u64,
    series: Vec<Series>,
    lost: Vec<Tally>,
    loaded: Spans,
    left_out: u64,
}

impl Track {
    /// Creates a track for buckets of this length in milliseconds.
    pub fn new(step_ms: u64) -> Self {
        Self { step_ms, series: Vec::new(), lost: Vec::new(), loaded: Spans::new(), left_out: 0 }
    }

    /// Returns the length of the buckets in milliseconds, as they were requested.
    pub fn step_ms(&self) -> u64 {
        self.step_ms
    }

    /// Returns the series with their buckets, in order of time.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// Returns the stretches of time whose publications are lost.
    pub fn lost(&self) -> &[Tally] {
        &self.lost
    }

    /// Returns the stretches of time that are loaded, by the time of receipt.
    pub fn loaded(&self) -> &Spans {
        &self.loaded
    }

    /// Returns the number of series without buckets, because the topic has too many.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the number of buckets of all series.
    pub fn len(&self) -> usize {
        self.series.iter().map(|series| series.buckets.len()).sum()
    }

    /// Returns true if there are no buckets.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the buckets of an answer, or of a part of it. [`Self::load`] has to be called when the answer is complete.
    pub fn add(&mut self, reply: BucketsReply) {
        self.merge(reply.series, reply.lost);
        self.left_out = self.left_out.max(reply.left_out.count);
    }

    /// Adds everything that another track of the same length contains.
    pub fn join(&mut self, other: Self) {
        self.merge(other.series, other.lost);
        self.left_out = self.left_out.max(other.left_out);
        other.loaded.iter().for_each(|span| self.loaded.add(span));
    }

    fn merge(&mut self, series: Vec<Series>, lost: Vec<Tally>) {
        for added in series {
            match self.series.iter_mut().find(|series| series.name == added.name) {
                Some(series) => {
                    merge(&mut series.buckets, added.buckets, |bucket| bucket.first_ms);
                    // Late data is in the answers for two stretches: when it was received, and that about which it is.
                    series.buckets.dedup();
                }
                None => self.series.push(added),
            }
        }
        merge(&mut self.lost, lost, |lost| lost.first_ms);
    }

    /// Records that a stretch is loaded completely.
    pub fn load(&mut self, stretch: Range<Millis>) {
        self.loaded.add(stretch);
    }

    /// Returns the time of the newest value; `None` if there are no buckets.
    pub fn last_ms(&self) -> Option<Millis> {
        self.series.iter().filter_map(|series| series.buckets.last()).map(|bucket| bucket.last_ms).max()
    }
}
