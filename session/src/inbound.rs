//! Handles the messages from the server.

use super::book::Requested;
use super::constants::REFUSED_RETRY_MS;
use super::link::{Pending, Phase, Request};
use super::words::unreadable;
use super::{Event, Now, Refused, Session, SessionFailure, SocketId};
use shared::limits;
use shared::server::{
    Condition, ErrorReply, Forgotten, HistoryReply, Pong, Publications, Published, Subscribed,
};
use shared::{Advice, ErrorCode, Filter, Position, ServerMessage, Topic};

impl Session {
    pub(super) fn message(&mut self, socket: SocketId, text: &str, now: Now) {
        let Some(link) = self.link_mut(socket).filter(|link| link.phase != Phase::Opening) else {
            return;
        };
        link.hear(now);
        self.last_heard_at = Some(now.wall_ms);
        match ServerMessage::from_json(text) {
            Ok(message) => self.dispatch(socket, message, now),
            Err(error) => {
                self.stats.protocol_errors += 1;
                self.emit(Event::ProtocolError { message: unreadable(&error) });
            }
        }
    }

    fn dispatch(&mut self, socket: SocketId, message: ServerMessage, now: Now) {
        match message {
            ServerMessage::Subscribed(message) => self.on_subscribed(socket, message, now),
            ServerMessage::Publications(message) => self.on_publications(socket, message, now),
            ServerMessage::Batch(batch) => {
                batch.parts.into_iter().for_each(|part| self.on_publications(socket, part, now));
            }
            ServerMessage::Published(message) => self.on_published(socket, message),
            ServerMessage::Unsubscribed(message) => {
                self.answered(socket, message.id);
                self.emit(Event::Unsubscribed { filter: message.filter });
            }
            ServerMessage::History(message) => self.on_history(socket, message, now),
            ServerMessage::Buckets(message) => self.on_buckets(socket, message),
            ServerMessage::Refreshed(message) => {
                self.answered(socket, message.id);
                self.emit(Event::Refreshed { expires_at: message.expires_at });
            }
            ServerMessage::Pong(message) => self.on_pong(socket, message, now),
            ServerMessage::Occupancy(message) => {
                self.emit(Event::Occupancy { filter: message.filter, viewers: message.viewers });
            }
            ServerMessage::Forgotten(message) => self.on_forgotten(&message, now),
            ServerMessage::Conditions(message) => self.learn_conditions(message.conditions),
            ServerMessage::Error(message) => self.on_error(socket, message, now),
            ServerMessage::Disconnect(message) => self.disconnect_announced(socket, &message, now),
            ServerMessage::Unknown => {}
        }
    }

    /// Handles a reply on `socket`. With the first reply on a socket, its connection counts as established.
    fn greeted(&mut self, socket: SocketId, now: Now) {
        let Some(link) = self.link_mut(socket).filter(|link| !link.is_ready()) else {
            return;
        };
        link.become_ready(now);
        if self.is_main(socket) {
            self.established(now);
        } else {
            self.successor_ready(now);
        }
    }

    fn on_subscribed(&mut self, socket: SocketId, message: Subscribed, now: Now) {
        self.greeted(socket, now);
        let Some(begun) = self.subscriptions.get(&message.filter).map(|wanted| wanted.begun) else {
            return;
        };
        let mut pending = self.answered(socket, message.id);
        self.learn_rotation(socket, message.rotate_in_ms, now);
        // A server that is not ours may send any number.
        self.frame_every_ms = message.limits.frame_every_ms.min(limits::FRAME_EVERY_MS);
        self.highest_hz = message.limits.max_hz;
        self.expect_ticks();
        if let Some(pending) = &pending {
            self.clock.observe(pending.sent_ms, message.server_ts, now);
        }
        self.note_listed(&message, &mut pending, !begun, now);
        match pending {
            Some(pending) if message.more => self.await_more(socket, message.id, pending),
            Some(pending) => self.confirm(socket, message, pending, now),
            None => {}
        }
    }

    /// Records the position of each topic that a `subscribed` message lists. If another confirmed filter already
    /// matched a listed topic, the topic was created later, so it is followed from its first publication.
    fn note_listed(&mut self, message: &Subscribed, pending: &mut Option<Pending>, first: bool, now: Now) {
        for listed in &message.topics {
            let mut asked = Requested { since: None, first };
            if let Some(Pending { request: Request::Subscribe { since, first, topics, .. }, .. }) = pending {
                *topics += 1;
                asked = Requested { since: since.remove(&listed.topic), first: *first };
            }
            asked.first &= !self.subscriptions.have_begun(&listed.topic);
            let events = self.book.subscribed(listed.clone(), &asked, now.mono_ms);
            self.events.extend(events);
        }
    }

