//! The client's side of the conversation, over however many sockets it takes: pure, for the board and the
//! command line alike.
//!
//! It opens no socket and reads no clock. The discipline is that of sans-IO libraries: hand in one
//! thing (a command, something a socket did, the passing of time), then drain [`Session::poll_effect`]
//! and [`Session::poll_event`], then call [`Session::handle_timeout`] at [`Session::poll_timeout`].
//! Drained so, its queues hold what one input brings; everything else it keeps is bounded by
//! [`constants`].
//!
//! # Layout
//!
//! * [`state`], [`constants`], [`words`]: where it stands, how long it waits, what people read.
//! * `lifecycle`, `rotation`, `liveness`: from one state to another; `link` is one socket of it.
//! * `inbound`: what the server says; `recovery` and `book`: every publication once and in order.
//! * `outbound` and `outbox`: what is published, until it is acknowledged.
//! * `clock`, `latency`, `wake`, `timers`, `backoff`, `rng`: small things about time and chance.

mod backoff;
mod book;
mod clock;
pub mod constants;
mod effect;
mod event;
mod inbound;
mod latency;
mod lifecycle;
mod link;
mod liveness;
mod now;
mod outbound;
mod outbox;
mod recovery;
mod rng;
mod rotation;
mod settings;
pub mod state;
mod stats;
mod subscriptions;
#[cfg(test)]
mod tests;
mod timers;
mod wake;
pub mod words;

use std::collections::VecDeque;

pub use effect::{Effect, Refusal, SocketId};
pub use event::{DropReason, Event, Refused, Ticket};
pub use latency::Latency;
pub use now::Now;
pub use outbox::Outgoing;
pub use settings::Settings;
pub use state::State;
pub use stats::Stats;
pub use words::{Banner, Cause, SessionFailure};

use book::Book;
use clock::ServerClock;
use latency::LatencyWindow;
use lifecycle::Trouble;
use link::Link;
use outbox::Outbox;
use rng::Rng;
use subscriptions::Subscriptions;
use timers::{Timer, Timers};
use wake::WakeDetector;

use shared::client::{RequestId, Rewind};
use shared::{Filter, Millis, Position, Topic};

/// The client's side of the conversation. See the [module](self).
#[derive(Debug)]
pub struct Session {
    state: State,
    token: Option<String>,
    online: bool,
    visible: bool,
    subscriptions: Subscriptions,
    book: Book,
    outbox: Outbox,
    /// The socket in use.
    link: Option<Link>,
    /// The socket that is to take over, while rotating.
    successor: Option<Link>,
    /// The socket whose end is awaited, while closing.
    closing: Option<SocketId>,
    trouble: Trouble,
    timers: Timers,
    wake: WakeDetector,
    clock: ServerClock,
    latency: LatencyWindow,
    last_heard_at: Option<Millis>,
    rng: Rng,
    sockets_used: u32,
    requests_used: RequestId,
    stats: Stats,
    effects: VecDeque<Effect>,
    events: VecDeque<Event>,
}

impl Session {
    /// A session that is [`State::Idle`]. `seed` decides every random choice, so it should differ between
    /// sessions.
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
            outbox: Outbox::new(producer, settings.queue_messages, settings.queue_age_ms),
            link: None,
            successor: None,
            closing: None,
            trouble: Trouble::default(),
            timers: Timers::default(),
            wake: WakeDetector::default(),
            clock: ServerClock::default(),
            latency: LatencyWindow::default(),
            last_heard_at: None,
            rng,
            sockets_used: 0,
            requests_used: 0,
            stats: Stats::default(),
            effects: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    // Commands.

    /// Connects, and stays connected until [`Session::close`]. Starts again after `Closed` and `Failed`.
    pub fn open(&mut self, now: Now) {
        self.observe(now);
        self.start(now);
        self.settle(now);
    }

    /// Ends in [`State::Closed`], at once or when the socket is closed. What was not delivered is told by
    /// [`Event::Dropped`]. Subscriptions and positions are kept for a later [`Session::open`].
    pub fn close(&mut self, now: Now) {
        self.observe(now);
        self.stop(now);
    }

    /// Watches `filter`, on every connection until [`Session::unsubscribe`]. `rewind` is how much of the past
    /// to fetch of topics not seen before; it counts once, when the filter is first watched.
    pub fn subscribe(&mut self, filter: Filter, rewind: Option<Rewind>, now: Now) {
        self.observe(now);
        self.watch(filter, rewind, now);
        self.settle(now);
    }

    /// Watches `filter` no longer and forgets the positions of topics that no other filter matches.
    pub fn unsubscribe(&mut self, filter: &Filter, now: Now) {
        self.observe(now);
        self.unwatch(filter, now);
        self.settle(now);
    }

    /// Continues `topic` after `position`, known from an earlier run. To be called before a subscription
    /// that matches it; without effect on a topic already followed.
    pub fn resume_from(&mut self, topic: Topic, position: Position) {
        self.book.resume(topic, position);
    }

    /// Asks for up to `count` publications before `before`, what a page shows when its window grows. Answered
    /// by [`Event::Earlier`]. Not repeated when the connection is lost: false says that there is none now.
    pub fn fetch_earlier(&mut self, topic: &Topic, before: u64, count: u32, now: Now) -> bool {
        self.observe(now);
        self.ask_earlier(topic, before, count, now)
    }

