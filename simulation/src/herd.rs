//! Simulates a thundering herd: ten thousand clients that lose their connection at the same moment. The gateway limits
//! the number of new connections per second. The clients are real sessions or, for comparison, clients that follow the
//! backoff tables of other libraries.

use std::collections::BTreeMap;

use backend_core::Service;
use backend_core::event::{Connect, GatewayEvent};
use backend_core::ports::ConnectionId;
use backend_core::testing::{FakeConnections, FakeLog, FakeManagement};
use backend_core::{Access, Settings};
use shared::server::Pong;
use shared::{DisconnectCode, ServerMessage, limits};
use tickertape_session::{self as session, Effect, Now, Refusal, Session, SocketId};

use crate::ports::ready;
use crate::rng::Rng;

/// Time that a simulated handshake takes, in milliseconds.
const HANDSHAKE_MS: u64 = 40;
/// Time at which a simulation ends, in milliseconds. All clients are connected again before that.
const END_MS: u64 = 600_000;

/// Result of a simulation: the number of handshakes, and the time until all clients were connected again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Herd {
    /// Maximum number of handshakes within any period of 1,000 ms.
    pub peak_per_second: usize,
    /// Total number of handshakes, including those that were refused.
    pub handshakes: usize,
    /// Time from the loss until the last client was connected again, in milliseconds.
    pub all_back_ms: u64,
    /// Length of the time window in which the server told clients to reconnect, in milliseconds; 0 if it did not tell
    /// them.
    pub window_ms: u64,
}

/// Returns the message, as JSON, by which the real server tells each of `viewers` clients that it shuts down.
pub fn announcement(viewers: usize) -> String {
    let management = FakeManagement::default();
    let settings = Settings::new(Access::Open, || 0);
    let service = Service::new(FakeConnections::default(), FakeLog::default(), management.clone(), settings);
    for number in 0..viewers {
        let connection = ConnectionId::new(&format!("v{number}="));
        management.connect(&connection);
        let connect = Connect { connection, principal: None, protocols: Vec::new() };
        ready(service.handle(GatewayEvent::Connect(connect), 0));
    }
    // If the announcement fails, no message was sent, and the result is empty.
    let _ = ready(service.announce_shutdown(DisconnectCode::Shutdown, "restarting", 1));
    let posts = management.take_posts();
    posts.first().map(|(_, post)| String::from_utf8_lossy(post).into_owned()).unwrap_or_default()
}

/// Simulates real sessions that all receive the message `announcement` at the same moment.
pub fn sessions(clients: usize, announcement: &str, seed: u64) -> Herd {
    let mut rng = Rng::new(seed);
    let mut crowd: Vec<Session> =
        (0..clients).map(|_| Session::new(session::Settings::default(), rng.bits())).collect();
    let mut agenda = Agenda::default();
    for (client, session) in crowd.iter_mut().enumerate() {
        connect_at_zero(session, announcement);
        agenda.set_timer(client, session);
    }
    let mut gate = Gate::default();
    while let Some((at_ms, client, step)) = agenda.next() {
        let (session, now) = (&mut crowd[client], at(at_ms));
        match step {
            Step::Timer => session.handle_timeout(now),
            Step::Handshake(socket) if gate.lets_in(at_ms) => {
                session.socket_opened(socket, now);
                session.socket_message(socket, &pong(now), now);
                gate.back(at_ms);
            }
            Step::Handshake(socket) => {
                session.socket_refused(socket, Refusal { status: Some(429), ..Refusal::default() }, now);
            }
        }
        agenda.follow(client, session, at_ms);
        if gate.in_all == clients {
            break;
        }
    }
    let window_ms = match serde_json::from_str(announcement) {
        Ok(ServerMessage::Disconnect(disconnect)) => disconnect.window_ms.unwrap_or(0),
        _ => 0,
    };
    gate.herd(window_ms)
}

/// Simulates clients that ignore the time window of the server. Before each attempt, they wait for the next time in the
/// table `pauses_ms`. Its last time is used for all later attempts.
pub fn by_table(clients: usize, pauses_ms: &[u64]) -> Herd {
    let mut calls: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let pause = |attempt: usize| pauses_ms.get(attempt).or(pauses_ms.last()).copied().unwrap_or(0);
    calls.insert(pause(0), vec![0; clients]);
    let mut gate = Gate::default();
    while let Some((at_ms, attempts)) = calls.pop_first() {
        for attempt in attempts {
            if gate.lets_in(at_ms) {
                gate.back(at_ms);
            } else {
                let again_ms = at_ms + HANDSHAKE_MS + pause(attempt + 1);
                calls.entry(again_ms).or_default().push(attempt + 1);
            }
        }
    }
    gate.herd(0)
}

