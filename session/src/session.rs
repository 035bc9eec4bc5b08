//! The session: its state, and the methods that its owner calls.
//!
//! The rest of its behaviour is in other `impl Session` blocks, each in its own file: `lifecycle`, `liveness`,
//! `rotation`, `inbound`, `outbound` and `recovery`.

use std::collections::VecDeque;

use super::book::Book;
use super::clock::ServerClock;
use super::latency::{Latency, LatencyWindow};
use super::link::Link;
use super::outage::Outage;
use super::outbox::{NoQueue, Outgoing, Queue, QueueSettings};
use super::rng::Rng;
use super::subscriptions::Subscriptions;
use super::timers::{Timer, Timers};
use super::wake::WakeDetector;
use super::{Banner, Effect, Event, Now, Refusal, Settings, SocketId, State, Stats, Ticket, words};
use shared::client::{RequestId, Rewind};
use shared::server::Condition;
use shared::{Filter, Millis, Position, Topic};

/// The client side of the protocol as a state machine without IO. The program around it (its shell) performs the socket
/// operations that the session requests, as explained in the documentation of the crate.
#[derive(Debug)]
pub struct Session {
    pub(super) state: State,
    pub(super) token: Option<String>,
    pub(super) online: bool,
    pub(super) visible: bool,
    pub(super) subscriptions: Subscriptions,
    pub(super) book: Book,
    pub(super) outbox: Box<dyn Queue>,
    /// The settings of the queue, which is created when something is published for the first time.
    pub(super) queue: QueueSettings,
    /// The socket that is in use.
    pub(super) link: Option<Link>,
    /// The socket that will replace `link`; present while the connection is being replaced.
    pub(super) successor: Option<Link>,
    /// The socket that the session is waiting to close; present in the state `Closing`.
    pub(super) closing: Option<SocketId>,
    pub(super) outage: Outage,
    pub(super) timers: Timers,
    pub(super) wake: WakeDetector,
    pub(super) clock: ServerClock,
    pub(super) latency: LatencyWindow,
    /// Time for which the server may collect publications before it sends them, in milliseconds.
    pub(super) frame_every_ms: u64,
    /// Maximum number of times a second at which the server sends conflated publications; `None` if it does not conflate, or before
    /// it has answered a subscription.
    pub(super) highest_hz: Option<u32>,
    pub(super) last_heard_at: Option<Millis>,
    /// All current problems of the server, according to its last message about them.
    pub(super) conditions: Vec<Condition>,
    pub(super) rng: Rng,
    pub(super) sockets_used: u32,
    pub(super) requests_used: RequestId,
    pub(super) stats: Stats,
    pub(super) effects: VecDeque<Effect>,
    pub(super) events: VecDeque<Event>,
}

