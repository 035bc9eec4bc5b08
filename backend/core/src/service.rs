//! The one type that awaits: it asks the ports, lets the pure modules decide, and posts the answers.
//!
//! A file for each route. Every answer leaves through [`Management::post`]; nothing is posted from `$connect`.

mod broadcast;
mod catch_up;
mod connect;
mod disconnect;
mod farewell;
mod history;
mod http;
mod ingest;
mod occupancy;
mod ping;
mod publish;
mod refresh;
mod respond;
mod subscribe;
mod unsubscribe;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use shared::server::Disconnect;
use shared::{Advice, ClientMessage, DisconnectCode, Millis, ServerMessage};

pub use broadcast::{BroadcastReport, RecordError};
pub use http::{HttpHistory, HttpPublish, HttpPublished, HttpTopic, HttpTopics};

use crate::event::{GatewayEvent, Message, Reply};
use crate::message;
use crate::occupancy::Occupancy;
use crate::ports::{Connection, ConnectionId, Connections, Management, PostError, TopicLog, Unavailable};
use crate::rates::Rates;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::stats::{Stats, add};

/// Every decision of the server, over three ports. Shared by reference: all methods take `&self`.
///
/// The HTTP API asks the log alone, so that where nothing else is done the other two may be `()`.
#[derive(Debug)]
pub struct Service<C, L, M> {
    connections: C,
    log: L,
    management: M,
    settings: Settings,
    rates: Mutex<Rates>,
    occupancy: Mutex<Occupancy>,
    stats: Stats,
}

impl<C, L, M> Service<C, L, M> {
    /// A service over these ports.
    pub fn new(connections: C, log: L, management: M, settings: Settings) -> Self {
        Self {
            rates: Mutex::new(Rates::new(settings.rates)),
            occupancy: Mutex::default(),
            stats: Stats::default(),
            connections,
            log,
            management,
            settings,
        }
    }

    /// What it has done so far.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// How it was set up.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where connections are kept.
    pub fn connections(&self) -> &C {
        &self.connections
    }

    /// Where the topics' logs are kept.
    pub fn log(&self) -> &L {
        &self.log
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Deals with one event of the gateway. Answers to messages are posted; what is returned is seen by the
    /// client for `$connect` only.
    pub async fn handle(&self, event: GatewayEvent, now: Millis) -> Reply {
        match event {
            GatewayEvent::Connect(connect) => self.connect(connect, now).await,
            GatewayEvent::Message(message) => self.message(message, now).await,
            GatewayEvent::Disconnect(disconnect) => self.disconnect(disconnect).await,
        }
    }

    async fn message(&self, message: Message, now: Millis) -> Reply {
        let id = message.connection;
        match self.connections.get(&id, now).await {
            Ok(Some(connection)) => self.answer(&connection, &message.body, now).await,
            Ok(None) => self.hang_up(&id, now).await,
            Err(unavailable) => self.send(&id, error(&unavailable.into(), None), now).await,
        }
        Reply::ok()
    }

    async fn answer(&self, connection: &Connection, body: &str, now: Millis) {
        let (request_id, answer) = match message::read(body) {
            Ok(request) => (request.id(), self.serve(connection, request, now).await),
            Err(unreadable) => (unreadable.id, Err(Failure::Refused(unreadable.refusal))),
        };
        let id = &connection.id;
        match answer {
            Ok(frames) => self.send(id, frames, now).await,
            Err(Failure::Refused(refusal)) => self.send(id, error(&refusal, request_id), now).await,
            Err(Failure::NotConnected) => self.hang_up(id, now).await,
        }
    }

    async fn serve(&self, connection: &Connection, request: ClientMessage, now: Millis) -> Answer {
        match request {
            ClientMessage::Subscribe(subscribe) => self.subscribe(connection, subscribe, now).await,
            ClientMessage::Unsubscribe(unsubscribe) => self.unsubscribe(connection, unsubscribe, now).await,
            ClientMessage::Publish(publish) => self.publish(connection, *publish, now).await,
            ClientMessage::History(history) => self.history(connection, history, now).await,
            ClientMessage::Refresh(refresh) => self.refresh(connection, refresh, now).await,
            ClientMessage::Ping(ping) => self.ping(connection, ping, now).await,
        }
    }

    /// For a client that is connected but not in the table (its row was pruned, or its time is over): without
    /// a row it would watch in vain, so it is told to come back.
    async fn hang_up(&self, id: &ConnectionId, now: Millis) {
        let farewell = disconnect_message(
            DisconnectCode::LifetimeOver,
            "this connection is no longer known here; connect again",
            None,
        );
        self.send(id, vec![farewell], now).await;
        if let Err(error) = self.management.close(id).await {
            self.count_failure(&error);
        }
    }

    /// Posts in order, and stops at the first that does not go out: the client will notice and ask again.
    async fn send(&self, to: &ConnectionId, frames: Vec<Bytes>, now: Millis) {
        for frame in frames {
            match self.management.post(to, frame).await {
                Ok(()) => add(&self.stats.posts, 1),
                Err(error) => return self.after_failed_post(to, &error, now).await,
            }
        }
    }

    async fn after_failed_post(&self, to: &ConnectionId, error: &PostError, now: Millis) {
        self.count_failure(error);
        match error {
            PostError::Gone if self.is_new(to, now).await => {}
            PostError::Gone => self.prune(to).await,
            PostError::LimitExceeded | PostError::TooLarge | PostError::Failed { .. } => {}
        }
    }

    /// Whether a connection was made so lately that "gone" may only mean "not there yet": API Gateway answers 410 for
    /// a moment after connecting, too. Forgetting such a one would leave it to watch in vain.
    async fn is_new(&self, id: &ConnectionId, now: Millis) -> bool {
        let row = self.connections.get(id, now).await;
        row.is_ok_and(|row| row.is_some_and(|row| now - row.connected_at < NEW_MS))
    }

    fn count_failure(&self, error: &PostError) {
        match error {
            PostError::Gone => add(&self.stats.gone, 1),
            PostError::LimitExceeded => add(&self.stats.dropped, 1),
            PostError::TooLarge | PostError::Failed { .. } => add(&self.stats.failed, 1),
        }
    }

    /// Forgets one connection. If the store cannot just now, the row is left to its time.
    async fn prune(&self, id: &ConnectionId) {
        match self.connections.remove(id).await {
            Ok(filters) => filters.iter().for_each(|filter| self.left(filter)),
            Err(Unavailable { .. }) => add(&self.stats.failed, 1),
        }
    }
}

/// How long a connection counts as new, in milliseconds.
const NEW_MS: Millis = 10_000;

/// The frames that answer a request, in order.
type Answer = Result<Vec<Bytes>, Failure>;

/// Why there is no answer.
#[derive(Debug)]
enum Failure {
    /// Tell the client.
    Refused(Refusal),
    /// The connection is not in the table.
    NotConnected,
}

impl<R: Into<Refusal>> From<R> for Failure {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

fn frame(message: &ServerMessage) -> Bytes {
    message.to_json().into()
}

fn error(refusal: &Refusal, id: Option<u64>) -> Vec<Bytes> {
    vec![frame(&refusal.to_message(id))]
}

fn disconnect_message(code: DisconnectCode, reason: &str, window_ms: Option<u64>) -> Bytes {
    frame(&ServerMessage::Disconnect(Disconnect {
        code,
        reason: reason.into(),
        reconnect: code.advice() == Advice::Reconnect,
        window_ms,
    }))
}

/// What these locks guard stays consistent if a holder panics: every change is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
