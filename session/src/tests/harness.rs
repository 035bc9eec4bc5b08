//! A test harness: one session with a simulated clock. The test passes the messages that the server is supposed to
//! send.

use crate::{Effect, Event, Now, Outgoing, Session, Settings, SocketId, State};
use shared::client::{self, RequestId};
use shared::limits::Announced;
use shared::server::{self, SubscribedTopic};
use shared::{ClientMessage, Epoch, Filter, Position, Publication, ServerMessage, Topic, TopicMeta};

pub(super) const EPOCH: &str = "e1";
/// Time of the wall clock at the beginning of a test, in milliseconds since the Unix epoch.
pub(super) const WALL_MS: i64 = 1_800_000_000_000;
/// Time by which the server's clock is ahead of the session's wall clock, in milliseconds.
pub(super) const SKEW_MS: i64 = 3_000;

pub(super) struct Harness {
    pub session: Session,
    pub now: Now,
    /// Sockets that the session has requested to open, in order.
    pub sockets: Vec<SocketId>,
    pub protocols: Vec<Vec<String>>,
    pub closed: Vec<SocketId>,
    /// Messages that the session has sent and the test has not taken yet, with their sockets.
    pub sent: Vec<(SocketId, ClientMessage)>,
    /// Events that the session has emitted and the test has not taken yet.
    pub events: Vec<Event>,
    /// Limits that the server announces in its answers to subscriptions.
    pub limits: Announced,
    /// Time after which the server wants connections to be replaced, in milliseconds.
    pub rotate_in_ms: u64,
}

impl Harness {
    pub fn new() -> Self {
        Self::with(Settings::default(), 1)
    }

    pub fn with(settings: Settings, seed: u64) -> Self {
        Self {
            session: Session::new(settings, seed),
            now: Now { mono_ms: 0, wall_ms: WALL_MS },
            sockets: Vec::new(),
            protocols: Vec::new(),
            closed: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            limits: Announced::default(),
            rotate_in_ms: 6_600_000,
        }
    }

    /// Creates a session that is connected and subscribed to every topic.
    pub fn connected() -> Self {
        let mut harness = Self::new();
        harness.watch("*");
        harness.act(Session::open);
        harness.accept();
        harness.confirm(&[]);
        assert_eq!(harness.state(), State::Connected);
        harness
    }

    pub fn act(&mut self, action: impl FnOnce(&mut Session, Now)) {
        action(&mut self.session, self.now);
        self.drain();
    }

    pub fn state(&self) -> State {
        self.session.state()
    }

    pub fn socket(&self) -> SocketId {
        *self.sockets.last().expect("a socket was asked for")
    }

