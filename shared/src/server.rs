//! The messages that the server sends. A reply contains the `id` of its request. A message that is not a reply has no
//! `id`.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::bucket::{LeftOut, Series, Tally};
use crate::client::RequestId;
use crate::limits::Announced;
use crate::read::{Fields, Object, read};
use crate::{DisconnectCode, Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// A message from the server. Unknown fields are ignored. A message of an unknown `type` is read as [`ServerMessage::Unknown`],
/// so that a page that was opened long ago keeps working with a newer server.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Reply to `subscribe`.
    Subscribed(Subscribed),
    /// Publications of one topic: new ones, or past ones that the client requested when it subscribed.
    Publications(Publications),
    /// Publications of several topics in one frame, because API Gateway bills by the frame.
    Batch(Batch),
    /// Reply to `publish`.
    Published(Published),
    /// Reply to `unsubscribe`.
    Unsubscribed(Unsubscribed),
    /// Reply to `history` without `step_ms`.
    History(HistoryReply),
    /// Reply to `history` with `step_ms`.
    Buckets(BucketsReply),
    /// Reply to `refresh`.
    Refreshed(Refreshed),
    /// Reply to `ping`.
    Pong(Pong),
    /// Reports the number of connections that are subscribed to a filter. Sent without a request.
    Occupancy(Occupancy),
    /// Reports that a topic and its history were deleted.
    Forgotten(Forgotten),
    /// Lists all current problems of the server, such as a full disk. Sent to every client that reads or publishes.
    Conditions(Conditions),
    /// Reports that a request was refused.
    Error(ErrorReply),
    /// Reports the reason for which the server is about to close the socket. This message exists because API Gateway
    /// cannot send a reason when it closes a socket.
    Disconnect(Disconnect),
    /// A message of a `type` that this build does not know.
    Unknown,
}

macro_rules! types {
    ($($variant:ident = $name:literal;)*) => {
        impl ServerMessage {
            /// Every value of the field `type` of a message that this build knows.
            pub const TYPES: &'static [&'static str] = &[$($name,)*];

            /// Returns the kind of this message, as it is sent in the field `type`.
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Unknown => "unknown",
                }
            }

            /// Parses a message. The data of its publications is kept as text and is not checked (see [`Data`](crate::Data)).
            ///
            /// # Errors
            ///
            /// The text is not JSON, or a field is missing or of the wrong type.
            pub fn from_json(text: &str) -> serde_json::Result<Self> {
                let fields: Fields<'_> = serde_json::from_str(text)?;
                match fields.required::<String>("type")?.as_str() {
                    $($name => Object::of(&fields).map(Self::$variant),)*
                    _ => Ok(Self::Unknown),
                }
            }
        }
    };
}

// The compiler refuses this list if a variant of `ServerMessage` is missing. Every type that is listed is also parsed.
types! {
    Subscribed = "subscribed";
    Publications = "publications";
    Batch = "batch";
    Published = "published";
    Unsubscribed = "unsubscribed";
    History = "history";
    Buckets = "buckets";
    Refreshed = "refreshed";
    Pong = "pong";
    Occupancy = "occupancy";
    Forgotten = "forgotten";
    Conditions = "conditions";
    Error = "error";
    Disconnect = "disconnect";
}

impl ServerMessage {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        // An error is impossible: strings, numbers and maps with string keys can always be serialised.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Implemented by hand, because the code that serde derives for a tagged enum first builds a tree of values. That would
/// lose the original text of [`Data`](crate::Data), and make the page larger.
impl<'de> Deserialize<'de> for ServerMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(text.get()).map_err(D::Error::custom)
    }
}

// Every type of a message, and those that are only in messages.
read!(Subscribed { id, connection_id, filter, topics, server_ts, limits, rotate_in_ms } or default { viewers, conditions, more });
read!(SubscribedTopic { topic, position, recovered } or default { replay_from, meta });
read!(Publications { topic, epoch, items } or default { replay, after, meta });
read!(Batch { parts });
read!(Published { id, topic, position });
read!(Unsubscribed { id, filter });
read!(HistoryReply { id, topic, epoch, items, head, recovered });
read!(BucketsReply { id, topic, epoch, from_ms, to_ms, step_ms, head, series } or default { kept_from_ms, lines, lost, left_out, next });
read!(Refreshed { id } or default { expires_at });
read!(Pong { t, server_ts } or default { heads });
read!(Occupancy { filter, viewers });
read!(Forgotten { topic, epoch });
read!(Conditions { conditions });
read!(Condition { name, message });
read!(ErrorReply { code, message, retryable } or default { id, retry_after_ms, filters });
read!(Disconnect { code, reason, reconnect } or default { window_ms });

