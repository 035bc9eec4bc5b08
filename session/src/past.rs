//! Requests for a stretch of a topic's past, and their answers.

use super::constants::HISTORY_MS;
use super::link::{Pending, Request};
use super::{Event, Now, Refused, Session, SocketId};
use shared::client::{History, RequestId};
use shared::server::{BucketsReply, ErrorReply, HistoryReply};
use shared::{Millis, Position, Topic};

/// Maximum number of requests by [`Session::read_past`] that have been sent and not answered yet.
const PAST_IN_FLIGHT: usize = 32;

/// A stretch of a topic's past, as publications or in buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRequest {
    /// Topic to read.
    pub topic: Topic,
    /// Only publications that the server received at this time or later; `None` to begin with the oldest that is kept.
    pub from_ms: Option<Millis>,
    /// Only publications that the server received before this time; `None` to end now.
    pub to_ms: Option<Millis>,
    /// Length of a bucket in milliseconds; `None` to read publications instead of buckets.
    pub step_ms: Option<u64>,
    /// Position after which to read. To continue an answer in buckets, it is the answer's [`BucketsReply::next`], and to continue
    /// publications, the position of the last one. With `None`, buckets are read from the beginning of the stretch, and of the
    /// publications the newest.
    pub since: Option<Position>,
    /// Maximum number of publications; it has no effect on buckets.
    pub limit: Option<u32>,
}

impl Session {
    /// Requests a stretch of a topic's past. The topic need not be subscribed to. The result is [`Event::Buckets`],
    /// [`Event::PastItems`] or [`Event::PastFailed`], with the number that this function returns. The session does not repeat the
    /// request, and does not request the rest if the answer is only a part. Returns `None`, and requests nothing, if there is no
    /// connection or too many of these requests are unanswered.
    pub fn read_past(&mut self, past: PastRequest, now: Now) -> Option<RequestId> {
        self.observe(now);
        let socket = self.request_socket()?;
        let sent = self.link_mut(socket)?.past();
        if sent >= PAST_IN_FLIGHT {
            return None;
        }
        let id = self.next_request();
        let PastRequest { topic, from_ms, to_ms, step_ms, since, limit } = past;
        let request = Request::Past { id, topic: topic.clone() };
        let message = History { id, topic, since, limit, from_ms, to_ms, step_ms };
        self.send(socket, message.to_json(), id, request, HISTORY_MS, now);
        Some(id)
    }

    pub(super) fn on_buckets(&mut self, socket: SocketId, reply: BucketsReply) {
        self.mark_responsive(socket);
        let pending = self.answered(socket, reply.id);
        if matches!(pending, Some(Pending { request: Request::Past { .. }, .. })) {
            self.emit(Event::Buckets { id: reply.id, reply: Box::new(reply) });
        }
    }

    pub(super) fn past_items(&mut self, reply: HistoryReply) {
        let HistoryReply { id, topic, epoch, items, head, .. } = reply;
        self.emit(Event::PastItems { id, topic, epoch, items, head });
    }

    /// Reports a request that was refused, or whose answer will not arrive.
    pub(super) fn past_failed(&mut self, id: RequestId, topic: Topic, reply: Option<ErrorReply>) {
        let refused = reply.map(|reply| Refused { code: reply.code, message: reply.message });
        self.emit(Event::PastFailed { id, topic, refused });
    }
}
