//! Sends the requests of the session's owner: subscriptions, publications and tokens.

use std::collections::BTreeMap;

use super::constants::{REFUSED_RETRY_MS, REPLY_MS, SECOND_REPLY_MS};
use super::link::{Link, Phase, Request};
use super::outbox::Outbox;
use super::subscriptions::Wanted;
use super::{Effect, Event, Now, Outgoing, Refused, Session, SocketId, State, Ticket};
use shared::client::{self, RequestId, Rewind};
use shared::server::{ErrorReply, Published};
use shared::{Advice, ErrorCode, Filter, Position, Topic, limits};

impl Session {
    /// Sends the first messages on a socket: a `subscribe` for every filter, or a ping if there are no filters.
    pub(super) fn greet(&mut self, socket: SocketId, now: Now) {
        let wanted: Vec<Wanted> = self.subscriptions.iter().cloned().collect();
        let mut greeting: Vec<String> =
            wanted.iter().filter_map(|wanted| self.send_subscribe(socket, wanted, now)).collect();
        self.expect_ticks();
        if greeting.is_empty() {
            greeting.push(self.ping(socket, Self::GREETING_MS, now));
        }
        if let Some(link) = self.link_mut(socket) {
            link.greeting = greeting;
        }
    }

    pub(super) fn watch(&mut self, filter: Filter, rewind: Option<Rewind>, now: Now) {
        if !self.subscriptions.add(filter.clone(), rewind) {
            return;
        }
        let wanted = Wanted { filter, rewind, max_hz: None, begun: false };
        for socket in self.open_sockets() {
            let text = self.send_subscribe(socket, &wanted, now);
            if let Some(link) = self.link_mut(socket).filter(|link| !link.is_ready()) {
                link.greeting.extend(text);
            }
        }
    }

    /// Asks the server to send publications that match `filter` at most `max_hz` times a second, or all if it is `None`.
    pub(super) fn watch_conflated(&mut self, filter: &Filter, max_hz: Option<u32>, now: Now) {
        let Some(wanted) = self.subscriptions.conflate(filter, max_hz) else { return };
        self.expect_ticks();
        for socket in self.open_sockets() {
            // Positions are left out, because nothing is to be replayed: the publications that were sent before are on their way.
            let text = self.send_subscribe_since(socket, &wanted, BTreeMap::new(), now);
            if let Some(link) = self.link_mut(socket).filter(|link| !link.is_ready()) {
                link.greeting.extend(text);
            }
        }
    }

    /// Sets the time for which the server may collect publications before it sends them.
    pub(super) fn expect_ticks(&mut self) {
        let tick_ms = self.subscriptions.lowest_hz().map_or(0, |hz| 1_000 / u64::from(hz.max(1)));
        self.book.set_frame_every(self.frame_every_ms + tick_ms);
    }

    pub(super) fn unwatch(&mut self, filter: &Filter, now: Now) {
        if !self.subscriptions.remove(filter) {
            return;
        }
        self.forget_unwatched();
        for socket in self.open_sockets() {
            let id = self.next_request();
            let text = client::Unsubscribe { id, filter: filter.clone() }.to_json();
            self.send(socket, text, id, Request::Unsubscribe, REPLY_MS, now);
            if let Some(link) = self.link_mut(socket) {
                link.confirmed.retain(|confirmed| confirmed != filter);
            }
        }
    }

    pub(super) fn forget_unwatched(&mut self) {
        let subscriptions = &self.subscriptions;
        self.book.retain(|topic| subscriptions.matches(topic));
    }

    pub(super) fn use_token(&mut self, token: String, now: Now) {
        self.token = Some(token.clone());
        if self.state == State::Failed {
            self.start(now);
        } else if self.state.is_between_attempts() {
            self.connect(now);
        } else if let Some(socket) = self.request_socket() {
            let id = self.next_request();
            let text = client::Refresh { id, token }.to_json();
            self.send(socket, text, id, Request::Refresh, REPLY_MS, now);
        }
    }

