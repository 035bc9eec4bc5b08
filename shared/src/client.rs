//! The messages that a client sends.
//!
//! The field `action` names the kind of a message. API Gateway selects the route by this field, so each kind of message is a
//! route of the gateway.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::publication::Item;
use crate::{Data, Filter, Millis, Position, Topic, TopicMeta};

/// Number of a request, chosen by the client. The reply to the request contains the same number.
pub type RequestId = u64;

/// A message from a client. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Subscribes to topics. The server answers with `subscribed`, then sends the requested past publications, and then
    /// each new publication.
    Subscribe(Subscribe),
    /// Ends a subscription. The server answers with `unsubscribed`.
    Unsubscribe(Unsubscribe),
    /// Appends publications to a topic's log. The server answers with `published` once they are stored durably.
    Publish(Box<Publish>),
    /// Reads a part of a topic's log. The server answers with `history`, or with `buckets` if the request has `step_ms`.
    History(History),
    /// Replaces the connection's token before it expires. The server answers with `refreshed`.
    Refresh(Refresh),
    /// Checks that the connection is alive. The server answers with `pong`.
    Ping(Ping),
}

macro_rules! actions {
    ($($variant:ident = $name:literal;)*) => {
        /// The kind of a [`ClientMessage`]. Its name is the value of the message's field `action`, and the name of the
        /// route in API Gateway.
        ///
        /// Match it without a wildcard arm. Then the compiler reports every place that does not handle a new kind of
        /// message yet.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(
                #[doc = concat!("`", $name, "`: [`ClientMessage::", stringify!($variant), "`].")]
                $variant,
            )*
        }

        impl Action {
            /// Returns the action with this name, such as `subscribe`, or `None` if there is no such action.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Returns the name of the action, such as `subscribe`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl ClientMessage {
            /// Names of all actions, that is, all valid values of a message's field `action`. API Gateway needs a
            /// custom route for each of them.
            pub const ACTIONS: &'static [&'static str] = &[$($name,)*];

            /// Returns the name of this message's action, such as `subscribe`, as it is sent in the field `action`.
            pub fn action(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }
        }
    };
}

// The compiler refuses this list if a variant of `ClientMessage` is missing.
actions! {
    Subscribe = "subscribe";
    Unsubscribe = "unsubscribe";
    Publish = "publish";
    History = "history";
    Refresh = "refresh";
    Ping = "ping";
}

impl ClientMessage {
    /// Returns the number of the request, which its reply will contain. Returns `None` for a ping, which has no number.
    pub fn id(&self) -> Option<RequestId> {
        match self {
            Self::Subscribe(Subscribe { id, .. })
            | Self::Unsubscribe(Unsubscribe { id, .. })
            | Self::History(History { id, .. })
            | Self::Refresh(Refresh { id, .. }) => Some(*id),
            Self::Publish(publish) => Some(publish.id),
            Self::Ping(_) => None,
        }
    }

    /// Parses a message. The data of its publications is kept as text and is not checked (see [`Data`]).
    ///
    /// # Errors
    ///
    /// The text is not JSON, its `action` is unknown, or a field is missing or of the wrong type.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        let Tagged { action } = serde_json::from_str(text)?;
        match Action::from_name(&action) {
            Some(Action::Subscribe) => serde_json::from_str(text).map(Self::Subscribe),
            Some(Action::Unsubscribe) => serde_json::from_str(text).map(Self::Unsubscribe),
            Some(Action::Publish) => serde_json::from_str(text).map(Self::Publish),
            Some(Action::History) => serde_json::from_str(text).map(Self::History),
            Some(Action::Refresh) => serde_json::from_str(text).map(Self::Refresh),
            Some(Action::Ping) => serde_json::from_str(text).map(Self::Ping),
            None => Err(Error::custom(format!("unknown action {action:?}"))),
        }
    }
}

#[derive(Deserialize)]
struct Tagged<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
}

/// Implemented by hand, because the code that serde derives for a tagged enum first builds a tree of values. That would
/// lose the original text of [`Data`].
impl<'de> Deserialize<'de> for ClientMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(text.get()).map_err(D::Error::custom)
    }
}