    /// Publishes now or, while away, as soon as there is a connection. What becomes of it is told under the
    /// ticket, exactly once: `Published`, `PublishRefused` or `Dropped`.
    pub fn publish(&mut self, outgoing: Outgoing, now: Now) -> Ticket {
        self.observe(now);
        let ticket = self.enqueue(outgoing, now);
        self.settle(now);
        ticket
    }

    /// How many more messages [`Session::publish`] takes before the oldest falls out.
    pub fn outbox_room(&self) -> usize {
        self.outbox.room()
    }

    /// Publications whose outcome has not been told yet.
    pub fn outstanding(&self) -> usize {
        self.outbox.len()
    }

    /// Uses `token` from now on: in-band by `refresh` when connected, else at the next attempt, which
    /// begins at once if the session waits for a token.
    pub fn set_token(&mut self, token: String, now: Now) {
        self.observe(now);
        self.renew(token, now);
        self.settle(now);
    }

    /// Whether there is a token to show.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Tries at once if an attempt is being waited for, or the session has given up.
    pub fn retry_now(&mut self, now: Now) {
        self.observe(now);
        if self.state == State::Failed {
            self.start(now);
        } else if self.state.is_between_attempts() {
            self.connect(now);
        }
    }

    /// Something was expected and has not come: asks whether the socket still lives, as soon as it has been silent for
    /// [`constants::DOUBT_MS`]. Called once when a topic turns late, it tells a frozen socket from a silent publisher
    /// within seconds, where the ordinary ping would take a minute.
    pub fn doubt(&mut self, now: Now) {
        self.observe(now);
        if let Some(link) = &mut self.link {
            link.doubt(now);
            let socket = link.id;
            self.check_doubt(socket, now);
        }
        self.settle(now);
    }

    // Inputs.

    /// The socket is open.
    pub fn socket_opened(&mut self, socket: SocketId, now: Now) {
        self.observe(now);
        self.opened(socket, now);
        self.settle(now);
    }

    /// A text message came. One that cannot be read is left out and told.
    pub fn socket_message(&mut self, socket: SocketId, text: &str, now: Now) {
        self.observe(now);
        self.message(socket, text, now);
        self.settle(now);
    }

    /// The socket is closed, with this code and reason; 1006 if it broke or never opened. The reason is
    /// for logs: what to do is decided by the code and by the server's `disconnect` message.
    pub fn socket_closed(&mut self, socket: SocketId, code: u16, _reason: &str, now: Now) {
        self.observe(now);
        self.closed(socket, code, now);
        self.settle(now);
    }

    /// The handshake was refused, or no server answered.
    pub fn socket_refused(&mut self, socket: SocketId, refusal: Refusal, now: Now) {
        self.observe(now);
        self.refused(socket, refusal, now);
        self.settle(now);
    }

    /// The machine says it has a network, or that it has none. Either way it is seen for oneself.
    pub fn network(&mut self, online: bool, now: Now) {
        self.observe(now);
        self.network_changed(online, now);
        self.settle(now);
    }

    /// The page is shown, or hidden.
    pub fn visibility(&mut self, visible: bool, now: Now) {
        self.observe(now);
        self.visibility_changed(visible, now);
        self.settle(now);
    }

    /// Time has passed. Calling early does nothing; calling late is noticed as sleep.
    pub fn handle_timeout(&mut self, now: Now) {
        self.observe(now);
        self.time_passed(now);
        self.settle(now);
    }

    // Outputs.

    /// When to call [`Session::handle_timeout`], in milliseconds of the monotonic clock.
    pub fn poll_timeout(&self) -> Option<u64> {
        [self.timers.next(), self.links_due(), self.outbox.due(), self.recovery_due()]
            .into_iter()
            .flatten()
            .min()
    }

    /// What to do next, until `None`.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What happened, until `None`.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    // Views.

    /// Where the session stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// One or two words for a status line.
    pub fn state_words(&self) -> &'static str {
        words::state_words(self.state)
    }

    /// What to show across the page, once trouble has lasted [`constants::BANNER_MS`] or cannot pass by
    /// itself.
    pub fn banner(&self, now: Now) -> Option<Banner> {
        let shown = self.trouble.is_news(self.state, now.mono_ms);
        shown.then(|| Banner {
            state: self.state,
            cause: self.trouble.cause,
            failure: self.trouble.failure,
            last_heard_at: self.last_heard_at,
            retry_at_mono_ms: self.timers.get(Timer::Retry),
        })
    }

    /// The last place of `topic` that was handed on.
    pub fn position(&self, topic: &Topic) -> Option<Position> {
        self.book.position(topic)
    }

    /// What happened so far.
    pub fn stats(&self) -> Stats {
        Stats { dropped: self.outbox.dropped(), ..self.book.count_into(self.stats) }
    }

    /// How long publications take to arrive, over the last minute.
    pub fn latency(&self, now: Now) -> Option<Latency> {
        self.latency.summary(now.mono_ms)
    }

    /// The server's clock; this machine's own until the server has told its time.
    pub fn server_now(&self, now: Now) -> Millis {
        self.clock.at(now).unwrap_or(now.wall_ms)
    }

    /// Milliseconds since the connection was lost; `None` while it stands or none is wanted.
    pub fn cut_off_ms(&self, now: Now) -> Option<u64> {
        self.trouble.lasted_ms(self.state, now.mono_ms)
    }

    fn next_request(&mut self) -> RequestId {
        self.requests_used += 1;
        self.requests_used
    }

    fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Does what has become possible: sends what waits, asks for what is missing, ends a rotation.
    fn settle(&mut self, now: Now) {
        self.send_outbox(now);
        self.ask_for_holes(now);
        self.finish_rotation(now);
    }
}
