//! A service with fakes of its ports, and clients that send messages to it.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::sync::atomic::{AtomicU64, Ordering};

use backend_core::event::{Connect, Disconnect, Message, Sender};
use backend_core::ports::{Append, ConnectionId};
use backend_core::service::BroadcastReport;
use backend_core::testing::{FakeConnections, FakeLog, FakeManagement, Keep};
use backend_core::token::{Claims, Verifier, mint};
use backend_core::{Access, GatewayEvent, Principal, Reply, Service, Settings};
use serde_json::{Value, json};
use shared::publication::Item;
use shared::server::{ErrorReply, Publications, Subscribed};
use shared::{Epoch, Filter, Millis, ServerMessage, Topic};

pub const NOW: Millis = 1_800_000_000_000;
pub const SECRET: &[u8] = b"thirty-two bytes of pure secrecy";

/// The service under test and the fakes that it uses. The time is an argument of each call.
pub struct World {
    pub service: Service<FakeConnections, FakeLog, FakeManagement>,
    pub connections: FakeConnections,
    pub log: FakeLog,
    pub management: FakeManagement,
}

impl World {
    pub fn open() -> Self {
        Self::with(Access::Open, Keep::PLENTY, |_| {})
    }

    pub fn asking_for_tokens() -> Self {
        Self::with(Access::Tokens(Verifier::new(SECRET).unwrap()), Keep::PLENTY, |_| {})
    }

    pub fn keeping(keep: Keep) -> Self {
        Self::with(Access::Open, keep, |_| {})
    }

    pub fn with(access: Access, keep: Keep, set: impl FnOnce(&mut Settings)) -> Self {
        let connections = FakeConnections::default();
        let log = FakeLog::keeping(keep);
        let management = FakeManagement::default();
        let bits = AtomicU64::new(0x1111_1111_1111_1111);
        let mut settings =
            Settings::new(access, move || bits.fetch_add(0x1111_1111_1111_1111, Ordering::Relaxed));
        set(&mut settings);
        let service = Service::new(connections.clone(), log.clone(), management.clone(), settings);
        Self { service, connections, log, management }
    }

    /// Connects a client that has all permissions.
    pub async fn connect(&self, name: &str) -> ConnectionId {
        self.connect_as(name, Principal::local()).await
    }

    pub async fn connect_as(&self, name: &str, principal: Principal) -> ConnectionId {
        let id = ConnectionId::new(name);
        let reply = self.handshake(&id, Some(principal), &[]).await;
        assert_eq!(reply, Reply::ok());
        self.management.connect(&id);
        id
    }

    /// Connects a client that has all permissions, a minute before [`NOW`], so that the connection does not count as
    /// new.
    pub async fn connect_long_ago(&self, name: &str) -> ConnectionId {
        let id = ConnectionId::new(name);
        let connect =
            Connect { connection: id.clone(), principal: Some(Principal::local()), protocols: Vec::new() };
        self.service.handle(GatewayEvent::Connect(connect), NOW - 60_000).await;
        self.management.connect(&id);
        id
    }

    pub async fn handshake(
        &self,
        id: &ConnectionId,
        principal: Option<Principal>,
        protocols: &[&str],
    ) -> Reply {
        let protocols = protocols.iter().map(ToString::to_string).collect();
        let connect = Connect { connection: id.clone(), principal, protocols };
        self.service.handle(GatewayEvent::Connect(connect), NOW).await
    }

    pub async fn disconnect(&self, id: &ConnectionId) {
        let event = Disconnect { connection: id.clone(), status_code: 1001, reason: "Going away".into() };
        self.management.vanish(id);
        self.service.handle(GatewayEvent::Disconnect(event), NOW).await;
    }

    /// Sends a message of a client, and returns all messages that the client has received by then.
    pub async fn say(&self, id: &ConnectionId, message: Value) -> Vec<ServerMessage> {
        self.say_at(id, &message.to_string(), NOW).await
    }

    pub async fn say_at(&self, id: &ConnectionId, body: &str, now: Millis) -> Vec<ServerMessage> {
        self.say_as(id, Sender::default(), body, now).await
    }