impl Session {
    /// Creates a session in [`State::Idle`]. `seed` determines its random delays, so different sessions should have
    /// different seeds.
    pub fn new(settings: Settings, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let producer = settings.producer.unwrap_or_else(|| format!("session-{:016x}", rng.next()));
        Self {
            state: State::Idle,
            token: settings.token,
            online: true,
            visible: true,
            subscriptions: Subscriptions::default(),
            book: Book::default(),
            outbox: Box::new(NoQueue),
            queue: QueueSettings { producer, limit: settings.queue_messages, age_ms: settings.queue_age_ms },
            link: None,
            successor: None,
            closing: None,
            outage: Outage::default(),
            timers: Timers::default(),
            wake: WakeDetector::default(),
            clock: ServerClock::default(),
            latency: LatencyWindow::default(),
            frame_every_ms: 0,
            highest_hz: None,
            last_heard_at: None,
            conditions: Vec::new(),
            rng,
            sockets_used: 0,
            requests_used: 0,
            stats: Stats::default(),
            effects: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    // Commands of the owner.

    /// Connects, and connects again whenever the connection is lost, until [`Session::close`] is called. This also
    /// starts a session again that is `Closed` or `Failed`.
    pub fn open(&mut self, now: Now) {
        self.observe(now);
        self.start(now);
        self.settle(now);
    }

    /// Closes the session. It enters [`State::Closed`] at once, or as soon as its socket is closed. Publish requests
    /// that were not acknowledged are reported by [`Event::Dropped`]. Subscriptions and positions are kept for a later
    /// [`Session::open`].
    pub fn close(&mut self, now: Now) {
        self.observe(now);
        self.stop(now);
    }

    /// Subscribes to `filter` on this and every later connection, until [`Session::unsubscribe`] is called. `rewind` is
    /// the amount of past publications to replay of topics that were not received before. It is used only when the
    /// filter is subscribed for the first time.
    pub fn subscribe(&mut self, filter: Filter, rewind: Option<Rewind>, now: Now) {
        self.observe(now);
        self.watch(filter, rewind, now);
        self.settle(now);
    }

    /// Sets how often the server sends new publications of the subscription to `filter`. With `max_hz`, they are conflated: of each
    /// topic the server sends at most this many times a second the newest publication and those with the lowest and the highest
    /// values. [`Event::Publications`] says how many were left out. With `None`, which is the default, every publication is sent.
    ///
    /// A server that does not conflate ([`Session::highest_hz`]) sends every publication.
    pub fn conflate(&mut self, filter: &Filter, max_hz: Option<u32>, now: Now) {
        self.observe(now);
        self.watch_conflated(filter, max_hz, now);
        self.settle(now);
    }

    /// Ends the subscription to `filter`, and deletes the positions of topics that no other filter matches.
    pub fn unsubscribe(&mut self, filter: &Filter, now: Now) {
        self.observe(now);
        self.unwatch(filter, now);
        self.settle(now);
    }

    /// Sets the position after which publications of `topic` are delivered. Call it before a subscription that matches
    /// the topic, because it has no effect on a topic that is followed already.
    #[cfg(test)]
    pub(crate) fn resume_from(&mut self, topic: Topic, position: Position) {
        self.book.resume(topic, position);
    }

    /// Requests up to `count` publications before the offset `before`, for example because a page shows a longer
    /// period. The result is [`Event::Earlier`] or [`Event::EarlierFailed`]. The session does not repeat the request.
    /// Returns false, and requests nothing, if there is no connection, the topic is not followed, or too many of these
    /// requests are unanswered.
    pub fn fetch_earlier(&mut self, topic: &Topic, before: u64, count: u32, now: Now) -> bool {
        self.observe(now);
        self.ask_earlier(topic, before, count, now)
    }

    /// Publishes as soon as there is a connection. The outcome is reported exactly once with the returned ticket, by
    /// [`Event::Published`], [`Event::PublishRefused`] or [`Event::Dropped`].
    pub fn publish(&mut self, outgoing: Outgoing, now: Now) -> Ticket {
        self.observe(now);
        let ticket = self.enqueue(outgoing, now);
        self.settle(now);
        ticket
    }

    /// Returns the number of publish requests that [`Session::publish`] accepts before it drops the oldest one.
    #[cfg(test)]
    pub(crate) fn outbox_room(&mut self) -> usize {
        self.outbox.outbox().map_or(self.queue.limit, |outbox| outbox.room())
    }

    /// Returns the number of publish requests whose outcome has not been reported yet.
    pub fn outstanding(&self) -> usize {
        self.outbox.len()
    }

    /// Sets the token to use from now on. If there is a connection, the session sends the token on it by `refresh`. If
    /// the session waits for its next attempt to connect or has given up, an attempt begins immediately. Otherwise the
    /// next attempt uses the token.
    pub fn set_token(&mut self, token: String, now: Now) {
        self.observe(now);
        self.use_token(token, now);
        self.settle(now);
    }

    /// Returns true if the session has a token.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Begins an attempt to connect immediately, if the session waits for its next attempt or has given up.
    pub fn retry_now(&mut self, now: Now) {
        self.observe(now);
        if self.state == State::Failed {
            self.start(now);
        } else if self.state.is_between_attempts() {
            self.connect(now);
        }
    }

    /// Sends a ping as soon as nothing has been received for
    /// [`LIVENESS_CHECK_MS`](crate::constants::LIVENESS_CHECK_MS). Call this once when a topic has no new data for
    /// longer than usual. Within seconds, the session then finds out whether the connection is dead or only the
    /// publisher pauses. The regular ping would find this out only after a minute.
    pub fn check_liveness(&mut self, now: Now) {
        self.observe(now);
        if let Some(link) = &mut self.link {
            link.request_liveness_check(now);
            let socket = link.id;
            self.check_liveness_due(socket, now);
        }
        self.settle(now);
    }

    // Inputs from sockets, page and timers.

    /// Tells the session that a socket has opened.
    pub fn socket_opened(&mut self, socket: SocketId, now: Now) {
        self.observe(now);
        self.opened(socket, now);
        self.settle(now);
    }

    /// Tells the session that a text message was received. A message that cannot be parsed is reported by
    /// [`Event::ProtocolError`] and ignored.
    pub fn socket_message(&mut self, socket: SocketId, text: &str, now: Now) {
        self.observe(now);
        self.message(socket, text, now);
        self.settle(now);
    }

    /// Tells the session that a socket was closed with this code. Pass 1006 if the socket broke or never opened. The
    /// reason is ignored, because the session reacts to the code and to the server's `disconnect` message.
    pub fn socket_closed(&mut self, socket: SocketId, code: u16, _reason: &str, now: Now) {
        self.observe(now);
        self.closed(socket, code, now);
        self.settle(now);
    }

    /// Tells the session that the handshake of a socket was refused, or that no server answered.
    pub fn socket_refused(&mut self, socket: SocketId, refusal: Refusal, now: Now) {
        self.observe(now);
        self.refused(socket, refusal, now);
        self.settle(now);
    }

    /// Tells the session that the machine is online or offline. This information is often wrong, so the session checks
    /// its connection in both cases.
    pub fn network(&mut self, online: bool, now: Now) {
        self.observe(now);
        self.network_changed(online, now);
        self.settle(now);
    }

    /// Tells the session that the page has become visible or hidden.
    pub fn visibility(&mut self, visible: bool, now: Now) {
        self.observe(now);
        self.visibility_changed(visible, now);
        self.settle(now);
    }

    /// Performs everything that is due at `now`. Calling this too early has no effect. A call that is very late is
    /// taken for a sleep of the machine.
    pub fn handle_timeout(&mut self, now: Now) {
        self.observe(now);
        self.time_passed(now);
        self.settle(now);
    }

    // Outputs for the shell.

    /// Returns the moment at which to call [`Session::handle_timeout`], in milliseconds of the monotonic clock; `None`
    /// if the session waits for nothing.
    pub fn poll_timeout(&self) -> Option<u64> {
        [self.timers.next(), self.links_due(), self.outbox.due(), self.recovery_due()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Removes and returns the next socket operation that the program around the session has to perform; `None` if
    /// there is none.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Removes and returns the next event; `None` if there is none.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    // Views of the session's state.

    /// Returns the state of the session.
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns the state of the session in one or two words, for a status line.
    pub fn state_words(&self) -> &'static str {
        words::state_words(self.state)
    }

    /// Returns the banner to show about a lost connection. There is one if there has been no connection for
    /// [`BANNER_MS`](crate::constants::BANNER_MS), or if the session has given up.
    pub fn banner(&self, now: Now) -> Option<Banner> {
        let shown = self.outage.should_be_shown(self.state, now.mono_ms);
        shown.then(|| Banner {
            state: self.state,
            cause: self.outage.cause,
            failure: self.outage.failure,
            last_heard_at: self.last_heard_at,
            retry_at_mono_ms: self.timers.get(Timer::Retry),
        })
    }

    /// Returns the position up to which `topic` was delivered, or `None` if its delivery has not begun.
    pub fn position(&self, topic: &Topic) -> Option<Position> {
        self.book.position(topic)
    }

    /// Returns the session's counters, which start at 0 when it is created.
    pub fn stats(&self) -> Stats {
        Stats { dropped: self.outbox.dropped(), ..self.book.count_into(self.stats) }
    }

    /// Returns the latency of publications over the last minute; `None` if no live publication was measured in that
    /// time.
    pub fn latency(&self, now: Now) -> Option<Latency> {
        self.latency.summary(now.mono_ms)
    }

    /// Returns the time for which the server may collect publications before it sends them, in milliseconds. It is 0 before the server
    /// has answered a subscription.
    pub fn frame_every_ms(&self) -> u64 {
        self.frame_every_ms
    }

    /// Returns the maximum rate that [`Session::conflate`] may set; `None` if the server does not conflate publications, or before it
    /// has answered a subscription.
    pub fn highest_hz(&self) -> Option<u32> {
        self.highest_hz
    }

    /// Returns the estimated time of the server's clock. Before the server has sent its time, returns the time of this
    /// machine's wall clock.
    pub fn server_now(&self, now: Now) -> Millis {
        self.clock.at(now).unwrap_or(now.wall_ms)
    }

    /// Returns the milliseconds since the connection was lost; `None` if there is a connection, or if none is wanted.
    pub fn cut_off_ms(&self, now: Now) -> Option<u64> {
        self.outage.lasted_ms(self.state, now.mono_ms)
    }

    pub(super) fn next_request(&mut self) -> RequestId {
        self.requests_used += 1;
        self.requests_used
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Performs what has become possible after an input: sends queued messages, requests missing publications, and
    /// completes the replacement of a connection.
    pub(super) fn settle(&mut self, now: Now) {
        self.send_outbox(now);
        self.ask_for_holes(now);
        self.finish_rotation(now);
    }
}
