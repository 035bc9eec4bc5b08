//! The messages that the server sends. Replies carry the `id` of their request; pushes have none.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::client::RequestId;
use crate::limits::Announced;
use crate::{DisconnectCode, Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// One message from the server. Unknown fields are ignored; an unknown `type` is read as
/// [`ServerMessage::Unknown`], so that an old tab keeps working with a newer server.
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
    /// The number of connections that are subscribed to a filter.
    Occupancy(Occupancy),
    /// A request was refused.
    Error(ErrorReply),
    /// Sent just before the socket is closed, since API Gateway cannot send a close reason.
    Disconnect(Disconnect),
    /// A `type` this build does not know.
    Unknown,
}

macro_rules! types {
    ($($variant:ident = $name:literal;)*) => {
        impl ServerMessage {
            /// Every value of `type` that this build knows.
            pub const TYPES: &'static [&'static str] = &[$($name,)*];

            /// This message's value of `type`.
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Unknown => "unknown",
                }
            }

            /// Parses a message. The data of publications keeps its text.
            ///
            /// # Errors
            ///
            /// The text is not JSON, or a field is missing or of the wrong type.
            pub fn from_json(text: &str) -> serde_json::Result<Self> {
                let Tagged { name } = serde_json::from_str(text)?;
                match &*name {
                    $($name => serde_json::from_str(text).map(Self::$variant),)*
                    _ => Ok(Self::Unknown),
                }
            }
        }
    };
}

// A variant of `ServerMessage` that is missing here does not compile, and one that is here is read.
types! {
    Subscribed = "subscribed";
    Publications = "publications";
    Batch = "batch";
    Published = "published";
    Unsubscribed = "unsubscribed";
    History = "history";
    Refreshed = "refreshed";
    Pong = "pong";
    Occupancy = "occupancy";
    Error = "error";
    Disconnect = "disconnect";
}

impl ServerMessage {
    /// The message as JSON text.
    pub fn to_json(&self) -> String {
        // Strings, numbers and maps with string keys always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Tagged<'a> {
    #[serde(rename = "type", borrow)]
    name: Cow<'a, str>,
}

/// By hand: the code that serde derives for a tagged enum keeps a tree in between, which loses the text of
/// [`Data`](crate::Data), and makes the page larger.
impl<'de> Deserialize<'de> for ServerMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(text.get()).map_err(D::Error::custom)
    }
}

/// Confirms a subscription ([`ServerMessage::Subscribed`]). A long list of topics comes in several of these, all with
/// the same `id`, all but the last with `more`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    /// Number of the request.
    pub id: RequestId,
    /// Id of this connection at the gateway.
    pub connection_id: String,
    /// Filter that the connection is now subscribed to.
    pub filter: Filter,
    /// Every topic that matches the filter now.
    pub topics: Vec<SubscribedTopic>,
    /// Number of connections subscribed to this filter, this one included; absent if the server does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewers: Option<u64>,
    /// Time by the server's clock.
    pub server_ts: Millis,
    /// Limits of the server.
    pub limits: Announced,
    /// Time after which to replace this connection, in milliseconds from now: before the gateway closes it.
    pub rotate_in_ms: u64,
    /// True if another `subscribed` with the same `id` follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// One topic of a subscription, at the moment at which the subscription began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscribedTopic {
    /// Name of the topic.
    pub topic: Topic,
    /// End of its log when the subscription began. The replay ends here or earlier; if earlier, the rest can be read
    /// with `history`.
    pub position: Position,
    /// With `since`: true if everything after it is still kept. Without `since`: true.
    pub recovered: bool,
    /// Position before the first publication that the replay, or `history`, will bring. If `recovered` is true, it is
    /// the position asked for; otherwise the publications in between are lost. Absent if nothing is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_from: Option<Position>,
    /// Metadata that its publishers have sent.
    #[serde(default, skip_serializing_if = "TopicMeta::is_empty")]
    pub meta: TopicMeta,
}

/// Consecutive publications of one topic ([`ServerMessage::Publications`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publications {
    /// Topic of the log.
    pub topic: Topic,
    /// Epoch of the log.
    pub epoch: Epoch,
    /// In order of offset, without holes.
    pub items: Vec<Publication>,
    /// True if these were asked for by `since` or `rewind`, rather than just published.
    #[serde(default)]
    pub replay: bool,
    /// The topic's metadata; present when the topic is new or its metadata has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<TopicMeta>,
}

/// Publications of several topics ([`ServerMessage::Batch`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The parts, to be handled in this order as if each had come alone.
    pub parts: Vec<Publications>,
}

/// Acknowledges a `publish` ([`ServerMessage::Published`]). Sent when the publications are durable, never before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// Number of the request.
    pub id: RequestId,
    /// Topic that was appended to.
    pub topic: Topic,
    /// Position of the last publication of the request.
    pub position: Position,
}

/// Confirms that a subscription has ended ([`ServerMessage::Unsubscribed`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribed {
    /// Number of the request.
    pub id: RequestId,
    /// Filter of the subscription that has ended.
    pub filter: Filter,
}

/// A page of a topic's log ([`ServerMessage::History`]). It ends where a frame is full or the limit is reached; ask
/// again from the last item until `head` is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryReply {
    /// Number of the request.
    pub id: RequestId,
    /// Topic of the log.
    pub topic: Topic,
    /// Epoch of the log.
    pub epoch: Epoch,
    /// In order of offset, without holes.
    pub items: Vec<Publication>,
    /// End of the log.
    pub head: Position,
    /// False if publications between `since` and the first item are lost. Without `since`: true.
    pub recovered: bool,
}

/// Confirms that the token was replaced ([`ServerMessage::Refreshed`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Number of the request.
    pub id: RequestId,
    /// Time at which the new token expires; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
}

/// Answers a `ping` ([`ServerMessage::Pong`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pong {
    /// The `t` of the ping.
    pub t: Millis,
    /// Time by the server's clock.
    pub server_ts: Millis,
    /// Ends of the logs that this connection is subscribed to, so that the client notices a lost last publication.
    /// Topics that have not changed lately are left out if there is no room for all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heads: BTreeMap<Topic, Position>,
}

/// The number of subscribers of a filter ([`ServerMessage::Occupancy`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occupancy {
    /// The filter.
    pub filter: Filter,
    /// Number of connections that are subscribed to it.
    pub viewers: u64,
}

/// Refuses a request ([`ServerMessage::Error`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorReply {
    /// Number of the request, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// Kind of the fault.
    pub code: ErrorCode,
    /// Description of the fault for the sender.
    pub message: String,
    /// True if the same request may succeed later.
    pub retryable: bool,
    /// Time to wait before the next try, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// Announces that the server is about to close the connection ([`ServerMessage::Disconnect`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disconnect {
    /// Reason, as a code.
    pub code: DisconnectCode,
    /// Reason, in words.
    pub reason: String,
    /// True if the client should connect again.
    pub reconnect: bool,
    /// Window in milliseconds: the client connects again at a random moment within it, so that not all clients do so
    /// at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_ms: Option<u64>,
}
