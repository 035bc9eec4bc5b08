//! Tests that the present server still understands the recorded conversations of the clients of every release, and
//! still opens the recorded store of every release.

use std::collections::BTreeMap;
use std::fs;

use compatibility::{Content, Exchange, Line, Recording, SECRET, Side, differences, learn_epochs, releases};
use serde_json::Value;

use crate::support::{Answer, Server, Socket, request, write_private};

/// The recorded conversations that can be repeated with another server, because everything that the server had to know
/// was sent in the recording itself.
const REPEATABLE: [&str; 9] =
    ["publish", "pipe", "pipe-numbers", "host", "session", "refusals", "tokens", "http", "store"];
/// A value of `--keep-age` that is longer than the age of any recording.
const FOR_EVER: &str = "36500d";

#[test]
fn a_client_of_every_release_can_read_the_answers_of_todays_server() {
    for release in releases() {
        for name in REPEATABLE {
            Repeat::of(&Recording::read(&release, name)).run();
        }
    }
}

#[test]
fn a_store_of_every_release_is_opened_with_all_that_is_in_it() {
    for release in releases() {
        let directory = tempfile::tempdir().unwrap();
        let file = "tickertape.redb";
        fs::copy(release.join("store").join(file), directory.path().join(file)).unwrap();
        let server = Server::start_at("127.0.0.1:0", directory.path(), &["--keep-age", FOR_EVER]);
        let recording = Recording::read(&release, "store");
        let mut read = 0;
        let asked = exchanges(&recording);
        for (asked, answered) in asked.iter().filter(|(asked, _)| asked.start.starts_with("GET /topics")) {
            let old: Value = serde_json::from_str(&answered.body).unwrap();
            assert_eq!(server.get(asked.second_word()).json(), old, "{}", asked.second_word());
            read += 1;
        }
        assert!(read > 5, "{read} requests");
    }
}

/// Returns the HTTP requests of a recording, each with its answer. Handshakes are left out.
fn exchanges(recording: &Recording) -> Vec<(&Exchange, &Exchange)> {
    let answers: BTreeMap<u32, &Exchange> = http_messages(recording, Side::Server).into_iter().collect();
    let asked = http_messages(recording, Side::Client).into_iter();
    asked.filter(|(_, asked)| !asked.is_upgrade()).map(|(at, asked)| (asked, answers[&at])).collect()
}

/// Returns the HTTP messages of one side of a recording, each with the number of its connection.
fn http_messages(recording: &Recording, side: Side) -> Vec<(u32, &Exchange)> {
    let lines = recording.lines.iter().filter(|line| line.from == side);
    let http = lines.filter_map(|line| match &line.content {
        Content::Http(exchange) => Some((line.connection, exchange)),
        Content::Text(_) | Content::Close(_) | Content::End(_) => None,
    });
    http.collect()
}

/// A server of the present version, to which the recorded messages of clients are sent again.
struct Repeat<'a> {
    recording: &'a Recording,
    server: Server,
    _secret: tempfile::TempDir,
    handshakes: BTreeMap<u32, &'a Exchange>,
    sockets: BTreeMap<u32, Socket>,
    /// Messages that a socket has received while the test was waiting for another message, for each recorded
    /// connection.
    heard: BTreeMap<u32, Vec<Value>>,
    /// The epochs in the recording, each with the epoch of the same log on this server.
    epochs: BTreeMap<String, String>,
}

impl<'a> Repeat<'a> {
    fn of(recording: &'a Recording) -> Self {
        let secret = tempfile::tempdir().unwrap();
        let file = secret.path().join("secret.txt");
        write_private(&file, SECRET);
        let asks = recording.name == "tokens";
        let file = file.display().to_string();
        let arguments = ["--auth-secret-file", file.as_str()];
        Self {
            recording,
            server: Server::start_with(if asks { &arguments } else { &[] }),
            _secret: secret,
            handshakes: BTreeMap::new(),
            sockets: BTreeMap::new(),
            heard: BTreeMap::new(),
            epochs: BTreeMap::new(),
        }
    }

    fn run(mut self) {
        let recording = self.recording;
        for line in &recording.lines {
            match (&line.content, line.from) {
                (Content::Http(asked), Side::Client) => {
                    self.handshakes.insert(line.connection, asked);
                }
                (Content::Http(answered), Side::Server) => self.http(line.connection, answered),
                (Content::Text(text), Side::Client) => {
                    let text = self.translated(text);
                    self.sockets.get_mut(&line.connection).unwrap().say_text(&text);
                }
                (Content::Text(_), Side::Server) => self.hear(line),
                (Content::Close(_) | Content::End(_), Side::Client) => {
                    self.sockets.remove(&line.connection);
                }
                (Content::Close(_) | Content::End(_), Side::Server) => {}
            }
        }
    }

    /// Returns a recorded request in which the recorded epochs are replaced by those of this server.
    fn translated(&self, text: &str) -> String {
        self.epochs.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
    }

