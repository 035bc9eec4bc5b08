//! Answers a request for a stretch of a topic's past in buckets.

use bytes::Bytes;
use shared::bucket::LeftOut;
use shared::client::RequestId;
use shared::server::BucketsReply;
use shared::{Epoch, Millis, Position, ServerMessage, Topic, limits};

use super::catch_up::{Period, unknown};
use super::{Service, frame};
use crate::payer::Payer;
use crate::permission;
use crate::ports::{Head, TopicLog};
use crate::principal::Principal;
use crate::query::Since;
use crate::refusal::Refusal;
use crate::rollup::Contents;
use crate::stretch::{Found, Stretch, Walk, first_received_since};

/// Maximum size of the buckets in one WebSocket message, in bytes. The rest of the message has the other fields.
pub(super) const FRAME_ROOM: usize = limits::PACK_BYTES - 3 * 1024;

/// A request for buckets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BucketsAsk {
    pub(super) period: Period,
    /// Length of a bucket in milliseconds, as requested.
    pub(super) step_ms: u64,
    /// Place at which an earlier answer ended.
    pub(super) since: Option<Since>,
    /// Maximum size of the buckets as JSON, in bytes.
    pub(super) room_bytes: usize,
}

/// The answer to a request for buckets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answered {
    pub(super) epoch: Epoch,
    pub(super) from_ms: Millis,
    pub(super) to_ms: Millis,
    pub(super) step_ms: u64,
    pub(super) head: u64,
    pub(super) found: Found,
}

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Reads a stretch of a topic's past in buckets, and counts the work against the limit of the client `payer`.
    pub(super) async fn buckets(
        &self,
        principal: &Principal,
        payer: &Payer,
        topic: &Topic,
        ask: BucketsAsk,
        now: Millis,
    ) -> Result<Answered, Refusal> {
        permission::check_token(principal, now)?;
        permission::check_read(principal, topic)?;
        ask.period.check()?;
        let head = self.log.head(topic).await?.ok_or_else(|| unknown(topic))?;
        let log = (topic, &head.epoch, head.last.offset);
        // Without an end, a stretch that begins in the future is empty and has no negative length.
        let newest = now.max(head.last.received_at).max(ask.period.from_ms.unwrap_or(now));
        let to_ms = ask.period.to_ms.unwrap_or_else(|| newest.saturating_add(1));
        let from_ms = match ask.period.from_ms {
            Some(from_ms) => from_ms,
            None => {
                let first = first_received_since(&self.log, log, Millis::MIN, now).await?;
                first.map_or(to_ms, |(_, received_at)| received_at.min(to_ms))
            }
        };
        let step_ms = ask.step_ms.max(shortest_step_ms(from_ms, to_ms));
        let after = ask.since.and_then(|since| place(since, &head));
        let stretch = Stretch { from_ms, to_ms, step_ms, after, room_bytes: ask.room_bytes };
        let found = Walk::new(&self.log, log, stretch, now).read().await?;
        self.charge_work(payer, found.work, now);
        let Head { epoch, last, .. } = head;
        Ok(Answered { epoch, from_ms, to_ms, step_ms, head: last.offset, found })
    }
}

/// Returns the offset after which a reader continues; `None` if its place is in another log, so that it begins anew.
fn place(since: Since, head: &Head) -> Option<u64> {
    match since {
        Since::Position(position) => (position.epoch == head.epoch).then_some(position.offset),
        Since::Offset(offset) => Some(offset),
    }
}

/// Returns the shortest length of a bucket for which a stretch has at most [`limits::BUCKETS`].
fn shortest_step_ms(from_ms: Millis, to_ms: Millis) -> u64 {
    to_ms.abs_diff(from_ms).div_ceil(limits::BUCKETS).max(1)
}

impl Answered {
    pub(super) fn into_reply(self, id: RequestId, topic: Topic) -> BucketsReply {
        let Self { epoch, from_ms, to_ms, step_ms, head, found } = self;
        let Contents { series, lines, lost, left_out } = found.contents;
        let at = |offset| Position::new(epoch.clone(), offset);
        let (head, next) = (at(head), found.next.map(at));
        let kept_from_ms = found.kept_from_ms;
        BucketsReply {
            id,
            topic,
            epoch,
            from_ms,
            to_ms,
            step_ms,
            kept_from_ms,
            head,
            series,
            lines,
            lost,
            left_out,
            next,
        }
    }
}

/// Returns the message for an answer. It is within the size of a frame: series with very long names and values are left out if they do
/// not fit.
pub(super) fn buckets_frame(id: RequestId, topic: Topic, answered: Answered) -> Bytes {
    let mut reply = answered.into_reply(id, topic);
    loop {
        let message = frame(&ServerMessage::Buckets(reply.clone()));
        if message.len() <= limits::FRAME_BYTES {
            return message;
        }
        let Some(last) = reply.series.pop() else {
            reply.left_out = LeftOut::default();
            return frame(&ServerMessage::Buckets(reply));
        };
        reply.left_out.count += 1;
        drop(last);
    }
}