    fn await_more(&mut self, socket: SocketId, id: u64, pending: Pending) {
        if let Some(link) = self.link_mut(socket) {
            link.requests.insert(id, pending);
        }
    }

    /// Completes a subscription after the server has listed all its topics. A topic that the request contained and that
    /// was not listed may be gone. A matching topic that appears later is new.
    fn confirm(&mut self, socket: SocketId, message: Subscribed, pending: Pending, now: Now) {
        let Request::Subscribe { filter, since, topics, .. } = pending.request else {
            return;
        };
        self.subscriptions.begin(&filter);
        if let Some(link) = self.link_mut(socket) {
            link.confirm(&filter);
        }
        for topic in since.keys() {
            self.book.check_unlisted(topic, now.mono_ms);
        }
        let events = self.book.begin_unlisted(|topic| filter.matches(topic), now.mono_ms);
        self.events.extend(events);
        self.learn_conditions(message.conditions);
        let (viewers, connection_id) = (message.viewers, message.connection_id);
        self.emit(Event::Subscribed { filter, viewers, topics, connection_id });
    }

    fn on_publications(&mut self, socket: SocketId, message: Publications, now: Now) {
        if !self.subscriptions.matches(&message.topic) {
            return;
        }
        self.greeted(socket, now);
        if !message.replay {
            self.measure(&message, now);
        }
        let begun = self.subscriptions.have_begun(&message.topic);
        let events = self.book.publications(message, begun, now.mono_ms);
        self.events.extend(events);
    }

    /// Measures the latency of those publications that are received for the first time.
    fn measure(&mut self, message: &Publications, now: Now) {
        let Some(server_now) = self.clock.at(now) else {
            return;
        };
        let seen = self.book.position(&message.topic).map_or(0, |position| position.offset);
        for item in message.items.iter().filter(|item| item.offset > seen) {
            let latency_ms = server_now.saturating_sub(item.received_at).max(0).unsigned_abs();
            self.latency.record(now.mono_ms, latency_ms);
        }
    }

    fn on_published(&mut self, socket: SocketId, message: Published) {
        if let Some(Pending { request: Request::Publish { ticket }, .. }) = self.answered(socket, message.id)
        {
            self.published(ticket, message);
        }
    }

    fn on_history(&mut self, socket: SocketId, message: HistoryReply, now: Now) {
        self.mark_responsive(socket);
        let Some(pending) = self.answered(socket, message.id) else {
            return;
        };
        match pending.request {
            Request::History { since, .. } => {
                let events = self.book.history(&since, message, now.mono_ms, &mut self.rng);
                self.events.extend(events);
            }
            Request::Earlier { before, .. } => self.earlier(socket, before, message, now),
            Request::Past { .. } => self.past_items(message),
            Request::Subscribe { .. } | Request::Unsubscribe | Request::Publish { .. } | Request::Refresh => {
            }
        }
    }

    fn on_pong(&mut self, socket: SocketId, message: Pong, now: Now) {
        self.greeted(socket, now);
        let ping = self.link_mut(socket).and_then(|link| link.ponged(message.t, now));
        if let Some(ping) = ping {
            self.clock.observe(ping.sent_ms, message.server_ts, now);
        }
        for (topic, head) in &message.heads {
            if self.subscriptions.matches(topic) {
                let begun = self.subscriptions.have_begun(topic);
                let events = self.book.head(topic, head, begun, now.mono_ms);
                self.events.extend(events);
            }
        }
    }

