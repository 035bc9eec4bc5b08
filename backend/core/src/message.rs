//! Parses the messages that clients send over the WebSocket. A faulty message is answered with an error and never
//! closes the connection.
//!
//! The text is parsed twice, and never into a tree: the first pass reads `action` and `id` and skips everything else,
//! the second pass reads the fields of that action. So the data of a publication keeps its text, and an error can carry
//! the `id` of the message that caused it.

pub(crate) mod json_fault;

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use shared::client::{Action, RequestId};
use shared::{ClientMessage, ErrorCode, Filter, Topic};

use crate::refusal::Refusal;

/// The error for a WebSocket message that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The `id` of the message, which is returned with the error; `None` if the `id` could not be parsed.
    pub id: Option<RequestId>,
    /// The error that is sent to the client.
    pub refusal: Refusal,
}

/// Parses the text of one WebSocket message.
///
/// # Errors
///
/// An [`Unreadable`] that names the column, the action or the field at fault.
pub fn read(text: &str) -> Result<ClientMessage, Unreadable> {
    let Envelope { action, id } = envelope(text).map_err(|refusal| Unreadable { id: None, refusal })?;
    let id = id.and_then(|id| id.get().parse().ok());
    typed(action, text).map_err(|refusal| Unreadable { id, refusal })
}

/// Returns the token in the text of a `refresh` message, which replaces the token of a connection. Returns `None` for
/// all other messages.
pub fn token(text: &str) -> Option<String> {
    // Messages without this word, which are most of them, need not be parsed.
    match text.contains("refresh").then(|| read(text))? {
        Ok(ClientMessage::Refresh(refresh)) => Some(refresh.token),
        Ok(_) | Err(_) => None,
    }
}

/// The fields that all messages have in common.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    action: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
}

fn envelope(text: &str) -> Result<Envelope<'_>, Refusal> {
    let kind = match text.trim_start().as_bytes().first() {
        Some(b'{') => {
            return serde_json::from_str(text).map_err(|error| malformed(json_fault::explain(&error, text)));
        }
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a bool",
        Some(b'n') => "null",
        Some(_) | None => "a number",
    };
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Err(malformed(format!(
            "a message must be a JSON object with an `action`, and this one is {kind}"
        ))),
        Err(error) => Err(malformed(json_fault::explain(&error, text))),
    }
}

fn typed(action: Option<&RawValue>, text: &str) -> Result<ClientMessage, Refusal> {
    let name = action.and_then(|action| serde_json::from_str::<Cow<'_, str>>(action.get()).ok());
    match name.and_then(|name| Action::from_name(&name)) {
        Some(Action::Subscribe) => fields(text).map(ClientMessage::Subscribe),
        Some(Action::Unsubscribe) => fields(text).map(ClientMessage::Unsubscribe),
        Some(Action::Publish) => fields(text).map(Box::new).map(ClientMessage::Publish),
        Some(Action::History) => fields(text).map(ClientMessage::History),
        Some(Action::Refresh) => fields(text).map(ClientMessage::Refresh),
        Some(Action::Ping) => fields(text).map(ClientMessage::Ping),
        None => Err(unknown_action(action)),
    }
}

fn fields<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if let Some(refusal) = bad_name(text) {
            return refusal;
        }
        let path = error.path().to_string();
        let fault = error.into_inner().to_string();
        // The path of the field is more helpful than the line and column, which are cut off.
        let fault = fault.split(" at line ").next().unwrap_or(&fault);
        malformed(if path == "." { fault.into() } else { format!("the field {path} is not valid: {fault}") })
    })
}

/// Returns the refusal for a message with an invalid name of a topic or filter; `None` if all names are valid. These
/// faults have error codes of their own.
fn bad_name(text: &str) -> Option<Refusal> {
    #[derive(Deserialize)]
    struct Names<'a> {
        #[serde(borrow, default)]
        topic: Option<Cow<'a, str>>,
        #[serde(borrow, default)]
        filter: Option<Cow<'a, str>>,
    }
    let names: Names<'_> = serde_json::from_str(text).ok()?;
    let topic = names.topic.and_then(|name| Topic::new(&name).err());
    let filter = names.filter.and_then(|text| Filter::new(&text).err());
    topic
        .map(|error| Refusal::new(ErrorCode::BadTopic, error))
        .or_else(|| filter.map(|error| Refusal::new(ErrorCode::BadFilter, error)))
}

fn unknown_action(action: Option<&RawValue>) -> Refusal {
    let known = ClientMessage::ACTIONS.join(", ");
    let message = match action {
        None => format!("`action` is missing: send one of {known}"),
        Some(action) => format!("unknown action {action}: send one of {known}"),
    };
    Refusal::new(ErrorCode::UnknownAction, message)
}

fn malformed(message: String) -> Refusal {
    Refusal::new(ErrorCode::Malformed, message)
}

#[cfg(test)]
mod tests;