    /// Advances the clock by `ms`, and calls the session whenever one of its timers expires.
    pub fn pass(&mut self, ms: u64) {
        let end_ms = self.now.mono_ms + ms;
        while let Some(at_ms) = self.session.poll_timeout().filter(|at_ms| *at_ms <= end_ms) {
            assert!(at_ms >= self.now.mono_ms, "a timer was left in the past");
            self.jump(at_ms - self.now.mono_ms);
            self.act(Session::handle_timeout);
            let next = self.session.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now.mono_ms), "{:?} does not end", self.state());
        }
        self.jump(end_ms - self.now.mono_ms);
    }

    /// Advances the clock by `ms` without calling the session.
    pub fn jump(&mut self, ms: u64) {
        self.now.mono_ms += ms;
        self.now.wall_ms += ms as i64;
    }

    /// Simulates a sleep of the machine: only the wall clock advances.
    pub fn sleep(&mut self, ms: u64) {
        self.now.wall_ms += ms as i64;
    }

    pub fn watch(&mut self, filter: &str) {
        let filter = Filter::new(filter).unwrap();
        self.act(|session, now| session.subscribe(filter, None, now));
    }

    pub fn accept(&mut self) {
        let socket = self.socket();
        self.act(|session, now| session.socket_opened(socket, now));
    }

    pub fn close(&mut self, code: u16) {
        let socket = self.socket();
        self.act(|session, now| session.socket_closed(socket, code, "", now));
    }

    pub fn say(&mut self, message: &ServerMessage) {
        self.say_on(self.socket(), message);
    }

    pub fn say_on(&mut self, socket: SocketId, message: &ServerMessage) {
        let text = message.to_json();
        self.act(|session, now| session.socket_message(socket, &text, now));
    }

    /// Confirms all subscriptions that the session has requested, on the newest socket. `topics` are listed in each
    /// answer.
    pub fn confirm(&mut self, topics: &[SubscribedTopic]) {
        for request in self.take_subscribes() {
            let reply = self.subscribed(request.id, request.filter, topics);
            self.say(&reply);
        }
    }

    pub fn subscribed(&self, id: RequestId, filter: Filter, topics: &[SubscribedTopic]) -> ServerMessage {
        ServerMessage::Subscribed(server::Subscribed {
            id,
            connection_id: "abc=".into(),
            filter,
            topics: topics.to_vec(),
            viewers: Some(2),
            server_ts: self.server_ts(),
            limits: self.limits.clone(),
            rotate_in_ms: self.rotate_in_ms,
            conditions: Vec::new(),
            more: false,
        })
    }

    pub fn server_ts(&self) -> i64 {
        WALL_MS + SKEW_MS + self.now.mono_ms as i64
    }

    /// Sends live publications of the topic `host/cpu` with these offsets to the session.
    pub fn publish(&mut self, offsets: &[u64]) {
        let message = publications(offsets, false, self.server_ts());
        self.say(&message);
    }

    /// Sends conflated publications of the topic `host/cpu` to the session, which stand for all after the offset `after`.
    pub fn conflate(&mut self, after: u64, offsets: &[u64]) {
        let ServerMessage::Publications(message) = publications(offsets, false, self.server_ts()) else {
            return;
        };
        self.say(&ServerMessage::Publications(server::Publications { after: Some(after), ..message }));
    }

    pub fn replay(&mut self, offsets: &[u64]) {
        let message = publications(offsets, true, self.server_ts());
        self.say(&message);
    }

    pub fn pong(&mut self, heads: &[(&str, u64)]) {
        let ping = self.take_pings().pop().expect("a ping was sent");
        let heads = heads.iter().map(|(name, offset)| (topic(name), position(*offset))).collect();
        let pong = server::Pong { t: ping.t, server_ts: self.server_ts(), heads };
        self.say(&ServerMessage::Pong(pong));
    }

    pub fn answer_pings(&mut self) {
        if self.sent.iter().any(|(_, message)| matches!(message, ClientMessage::Ping(_))) {
            self.pong(&[]);
        }
    }

    pub fn dismiss(&mut self, code: u16, reconnect: bool, window_ms: Option<u64>) {
        let message = server::Disconnect { code: code.into(), reason: "test".into(), reconnect, window_ms };
        self.say(&ServerMessage::Disconnect(message));
    }

    pub fn refuse(&mut self, id: Option<RequestId>, code: u16, retry_after_ms: Option<u64>) {
        let message = server::ErrorReply {
            id,
            code: code.into(),
            message: "no".into(),
            retryable: code < 200,
            retry_after_ms,
            filters: Vec::new(),
        };
        self.say(&ServerMessage::Error(message));
    }

    pub fn take_subscribes(&mut self) -> Vec<client::Subscribe> {
        self.take(|message| match message {
            ClientMessage::Subscribe(subscribe) => Some(subscribe.clone()),
            _ => None,
        })
    }

    pub fn take_histories(&mut self) -> Vec<client::History> {
        self.take(|message| match message {
            ClientMessage::History(history) => Some(history.clone()),
            _ => None,
        })
    }

    pub fn take_publishes(&mut self) -> Vec<client::Publish> {
        self.take(|message| match message {
            ClientMessage::Publish(publish) => Some((**publish).clone()),
            _ => None,
        })
    }

    pub fn take_pings(&mut self) -> Vec<client::Ping> {
        self.take(|message| match message {
            ClientMessage::Ping(ping) => Some(ping.clone()),
            _ => None,
        })
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Returns a text of everything that was delivered since the last call: offsets (those of replayed publications
    /// with an `r` before them), numbers of publications that the server left out as `~number`, lost parts as `!from-to`, changes of the epoch as `#position`, and `gone`.
    pub fn shown(&mut self) -> String {
        let words: Vec<String> = self.take_events().iter().filter_map(word).collect();
        words.join(" ")
    }

    fn take<T>(&mut self, pick: impl Fn(&ClientMessage) -> Option<T>) -> Vec<T> {
        let (taken, rest) = std::mem::take(&mut self.sent).into_iter().partition(|(_, m)| pick(m).is_some());
        self.sent = rest;
        let taken: Vec<(SocketId, ClientMessage)> = taken;
        taken.iter().filter_map(|(_, message)| pick(message)).collect()
    }

    fn drain(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::OpenSocket { socket, protocols } => {
                    self.sockets.push(socket);
                    self.protocols.push(protocols);
                }
                Effect::Send { socket, text } => {
                    assert!(text.len() <= shared::limits::FRAME_BYTES, "{} bytes in a frame", text.len());
                    let message = serde_json::from_str(&text).expect("what a session says can be read");
                    self.sent.push((socket, message));
                }
                Effect::CloseSocket { socket } => self.closed.push(socket),
            }
        }
        self.events.extend(std::iter::from_fn(|| self.session.poll_event()));
    }
}

