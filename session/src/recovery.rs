//! Sends `history` requests for missing publications, and handles requests that were not answered.

use super::constants::{HISTORY_IN_FLIGHT, HISTORY_MS};
use super::link::{Link, Request};
use super::{Cause, Event, Now, Session, SocketId, State};
use shared::client;
use shared::limits::HISTORY_ITEMS;
use shared::server::HistoryReply;
use shared::{Position, Topic};

/// Maximum number of requests by [`Session::fetch_earlier`] that have been sent and not answered yet.
const EARLIER_IN_FLIGHT: usize = 32;

impl Session {
    /// Sends the `history` requests that are due, as long as the number of unanswered ones is below its limit.
    pub(super) fn ask_for_holes(&mut self, now: Now) {
        while let Some(socket) = self.history_socket() {
            let Some(hole) = self.book.next_fetch(now.mono_ms) else {
                return;
            };
            let (topic, since, limit) = (hole.topic, hole.since, Some(hole.limit));
            let request = Request::History { topic: topic.clone(), since: since.clone() };
            self.stats.history_requests += 1;
            self.send_history(socket, topic, since, limit, request, now);
        }
    }

    /// Returns the moment at which the next `history` request may be sent, or `None` if none is scheduled or too many
    /// are unanswered.
    pub(super) fn recovery_due(&self) -> Option<u64> {
        self.history_socket().and_then(|_| self.book.next_due())
    }

    pub(super) fn ask_earlier(&mut self, topic: &Topic, before: u64, count: u32, now: Now) -> bool {
        let is_free = |link: &Link| link.earlier() < EARLIER_IN_FLIGHT;
        let Some(socket) = self.request_socket().filter(|socket| self.link(*socket).is_some_and(is_free))
        else {
            return false;
        };
        let Some(position) = self.book.position(topic) else {
            return false;
        };
        // The count is at most HISTORY_ITEMS, which fits into a `u32`.
        let count = count.min(HISTORY_ITEMS as u32);
        let from = before.saturating_sub(1).saturating_sub(u64::from(count));
        let since = Position::new(position.epoch, from);
        let request = Request::Earlier { topic: topic.clone(), before };
        self.send_history(socket, topic.clone(), since, Some(count), request, now);
        true
    }

    /// Handles an answer to [`Session::fetch_earlier`], and requests the rest if the frame was full. The answer
    /// concerns publications before the offset `before`.
    pub(super) fn earlier(&mut self, socket: SocketId, before: u64, reply: HistoryReply, now: Now) {
        let HistoryReply { topic, epoch, mut items, .. } = reply;
        items.retain(|item| item.offset < before);
        if let Some(last) =
            items.last().map(|item| item.offset).filter(|last| last.saturating_add(1) < before)
        {
            let since = Position::new(epoch.clone(), last);
            // At most HISTORY_ITEMS were requested, so the rest fits into a `u32`.
            let rest = (before - 1 - last).min(HISTORY_ITEMS as u64) as u32;
            let request = Request::Earlier { topic: topic.clone(), before };
            self.send_history(socket, topic.clone(), since, Some(rest), request, now);
        }
        self.emit(Event::Earlier { topic, epoch, items });
    }

    /// Handles a request that was not answered in time, and sends a ping to check its socket.
    pub(super) fn request_timed_out(&mut self, socket: SocketId, request: Request, now: Now) {
        self.probe_socket(socket, now);
        match request {
            Request::Subscribe { filter, .. } => {
                if let Some(wanted) = self.subscriptions.get(&filter).cloned() {
                    self.send_subscribe(socket, &wanted, now);
                }
            }
            Request::History { topic, .. } => {
                self.book.history_timed_out(&topic, now.mono_ms);
                if self.link_mut(socket).is_some_and(|link| link.is_unresponsive(now)) {
                    self.drop_socket(socket, Cause::NoReply, now);
                }
            }
            Request::Publish { .. }
            | Request::Unsubscribe
            | Request::Earlier { .. }
            | Request::Past { .. }
            | Request::Refresh => self.request_lost(request, now),
        }
    }

    /// Handles a request that cannot be answered any more, because its socket is closed.
    pub(super) fn request_lost(&mut self, request: Request, now: Now) {
        match request {
            Request::Publish { ticket } => {
                let told = self.outbox.lose(&[ticket]);
                self.events.extend(told);
            }
            Request::History { topic, .. } => self.book.history_interrupted(&topic, now.mono_ms),
            Request::Earlier { topic, .. } => self.emit(Event::EarlierFailed { topic }),
            Request::Past { id, topic } => self.past_failed(id, topic, None),
            // The next connection subscribes again in any case, to the filters and with the token that are then current.
            Request::Subscribe { .. } | Request::Unsubscribe | Request::Refresh => {}
        }
    }

    fn send_history(
        &mut self,
        socket: SocketId,
        topic: Topic,
        since: Position,
        limit: Option<u32>,
        request: Request,
        now: Now,
    ) {
        let id = self.next_request();
        let message = client::History::items(id, topic, Some(since), limit);
        self.send(socket, message.to_json(), id, request, HISTORY_MS, now);
    }

    fn history_socket(&self) -> Option<SocketId> {
        let socket = self.request_socket().filter(|_| self.state != State::Closing)?;
        self.link(socket).filter(|link| link.histories() < HISTORY_IN_FLIGHT).map(|_| socket)
    }

    fn link(&self, socket: SocketId) -> Option<&Link> {
        self.link.iter().chain(&self.successor).find(|link| link.id == socket)
    }
}
