//! What a client says. The tag `action` is API Gateway's route selection key, so the variants *are* the
//! routes.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::publication::Item;
use crate::{Filter, Millis, Position, Topic, TopicMeta};

/// A number the client chooses; the reply carries the same.
pub type RequestId = u64;

/// One message from a client. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Watch topics. Answered by `subscribed`, then the replay, then whatever is published.
    Subscribe(Subscribe),
    /// Stop watching. Answered by `unsubscribed`.
    Unsubscribe(Unsubscribe),
    /// Add to a topic's log. Answered by `published` once durable.
    Publish(Box<Publish>),
    /// Read a part of a topic's log. Answered by `history`.
    History(History),
    /// Replace the connection's token before it runs out. Answered by `refreshed`.
    Refresh(Refresh),
    /// Ask for a sign of life. Answered by `pong`.
    Ping(Ping),
}

impl ClientMessage {
    /// The values of `action`: every custom route the gateway needs.
    pub const ACTIONS: &'static [&'static str] =
        &["subscribe", "unsubscribe", "publish", "history", "refresh", "ping"];

    /// This message's value of `action`.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Subscribe(_) => "subscribe",
            Self::Unsubscribe(_) => "unsubscribe",
            Self::Publish(_) => "publish",
            Self::History(_) => "history",
            Self::Refresh(_) => "refresh",
            Self::Ping(_) => "ping",
        }
    }

    /// The number its reply will carry; a ping has none.
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

    /// The message as it travels.
    pub fn to_json(&self) -> String {
        // Strings, numbers and maps with string keys always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// See [`ClientMessage::Subscribe`]. Subscribing again to the same filter replaces nothing and loses
/// nothing: it replays what `since` asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribe {
    /// Echoed by `subscribed`.
    pub id: RequestId,
    /// What to watch.
    pub filter: Filter,
    /// For each topic already known, the last position seen: what came after it is replayed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub since: BTreeMap<Topic, Position>,
    /// For each topic not in `since`: how much of its past to replay. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewind: Option<Rewind>,
}

/// How much of the past to replay: `{"count": 100}` or `{"ms": 300000}`. Either way no more than
/// [`crate::limits::REPLAY_ITEMS`] of the newest for each topic; older ones by `history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rewind {
    /// The last so many publications.
    Count(u32),
    /// What was received in the last so many milliseconds; if that is nothing, the last publication.
    Ms(u64),
}

/// See [`ClientMessage::Unsubscribe`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// Echoed by `unsubscribed`.
    pub id: RequestId,
    /// What to watch no longer.
    pub filter: Filter,
}

/// See [`ClientMessage::Publish`]. Carries either `data` (with an optional `ts`) or `items`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// Echoed by `published`.
    pub id: RequestId,
    /// Where to.
    pub topic: Topic,
    /// One publication's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
    /// Several publications, appended as one: all or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Makes a repeat of this request harmless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub producer: Option<Producer>,
    /// Put over the topic's metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<TopicMeta>,
}

impl Publish {
    /// What is to be appended, in order. Empty if the message carries nothing.
    pub fn into_items(self) -> Vec<Item> {
        match self.data {
            Some(data) => vec![Item { data, ts: self.ts }],
            None => self.items,
        }
    }
}

/// Who publishes, and the number of this request among that producer's. The log takes each `seq` of a
/// producer at most once, and answers a repeat with the position of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// Chosen by the producer, unique among those that publish to the topic.
    pub id: String,
    /// Rises with every new request.
    pub seq: u64,
}

/// See [`ClientMessage::History`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Echoed by `history`.
    pub id: RequestId,
    /// Which log.
    pub topic: Topic,
    /// Read on from here; absent: the newest `limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Position>,
    /// At most so many; absent: as many as fit one frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// See [`ClientMessage::Refresh`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Refresh {
    /// Echoed by `refreshed`.
    pub id: RequestId,
    /// The new token.
    pub token: String,
}

/// Without the token, so that it cannot end up in a log.
impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("id", &self.id).finish_non_exhaustive()
    }
}

/// See [`ClientMessage::Ping`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ping {
    /// The client's clock; echoed by `pong`.
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