/// Confirms a subscription ([`ServerMessage::Subscribed`]). A long list of topics is split into several of these
/// messages. All of them have the same `id`, and in all but the last, `more` is true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    /// Number of the request that this message answers.
    pub id: RequestId,
    /// Id that the gateway has given to this connection.
    pub connection_id: String,
    /// Filter that the connection is now subscribed to.
    pub filter: Filter,
    /// Topics that match the filter at the moment. A long list is continued in further messages.
    pub topics: Vec<SubscribedTopic>,
    /// Number of connections subscribed to this filter, this one included. Absent if the server does not count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewers: Option<u64>,
    /// Time by the server's clock.
    pub server_ts: Millis,
    /// Limits of the server that the client has to respect.
    pub limits: Announced,
    /// Time from now after which the client should replace this connection with a new one, in milliseconds. The gateway
    /// closes the connection some time after that.
    pub rotate_in_ms: u64,
    /// All current problems of the server, as in [`Conditions`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// True if the list of topics is continued in another `subscribed` message with the same `id`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// One topic of a subscription, as it was when the subscription began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscribedTopic {
    /// Name of the topic.
    pub topic: Topic,
    /// End of the topic's log when the subscription began. The replay of past publications ends at this position or
    /// earlier. If it ends earlier, the rest can be read with `history`.
    pub position: Position,
    /// True if no publication after the position in the request's `since` is lost, or if `since` does not contain the
    /// topic.
    pub recovered: bool,
    /// Position before the first past publication that the client will receive by replay or can read with `history`. If
    /// the topic is in the request's `since` and `recovered` is true, it is the position in `since`. If `recovered` is
    /// false, the publications between the position in `since` and this one are lost. Absent if nothing is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_from: Option<Position>,
    /// Metadata of the topic, as set by its publishers.
    #[serde(default, skip_serializing_if = "TopicMeta::is_empty")]
    pub meta: TopicMeta,
}

/// Consecutive publications of one topic ([`ServerMessage::Publications`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publications {
    /// Topic to which these publications were published.
    pub topic: Topic,
    /// Identifier of the topic's log to which the publications belong.
    pub epoch: Epoch,
    /// Publications in order of offset, without holes unless they are conflated.
    pub items: Vec<Publication>,
    /// True if the client requested these past publications by `since` or `rewind` when it subscribed; false if they
    /// were just published.
    #[serde(default)]
    pub replay: bool,
    /// Present if the publications are conflated, because the client has asked for that by
    /// [`Subscribe::max_hz`](crate::client::Subscribe::max_hz). The items then stand for all publications after this offset, up to that
    /// of the last item. Those that are not among the items were left out on purpose, and are not missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Metadata of the topic. It is present only if the topic is new or its metadata has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<TopicMeta>,
}

/// Publications of several topics in one message ([`ServerMessage::Batch`]). They are sent together because API Gateway
/// bills by the frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Publications of each topic. The client handles them in this order, as if each element had come in a frame of its
    /// own.
    pub parts: Vec<Publications>,
}

/// Acknowledges a `publish` ([`ServerMessage::Published`]). It is sent only after the publications have been stored durably.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// Number of the request that this message answers.
    pub id: RequestId,
    /// Topic to which the publications were appended.
    pub topic: Topic,
    /// Position of the last publication of the request.
    pub position: Position,
}

/// Confirms that a subscription has ended ([`ServerMessage::Unsubscribed`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribed {
    /// Number of the request that this message answers.
    pub id: RequestId,
    /// Filter of the subscription that has ended.
    pub filter: Filter,
}

/// A part of a topic's log ([`ServerMessage::History`]). It ends when the frame is full or the limit is reached. To
/// read further, send `history` again with the position of the last item, until `head` is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryReply {
    /// Number of the request that this message answers.
    pub id: RequestId,
    /// Topic whose log was read.
    pub topic: Topic,
    /// Identifier of the log that was read.
    pub epoch: Epoch,
    /// Publications in order of offset, without holes.
    pub items: Vec<Publication>,
    /// End of the log: the position of its last publication.
    pub head: Position,
    /// False if publications between the request's `since` and the first item are lost. Always true for a request
    /// without `since`.
    pub recovered: bool,
}

