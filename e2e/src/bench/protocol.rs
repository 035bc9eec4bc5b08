//! The messages with which clients subscribe and publish. They depend on the server that is measured.

use serde_json::{Value, json};

/// The messages that a server understands. The paths and messages of each variant are those of the benchmark's peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Tickertape's own messages, of which the bare loop and the peers for Bun and Node understand those that are needed.
    Tickertape,
    /// The WebSockets of nchan. A client subscribes by connecting to a path, and a message to another path is the data
    /// of a publication, with nothing around it.
    Nchan,
}

impl Protocol {
    /// Returns the URL to which viewers of `topic` connect. `ws` is the URL of the server's WebSocket.
    pub fn viewers(self, ws: &str, topic: &str) -> String {
        match self {
            Self::Tickertape => ws.to_owned(),
            Self::Nchan => format!("{ws}/watch?topic={topic}"),
        }
    }

    /// Returns the URL to which publishers to `topic` connect.
    pub fn publishers(self, ws: &str, topic: &str) -> String {
        match self {
            Self::Tickertape => ws.to_owned(),
            Self::Nchan => format!("{ws}/publish?topic={topic}"),
        }
    }

    /// Returns the message with which a connected viewer subscribes to `topic`. Returns `None` if a viewer has
    /// subscribed by connecting.
    pub fn subscription(self, topic: &str) -> Option<String> {
        match self {
            Self::Tickertape => Some(subscription(topic)),
            Self::Nchan => None,
        }
    }

    /// Returns the message that publishes `data`.
    pub fn publication(self, topic: &str, id: u64, data: &Value) -> String {
        match self {
            Self::Tickertape => {
                json!({"action": "publish", "id": id, "topic": topic, "data": data}).to_string()
            }
            Self::Nchan => data.to_string(),
        }
    }

    /// Returns a part of the server's answer to a publication.
    pub fn published(self) -> &'static str {
        match self {
            Self::Tickertape => "\"published\"",
            Self::Nchan => "queued messages:",
        }
    }
}

/// Returns Tickertape's message that subscribes to `topic`.
pub fn subscription(topic: &str) -> String {
    json!({"action": "subscribe", "id": 1, "filter": topic}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publications_contain_the_same_data_for_each_server() {
        let data = json!({"sent": 7, "text": "x"});
        let ours = Protocol::Tickertape.publication("a/b", 3, &data);
        let of_nchan = Protocol::Nchan.publication("a/b", 3, &data);
        assert_eq!(of_nchan, r#"{"sent":7,"text":"x"}"#);
        assert_eq!(ours, format!(r#"{{"action":"publish","id":3,"topic":"a/b","data":{of_nchan}}}"#));
    }

    #[test]
    fn viewers_of_nchan_subscribe_by_connecting() {
        let ws = "ws://127.0.0.1:80";
        assert_eq!(Protocol::Nchan.viewers(ws, "a/b"), "ws://127.0.0.1:80/watch?topic=a/b");
        assert_eq!(Protocol::Nchan.publishers(ws, "a/b"), "ws://127.0.0.1:80/publish?topic=a/b");
        assert_eq!(Protocol::Nchan.subscription("a/b"), None);
    }

    #[test]
    fn viewers_of_the_others_connect_and_then_subscribe() {
        let ws = "ws://127.0.0.1:80/ws";
        assert_eq!(Protocol::Tickertape.viewers(ws, "a/b"), ws);
        assert_eq!(Protocol::Tickertape.publishers(ws, "a/b"), ws);
        let subscription = Protocol::Tickertape.subscription("a/b");
        assert_eq!(subscription.as_deref(), Some(r#"{"action":"subscribe","id":1,"filter":"a/b"}"#));
    }
}
