//! The service: it handles each request by calling the ports (the traits of a platform) for IO and the pure modules for
//! decisions, and posts the answers.
//!
//! Each kind of request has a file. Every answer to a WebSocket message is sent with [`Management::post`]. Nothing is
//! posted while `$connect` is handled.

mod boards;
mod broadcast;
mod buckets;
mod catch_up;
mod charge;
mod conditions;
mod conflate;
mod connect;
mod disconnect;
mod history;
mod http;
mod ingest;
mod occupancy;
mod ping;
mod publish;
mod refresh;
mod shutdown;
mod subscribe;
mod unsubscribe;

use std::sync::Mutex;

use bytes::Bytes;
use shared::server::Disconnect;
use shared::{Advice, ClientMessage, DisconnectCode, Millis, ServerMessage};

pub use broadcast::{BroadcastReport, RecordError};

use crate::conditions::Told;
use crate::conflation::Conflation;
use crate::event::{GatewayEvent, Message, Reply, Sender};
use crate::lock::lock;
use crate::message;
use crate::occupancy::Occupancy;
use crate::payer::Payer;
use crate::ports::{Connection, ConnectionId, Connections, Management, PostError, TopicLog, Unavailable};
use crate::rates::Rates;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::stats::{Stats, add};
use crate::turns::Turns;

/// The server without its sockets and its storage: it handles every event and every HTTP request. `C`, `L` and `M` are
/// the platform's table of connections, store of logs, and sender of messages. All methods take `&self`, so that one
/// service is shared by reference.
///
/// The HTTP API needs only the store of logs (`L`). A program that serves only this API may use `()` for the other two.
#[derive(Debug)]
pub struct Service<C, L, M> {
    connections: C,
    log: L,
    management: M,
    settings: Settings,
    rates: Mutex<Rates>,
    turns: Mutex<Turns>,
    occupancy: Mutex<Occupancy>,
    conditions: Mutex<Told>,
    conflation: Mutex<Conflation>,
    stats: Stats,
}

impl<C, L, M> Service<C, L, M> {
    /// Creates a service with a table of connections, a store of logs, and a sender of messages.
    pub fn new(connections: C, log: L, management: M, settings: Settings) -> Self {
        Self {
            rates: Mutex::new(Rates::new(settings.rates)),
            turns: Mutex::new(Turns::new(settings.heads_in_turn.unwrap_or_default())),
            occupancy: Mutex::default(),
            conditions: Mutex::default(),
            conflation: Mutex::default(),
            stats: Stats::default(),
            connections,
            log,
            management,
            settings,
        }
    }

    /// Returns the counters of the work that was done since the service was created.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Returns the settings with which the service was created.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the table of connections and subscriptions.
    pub fn connections(&self) -> &C {
        &self.connections
    }