    pub(super) fn enqueue(&mut self, outgoing: Outgoing, now: Now) -> Ticket {
        if self.outbox.outbox().is_none() {
            self.outbox = Box::new(Outbox::new(&self.queue));
        }
        let outbox = self.outbox.outbox().expect("it was created before");
        let ticket = outbox.new_ticket();
        match check(outbox, &outgoing) {
            Ok(()) => {
                let fell_out = outbox.push(ticket, outgoing, now.mono_ms);
                self.events.extend(fell_out);
            }
            Err(refused) => self.emit(Event::PublishRefused { ticket, refused }),
        }
        ticket
    }

    pub(super) fn send_outbox(&mut self, now: Now) {
        while let Some(socket) = self.request_socket() {
            let Some(ticket) = self.outbox.send_next(now.mono_ms) else {
                return;
            };
            let id = self.next_request();
            if let Some(text) = self.outbox.text(ticket, id) {
                self.send(socket, text, id, Request::Publish { ticket }, REPLY_MS, now);
            }
        }
    }

    pub(super) fn published(&mut self, ticket: Ticket, message: Published) {
        if self.outbox.settle(ticket) {
            let Published { topic, position, .. } = message;
            self.emit(Event::Published { ticket, topic, position });
        }
    }

    /// Handles a publish request that the server refused. If it was refused for good, this is reported. If it was
    /// refused temporarily, it is sent again. Except for the code `RateLimited`, a temporary refusal means that the
    /// server failed and does not know if the request is in the log. Then only an idempotent request is sent again, and
    /// the outcome of any other is reported as unknown.
    pub(super) fn publish_refused(&mut self, ticket: Ticket, reply: ErrorReply, now: Now) {
        if reply.code.advice() == Advice::Retry {
            let in_doubt = (reply.code != ErrorCode::RateLimited).then_some(ticket);
            let told = self.outbox.lose(in_doubt.as_slice());
            self.events.extend(told);
            let pause_ms = reply.retry_after_ms.unwrap_or(REFUSED_RETRY_MS);
            self.outbox.hold(ticket, now.mono_ms.saturating_add(pause_ms));
        } else if let Some(told) = self.outbox.drop_in_doubt(ticket) {
            self.emit(told);
        } else if self.outbox.settle(ticket) {
            let refused = Refused { code: reply.code, message: reply.message };
            self.emit(Event::PublishRefused { ticket, refused });
        }
    }

    /// Puts a publish request that was refused because of the token back into the queue, so that it is sent again when
    /// the session has another token.
    pub(super) fn publish_postponed(&mut self, ticket: Ticket, now: Now) {
        self.outbox.hold(ticket, now.mono_ms);
    }

    /// Reports the largest publish request on a socket as refused, because the socket was closed after a message that
    /// was too large. The request is not sent again.
    pub(super) fn refuse_largest(&mut self, link: &mut Link) {
        let sizes = link.requests.iter().filter_map(|(id, pending)| match pending.request {
            Request::Publish { ticket } => Some((self.message_bytes(ticket)?, id, ticket)),
            Request::Subscribe { .. }
            | Request::Unsubscribe
            | Request::History { .. }
            | Request::Earlier { .. }
            | Request::Past { .. }
            | Request::Refresh => None,
        });
        let Some((size_bytes, id, ticket)) = sizes.max() else {
            return;
        };
        link.requests.remove(id);
        self.outbox.settle(ticket);
        let message = format!(
            "the server closed the connection because a request of {size_bytes} bytes was too large: divide it into several requests"
        );
        let refused = Refused { code: ErrorCode::TooLarge, message };
        self.emit(Event::PublishRefused { ticket, refused });
    }

    /// Sends a request on `socket` and records it as unanswered. It has to be answered within `timeout_ms`.
    pub(super) fn send(
        &mut self,
        socket: SocketId,
        text: String,
        id: RequestId,
        request: Request,
        timeout_ms: u64,
        now: Now,
    ) {
        if let Some(link) = self.link_mut(socket) {
            link.ask(id, request, now, timeout_ms);
            self.effects.push_back(Effect::Send { socket, text });
        }
    }

