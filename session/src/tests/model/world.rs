//! Sessions, a server, and a network between them that loses, delays and repeats messages.

use std::collections::BTreeMap;

use super::server::Server;
use super::viewer::Viewer;
use crate::rng::Rng;
use crate::tests::harness::{WALL_MS, outgoing, topic};
use crate::{Effect, Now, Refusal, Session, Settings, SocketId, State, Ticket};
use shared::client::Rewind;
use shared::server::Publications;
use shared::{ClientMessage, Filter, ServerMessage};

/// Index of the client that is subscribed to every topic from the beginning.
const WATCHER: usize = 0;
/// Index of the client that subscribes later, and requests a small number of past publications.
const LATECOMER: usize = 1;
/// Index of the client that sends idempotent publish requests, and subscribes to nothing.
const PUBLISHER: usize = 2;
/// Maximum time that a message takes to arrive, in milliseconds.
const SLOWEST_MS: u64 = 1_500;
const TOPICS: [&str; 3] = ["a/x", "a/y", "b"];
/// Topic to which only the client [`PUBLISHER`] publishes. Its log is never lost, so that every publication can be
/// accounted for.
const PUBLISHED: &str = "p/q";

#[derive(Debug)]
enum Arrival {
    Opened,
    Refused(Refusal),
    Closed(u16),
    AtServer(String),
    AtClient(String),
}

#[derive(Debug, Default)]
struct Connection {
    filters: Vec<Filter>,
    /// True if no further message arrives on this connection, although neither side has been told that it is lost.
    frozen: bool,
}

struct Client {
    session: Session,
    viewer: Viewer,
    /// Sockets that the session has requested to open and that are neither closed nor lost, as far as the session
    /// knows.
    open: Vec<SocketId>,
    tickets: Vec<Ticket>,
}

