//! Reading what a client sent over the WebSocket. A fault is answered, never a reason to close.

pub(crate) mod json_fault;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::client::RequestId;
use shared::{ClientMessage, ErrorCode, Filter, Topic};

use crate::refusal::Refusal;

/// A message that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its `id`, if that much could be read.
    pub id: Option<RequestId>,
    /// What is wrong with it.
    pub refusal: Refusal,
}

/// Reads one message.
///
/// # Errors
///
/// [`Unreadable`] names the column, the action or the field at fault.
pub fn read(text: &str) -> Result<ClientMessage, Unreadable> {
    let fields = object(text).map_err(|refusal| Unreadable { id: None, refusal })?;
    let id = fields.get("id").and_then(Value::as_u64);
    typed(fields).map_err(|refusal| Unreadable { id, refusal })
}

/// The token that a message brings, if it is a `refresh`.
pub fn token(text: &str) -> Option<String> {
    // Few messages are one, and none is without the word.
    match text.contains("refresh").then(|| read(text))? {
        Ok(ClientMessage::Refresh(refresh)) => Some(refresh.token),
        Ok(_) | Err(_) => None,
    }
}

fn object(text: &str) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => {
            Err(malformed(format!("a message is a JSON object with an `action`, not {}", kind(&other))))
        }
        Err(error) => Err(malformed(json_fault::explain(&error, text))),
    }
}

fn typed(fields: Map<String, Value>) -> Result<ClientMessage, Refusal> {
    let action = fields.get("action").cloned();
    check_names(&fields)?;
    let fields = Value::Object(fields);
    match action.as_ref().and_then(Value::as_str) {
        Some("subscribe") => field_by_field(fields).map(ClientMessage::Subscribe),
        Some("unsubscribe") => field_by_field(fields).map(ClientMessage::Unsubscribe),
        Some("publish") => field_by_field(fields).map(Box::new).map(ClientMessage::Publish),
        Some("history") => field_by_field(fields).map(ClientMessage::History),
        Some("refresh") => field_by_field(fields).map(ClientMessage::Refresh),
        Some("ping") => field_by_field(fields).map(ClientMessage::Ping),
        Some(_) | None => Err(unknown_action(action.as_ref())),
    }
}

fn check_names(fields: &Map<String, Value>) -> Result<(), Refusal> {
    if let Some(Value::String(name)) = fields.get("topic") {
        Topic::new(name).map_err(|error| Refusal::new(ErrorCode::BadTopic, error))?;
    }
    if let Some(Value::String(text)) = fields.get("filter") {
        Filter::new(text).map_err(|error| Refusal::new(ErrorCode::BadFilter, error))?;
    }
    Ok(())
}

fn field_by_field<T: DeserializeOwned>(fields: Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(fields).map_err(|error| {
        let path = error.path().to_string();
        let fault = error.into_inner();
        malformed(if path == "." { fault.to_string() } else { format!("{path}: {fault}") })
    })
}

fn unknown_action(action: Option<&Value>) -> Refusal {
    let known = ClientMessage::ACTIONS.join(", ");
    let message = match action {
        None => format!("`action` is missing: it is one of {known}"),
        Some(action) => format!("no such action: {action}; it is one of {known}"),
    };
    Refusal::new(ErrorCode::UnknownAction, message)
}

fn malformed(message: String) -> Refusal {
    Refusal::new(ErrorCode::Malformed, message)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