fn at(mono_ms: u64) -> Now {
    Now { mono_ms, wall_ms: 1_800_000_000_000 + mono_ms as i64 }
}

/// Returns the server's answer to the ping that a session without subscriptions sends when its socket opens. The ping
/// was sent at `now`.
fn pong(now: Now) -> String {
    let (t, server_ts) = (now.wall_ms, now.wall_ms);
    ServerMessage::Pong(Pong { t, server_ts, heads: BTreeMap::new() }).to_json()
}

/// Connects `session` at time 0, and delivers the `announcement` to it at [`LOSS_MS`].
fn connect_at_zero(session: &mut Session, announcement: &str) {
    session.open(at(0));
    let mut sockets = std::iter::from_fn(|| session.poll_effect());
    let Some(Effect::OpenSocket { socket, .. }) = sockets.next() else { return };
    session.socket_opened(socket, at(0));
    session.socket_message(socket, &pong(at(0)), at(0));
    session.socket_message(socket, announcement, at(LOSS_MS));
}

/// Time at which all real sessions lose their connection, in milliseconds.
const LOSS_MS: u64 = 10_000;

#[derive(Debug, Clone, Copy)]
enum Step {
    Timer,
    Handshake(SocketId),
}

#[derive(Debug, Default)]
struct Agenda {
    steps: BTreeMap<(u64, u64), (usize, Step)>,
    entries: u64,
}

impl Agenda {
    fn next(&mut self) -> Option<(u64, usize, Step)> {
        let ((at_ms, _), (client, step)) = self.steps.pop_first()?;
        (at_ms < END_MS).then_some((at_ms, client, step))
    }

    fn enter(&mut self, at_ms: u64, client: usize, step: Step) {
        self.entries += 1;
        self.steps.insert((at_ms, self.entries), (client, step));
    }

    /// Performs the socket operations that a session has requested, and sets its timer. A timer that was set before is
    /// kept, because calling a session too early has no effect.
    fn follow(&mut self, client: usize, session: &mut Session, at_ms: u64) {
        while session.poll_event().is_some() {}
        while let Some(effect) = session.poll_effect() {
            if let Effect::OpenSocket { socket, .. } = effect {
                self.enter(at_ms + HANDSHAKE_MS, client, Step::Handshake(socket));
            }
        }
        self.set_timer(client, session);
    }

    fn set_timer(&mut self, client: usize, session: &Session) {
        if let Some(due_ms) = session.poll_timeout() {
            self.enter(due_ms, client, Step::Timer);
        }
    }
}

/// A gateway that accepts up to [`limits::CONNECTS_PER_SECOND`] handshakes per second and refuses further ones.
#[derive(Debug, Default)]
struct Gate {
    handshakes: Vec<u64>,
    admitted: BTreeMap<u64, u32>,
    in_all: usize,
    last_back_ms: u64,
}

impl Gate {
    fn lets_in(&mut self, at_ms: u64) -> bool {
        self.handshakes.push(at_ms);
        let this_second = self.admitted.entry(at_ms / 1_000).or_default();
        *this_second += 1;
        *this_second <= limits::CONNECTS_PER_SECOND
    }

    fn back(&mut self, at_ms: u64) {
        self.in_all += 1;
        self.last_back_ms = at_ms;
    }

    fn herd(&self, window_ms: u64) -> Herd {
        let begin_ms = if window_ms > 0 { LOSS_MS } else { 0 };
        Herd {
            peak_per_second: self.peak(),
            handshakes: self.handshakes.len(),
            all_back_ms: self.last_back_ms - begin_ms,
            window_ms,
        }
    }

    /// Returns the maximum number of handshakes within any period of 1,000 ms.
    fn peak(&self) -> usize {
        let mut first = 0;
        let within = |(last, at_ms): (usize, &u64)| {
            while self.handshakes[first] + 1_000 <= *at_ms {
                first += 1;
            }
            last + 1 - first
        };
        self.handshakes.iter().enumerate().map(within).max().unwrap_or(0)
    }
}