/// Subscribes the connection to a filter ([`ClientMessage::Subscribe`]). If the connection is already subscribed to the
/// same filter, the subscription is kept, and publications are replayed again from `since`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribe {
    /// Number of the request. The reply `subscribed` contains it.
    pub id: RequestId,
    /// Topics to subscribe to.
    pub filter: Filter,
    /// For each topic that the client already knows: the position of the last publication that it has received. The
    /// server replays the publications after this position.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub since: BTreeMap<Topic, Position>,
    /// Amount of past publications to replay of each topic that is not in `since`. If it is absent, no past
    /// publications of these topics are replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewind: Option<Rewind>,
    /// If it is present, the server conflates the new publications: of each topic it sends at most this many times a second the
    /// newest publication, and those with the lowest and the highest values since the last time. It is at most
    /// [`Announced::max_hz`](crate::limits::Announced::max_hz). If it is absent, every publication is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_hz: Option<u32>,
}

/// Amount of past publications that the server replays to a new subscription, such as `{"count": 100}` or `{"ms":
/// 300000}`. At most the newest [`crate::limits::REPLAY_ITEMS`] publications of each topic are replayed. Older ones can
/// be read with `history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rewind {
    /// Replays this number of publications of each topic.
    Count(u32),
    /// Replays the publications of each topic that were received in this many milliseconds before the request. If there
    /// are none, only the last publication is replayed.
    Ms(u64),
}

/// Ends one subscription of the connection ([`ClientMessage::Unsubscribe`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// Number of the request. The reply `unsubscribed` contains it.
    pub id: RequestId,
    /// Filter of the subscription to end.
    pub filter: Filter,
}

/// Appends publications to a topic ([`ClientMessage::Publish`]). The message contains either `data`, with an optional
/// `ts`, or `items`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// Number of the request. The reply `published` contains it.
    pub id: RequestId,
    /// Topic to append to.
    pub topic: Topic,
    /// Data of a single publication; absent if `items` is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Time of the event that the single publication describes, by the publisher's clock. If it is absent, the server's
    /// time of receipt is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
    /// Several publications. The server appends all of them or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Name of the sender and number of this request. With them, the server recognises a repetition of the request and
    /// does not append it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub producer: Option<Producer>,
    /// Changes of the topic's metadata. Fields that are absent keep their value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<TopicMeta>,
}

impl Publish {
    /// Returns the items to append, in order. The result is empty if the message has neither `data` nor `items`.
    pub fn into_items(self) -> Vec<Item> {
        match self.data {
            Some(data) => vec![Item { data, ts: self.ts }],
            None => self.items,
        }
    }
}

/// Name of the sender of an idempotent publish request, and number of the request. The server appends each number of a
/// producer at most once, and answers a repeated request with the position of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// Name of the producer, which it chooses itself. It must be unique among the producers of the topic.
    pub id: String,
    /// Number of the request. A producer has to give every new request a higher number than the request before it.
    pub seq: u64,
    /// True if this is the last request of this producer. The server then remembers the producer for a shorter time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// Reads a part of a topic's log, at most one frame ([`ClientMessage::History`]): publications, or buckets if `step_ms` is
/// present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Number of the request. The reply contains it.
    pub id: RequestId,
    /// Topic to read.
    pub topic: Topic,
    /// Position after which to read. If it is absent, the reply contains the newest publications, at most `limit`, or all buckets
    /// from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Position>,
    /// Maximum number of publications in the reply. If it is absent, the reply contains as many as fit into one frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Only publications that were received at this time or later. If it is absent, everything that is kept. Buckets have late
    /// publications too (see [`BucketsReply`](crate::server::BucketsReply)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<Millis>,
    /// Only publications that were received before this time. If it is absent, everything up to now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<Millis>,
    /// Length of a bucket in milliseconds. If it is present, the reply is [`ServerMessage::Buckets`](crate::ServerMessage::Buckets).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_ms: Option<u64>,
}

impl History {
    /// Creates a request for publications after `since`, at most `limit`, received at any time.
    pub fn items(id: RequestId, topic: Topic, since: Option<Position>, limit: Option<u32>) -> Self {
        Self { id, topic, since, limit, from_ms: None, to_ms: None, step_ms: None }
    }
}

/// Replaces the token of the connection ([`ClientMessage::Refresh`]).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Refresh {
    /// Number of the request. The reply `refreshed` contains it.
    pub id: RequestId,
    /// The new token.
    pub token: String,
}

/// Leaves the token out of the debug output, so that it cannot end up in a log file.
impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Checks that the connection is alive ([`ClientMessage::Ping`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ping {
    /// Time by the client's clock at which the ping was sent. The `pong` contains the same value.
    pub t: Millis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed() {
        let refresh = ClientMessage::Refresh(Refresh { id: 7, token: "secret".into() });
        let printed = format!("{refresh:?}");
        assert!(printed.contains('7') && !printed.contains("secret"), "{printed}");
    }
}