    fn on_error(&mut self, socket: SocketId, reply: ErrorReply, now: Now) {
        let pending = reply.id.and_then(|id| self.answered(socket, id));
        if reply.code.advice() == Advice::SignIn {
            match pending.map(|pending| pending.request) {
                Some(Request::Publish { ticket }) => self.publish_postponed(ticket, now),
                Some(request) => self.request_lost(request, now),
                None => {}
            }
            self.sign_in_wanted(socket, now);
            return;
        }
        match pending.map(|pending| pending.request) {
            Some(Request::Subscribe { filter, .. }) => self.subscribe_refused(socket, filter, reply, now),
            Some(Request::Publish { ticket }) => self.publish_refused(ticket, reply, now),
            Some(Request::History { topic, since }) => {
                self.mark_responsive(socket);
                self.history_refused(&topic, &since, &reply, now);
            }
            Some(Request::Earlier { topic, .. }) => self.emit(Event::EarlierFailed { topic }),
            Some(Request::Past { id, topic }) => {
                self.mark_responsive(socket);
                self.past_failed(id, topic, Some(reply));
            }
            Some(Request::Unsubscribe | Request::Refresh) | None => {
                let refused = Refused { code: reply.code, message: reply.message };
                self.emit(Event::Error { refused });
            }
        }
    }

    /// Handles an error which says that the token is no longer valid. On the connection in use, the session gives up.
    /// On a new connection that was to replace it, the session asks its owner for another token and closes that new
    /// connection.
    fn sign_in_wanted(&mut self, socket: SocketId, now: Now) {
        if self.is_main(socket) {
            self.fail(SessionFailure::SignIn, now);
        } else {
            self.emit(Event::TokenWanted);
            self.end_successor(now);
        }
    }

    fn subscribe_refused(&mut self, socket: SocketId, filter: Filter, reply: ErrorReply, now: Now) {
        if reply.code == ErrorCode::NotConflated {
            self.watch_conflated(&filter, None, now);
            return;
        }
        let is_final = match reply.code.advice() {
            Advice::Change | Advice::GiveUp => true,
            Advice::Retry | Advice::Reconnect | Advice::SignIn => false,
        };
        if !is_final {
            self.subscribe_later(socket, filter, reply.retry_after_ms, now);
            return;
        }
        let is_forbidden = reply.code.advice() == Advice::GiveUp;
        self.subscriptions.remove(&filter);
        self.forget_unwatched();
        let refused = Refused { code: reply.code, message: reply.message };
        self.emit(Event::SubscribeRefused { filter, allowed: reply.filters, refused });
        if is_forbidden && self.subscriptions.is_empty() {
            self.fail(SessionFailure::Forbidden, now);
        } else {
            self.greeted(socket, now);
        }
    }

    /// Sends a `subscribe` again after a pause. It is recorded as a request whose deadline is the end of the pause, and
    /// is then sent again as if it had timed out.
    fn subscribe_later(&mut self, socket: SocketId, filter: Filter, retry_after_ms: Option<u64>, now: Now) {
        let id = self.next_request();
        let request = Request::Subscribe { filter, since: Default::default(), first: false, topics: 0 };
        if let Some(link) = self.link_mut(socket) {
            link.ask(id, request, now, retry_after_ms.unwrap_or(REFUSED_RETRY_MS));
        }
    }

    fn history_refused(&mut self, topic: &Topic, since: &Position, reply: &ErrorReply, now: Now) {
        match reply.code.advice() {
            Advice::Retry | Advice::Reconnect | Advice::SignIn => {
                let events = self.book.history_refused(topic, now.mono_ms, &mut self.rng);
                self.events.extend(events);
            }
            Advice::Change | Advice::GiveUp => {
                let events = self.book.topic_unknown(topic, since, now.mono_ms);
                self.events.extend(events);
            }
        }
    }

    /// Records that the server answers `history` requests on `socket`. An answer after the time-out counts, too.
    pub(super) fn mark_responsive(&mut self, socket: SocketId) {
        if let Some(link) = self.link_mut(socket) {
            link.mark_responsive();
        }
    }

    /// Handles the message that a topic was deleted. The session requests the topic's history to find out whether the
    /// topic still exists, because this message may arrive before late publications, or after the topic was created
    /// again.
    fn on_forgotten(&mut self, message: &Forgotten, now: Now) {
        if self.book.position(&message.topic).is_some_and(|last| last.epoch == message.epoch) {
            self.book.check_unlisted(&message.topic, now.mono_ms);
        }
    }

    fn learn_conditions(&mut self, conditions: Vec<Condition>) {
        if self.conditions != conditions {
            self.conditions.clone_from(&conditions);
            self.emit(Event::Conditions { conditions });
        }
    }

    /// Removes the request with the number `id`, which the server has answered, from the unanswered ones and returns
    /// it.
    pub(super) fn answered(&mut self, socket: SocketId, id: u64) -> Option<Pending> {
        self.link_mut(socket)?.requests.remove(id)
    }
}