fn word(event: &Event) -> Option<String> {
    match event {
        Event::Publications { items, replay, left_out, .. } => {
            let mark = if *replay { "r" } else { "" };
            let left_out = (*left_out > 0).then(|| format!("~{left_out}"));
            let offsets = items.iter().map(|item| format!("{mark}{}", item.offset));
            Some(left_out.into_iter().chain(offsets).collect::<Vec<_>>().join(" "))
        }
        Event::Gap { from, to, .. } => Some(format!("!{}-{}", from.offset + 1, to.offset)),
        Event::EpochChanged { start, .. } => Some(format!("#{start}")),
        Event::TopicGone { .. } => Some("gone".into()),
        _ => None,
    }
}

pub(super) fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}

pub(super) fn position(offset: u64) -> Position {
    Position::new(Epoch::new(EPOCH), offset)
}

pub(super) fn publication(offset: u64, received_at: i64) -> Publication {
    Publication { offset, ts: WALL_MS + offset as i64, received_at, data: offset.into() }
}

pub(super) fn publications(offsets: &[u64], replay: bool, received_at: i64) -> ServerMessage {
    ServerMessage::Publications(server::Publications {
        topic: topic("host/cpu"),
        epoch: Epoch::new(EPOCH),
        items: offsets.iter().map(|offset| publication(*offset, received_at)).collect(),
        replay,
        after: None,
        meta: None,
    })
}

/// Returns the entry of `host/cpu` in a `subscribed` message. `head` is the end of the log, and `replay_from` the
/// beginning of the replay, if anything is replayed.
pub(super) fn listed(head: u64, recovered: bool, replay_from: Option<u64>) -> SubscribedTopic {
    SubscribedTopic {
        topic: topic("host/cpu"),
        position: position(head),
        recovered,
        replay_from: replay_from.map(position),
        meta: TopicMeta::default(),
    }
}

pub(super) fn history(
    request: &client::History,
    offsets: &[u64],
    head: u64,
    recovered: bool,
) -> ServerMessage {
    ServerMessage::History(server::HistoryReply {
        id: request.id,
        topic: request.topic.clone(),
        epoch: Epoch::new(EPOCH),
        items: offsets.iter().map(|offset| publication(*offset, WALL_MS)).collect(),
        head: position(head),
        recovered,
    })
}

pub(super) fn outgoing(name: &str, data: u64, idempotent: bool) -> Outgoing {
    let items = vec![shared::publication::Item::now(data)];
    Outgoing { topic: topic(name), items, meta: None, idempotent, done: false }
}
