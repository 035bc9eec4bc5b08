//! Writes the client's messages with little code.
//!
//! The code that serde derives is generated again for every type. The board sends all messages but `publish`, so those are written here. The
//! texts are the same as those of serde's derived code; a test compares the two.

use std::collections::BTreeMap;

use crate::client::{Action, History, Ping, Refresh, RequestId, Rewind, Subscribe, Unsubscribe};
use crate::{ClientMessage, Filter, Position, Topic};

/// A JSON object that is being written.
struct Object(String);

impl Object {
    /// Begins a message.
    fn message(action: Action) -> Self {
        let mut object = Self::new();
        object.text("action", action.name());
        object
    }

    /// Begins the message of a request.
    fn request(action: Action, id: RequestId) -> Self {
        let mut object = Self::message(action);
        object.json("id", &id.to_string());
        object
    }

    fn new() -> Self {
        Self(String::from("{"))
    }

    /// Writes the name of a field.
    fn name(&mut self, name: &str) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        self.string(name);
        self.0.push(':');
    }

    fn string(&mut self, text: &str) {
        // An error is impossible for a text.
        self.0.push_str(&serde_json::to_string(text).unwrap_or_default());
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    /// Writes a field whose value is JSON text without quotation marks: a number or an object.
    fn json(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.push_str(json);
    }

    fn optional(&mut self, name: &str, json: Option<String>) {
        if let Some(json) = json {
            self.json(name, &json);
        }
    }

    fn filter(&mut self, filter: &Filter) {
        self.text("filter", &filter.to_string());
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

impl Subscribe {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        let mut message = Object::request(Action::Subscribe, self.id);
        message.filter(&self.filter);
        if !self.since.is_empty() {
            message.json("since", &positions(&self.since));
        }
        message.optional("rewind", self.rewind.map(rewind));
        message.optional("max_hz", self.max_hz.map(|max_hz| max_hz.to_string()));
        message.end()
    }
}

impl Unsubscribe {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        let mut message = Object::request(Action::Unsubscribe, self.id);
        message.filter(&self.filter);
        message.end()
    }
}

impl History {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        let mut message = Object::request(Action::History, self.id);
        message.text("topic", self.topic.as_str());
        message.optional("since", self.since.as_ref().map(position));
        message.optional("limit", self.limit.map(|limit| limit.to_string()));
        message.optional("from_ms", self.from_ms.map(|from_ms| from_ms.to_string()));
        message.optional("to_ms", self.to_ms.map(|to_ms| to_ms.to_string()));
        message.optional("step_ms", self.step_ms.map(|step_ms| step_ms.to_string()));
        message.end()
    }
}

impl Refresh {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        let mut message = Object::request(Action::Refresh, self.id);
        message.text("token", &self.token);
        message.end()
    }
}

impl Ping {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        let mut message = Object::message(Action::Ping);
        message.json("t", &self.t.to_string());
        message.end()
    }
}

impl ClientMessage {
    /// Returns the message as JSON text.
    pub fn to_json(&self) -> String {
        match self {
            Self::Subscribe(message) => message.to_json(),
            Self::Unsubscribe(message) => message.to_json(),
            Self::History(message) => message.to_json(),
            Self::Refresh(message) => message.to_json(),
            Self::Ping(message) => message.to_json(),
            // An error is impossible: strings, numbers and maps with string keys can always be serialised.
            Self::Publish(_) => serde_json::to_string(self).unwrap_or_default(),
        }
    }
}

fn positions(since: &BTreeMap<Topic, Position>) -> String {
    let mut object = Object::new();
    for (topic, after) in since {
        object.json(topic.as_str(), &position(after));
    }
    object.end()
}

fn position(position: &Position) -> String {
    let mut object = Object::new();
    object.text("epoch", position.epoch.as_str());
    object.json("offset", &position.offset.to_string());
    object.end()
}

fn rewind(rewind: Rewind) -> String {
    let mut object = Object::new();
    match rewind {
        Rewind::Count(count) => object.json("count", &count.to_string()),
        Rewind::Ms(ms) => object.json("ms", &ms.to_string()),
    }
    object.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Epoch;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topic(name: &str) -> Topic {
        Topic::new(name).expect("a topic")
    }

    fn at(offset: u64) -> Position {
        Position::new(Epoch::new("9f86d081884c"), offset)
    }

    fn messages() -> Vec<ClientMessage> {
        let filters = [Filter::All, Filter::Below(topic("host")), Filter::Only(topic("host/cpu"))];
        let since =
            [(topic("host/cpu"), at(17)), (topic("a"), at(u64::MAX))].into_iter().collect::<BTreeMap<_, _>>();
        let mut messages = Vec::new();
        for filter in filters {
            messages.push(ClientMessage::Unsubscribe(Unsubscribe { id: 7, filter: filter.clone() }));
            for rewind in [None, Some(Rewind::Count(100)), Some(Rewind::Ms(300_000))] {
                for (since, max_hz) in [(BTreeMap::new(), None), (since.clone(), Some(4))] {
                    let filter = filter.clone();
                    messages.push(ClientMessage::Subscribe(Subscribe {
                        id: u64::MAX,
                        filter,
                        since,
                        rewind,
                        max_hz,
                    }));
                }
            }
        }
        let history = History::items(3, topic("host/cpu"), None, None);
        messages.push(ClientMessage::History(history.clone()));
        messages.push(ClientMessage::History(History {
            since: Some(at(0)),
            limit: Some(1),
            ..history.clone()
        }));
        let stretch =
            History { from_ms: Some(-5), to_ms: Some(1_800_000_000_000), step_ms: Some(60_000), ..history };
        messages.push(ClientMessage::History(stretch));
        messages.push(ClientMessage::Refresh(Refresh { id: 1, token: "a\"\\\u{1}\u{e9}\n".to_owned() }));
        messages.push(ClientMessage::Ping(Ping { t: -1 }));
        messages
    }

    #[test]
    fn messages_are_written_as_serde_writes_them() {
        for message in messages() {
            assert_eq!(message.to_json(), serde_json::to_string(&message).expect("JSON"));
            assert_eq!(ClientMessage::from_json(&message.to_json()).expect("a message"), message);
        }
    }
}