    pub async fn say_as(
        &self,
        id: &ConnectionId,
        sender: Sender,
        body: &str,
        now: Millis,
    ) -> Vec<ServerMessage> {
        let message = Message { connection: id.clone(), sender, body: body.into() };
        let reply = self.service.handle(GatewayEvent::Message(message), now).await;
        assert_eq!(reply, Reply::ok(), "a message is never answered by closing");
        self.received(id)
    }

    pub fn received(&self, id: &ConnectionId) -> Vec<ServerMessage> {
        self.management.take_messages(id)
    }

    /// Sends a message that the service refuses, and returns the error message.
    pub async fn refused(&self, id: &ConnectionId, message: Value) -> ErrorReply {
        error(self.say(id, message).await)
    }

    pub async fn subscribe(&self, id: &ConnectionId, filter: &str) -> Subscribed {
        subscribed(&self.say(id, json!({"action": "subscribe", "id": 1, "filter": filter})).await)
    }

    pub async fn publish(&self, id: &ConnectionId, name: &str, data: Value) -> Vec<ServerMessage> {
        self.say(id, json!({"action": "publish", "id": 2, "topic": name, "data": data})).await
    }

    /// Appends the numbers from 1 to `count` to a topic's log. Each is received one second after the one before. The
    /// changes are discarded, so that they are not broadcast.
    pub fn fill(&self, name: &str, count: u64) {
        for number in 1..=count {
            let append = Append { received_at: NOW + 1000 * number as i64, ..one(name, json!(number)) };
            self.log.append_now(append).unwrap();
        }
        self.log.take_changes();
    }

    /// Broadcasts the changes that the log has made, as a server does.
    pub async fn broadcast(&self) -> BroadcastReport {
        self.service.broadcast(&self.log.take_changes(), NOW).await.unwrap()
    }
}

pub fn one(name: &str, data: Value) -> Append {
    Append {
        topic: topic(name),
        items: vec![Item::now(data)],
        producer: None,
        meta: None,
        received_at: NOW,
        new_epoch: epoch(),
        principal: "me".into(),
        principal_topics: 10_000,
    }
}

/// Returns the epoch of the logs that [`World::fill`] creates.
pub fn epoch() -> Epoch {
    Epoch::new("filled")
}

pub fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}

pub fn filter(text: &str) -> Filter {
    Filter::new(text).unwrap()
}

pub fn agent(subscribe: &[&str], publish: &[&str]) -> Principal {
    let filters = |texts: &[&str]| texts.iter().map(|text| filter(text)).collect();
    Principal {
        name: "agent".into(),
        subscribe: filters(subscribe),
        publish: filters(publish),
        forget: vec![],
        edit: vec![],
        expires_at: Some(NOW + 60_000),
    }
}

pub fn token(principal: &Principal) -> String {
    let claims = Claims {
        sub: principal.name.clone(),
        exp: principal.expires_at.unwrap() / 1000,
        nbf: None,
        subscribe: principal.subscribe.clone(),
        publish: principal.publish.clone(),
        forget: principal.forget.clone(),
        edit: principal.edit.clone(),
    };
    mint(&claims, SECRET).unwrap()
}

pub fn subscribed(messages: &[ServerMessage]) -> Subscribed {
    match messages.first() {
        Some(ServerMessage::Subscribed(subscribed)) => subscribed.clone(),
        other => panic!("no subscribed but {other:?}"),
    }
}

pub fn error(messages: Vec<ServerMessage>) -> ErrorReply {
    match messages.as_slice() {
        [ServerMessage::Error(error)] => error.clone(),
        other => panic!("no single error but {other:?}"),
    }
}

/// Returns the publications in the messages, grouped by topic as they were sent, in order. A batch message contains
/// several groups.
pub fn stretches(messages: &[ServerMessage]) -> Vec<Publications> {
    let parts = |message: &ServerMessage| match message {
        ServerMessage::Publications(publications) => vec![publications.clone()],
        ServerMessage::Batch(batch) => batch.parts.clone(),
        _ => vec![],
    };
    messages.iter().flat_map(parts).collect()
}

/// Returns the offsets of all publications in the messages, past and new ones, in order.
pub fn offsets(messages: &[ServerMessage]) -> Vec<u64> {
    stretches(messages).iter().flat_map(|stretch| &stretch.items).map(|item| item.offset).collect()
}