    /// Sends a `subscribe` for the filter `wanted` on `socket`, with the positions from which to continue. Returns the
    /// message as text, so that it can be sent again, or `None` if there is no such socket.
    pub(super) fn send_subscribe(&mut self, socket: SocketId, wanted: &Wanted, now: Now) -> Option<String> {
        self.send_subscribe_since(socket, wanted, self.since(&wanted.filter), now)
    }

    fn send_subscribe_since(
        &mut self,
        socket: SocketId,
        wanted: &Wanted,
        since: BTreeMap<Topic, Position>,
        now: Now,
    ) -> Option<String> {
        let id = self.next_request();
        let message = client::Subscribe {
            id,
            filter: wanted.filter.clone(),
            since: since.clone(),
            rewind: wanted.rewind.filter(|_| !wanted.begun),
            max_hz: wanted.max_hz,
        };
        let text = message.to_json();
        let request =
            Request::Subscribe { filter: wanted.filter.clone(), since, first: !wanted.begun, topics: 0 };
        let link = self.link_mut(socket)?;
        link.ask(id, request, now, if link.is_ready() { SECOND_REPLY_MS } else { Self::GREETING_MS });
        self.effects.push_back(Effect::Send { socket, text: text.clone() });
        Some(text)
    }

    /// Returns the positions from which to continue the topics that match `filter`, as many as fit into one frame. For
    /// the other topics, the server only sends the ends of their logs, and missing publications are requested by
    /// `history`. This takes one list of all topics and a few requests, instead of a list for each frame of positions.
    fn since(&self, filter: &Filter) -> BTreeMap<Topic, Position> {
        let mut room_bytes = limits::PACK_BYTES - SUBSCRIBE_BYTES;
        let positions = self.book.positions(|topic| filter.matches(topic));
        // Inserted one by one: `collect` would add sorting code to the page, and the positions are sorted already.
        let mut since = BTreeMap::new();
        for (topic, position) in positions {
            let bytes = topic.as_str().len() + position.epoch.as_str().len() + POSITION_BYTES;
            let Some(room) = room_bytes.checked_sub(bytes) else { break };
            room_bytes = room;
            since.insert(topic.clone(), position);
        }
        since
    }

    /// Returns the numbers of the sockets that are open.
    fn open_sockets(&self) -> Vec<SocketId> {
        let links = self.link.iter().chain(&self.successor);
        links.filter(|link| link.phase != Phase::Opening).map(|link| link.id).collect()
    }

    fn message_bytes(&self, ticket: Ticket) -> Option<usize> {
        Some(self.outbox.text(ticket, RequestId::MAX)?.len())
    }
}

/// Checks a publish request before it is queued. Returns an error if the server would refuse it, or if it does not
/// fit into a frame.
fn check(outbox: &Outbox, outgoing: &Outgoing) -> Result<(), Refused> {
    let refuse = |code, message| Err(Refused { code, message });
    let (count, limit) = (outgoing.items.len(), limits::BATCH_ITEMS);
    if count == 0 {
        return refuse(ErrorCode::BadData, "there is nothing to publish: give at least one item".into());
    }
    if count > limit {
        let message = format!(
            "a request can have at most {limit} publications, and this one has {count}: divide it into several requests"
        );
        return refuse(ErrorCode::TooLarge, message);
    }
    let (size_bytes, limit_bytes) = (outbox.size_bytes(outgoing), limits::FRAME_BYTES);
    if size_bytes > limit_bytes {
        let message = format!(
            "the request has {size_bytes} bytes, and at most {limit_bytes} are permitted: divide it into several requests"
        );
        return refuse(ErrorCode::TooLarge, message);
    }
    Ok(())
}

/// Maximum size of a `subscribe` message without positions, in bytes. It contains action, id, rewind and the longest
/// filter.
const SUBSCRIBE_BYTES: usize = 512;
/// Maximum size of a position in a JSON message, in bytes, without the names of topic and epoch. It consists of braces,
/// quotes, field names and 20 digits.
const POSITION_BYTES: usize = 52;