    /// Returns the store of the topics' logs.
    pub fn log(&self) -> &L {
        &self.log
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Handles one event of the gateway. The answer to a message is posted to the connection. The client sees the
    /// returned reply only for `$connect`, as the status of the handshake.
    pub async fn handle(&self, event: GatewayEvent, now: Millis) -> Reply {
        match event {
            GatewayEvent::Connect(connect) => self.connect(connect, now).await,
            GatewayEvent::Message(message) => self.answer(message, now).await,
            GatewayEvent::Disconnect(disconnect) => self.disconnect(disconnect).await,
        }
    }

    async fn answer(&self, Message { connection: id, sender, body }: Message, now: Millis) -> Reply {
        let (request_id, answer) = match (self.connections.get(&id, now).await, message::read(&body)) {
            (Ok(None), _) => (None, Err(RequestError::NotConnected)),
            (Err(unavailable), _) => (None, Err(unavailable.into())),
            (Ok(Some(connection)), Err(unreadable)) => {
                let refused = self.charge_request(&payer(&connection, &sender), now).err();
                (unreadable.id, Err(RequestError::Refused(refused.unwrap_or(unreadable.refusal))))
            }
            (Ok(Some(connection)), Ok(request)) => {
                let (request_id, principal) = (request.id(), connection.principal.clone());
                let answer = self.answer_request(connection, &sender, request, now).await;
                if let Err(RequestError::Refused(refusal)) = &answer {
                    (self.settings.on_refusal)(&principal, refusal);
                }
                (request_id, answer)
            }
        };
        match answer {
            Ok(frames) => self.send(&id, frames, now).await,
            Err(RequestError::Refused(refusal)) => self.send(&id, error(&refusal, request_id), now).await,
            Err(RequestError::NotConnected) => self.close_unknown(&id, &sender, now).await,
        }
        Reply::ok()
    }

    /// Counts a request of a client against its rate limits, and answers it. If the request reads publications, the
    /// size of the answer is counted, too.
    async fn answer_request(
        &self,
        connection: Connection,
        sender: &Sender,
        request: ClientMessage,
        now: Millis,
    ) -> Answer {
        let payer = payer(&connection, sender);
        self.charge_request(&payer, now)?;
        match request {
            ClientMessage::Unsubscribe(request) => self.unsubscribe(&connection, request, now).await,
            ClientMessage::Publish(request) => self.publish(&connection, sender.peer, *request, now).await,
            ClientMessage::Refresh(request) => self.refresh(connection, request, now).await,
            ClientMessage::Subscribe(request) => {
                self.charging_read(&payer, now, self.subscribe(&connection, request, now)).await
            }
            ClientMessage::History(request) => {
                self.charging_read(&payer, now, self.history(&connection, &payer, request, now)).await
            }
            ClientMessage::Ping(request) => {
                self.charging_read(&payer, now, self.ping(&connection, request, now)).await
            }
        }
    }

    /// Awaits `reading`, which answers a request to read, and counts the size of the answer against the client's rate
    /// limit. If earlier answers already exceed the limit, `reading` is not awaited, and the request is refused.
    async fn charging_read(
        &self,
        payer: &Payer,
        now: Millis,
        reading: impl Future<Output = Answer> + Send,
    ) -> Answer {
        self.check_read(payer, now)?;
        let frames = reading.await?;
        self.charge_read(payer, frames.iter().map(Bytes::len).sum(), now);
        Ok(frames)
    }

    /// Closes a connection that has no row in the table of connections, after sending the reason to its client. The row
    /// has expired (with the token, or after the maximum lifetime of a connection) or it was removed. Without a row the
    /// client would receive no publications.
    async fn close_unknown(&self, id: &ConnectionId, sender: &Sender, now: Millis) {
        let message = match sender.token_ends_at {
            Some(at) if at <= now => token_over(),
            Some(_) | None => disconnect_message(
                DisconnectCode::LifetimeOver,
                "the server has no record of this connection any more: connect again",
                None,
            ),
        };
        self.send(id, vec![message], now).await;
        if let Err(error) = self.management.close(id).await {
            self.count_failure(&error);
        }
    }

    /// Posts frames (WebSocket messages) to a connection, in order. Stops at the first failure: the client notices that
    /// publications are missing and requests them.
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
            PostError::Gone => self.prune_unless_new(to, now).await,
            PostError::LimitExceeded | PostError::TooLarge | PostError::Failed { .. } => {}
        }
    }

    /// Removes a connection that has ended, and its subscriptions, from the table, unless it is new. For a moment after connecting, API
    /// Gateway answers 410 (gone) although the connection exists. So a new connection is not removed because of this answer. Otherwise it
    /// would get no publications.
    async fn prune_unless_new(&self, id: &ConnectionId, now: Millis) {
        if !self.is_new(id, now).await {
            self.prune(id).await;
        }
    }

    /// Returns true if the connection was made less than [`NEW_MS`] ago.
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

    /// Removes one connection and its subscriptions from the table. If the table is unavailable, the row stays until it
    /// expires.
    async fn prune(&self, id: &ConnectionId) {
        lock(&self.conflation).left(id);
        match self.connections.remove(id).await {
            Ok(filters) => filters.iter().for_each(|filter| self.left(filter)),
            Err(Unavailable { .. }) => add(&self.stats.failed, 1),
        }
    }
}

/// Age below which a connection counts as new, in milliseconds.
const NEW_MS: Millis = 10_000;

/// The answer to a request: the frames (WebSocket messages) to post, in order, or the reason why the request has no
/// result.
type Answer = Result<Vec<Bytes>, RequestError>;

/// The reason why a request has no result.
#[derive(Debug)]
enum RequestError {
    /// The request was refused. The client is sent this error.
    Refused(Refusal),
    /// The connection that sent the request is not in the table of connections. It will be closed.
    NotConnected,
}

impl<R: Into<Refusal>> From<R> for RequestError {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

fn payer(connection: &Connection, sender: &Sender) -> Payer {
    Payer::new(&connection.principal.name, sender.peer)
}

/// Returns the message that is sent before a connection is closed because its token has expired.
pub fn token_over() -> Bytes {
    let reason = "the token has expired: connect again with a new one";
    disconnect_message(DisconnectCode::TokenOver, reason, None)
}

/// Returns the message that is sent before a connection is closed because its client reads too slowly.
pub fn too_slow() -> Bytes {
    let reason =
        "this client did not read its messages fast enough: connect again to get those that it missed";
    disconnect_message(DisconnectCode::TooSlow, reason, None)
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