    fn http(&mut self, connection: u32, answered: &Exchange) {
        let asked = self.handshakes.remove(&connection).unwrap();
        if asked.is_upgrade() {
            let names = ["authorization", "sec-websocket-protocol"];
            let headers = names.iter().filter_map(|name| Some((*name, asked.headers.get(*name)?.as_str())));
            let headers: Vec<_> = headers.collect();
            let status = match Socket::connect_with(self.server.address, &headers) {
                Ok(socket) => {
                    self.sockets.insert(connection, socket);
                    101
                }
                Err(status) => status,
            };
            assert_eq!(Some(status), answered.status(), "{}: {asked:?}", self.recording.name);
            return;
        }
        // A method that the release refused may mean something today, and its clients do not use it.
        if answered.status() == Some(405) {
            return;
        }
        let ours = ["connection", "content-length", "host"];
        let headers = asked.headers.iter().filter(|(name, _)| !ours.contains(&name.as_str()));
        let headers: Vec<_> = headers.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let method = asked.start.split(' ').next().unwrap();
        let path = self.translated(asked.second_word());
        let answer = request(self.server.address, method, &path, &headers, asked.body.as_bytes());
        self.compare_answers(asked, answered, &answer);
    }

    fn compare_answers(&mut self, asked: &Exchange, old: &Exchange, new: &Answer) {
        let about = format!("{}: {}", self.recording.name, asked.start);
        assert_eq!(Some(new.status), old.status(), "{about}");
        let content_type = old.headers.get("content-type").map(String::as_str);
        assert_eq!(new.header("content-type"), content_type, "{about}");
        for name in ["allow", "access-control-allow-methods"] {
            let methods =
                |text: &str| -> Vec<String> { text.split(',').map(|word| word.trim().to_owned()).collect() };
            let (old, new) = (old.headers.get(name).map(|text| methods(text)), new.header(name).map(methods));
            assert_eq!(old.is_some(), new.is_some(), "{about}: {name}");
            let new = new.unwrap_or_default();
            assert!(
                old.into_iter().flatten().all(|method| new.contains(&method)),
                "{about}: {name}: {new:?}"
            );
        }
        if let Ok(old) = serde_json::from_str::<Value>(&old.body) {
            let new = new.json();
            // The answers of `/healthz` are not compared, because they contain numbers that differ from run to run.
            if asked.second_word() != "/healthz" {
                assert_eq!(differences(&old, &new), Vec::<String>::new(), "{about}: {old} {new}");
            }
            learn_epochs(&old, &new, &mut self.epochs);
        }
    }

    /// Waits for the message that was recorded, and compares the two messages. Publications may be divided into frames
    /// differently, so each publication is compared separately.
    fn hear(&mut self, line: &Line) {
        let old = line.json().unwrap();
        let about = format!("{}, connection {}: {old}", self.recording.name, line.connection);
        // The client has already closed this connection. A frame that was on its way at that time need not come again.
        let Some(socket) = self.sockets.get_mut(&line.connection) else { return };
        let heard = self.heard.entry(line.connection).or_default();
        let kind = old["type"].as_str().unwrap();
        if matches!(kind, "publications" | "batch") {
            for (place, old) in parts(std::slice::from_ref(&old)) {
                while !parts(heard).contains_key(&place) {
                    heard.push(socket.hear());
                }
                assert_eq!(differences(&old, &parts(heard)[&place]), Vec::<String>::new(), "{about}");
            }
            return;
        }
        if kind == "disconnect" {
            self.server.signal("TERM");
        }
        let is_same = |new: &Value| {
            ["type", "id", "t", "filter"].iter().all(|field| new.get(*field) == old.get(*field))
        };
        while !heard.iter().any(is_same) {
            heard.push(socket.hear());
        }
        let new = heard.remove(heard.iter().position(is_same).unwrap());
        assert_eq!(differences(&old, &new), Vec::<String>::new(), "{about} {new}");
        learn_epochs(&old, &new, &mut self.epochs);
    }
}

/// Divides messages into single publications. Returns each publication by its topic and offset.
fn parts(messages: &[Value]) -> BTreeMap<(String, u64), Value> {
    let mut found = BTreeMap::new();
    for message in messages {
        let parts = match message["type"].as_str() {
            Some("publications") => vec![message.clone()],
            Some("batch") => message["parts"].as_array().unwrap().clone(),
            _ => continue,
        };
        for mut part in parts {
            let items = part["items"].take();
            let topic = part["topic"].as_str().unwrap().to_owned();
            // The mark of a replay is removed, because it depends on the speed of the publisher.
            part.as_object_mut().unwrap().remove("replay");
            part.as_object_mut().unwrap().remove("meta");
            part.as_object_mut().unwrap().remove("type");
            for item in items.as_array().unwrap() {
                let mut part = part.clone();
                part["items"] = item.clone();
                found.insert((topic.clone(), item["offset"].as_u64().unwrap()), part);
            }
        }
    }
    found
}