/// A stretch of a topic's past in buckets ([`ServerMessage::Buckets`]).
///
/// The stretch contains the publications that were received from `from_ms` on and before `to_ms`, and late ones: those that were
/// received at `to_ms` or later, and whose effective time is not before `from_ms` and at least `step_ms` before `to_ms`. They are put into
/// buckets by their effective time, which is the earlier of the time of the event and the time of receipt. So a publication that was
/// received in the stretch and sent late is in a bucket before `from_ms`, and also in the stretch to which that bucket belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BucketsReply {
    /// Number of the request that this message answers.
    pub id: RequestId,
    /// Topic whose log was read.
    pub topic: Topic,
    /// Identifier of the log that was read. If the request had a `since` with another epoch, the log began anew, and this reply
    /// begins at the beginning of the stretch.
    pub epoch: Epoch,
    /// Beginning of the stretch that was asked for.
    pub from_ms: Millis,
    /// End of the stretch that was asked for.
    pub to_ms: Millis,
    /// Length of the buckets. It is longer than the requested one if the stretch would have more than
    /// [`limits::BUCKETS`](crate::limits::BUCKETS). Values in buckets begin in the same interval of this length, counted from 1970.
    pub step_ms: u64,
    /// Time of receipt of the oldest publication of which something is kept, as it is or in a bucket; absent if nothing is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_from_ms: Option<Millis>,
    /// End of the log: the position of its last publication.
    pub head: Position,
    /// Buckets of each series, in the order in which the series appeared.
    pub series: Vec<Series>,
    /// Publications without a series: lines of a log, and tables. They are only counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Tally>,
    /// Publications that are lost: they were appended in this stretch, but can no longer be read, not even in a bucket. The times are
    /// those of the publications before and after them. No bucket contains this time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Tally>,
    /// Series that have no buckets, because the topic has more than [`limits::BUCKET_SERIES`](crate::limits::BUCKET_SERIES).
    #[serde(default, skip_serializing_if = "LeftOut::is_empty")]
    pub left_out: LeftOut,
    /// Present if the stretch goes on: send the request again with this position as `since`. The next reply may have values in the
    /// interval of a bucket of this reply, which are in another bucket there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Position>,
}

/// Confirms that the token was replaced ([`ServerMessage::Refreshed`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Number of the request that this message answers.
    pub id: RequestId,
    /// Time at which the new token expires; absent if it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
}

/// Answers a `ping` ([`ServerMessage::Pong`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pong {
    /// Time by the client's clock at which the ping was sent: the `t` of the ping.
    pub t: Millis,
    /// Time by the server's clock.
    pub server_ts: Millis,
    /// End of the log of each topic that this connection is subscribed to. With it, the client notices if the last
    /// publication of a topic did not arrive. If there is no room for all topics, those that have not changed lately
    /// are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heads: BTreeMap<Topic, Position>,
}

/// Reports the number of subscribers of a filter ([`ServerMessage::Occupancy`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occupancy {
    /// Filter that the connections are subscribed to.
    pub filter: Filter,
    /// Number of connections that are subscribed to the filter.
    pub viewers: u64,
}

/// Reports that a topic and its history were deleted ([`ServerMessage::Forgotten`]). The next publication to the topic
/// starts a new log with another epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Name of the deleted topic.
    pub topic: Topic,
    /// Identifier of the deleted log.
    pub epoch: Epoch,
}

/// All current problems of the server ([`ServerMessage::Conditions`]). The list replaces every earlier list, including
/// one that arrived in a `subscribed` message. An empty list means that the server has no problems now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// The current problems. The list is empty if there are none.
    pub conditions: Vec<Condition>,
}

/// A problem of the server, such as a full disk, that affects every client that reads or publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Name of the problem for programs: `disk_full`, `disk_failed`, `clock_ahead` or `clock_behind`. Later versions
    /// may add others.
    pub name: String,
    /// Description of the problem for people.
    pub message: String,
}

/// Reports that the server refused a request ([`ServerMessage::Error`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorReply {
    /// Number of the refused request. Absent if the server could not read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// Code of the error. The range of the number says how to react.
    pub code: ErrorCode,
    /// Description of the error, for the person who sent the request.
    pub message: String,
    /// True if the same request may succeed later.
    pub retryable: bool,
    /// Time to wait before the request is sent again, in milliseconds; absent if the server suggests none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Filters that the client's token allows, if the token does not allow the filter of a refused `subscribe`. It is empty for
    /// any other error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

/// Announces that the server is about to close the connection ([`ServerMessage::Disconnect`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disconnect {
    /// Code of the reason for closing. The range of the number says how to react.
    pub code: DisconnectCode,
    /// Reason for closing, as a text for people.
    pub reason: String,
    /// True if the client should connect again.
    pub reconnect: bool,
    /// Length of a time window in milliseconds. The client should connect again at a random moment within it, so that
    /// not all clients connect at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_ms: Option<u64>,
}
