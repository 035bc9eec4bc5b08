//! Replays the recorded messages of every released server to today's client session, and checks that the session
//! understands them.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use compatibility::{Content, Line, Recording, Side, releases};
use serde_json::Value;
use shared::{ClientMessage, ServerMessage};
use tickertape_session::{Effect, Event, Now, Outgoing, Refusal, Session, Settings, SocketId, State};

/// Recorded conversations that contain one session each, and the number of the session's connection. `None` means that
/// all connections of the conversation are the session's.
const SESSIONS: [(&str, Option<u32>); 8] = [
    ("pipe", None),
    ("pipe-numbers", None),
    ("host", None),
    ("watch", None),
    ("away", None),
    ("restart", None),
    ("rotation", None),
    ("session", Some(1)),
];

/// Maximum time to wait for an action of the session, in milliseconds. It is longer than every delay of the session.
const TIMEOUT_MS: u64 = 60_000;

#[test]
fn a_session_of_today_understands_every_server_that_was_released() {
    for release in releases() {
        for (name, only) in SESSIONS {
            let recording = Recording::read(&release, name);
            Replay::of(&recording, only).run().check();
        }
    }
}

#[test]
fn every_recorded_message_is_one_that_is_known_today() {
    for release in releases() {
        for recording in Recording::all(&release) {
            for text in recording.lines.iter().filter(|line| line.from == Side::Server).filter_map(Line::text)
            {
                let message: ServerMessage = serde_json::from_str(text).unwrap();
                assert_ne!(message, ServerMessage::Unknown, "{}: {text}", recording.name);
            }
        }
    }
}

/// Types of server messages that were added after the newest recording. They will be recorded when the next release is
/// made, and must then be removed from this list.
const UNRELEASED: [&str; 3] = ["buckets", "conditions", "forgotten"];

#[test]
fn every_kind_of_message_was_recorded() {
    let protocol = include_str!("../../PROTOCOL.md");
    let named = |heading: &str| {
        let section = protocol.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
        let titles = section.lines().filter_map(|line| line.strip_prefix("### `")?.split('`').next());
        titles.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    for release in releases() {
        let recordings = Recording::all(&release);
        let lines = || recordings.iter().flat_map(|recording| &recording.lines);
        let seen = |side: Side, tag: &str| {
            let said = lines().filter(|line| line.from == side).filter_map(Line::json);
            said.filter_map(|message| Some(message.get(tag)?.as_str()?.to_owned()))
                .collect::<BTreeSet<String>>()
        };
        let is_new = release.ends_with(env!("CARGO_PKG_VERSION"));
        for (heading, side, tag) in [
            ("\n## Messages of the client", Side::Client, "action"),
            ("\n## Messages of the server", Side::Server, "type"),
        ] {
            let (named, seen) = (named(heading), seen(side, tag));
            let unreleased = UNRELEASED.map(str::to_owned).into();
            let expected: BTreeSet<_> = named.difference(&unreleased).cloned().collect();
            assert!(
                !is_new || expected.is_subset(&seen),
                "{expected:?} of PROTOCOL.md, and {seen:?} recorded"
            );
            assert!(
                seen.is_disjoint(&unreleased),
                "recorded, and so released: {:?}",
                seen.intersection(&unreleased)
            );
        }
    }
}

/// Identifies a request of a client by its action and its topic or filter.
type Key = (String, String);

fn key(message: &Value) -> Key {
    let subject = message.get("topic").or(message.get("filter"));
    (
        message["action"].as_str().unwrap_or_default().into(),
        subject.and_then(Value::as_str).unwrap_or_default().into(),
    )
}

/// A replay of recorded server messages to a session of today's code. The recorded messages were sent to a session of
/// their own release. Today's session must send every request that the recorded one sent. A recorded answer contains
/// the `id` of the recorded request, so the `id` is replaced by that of today's request.
struct Replay<'a> {
    recording: &'a Recording,
    only: Option<u32>,
    session: Session,
    now_ms: u64,
    /// The time in milliseconds by which the replay runs later than the recording. It grows if a random delay of the
    /// session is longer than the recorded one.
    ahead_ms: u64,
    /// Sockets that the session has requested and that are not open yet, in order.
    wanted: VecDeque<SocketId>,
    sockets: BTreeMap<u32, SocketId>,
    /// Sockets that are closed, by the session or by the server.
    over: BTreeSet<SocketId>,
    /// The recorded requests of each connection. Each has the `id` (or, for a ping, the `t`) that its answer repeats.
    recorded: BTreeMap<u32, Vec<(Key, Value)>>,
    /// The requests that today's session has sent on each socket. Each has the `id` (or, for a ping, the `t`) that its
    /// answer repeats.
    asked: BTreeMap<SocketId, Vec<(Key, Value)>>,
    events: Vec<Event>,
}

