//! What the server says. Replies carry the `id` of their request; pushes have none.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::client::RequestId;
use crate::limits::Announced;
use crate::{DisconnectCode, Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// One message from the server. Unknown fields are ignored; an unknown `type` reads as
/// [`ServerMessage::Unknown`], so that a stale tab survives a newer server.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Reply to `subscribe`.
    Subscribed(Subscribed),
    /// A part of a topic's log: live, or replayed.
    Publications(Publications),
    /// Parts of several topics' logs in one frame, because API Gateway bills by the frame.
    Batch(Batch),
    /// Reply to `publish`.
    Published(Published),
    /// Reply to `unsubscribe`.
    Unsubscribed(Unsubscribed),
    /// Reply to `history`.
    History(HistoryReply),
    /// Reply to `refresh`.
    Refreshed(Refreshed),
    /// Reply to `ping`.
    Pong(Pong),
    /// How many connections watch.
    Occupancy(Occupancy),
    /// A request was refused.
    Error(ErrorReply),
    /// Sent just before the socket is closed, since API Gateway cannot send a close reason.
    Disconnect(Disconnect),
    /// A `type` this build does not know.
    Unknown,
}

impl ServerMessage {
    /// The message as it travels.
    pub fn to_json(&self) -> String {
        // Strings, numbers and maps with string keys always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// By hand, for the size of the page: what serde derives for a tagged enum reads by way of a tree of its own, and
/// brings every field's reader a second and a third time. This one goes by the tree that `data` needs anyway.
impl<'de> Deserialize<'de> for ServerMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let message = Value::deserialize(deserializer)?;
        let kind = message.get("type").ok_or_else(|| D::Error::missing_field("type"))?;
        let kind = String::deserialize(kind).map_err(D::Error::custom)?;
        Self::read(&kind, message).map_err(D::Error::custom)
    }
}

impl ServerMessage {
    fn read(kind: &str, message: Value) -> serde_json::Result<Self> {
        match kind {
            "subscribed" => read(message, Self::Subscribed),
            "publications" => read(message, Self::Publications),
            "batch" => read(message, Self::Batch),
            "published" => read(message, Self::Published),
            "unsubscribed" => read(message, Self::Unsubscribed),
            "history" => read(message, Self::History),
            "refreshed" => read(message, Self::Refreshed),
            "pong" => read(message, Self::Pong),
            "occupancy" => read(message, Self::Occupancy),
            "error" => read(message, Self::Error),
            "disconnect" => read(message, Self::Disconnect),
            _ => Ok(Self::Unknown),
        }
    }
}

fn read<T: DeserializeOwned>(
    message: Value,
    variant: fn(T) -> ServerMessage,
) -> serde_json::Result<ServerMessage> {
    serde_json::from_value(message).map(variant)
}

/// See [`ServerMessage::Subscribed`]. A long list of topics comes in several of these, all with the
/// same `id`, all but the last with `more`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    /// Of the request.
    pub id: RequestId,
    /// This connection, as the gateway names it.
    pub connection_id: String,
    /// What is watched now.
    pub filter: Filter,
    /// Every topic that matches now.
    pub topics: Vec<SubscribedTopic>,
    /// Connections that watch this filter, this one included; absent where the server does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewers: Option<u64>,
    /// The server's clock.
    pub server_ts: Millis,
    /// What the server will take.
    pub limits: Announced,
    /// When to replace this connection, in milliseconds from now, before the gateway cuts it.
    pub rotate_in_ms: u64,
    /// Whether another `subscribed` with the same `id` follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// One topic of a subscription, at the moment it began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscribedTopic {
    /// Its name.
    pub topic: Topic,
    /// The end of its log when the subscription began. What is replayed ends here or earlier; if earlier,
    /// the rest is to be had by `history`.
    pub position: Position,
    /// With `since`: whether everything after it is still kept. Without: true.
    pub recovered: bool,
    /// The place before the first publication that the replay, or `history`, will bring. With `recovered`
    /// it is the position asked for; without, what lies between is lost. Absent when nothing is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_from: Option<Position>,
    /// What its publishers told about it.
    #[serde(default, skip_serializing_if = "TopicMeta::is_empty")]
    pub meta: TopicMeta,
}

/// See [`ServerMessage::Publications`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publications {
    /// Whose log.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// In order of offset, without holes.
    pub items: Vec<Publication>,
    /// Whether these were asked for by `since` or `rewind`, rather than just published.
    #[serde(default)]
    pub replay: bool,
    /// The topic's metadata; present when the topic is new or its metadata has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<TopicMeta>,
}

/// See [`ServerMessage::Batch`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// As if each had come alone, in this order.
    pub parts: Vec<Publications>,
}

/// See [`ServerMessage::Published`]. Sent when the publications are durable, never before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// Of the request.
    pub id: RequestId,
    /// Where to.
    pub topic: Topic,
    /// The place of the last publication of the request.
    pub position: Position,
}

/// See [`ServerMessage::Unsubscribed`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribed {
    /// Of the request.
    pub id: RequestId,
    /// What is watched no longer.
    pub filter: Filter,
}

/// See [`ServerMessage::History`]. Ends where a frame is full or the limit is reached; ask again from the
/// last item until `head` is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryReply {
    /// Of the request.
    pub id: RequestId,
    /// Whose log.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// In order of offset, without holes.
    pub items: Vec<Publication>,
    /// The end of the log.
    pub head: Position,
    /// Whether nothing between `since` and the first item is lost. Without `since`: true.
    pub recovered: bool,
}

/// See [`ServerMessage::Refreshed`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Of the request.
    pub id: RequestId,
    /// When the new token runs out; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
}

/// See [`ServerMessage::Pong`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pong {
    /// As the ping carried it.
    pub t: Millis,
    /// The server's clock.
    pub server_ts: Millis,
    /// The ends of the logs this connection watches, so that a lost last publication is noticed. Topics
    /// left out are not known to have changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heads: BTreeMap<Topic, Position>,
}

/// See [`ServerMessage::Occupancy`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occupancy {
    /// Of which filter.
    pub filter: Filter,
    /// Connections that watch it.
    pub viewers: u64,
}

/// See [`ServerMessage::Error`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorReply {
    /// Of the request, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// What kind of fault.
    pub code: ErrorCode,
    /// What is wrong, for whoever sent it.
    pub message: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// When to try again, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// See [`ServerMessage::Disconnect`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disconnect {
    /// Why.
    pub code: DisconnectCode,
    /// The same for people.
    pub reason: String,
    /// Whether to come back.
    pub reconnect: bool,
    /// Come back at a random moment within so many milliseconds, so that not everybody does at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_ms: Option<u64>,
}