pub struct World {
    rng: Rng,
    now: Now,
    server: Server,
    clients: Vec<Client>,
    connections: BTreeMap<(usize, SocketId), Connection>,
    /// Messages that have not arrived yet, sorted by the moment of arrival and then by the order of sending.
    arrivals: BTreeMap<(u64, u64), (usize, SocketId, Arrival)>,
    sent: u64,
    last_restart_ms: u64,
    chaos: bool,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let settings = Settings { queue_messages: 1_000, queue_age_ms: None, ..Settings::default() };
        let client = |n: u64| Client {
            session: Session::new(settings.clone(), seed * 3 + n),
            viewer: Viewer::default(),
            open: Vec::new(),
            tickets: Vec::new(),
        };
        let mut world = Self {
            rng: Rng::new(seed ^ 0x5eed),
            now: Now { mono_ms: 0, wall_ms: WALL_MS },
            server: Server::default(),
            clients: (0..3).map(client).collect(),
            connections: BTreeMap::new(),
            arrivals: BTreeMap::new(),
            sent: 0,
            last_restart_ms: 0,
            chaos: false,
        };
        world.act(WATCHER, |session, now| {
            session.subscribe(Filter::All, None, now);
            session.open(now);
        });
        world.act(PUBLISHER, Session::open);
        world.pass(10_000);
        world
    }

    /// Performs fifty steps, each with a random fault, publication or action.
    pub fn disturb(&mut self) {
        self.chaos = true;
        let arrives = self.rng.up_to(49);
        for step in 0..50 {
            if step == arrives {
                self.act(LATECOMER, |session, now| {
                    session.subscribe(Filter::new("a/*").unwrap(), Some(Rewind::Count(3)), now);
                    session.open(now);
                });
            }
            self.disturb_once();
            let ms = if self.rng.up_to(9) == 0 { 60_000 } else { 2_000 };
            let ms = self.rng.up_to(ms);
            self.pass(ms);
        }
    }

    /// Ends the faults, and waits until every session has had the time to recover all that it missed.
    pub fn calm_down(&mut self) {
        self.chaos = false;
        for client in 0..self.clients.len() {
            self.act(client, |session, now| session.network(true, now));
        }
        self.pass(400_000);
    }

    pub fn judge(&self) {
        for (client, watched_all_along) in [(WATCHER, true), (LATECOMER, false)] {
            let Client { session, viewer, .. } = &self.clients[client];
            viewer.judge(&self.server, watched_all_along);
            for (topic, log) in self.server.logs.iter().filter(|(topic, _)| topic.as_str().starts_with("a/"))
            {
                let position = session.position(topic).map(|position| (position.epoch, position.offset));
                assert_eq!(position, Some((log.epoch.clone(), log.head())), "{topic}");
            }
        }
        self.judge_publisher();
    }

    /// Checks that each publication of the client [`PUBLISHER`] was appended once and in order, and was acknowledged to
    /// it.
    fn judge_publisher(&self) {
        let publisher = &self.clients[PUBLISHER];
        let published = publisher.viewer.outcomes().values().filter(|outcome| **outcome == "published");
        assert_eq!(published.count(), publisher.tickets.len(), "{:?}", publisher.session.state());
        let log = self.server.logs.get(&topic(PUBLISHED));
        let numbers: Vec<u64> = log
            .map(|log| log.items.iter().filter_map(|item| item.data.value().as_u64()).collect())
            .unwrap_or_default();
        assert_eq!(numbers, (0..publisher.tickets.len() as u64).collect::<Vec<_>>());
    }

    fn disturb_once(&mut self) {
        let client = self.rng.up_to(2) as usize;
        let name = TOPICS[self.rng.up_to(2) as usize];
        match self.rng.up_to(21) {
            0..=7 => self.publish(name),
            8..=10 => self.publish_by_session(),
            11 => self.cut(client, Some(1006)),
            12 => self.cut(client, Some(1001)),
            13 => self.cut(client, None),
            14 => self.dismiss(client),
            15 => self.server.evict(&topic(name), 1 + self.rng.clone().up_to(3)),
            16 => self.restart_log(name),
            17 => {
                let online = self.rng.up_to(1) == 0;
                self.act(client, |session, now| session.network(online, now));
            }
            18 => {
                let visible = self.rng.up_to(1) == 0;
                self.act(client, |session, now| session.visibility(visible, now));
            }
            19 => self.now.wall_ms += 100_000,
            20 => self.close_and_open(client),
            _ => (0..self.rng.up_to(20)).for_each(|_| self.publish(name)),
        }
    }

    fn publish(&mut self, name: &str) {
        let data = (0..=self.rng.up_to(2)).map(|n| n.into()).collect();
        let publications = self.server.append(&topic(name), data);
        self.push(&publications);
    }

    fn publish_by_session(&mut self) {
        let number = self.clients[PUBLISHER].tickets.len() as u64;
        let mut ticket = None;
        self.act(PUBLISHER, |session, now| {
            ticket = Some(session.publish(outgoing(PUBLISHED, number, true), now));
        });
        self.clients[PUBLISHER].tickets.extend(ticket);
    }

    /// Replaces a topic's log with a new one that has another epoch. This is not done so often that frames of the log
    /// before the last one may still arrive.
    fn restart_log(&mut self, name: &str) {
        if self.now.mono_ms > self.last_restart_ms + 2 * SLOWEST_MS
            && self.server.logs.contains_key(&topic(name))
        {
            self.last_restart_ms = self.now.mono_ms;
            self.server.start(&topic(name));
            self.publish(name);
        }
    }

    /// Cuts every connection of `client`. If `code` is given, the sockets are closed with it. If it is `None`, every
    /// later message is lost, and neither side is told.
    fn cut(&mut self, client: usize, code: Option<u16>) {
        let sockets: Vec<SocketId> = self
            .connections
            .keys()
            .filter(|(owner, _)| *owner == client)
            .map(|(_, socket)| *socket)
            .collect();
        for socket in sockets {
            match code {
                Some(code) => {
                    self.connections.remove(&(client, socket));
                    self.arrive(client, socket, Arrival::Closed(code));
                }
                None => self.connections.entry((client, socket)).or_default().frozen = true,
            }
        }
    }

    fn dismiss(&mut self, client: usize) {
        let text = r#"{"type":"disconnect","code":3000,"reason":"","reconnect":true,"window_ms":4000}"#;
        let sockets: Vec<SocketId> = self.clients[client].open.clone();
        for socket in sockets {
            self.arrive(client, socket, Arrival::AtClient(text.into()));
        }
        self.cut(client, Some(1001));
    }

    /// Closes a session and opens it again. The session that publishes is left open, because closing would drop its
    /// unsent requests.
    fn close_and_open(&mut self, client: usize) {
        if client != PUBLISHER && self.clients[client].session.state() != State::Idle {
            self.act(client, Session::close);
            let ms = self.rng.up_to(5_000);
            self.pass(ms);
            self.act(client, Session::open);
        }
    }

    fn act(&mut self, client: usize, action: impl FnOnce(&mut Session, Now)) {
        action(&mut self.clients[client].session, self.now);
        self.drain(client);
    }

    fn drain(&mut self, client: usize) {
        while let Some(effect) = self.clients[client].session.poll_effect() {
            match effect {
                Effect::OpenSocket { socket, .. } => self.open(client, socket),
                Effect::Send { socket, text } => self.arrive(client, socket, Arrival::AtServer(text)),
                Effect::CloseSocket { socket } => {
                    self.clients[client].open.retain(|open| *open != socket);
                    self.connections.remove(&(client, socket));
                    self.arrive(client, socket, Arrival::Closed(1000));
                }
            }
        }
        while let Some(event) = self.clients[client].session.poll_event() {
            self.clients[client].viewer.see(event, &self.server);
        }
        let Client { session, open, .. } = &self.clients[client];
        let allowed = if session.state() == State::Rotating { 2 } else { 1 };
        assert!(open.len() <= allowed, "{} sockets while {}", open.len(), session.state());
    }

    fn open(&mut self, client: usize, socket: SocketId) {
        self.clients[client].open.push(socket);
        let luck = if self.chaos { self.rng.up_to(9) } else { 9 };
        match luck {
            0 => self.arrive(client, socket, Arrival::Refused(Refusal::default())),
            1 => self.arrive(
                client,
                socket,
                Arrival::Refused(Refusal { status: Some(503), ..Refusal::default() }),
            ),
            2 => {}
            _ => {
                self.connections.insert((client, socket), Connection::default());
                self.arrive(client, socket, Arrival::Opened);
            }
        }
    }

    /// Schedules the arrival of a message after a random delay, so that others may overtake it.
    fn arrive(&mut self, client: usize, socket: SocketId, arrival: Arrival) {
        let slowest_ms = if self.chaos && self.rng.up_to(3) == 0 { SLOWEST_MS } else { 30 };
        // The messages of a client on one socket arrive in order.
        let delay_ms = if matches!(arrival, Arrival::AtServer(_)) { 20 } else { self.rng.up_to(slowest_ms) };
        self.sent += 1;
        self.arrivals.insert((self.now.mono_ms + delay_ms, self.sent), (client, socket, arrival));
    }

    /// Sends publications to the connections that are subscribed to their topic. During the faults, some are lost and
    /// some arrive twice.
    fn push(&mut self, publications: &Publications) {
        let matching = |connection: &Connection| {
            !connection.frozen && connection.filters.iter().any(|filter| filter.matches(&publications.topic))
        };
        let receivers: Vec<(usize, SocketId)> =
            self.connections.iter().filter(|(_, c)| matching(c)).map(|(key, _)| *key).collect();
        let text = ServerMessage::Publications(publications.clone()).to_json();
        for (client, socket) in receivers {
            let copies = match if self.chaos { self.rng.up_to(9) } else { 9 } {
                0 => 0,
                1 => 2,
                _ => 1,
            };
            for _ in 0..copies {
                self.arrive(client, socket, Arrival::AtClient(text.clone()));
            }
        }
    }

    fn pass(&mut self, ms: u64) {
        let end_ms = self.now.mono_ms + ms;
        while let Some(at_ms) = self.next_moment().filter(|at_ms| *at_ms <= end_ms) {
            self.advance(at_ms);
            while let Some(entry) = self.arrivals.first_entry().filter(|entry| entry.key().0 <= at_ms) {
                let (client, socket, arrival) = entry.remove();
                self.deliver(client, socket, arrival);
            }
            for client in 0..self.clients.len() {
                if self.clients[client].session.poll_timeout().is_some_and(|due_ms| due_ms <= at_ms) {
                    self.act(client, Session::handle_timeout);
                    let next_ms = self.clients[client].session.poll_timeout();
                    assert!(next_ms.is_none_or(|next_ms| next_ms > at_ms), "a timer that does not end");
                }
            }
        }
        self.advance(end_ms);
    }

    fn next_moment(&self) -> Option<u64> {
        let timers = self.clients.iter().filter_map(|client| client.session.poll_timeout());
        let arrival = self.arrivals.first_key_value().map(|((at_ms, _), _)| *at_ms);
        timers.chain(arrival).min()
    }

    fn advance(&mut self, to_ms: u64) {
        self.now.wall_ms += to_ms.saturating_sub(self.now.mono_ms) as i64;
        self.now.mono_ms = self.now.mono_ms.max(to_ms);
    }

    fn deliver(&mut self, client: usize, socket: SocketId, arrival: Arrival) {
        let frozen = self.connections.get(&(client, socket)).is_some_and(|connection| connection.frozen);
        match arrival {
            Arrival::Opened => self.act(client, |session, now| session.socket_opened(socket, now)),
            Arrival::Refused(refusal) => {
                self.clients[client].open.retain(|open| *open != socket);
                self.act(client, |session, now| session.socket_refused(socket, refusal, now));
            }
            Arrival::Closed(code) => {
                self.clients[client].open.retain(|open| *open != socket);
                self.act(client, |session, now| session.socket_closed(socket, code, "", now));
            }
            Arrival::AtClient(text) if !frozen => {
                self.act(client, |session, now| session.socket_message(socket, &text, now));
            }
            Arrival::AtServer(text) if !frozen => self.serve(client, socket, &text),
            Arrival::AtClient(_) | Arrival::AtServer(_) => {}
        }
    }

    fn serve(&mut self, client: usize, socket: SocketId, text: &str) {
        let Some(connection) = self.connections.get_mut(&(client, socket)) else {
            return;
        };
        let message: ClientMessage = serde_json::from_str(text).expect("a session speaks the protocol");
        let server_ts = self.now.wall_ms;
        let (replies, published) =
            self.server.answer(&mut connection.filters, message, server_ts, &mut self.rng);
        if let Some(publications) = published {
            self.push(&publications);
        }
        for reply in replies {
            self.arrive(client, socket, Arrival::AtClient(reply.to_json()));
        }
    }
}
