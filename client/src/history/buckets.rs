//! Reads the past of a topic in buckets.

use shared::bucket::{LeftOut, Series, Tally};
use shared::client::History;
use shared::server::BucketsReply;
use shared::{ClientMessage, Epoch, Millis, ServerMessage, Topic};

use super::Period;
use crate::{ClientError, Conversation};

/// A stretch of a topic's past in buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Identifier of the log.
    pub epoch: Epoch,
    /// Length of the buckets in milliseconds. It is longer than the requested one if the stretch would have more than
    /// [`limits::BUCKETS`](shared::limits::BUCKETS).
    pub step_ms: u64,
    /// Time of receipt of the oldest publication of which something is kept; `None` if nothing is kept.
    pub kept_from_ms: Option<Millis>,
    /// Buckets of each series.
    pub series: Vec<Series>,
    /// Publications without a series: lines of a log, and tables. They are only counted.
    pub lines: Vec<Tally>,
    /// Publications that were appended, and can no longer be read, not even in a bucket.
    pub lost: Vec<Tally>,
    /// Series that have no buckets, because there are too many series.
    pub left_out: LeftOut,
}

/// Reads the publications that the server received in `period` as buckets of `step_ms` milliseconds. They are put into buckets by their
/// effective time, which is the earlier of the time of the event and the time of receipt.
///
/// # Errors
///
/// The same as those of [`Conversation::receive`], and [`ClientError::OldServer`] if the server does not know buckets.
pub async fn buckets(
    conversation: &mut Conversation,
    topic: &Topic,
    period: Period,
    step_ms: u64,
) -> Result<Past, ClientError> {
    let Period { from_ms, to_ms } = period;
    let step_ms = Some(step_ms);
    let mut request = History { from_ms, to_ms, step_ms, ..History::items(0, topic.clone(), None, None) };
    let mut past: Option<Past> = None;
    loop {
        request.id = conversation.next_id();
        let mut reply = ask(conversation, &request).await?;
        if let Some(kept_from_ms) = kept_later(&request, &reply) {
            // Without the time of which nothing is kept, the buckets can be as short as requested.
            request.from_ms = Some(kept_from_ms);
            continue;
        }
        let next = reply.next.take().filter(|next| {
            // Offsets have to increase, or the requests would never end.
            let before = request.since.as_ref();
            before.is_none_or(|before| before.epoch != next.epoch || before.offset < next.offset)
        });
        // All parts have to be about the same stretch, or their buckets would begin at other times.
        (request.from_ms, request.to_ms) = (Some(reply.from_ms), Some(reply.to_ms));
        request.step_ms = Some(reply.step_ms);
        let whole = match past.take().filter(|past| past.epoch == reply.epoch) {
            Some(past) => past.with(reply),
            // It is the first part, or the log began anew and nothing of the old one is left.
            None => Past::of(reply),
        };
        if next.is_none() {
            return Ok(whole);
        }
        (request.since, past) = (next, Some(whole));
    }
}

/// Returns the time from which something is kept if the stretch begins earlier, and its buckets are longer than requested.
fn kept_later(request: &History, reply: &BucketsReply) -> Option<Millis> {
    let kept_from_ms = reply.kept_from_ms.filter(|kept_from_ms| *kept_from_ms > reply.from_ms)?;
    let is_longer = request.step_ms.is_some_and(|step_ms| reply.step_ms > step_ms);
    (is_longer && kept_from_ms < reply.to_ms).then_some(kept_from_ms)
}

async fn ask(conversation: &mut Conversation, request: &History) -> Result<BucketsReply, ClientError> {
    conversation.send(&ClientMessage::History(request.clone())).await?;
    loop {
        match conversation.receive().await? {
            ServerMessage::Buckets(reply) if reply.id == request.id => return Ok(reply),
            ServerMessage::History(reply) if reply.id == request.id => {
                return Err(conversation.old_server("history in buckets"));
            }
            _ => {}
        }
    }
}

impl Past {
    fn of(reply: BucketsReply) -> Self {
        let BucketsReply { epoch, step_ms, kept_from_ms, series, lines, lost, left_out, .. } = reply;
        Self { epoch, step_ms, kept_from_ms, series, lines, lost, left_out }
    }

    /// Returns this with the next part of the answer.
    fn with(mut self, reply: BucketsReply) -> Self {
        for added in reply.series {
            match self.series.iter_mut().find(|series| series.name == added.name) {
                Some(series) => series.buckets.extend(added.buckets),
                None => self.series.push(added),
            }
        }
        self.lines.extend(reply.lines);
        self.lost.extend(reply.lost);
        // Each part counts the series that it leaves out.
        if reply.left_out.count > self.left_out.count {
            self.left_out = reply.left_out;
        }
        self
    }
}
