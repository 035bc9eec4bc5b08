//! The messages that a client sends.
//!
//! The field `action` says which message it is. It is API Gateway's route selection key, so that every message is a
//! route of the gateway.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::publication::Item;
use crate::{Data, Filter, Millis, Position, Topic, TopicMeta};

/// A number the client chooses; the reply carries the same.
pub type RequestId = u64;

/// One message from a client. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Subscribes to topics. Answered by `subscribed`, then the replay, then each new publication.
    Subscribe(Subscribe),
    /// Ends a subscription. Answered by `unsubscribed`.
    Unsubscribe(Unsubscribe),
    /// Appends to a topic's log. Answered by `published` once durable.
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
            /// The action with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl ClientMessage {
            /// The values of `action`: every custom route that the gateway needs.
            pub const ACTIONS: &'static [&'static str] = &[$($name,)*];

            /// This message's value of `action`.
            pub fn action(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }
        }
    };
}

// A variant of `ClientMessage` that is missing here does not compile.
actions! {
    Subscribe = "subscribe";
    Unsubscribe = "unsubscribe";
    Publish = "publish";
    History = "history";
    Refresh = "refresh";
    Ping = "ping";
}

impl ClientMessage {
    /// The number that its reply will carry; a ping has none.
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

    /// The message as JSON text.
    pub fn to_json(&self) -> String {
        // Strings, numbers and maps with string keys always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Parses a message. The data of publications keeps its text.
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

/// By hand: the code that serde derives for a tagged enum keeps a tree in between, which loses the text of [`Data`].
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
    /// Number of the request, echoed by `subscribed`.
    pub id: RequestId,
    /// Topics to subscribe to.
    pub filter: Filter,
    /// For each topic already known, the last position seen: later publications are replayed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub since: BTreeMap<Topic, Position>,
    /// For each topic not in `since`: how much of its past to replay. Absent: nothing.
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
    /// Age in milliseconds: publications received since then, or the last publication if there are none.
    Ms(u64),
}

/// Ends one subscription of the connection ([`ClientMessage::Unsubscribe`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// Number of the request, echoed by `unsubscribed`.
    pub id: RequestId,
    /// Filter of the subscription to end.
    pub filter: Filter,
}

/// Appends publications to a topic ([`ClientMessage::Publish`]). Carries either `data` (with an optional `ts`) or
/// `items`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// Number of the request, echoed by `published`.
    pub id: RequestId,
    /// Topic to append to.
    pub topic: Topic,
    /// The data of a single publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Time of the event, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
    /// Several publications, appended as one: all or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Lets the log recognise a repeat of this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub producer: Option<Producer>,
    /// Metadata of the topic; fields that are absent stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<TopicMeta>,
}

impl Publish {
    /// The items to append, in order. Empty if the message carries none.
    pub fn into_items(self) -> Vec<Item> {
        match self.data {
            Some(data) => vec![Item { data, ts: self.ts }],
            None => self.items,
        }
    }
}

/// The sender of an idempotent request, and the number of the request among that sender's. The log takes each `seq`
/// of a producer at most once, and answers a repeat with the position of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// Chosen by the producer, unique among those that publish to the topic.
    pub id: String,
    /// Number of the request, higher with every new one.
    pub seq: u64,
}

/// Reads a page of a topic's log ([`ClientMessage::History`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Number of the request, echoed by `history`.
    pub id: RequestId,
    /// Topic to read.
    pub topic: Topic,
    /// Position to read on from; absent: the newest `limit` publications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Position>,
    /// Largest number of publications in the reply; absent: as many as fit one frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Replaces the token of the connection ([`ClientMessage::Refresh`]).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Refresh {
    /// Number of the request, echoed by `refreshed`.
    pub id: RequestId,
    /// The new token.
    pub token: String,
}

/// Leaves the token out, so that it cannot end up in a log.
impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Checks that the connection is alive ([`ClientMessage::Ping`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ping {
    /// Time by the client's clock, echoed by `pong`.
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
