//! Fakes, events and keys for the tests of all handlers.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use backend_core::Principal;
use backend_core::ports::{Connection, ConnectionId, Connections};
use backend_core::testing::{FakeConnections, FakeLog, FakeManagement};
use backend_core::token::{Claims, Expected, Keys, mint};
use backend_lambda::keys::{FetchKeys, Guard, KeyRing, KeysError};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use shared::{Filter, Millis, Topic};

pub const NOW: Millis = 1_800_000_000_000;
pub const SECRET: &[u8] = b"thirty-two bytes of pure secrecy";
pub const NEXT_SECRET: &[u8] = b"another thirty-two bytes of mist";

pub const CONNECT: &str = include_str!("../../../edge/tests/fixtures/connect.json");
pub const MESSAGE: &str = include_str!("../../../edge/tests/fixtures/message.json");
pub const DISCONNECT: &str = include_str!("../../../edge/tests/fixtures/disconnect.json");
pub const AUTHORIZER: &str = include_str!("../../../edge/tests/fixtures/authorizer.json");
pub const URL: &str = include_str!("../../../edge/tests/fixtures/function-url.json");
pub const STREAM: &str = include_str!("../../../edge/tests/fixtures/stream.json");

/// Fakes of everything that a handler needs: storage, and posts to clients.
#[derive(Default, Clone)]
pub struct World {
    pub connections: FakeConnections,
    pub log: FakeLog,
    pub management: FakeManagement,
}

impl World {
    /// Adds a connection that was made a minute ago and is subscribed to these filters.
    pub async fn viewer(&self, name: &str, filters: &[&str]) -> ConnectionId {
        let id = ConnectionId::new(name);
        let (connected_at, expires_at) = (NOW - 60_000, NOW + 3_600_000);
        let row =
            Connection { id: id.clone(), principal: Principal::local().into(), connected_at, expires_at };
        self.connections.put(row).await.unwrap();
        for text in filters {
            self.connections.subscribe(&id, &Filter::new(text).unwrap(), NOW).await.unwrap();
        }
        self.management.connect(&id);
        id
    }
}

/// A source of keys for tests, whose secret can be changed.
#[derive(Debug, Clone)]
pub struct FakeSource(Arc<Mutex<&'static [u8]>>);

impl FakeSource {
    pub fn with_secret(secret: &'static [u8]) -> Self {
        Self(Arc::new(Mutex::new(secret)))
    }

    pub fn change(&self, secret: &'static [u8]) {
        *self.0.lock().unwrap() = secret;
    }

    pub async fn guard(&self) -> Guard<Self> {
        Guard::Tokens(KeyRing::new(self.clone(), Expected::default(), NOW - 3_600_000).await.unwrap())
    }
}

impl FetchKeys for FakeSource {
    async fn fetch(&self) -> Result<Keys, KeysError> {
        let secret = *self.0.lock().unwrap();
        Keys::secret(secret).map_err(|weak| KeysError { from: "a test".into(), why: weak.to_string() })
    }
}

pub fn open() -> Guard<FakeSource> {
    Guard::Open
}

pub fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

/// Parses the JSON of a test event, changes it with `edit`, and returns it.
pub fn edited(text: &str, edit: impl FnOnce(&mut Value)) -> Value {
    let mut value = serde_json::from_str(text).unwrap();
    edit(&mut value);
    value
}

/// Returns a token for the principal `agent`, signed with `secret`. It permits these filters for subscribing and
/// publishing.
pub fn token(subscribe: &[&str], publish: &[&str], secret: &[u8]) -> String {
    let filters = |texts: &[&str]| texts.iter().map(|text| Filter::new(text).unwrap()).collect();
    let (subscribe, publish) = (filters(subscribe), filters(publish));
    let claims = Claims {
        sub: "agent".into(),
        exp: NOW / 1000 + 60,
        nbf: None,
        subscribe,
        publish,
        forget: vec![],
        edit: vec![],
    };
    mint(&claims, secret).unwrap()
}

/// The log lines of a test, collected in memory so that the test can read them.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Returns a `tracing` subscriber that adds all log lines of the test to this collection.
    pub fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        let log = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE);
        log.with_writer(move || writer.clone()).finish()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

pub fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}
