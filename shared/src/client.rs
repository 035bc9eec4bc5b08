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

/// Number of a request, chosen by the client. The reply to the request carries the same number.
pub type RequestId = u64;

/// A message from a client. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Subscribes to topics. Answered by `subscribed`, then the replay, then each new publication.
    Subscribe(Subscribe),
    /// Ends a subscription. Answered by `unsubscribed`.
    Unsubscribe(Unsubscribe),
    /// Appends to a topic's log. Answered by `published` once the publications are stored durably.
    Publish(Box<Publish>),
    /// Reads a part of a topic's log. Answered by `history`.
    History(History),
    /// Replaces the connection's token before it expires. Answered by `refreshed`.
    Refresh(Refresh),
    /// Checks that the connection is alive. Answered by `pong`.
    Ping(Ping),
}

macro_rules! actions {
    ($($variant:ident = $name:literal;)*) => {
        /// The kind of a [`ClientMessage`]: the value of its field `action`, and the name of its route.
        ///
        /// Match it without a wildcard arm, so that code which has to handle a new message does not compile until it
        /// does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(
                #[doc = concat!("`", $name, "`: [`ClientMessage::", stringify!($variant), "`].")]
                $variant,
            )*
        }

        impl Action {
            /// Returns the action with this name, or `None` if there is none.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl ClientMessage {
            /// Every value of `action`. The gateway needs a custom route for each of them.
            pub const ACTIONS: &'static [&'static str] = &[$($name,)*];

            /// Returns the value of `action` of this message.
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
    /// Returns the number of the request, which its reply will carry, or `None` for a ping, which has no number.
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

    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        // An error is impossible: strings, numbers and maps with string keys can always be serialised.
        serde_json::to_string(self).unwrap_or_default()
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

/// Implemented by hand: the code that serde derives for a tagged enum first builds a tree of values, which loses the original
/// text of [`Data`].
impl<'de> Deserialize<'de> for ClientMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(text.get()).map_err(D::Error::custom)
    }
}

/// Subscribes the connection to a filter ([`ClientMessage::Subscribe`]). Subscribing again to the same filter keeps the
/// subscription and replays again from `since`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribe {
    /// Number of the request. The reply `subscribed` contains it.
    pub id: RequestId,
    /// Topics to subscribe to.
    pub filter: Filter,
    /// Last position that the client has received of each topic it already knows. The publications after it are replayed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub since: BTreeMap<Topic, Position>,
    /// Part of the past to replay of each topic that is not in `since`. If it is absent, nothing of these topics is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewind: Option<Rewind>,
}

/// Amount of the past to replay: `{"count": 100}` or `{"ms": 300000}`. Either way, at most the newest
/// [`crate::limits::REPLAY_ITEMS`] publications of each topic are replayed; older ones can be read with `history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rewind {
    /// Number of publications.
    Count(u32),
    /// Time in milliseconds before the request: the publications received since then are replayed, or only the last publication
    /// if there are none.
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

/// Appends publications to a topic ([`ClientMessage::Publish`]). Contains either `data` (with an optional `ts`) or `items`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// Number of the request. The reply `published` contains it.
    pub id: RequestId,
    /// Topic to append to.
    pub topic: Topic,
    /// Data of a single publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Time of the event. If it is absent, the server's time of receipt is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
    /// Several publications. The server appends all of them or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Sender and number of this request, by which the log recognises a repetition of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub producer: Option<Producer>,
    /// Metadata to merge into the topic's: fields that are absent keep their value.
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

/// Sender of an idempotent request, and the number of the request among that sender's. The log appends each `seq` of a producer
/// at most once, and answers a repetition with the position of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// Name of the producer, which it chooses itself. It must be unique among the producers of the topic.
    pub id: String,
    /// Number of the request. Every new request of a producer has a higher one than the request before it.
    pub seq: u64,
    /// True if this is the last request of this producer. The producer is then remembered for a shorter time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// Reads a page of a topic's log ([`ClientMessage::History`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Number of the request. The reply `history` contains it.
    pub id: RequestId,
    /// Topic to read.
    pub topic: Topic,
    /// Position after which to read. If it is absent, the reply contains the newest `limit` publications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Position>,
    /// Maximum number of publications in the reply. If it is absent, the reply contains as many as fit one frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
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
    /// Time by the client's clock at which the ping was sent. The `pong` carries the same value.
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
