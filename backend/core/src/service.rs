//! The service: asks the ports, lets the pure modules decide, and posts the answers.
//!
//! There is a file for each route. Every answer to a message leaves through [`Management::post`]; nothing is posted from
//! `$connect`.

mod broadcast;
mod catch_up;
mod charge;
mod conditions;
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
use shared::server::{Condition, Disconnect};
use shared::{Advice, ClientMessage, DisconnectCode, Millis, ServerMessage};

pub use broadcast::{BroadcastReport, RecordError};

use crate::event::{GatewayEvent, Message, Reply, Sender};
use crate::message;
use crate::occupancy::Occupancy;
use crate::payer::Payer;
use crate::ports::{Connection, ConnectionId, Connections, Management, PostError, TopicLog, Unavailable};
use crate::rates::Rates;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::stats::{Stats, add};
use crate::turns::Turns;

/// Every decision of the server, over three ports. All methods take `&self`, so that one service is shared by reference.
///
/// The HTTP API needs only the log, so that a host which serves nothing else may use `()` for the other two ports.
#[derive(Debug)]
pub struct Service<C, L, M> {
    connections: C,
    log: L,
    management: M,
    settings: Settings,
    rates: Mutex<Rates>,
    turns: Mutex<Turns>,
    occupancy: Mutex<Occupancy>,
    conditions: Mutex<Vec<Condition>>,
    stats: Stats,
}

impl<C, L, M> Service<C, L, M> {
    /// Creates a service over these ports.
    pub fn new(connections: C, log: L, management: M, settings: Settings) -> Self {
        Self {
            rates: Mutex::new(Rates::new(settings.rates)),
            turns: Mutex::new(Turns::new(settings.heads_in_turn.unwrap_or_default())),
            occupancy: Mutex::default(),
            conditions: Mutex::default(),
            stats: Stats::default(),
            connections,
            log,
            management,
            settings,
        }
    }

    /// Counters of the work done since the service was created.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The settings that the service was created with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The table of connections and subscriptions.
    pub fn connections(&self) -> &C {
        &self.connections
    }

    /// The topics' logs.
    pub fn log(&self) -> &L {
        &self.log
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Handles one event of the gateway. Answers to messages are posted; the client sees the returned reply only for
    /// `$connect`.
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

    /// Charges a request to its sender and answers it. If it is a request to read, the size of the answer is charged, too.
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
                self.charging_read(&payer, now, self.history(&connection, request, now)).await
            }
            ClientMessage::Ping(request) => {
                self.charging_read(&payer, now, self.ping(&connection, request, now)).await
            }
        }
    }

    /// Waits for `reading` and charges the size of its answer. If earlier answers exceed the client's limit, nothing is
    /// read.
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

    /// Closes a connection that has no row in the table, and tells its client why. The row has expired, together with the
    /// token or after the maximum lifetime of a connection, or it was pruned. Without a row the client would receive no
    /// publications.
    async fn close_unknown(&self, id: &ConnectionId, sender: &Sender, now: Millis) {
        let message = match sender.token_ends_at {
            Some(at) if at <= now => token_over(),
            Some(_) | None => disconnect_message(
                DisconnectCode::LifetimeOver,
                "this connection is no longer known here; connect again",
                None,
            ),
        };
        self.send(id, vec![message], now).await;
        if let Err(error) = self.management.close(id).await {
            self.count_failure(&error);
        }
    }

    /// Posts frames in order and stops at the first failure: the client will notice the hole and ask again.
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

    /// True if a connection is so new that "gone" may only mean "not there yet": API Gateway also answers 410 for a
    /// moment after connecting. Pruning such a connection would leave it without publications.
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

    /// Removes one connection and its subscriptions. If the store is unavailable, the row stays until it expires.
    async fn prune(&self, id: &ConnectionId) {
        match self.connections.remove(id).await {
            Ok(filters) => filters.iter().for_each(|filter| self.left(filter)),
            Err(Unavailable { .. }) => add(&self.stats.failed, 1),
        }
    }
}

/// Age below which a connection counts as new, in milliseconds.
const NEW_MS: Millis = 10_000;

/// The frames that answer a request, in order.
type Answer = Result<Vec<Bytes>, RequestError>;

/// A request that is not answered with its result.
#[derive(Debug)]
enum RequestError {
    /// The request is answered with an error.
    Refused(Refusal),
    /// The connection is not in the table.
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

/// Returns the message that is sent before a connection is closed because its client does not read.
pub fn too_slow() -> Bytes {
    let reason = "this client did not read what was sent to it; connect again to get what it missed";
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