impl<'a> Replay<'a> {
    fn of(recording: &'a Recording, only: Option<u32>) -> Self {
        let settings = Settings::default().with_queue_messages(10_000);
        Self {
            recording,
            only,
            session: Session::new(settings, 7),
            now_ms: 0,
            ahead_ms: 0,
            wanted: VecDeque::new(),
            sockets: BTreeMap::new(),
            over: BTreeSet::new(),
            recorded: BTreeMap::new(),
            asked: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    fn run(mut self) -> Self {
        let recording = self.recording;
        let only = self.only;
        let lines: Vec<&Line> =
            recording.lines.iter().filter(|line| only.is_none_or(|only| line.connection == only)).collect();
        // The requests before the server's first message were made before the session was opened.
        let is_early = |line: &&&Line| line.from == Side::Client || line.text().is_none();
        let early = lines.iter().take_while(is_early).inspect(|line| self.wish(line)).count();
        self.session.open(self.now());
        for (index, line) in lines.into_iter().enumerate() {
            self.pass_time_until(line.at_ms + self.ahead_ms);
            match (&line.content, line.from) {
                (Content::Http(response), Side::Server) => {
                    self.handshake(line.connection, response.status().unwrap())
                }
                (Content::Http(_), Side::Client) => {}
                (Content::Text(_), Side::Client) => {
                    if index >= early {
                        self.wish(line);
                    }
                    let message = line.json().unwrap();
                    let id = message.get("id").or(message.get("t")).cloned().unwrap();
                    self.recorded.entry(line.connection).or_default().push((key(&message), id));
                }
                (Content::Text(_), Side::Server) => self.hear(line),
                (Content::Close(code), Side::Server) => self.lose(line.connection, *code),
                (Content::Close(_), Side::Client) => {}
                (Content::End(_), _) => self.lose(line.connection, 1006),
            }
            self.drain();
        }
        self
    }

    fn now(&self) -> Now {
        Now { mono_ms: self.now_ms, wall_ms: 1_790_000_000_000 + i64::try_from(self.now_ms).unwrap() }
    }

    fn pass_time_until(&mut self, at_ms: u64) {
        self.drain();
        while let Some(due_ms) = self.session.poll_timeout().filter(|due_ms| *due_ms <= at_ms) {
            self.now_ms = self.now_ms.max(due_ms);
            self.session.handle_timeout(self.now());
            self.drain();
        }
        self.now_ms = self.now_ms.max(at_ms);
    }

    /// Advances the clock until `is_done` returns true, so that the session can act by itself. Returns false if this
    /// does not happen within `patience_ms`.
    fn wait_until(&mut self, is_done: impl Fn(&Self) -> bool, patience_ms: u64) -> bool {
        let until_ms = self.now_ms + patience_ms;
        self.drain();
        while !is_done(self) {
            let Some(due_ms) = self.session.poll_timeout().filter(|due_ms| *due_ms <= until_ms) else {
                return false;
            };
            self.ahead_ms += due_ms.saturating_sub(self.now_ms);
            self.pass_time_until(due_ms);
        }
        true
    }

    fn drain(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::OpenSocket { socket, .. } => self.wanted.push_back(socket),
                Effect::Send { socket, text } => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    let id = message.get("id").or(message.get("t")).cloned().unwrap();
                    self.asked.entry(socket).or_default().push((key(&message), id));
                }
                Effect::CloseSocket { socket } => {
                    self.over.insert(socket);
                }
            }
        }
        while let Some(event) = self.session.poll_event() {
            self.events.push(event);
        }
    }

    /// Calls the method of the session that makes it send the recorded message.
    fn wish(&mut self, line: &Line) {
        let (Some(text), now) = (line.text(), self.now()) else { return };
        match serde_json::from_str(text).unwrap() {
            ClientMessage::Subscribe(subscribe) => {
                self.session.subscribe(subscribe.filter, subscribe.rewind, now)
            }
            ClientMessage::Unsubscribe(unsubscribe) => self.session.unsubscribe(&unsubscribe.filter, now),
            ClientMessage::Publish(publish) => {
                let (topic, meta) = (publish.topic.clone(), publish.meta.clone());
                let (idempotent, done) =
                    publish.producer.as_ref().map_or((false, false), |producer| (true, producer.done));
                let items = publish.into_items();
                self.session.publish(Outgoing { topic, items, meta, idempotent, done }, now);
            }
            ClientMessage::Refresh(refresh) => self.session.set_token(refresh.token, now),
            // The session sends these by itself, or is told to when their answer is replayed.
            ClientMessage::History(_) | ClientMessage::Ping(_) => {}
        }
    }

    fn handshake(&mut self, connection: u32, status: u16) {
        let opens = self.wait_until(|replay| !replay.wanted.is_empty(), TIMEOUT_MS);
        assert!(opens, "{}: no socket is opened for connection {connection}", self.recording.name);
        let socket = self.wanted.pop_front().unwrap();
        if status == 101 {
            self.sockets.insert(connection, socket);
            self.session.socket_opened(socket, self.now());
        } else {
            let refusal = Refusal { status: Some(status), ..Refusal::default() };
            self.session.socket_refused(socket, refusal, self.now());
        }
    }

    fn lose(&mut self, connection: u32, code: u16) {
        if let Some(socket) =
            self.sockets.get(&connection).copied().filter(|socket| self.over.insert(*socket))
        {
            self.session.socket_closed(socket, code, "", self.now());
        }
    }

    fn hear(&mut self, line: &Line) {
        let socket = self.sockets[&line.connection];
        let mut message = line.json().unwrap();
        for field in ["id", "t"] {
            if let Some(recorded) = message.get(field).cloned() {
                message[field] = self.todays(line.connection, socket, &recorded);
            }
        }
        self.session.socket_message(socket, &message.to_string(), self.now());
    }

    /// Returns the `id` (or `t`) of the request of today's session that corresponds to a recorded request. `recorded`
    /// is the `id` (or `t`) of the recorded one.
    fn todays(&mut self, connection: u32, socket: SocketId, recorded: &Value) -> Value {
        let questions = &self.recorded[&connection];
        let index = questions.iter().position(|(_, id)| id == recorded).unwrap();
        let wanted = questions[index].0.clone();
        let nth = questions[..index].iter().filter(|(key, _)| *key == wanted).count();
        let found = |replay: &Self| {
            let asked = replay.asked.get(&socket)?;
            asked.iter().filter(|(key, _)| *key == wanted).nth(nth).map(|(_, id)| id.clone())
        };
        if found(self).is_none() && !self.wait_until(|replay| found(replay).is_some(), 2_000) {
            self.make_ask(&wanted);
            self.wait_until(|replay| found(replay).is_some(), 2_000);
        }
        found(self).unwrap_or_else(|| {
            panic!("{}: today's session does not ask for {wanted:?} number {nth}", self.recording.name)
        })
    }

    /// Makes the session send a request that it does not send by itself, such as a request of history.
    fn make_ask(&mut self, (action, topic): &Key) {
        let now = self.now();
        match action.as_str() {
            "ping" => self.session.check_liveness(now),
            "history" => {
                let topic = topic.parse().unwrap();
                let seen = self.session.position(&topic).map_or(0, |position| position.offset);
                assert!(self.session.fetch_earlier(&topic, seen + 1, 1_000, now));
            }
            _ => {}
        }
    }

    fn check(self) {
        let name = &self.recording.name;
        let connected = |event: &Event| matches!(event, Event::StateChanged { to: State::Connected, .. });
        assert!(self.events.iter().any(connected), "{name}: not connected: {:?}", self.events);
        for event in &self.events {
            let is_wrong = matches!(
                event,
                Event::ProtocolError { .. }
                    | Event::Failed { .. }
                    | Event::Gap { .. }
                    | Event::SubscribeRefused { .. }
                    | Event::PublishRefused { .. }
                    | Event::Dropped { .. }
                    | Event::EarlierFailed { .. }
                    | Event::PastFailed { .. }
                    | Event::TopicGone { .. }
            );
            assert!(!is_wrong, "{name}: {event:?}");
        }
        assert_eq!(delivered(&self.events), self.sent_by_server("items"), "{name}");
        let published = self.events.iter().filter(|event| matches!(event, Event::Published { .. })).count();
        let answers = self.server_messages().filter(|message| message["type"] == "published").count();
        assert_eq!(published, answers, "{name}");
    }

    fn server_messages(&self) -> impl Iterator<Item = Value> {
        let only = self.only;
        let is_ours = move |line: &&Line| only.is_none_or(|only| line.connection == only);
        self.recording
            .lines
            .iter()
            .filter(is_ours)
            .filter(|line| line.from == Side::Server)
            .filter_map(Line::json)
    }

    /// Returns every publication that the recorded server sent. The key is topic and epoch, and the publications of
    /// each log are sorted by offset.
    fn sent_by_server(&self, field: &str) -> BTreeMap<(String, String), BTreeMap<u64, Value>> {
        let mut sent: BTreeMap<_, BTreeMap<u64, Value>> = BTreeMap::new();
        for message in self.server_messages() {
            let parts = message.get("parts").and_then(Value::as_array).cloned();
            for part in parts.unwrap_or_else(|| vec![message]) {
                for item in part.get(field).and_then(Value::as_array).into_iter().flatten() {
                    let log = (text(&part["topic"]), text(&part["epoch"]));
                    sent.entry(log).or_default().insert(item["offset"].as_u64().unwrap(), item.clone());
                }
            }
        }
        sent
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns every publication that the session delivered, by topic and epoch, then by offset. Fails if one was delivered
/// twice or out of order.
fn delivered(events: &[Event]) -> BTreeMap<(String, String), BTreeMap<u64, Value>> {
    let mut delivered: BTreeMap<_, BTreeMap<u64, Value>> = BTreeMap::new();
    for event in events {
        let Event::Publications { topic, epoch, items, .. } = event else { continue };
        let log = delivered.entry((topic.to_string(), epoch.as_str().to_owned())).or_default();
        for item in items {
            let last = log.keys().next_back().copied();
            assert!(
                last.is_none_or(|last| item.offset == last + 1),
                "{topic}: {} after {last:?}",
                item.offset
            );
            let item: Value = serde_json::from_str(&serde_json::to_string(item).unwrap()).unwrap();
            log.insert(item["offset"].as_u64().unwrap(), item);
        }
    }
    delivered
}
