//! Converts events to the JSON that API Gateway sends, for functions in other processes.

use aws_lambda_events::apigw::{ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext};
use serde_json::{Map, Value};

use crate::functions::AuthorizerEvent;
use crate::header_names::HeaderNames;

/// Converts an event to the JSON that API Gateway sends. Absent fields are left out instead of being `null`, and header
/// names are capitalised.
///
/// The typed event keeps header names in lower case, so this function writes them as browsers do over HTTP/1.1.
/// [`connect_event_json`] writes them as the client did.
pub fn event_json(event: &ApiGatewayWebsocketProxyRequest) -> Value {
    connect_event_json(event, &HeaderNames::default())
}

/// Converts a CONNECT event to JSON as [`event_json`] does, with the names of headers as the client wrote them.
pub fn connect_event_json(event: &ApiGatewayWebsocketProxyRequest, names: &HeaderNames) -> Value {
    // This cannot fail: an event consists of strings, numbers and maps with text keys, and contains only headers that
    // are text.
    let mut json = serde_json::to_value(event).unwrap_or_default();
    let Value::Object(fields) = &mut json else { return json };
    fields.retain(|_, value| !is_absent(value));
    restore_handshake(fields, names);
    fields.insert("requestContext".into(), context_json(&event.request_context));
    json
}

/// Converts an authorizer's event to the JSON that API Gateway sends for a WebSocket API ("API Gateway Lambda
/// authorizer function input"). Empty maps are kept, unlike in other events. Fields that only REST APIs have are left
/// out.
pub fn authorizer_event_json(event: &AuthorizerEvent) -> Value {
    let mut json = serde_json::to_value(&event.request).unwrap_or_default();
    let Value::Object(fields) = &mut json else { return json };
    fields.retain(|name, value| !value.is_null() && name != "pathParameters");
    restore_handshake(fields, &event.header_names);
    fields.insert("requestContext".into(), context_json(&event.context));
    json
}

/// Writes header names as the client did, or else capitalised, and reduces each query parameter in `queryStringParameters` to one value.
fn restore_handshake(fields: &mut Map<String, Value>, names: &HeaderNames) {
    for name in ["headers", "multiValueHeaders"] {
        if let Some(Value::Object(headers)) = fields.get_mut(name) {
            *headers = spelled(std::mem::take(headers), names);
        }
    }
    if let Some(Value::Object(query)) = fields.get_mut("queryStringParameters") {
        query.values_mut().for_each(single);
    }
}

/// Converts the `requestContext` of an event to JSON, without absent fields.
pub(crate) fn context_json(context: &ApiGatewayWebsocketProxyRequestContext) -> Value {
    let mut json = serde_json::to_value(context).unwrap_or_default();
    if let Value::Object(fields) = &mut json {
        fields.retain(|_, value| !value.is_null());
        if let Some(Value::Object(identity)) = fields.get_mut("identity") {
            identity.retain(|_, value| !value.is_null());
        }
    }
    json
}

fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

/// Replaces a list of one value, `["v"]`, by the value `"v"`. This is necessary because the typed event serialises
/// every query parameter as a list.
fn single(value: &mut Value) {
    if let Value::Array(values) = value {
        *value = values.pop().unwrap_or_default();
    }
}

fn spelled(headers: Map<String, Value>, names: &HeaderNames) -> Map<String, Value> {
    let spelled = |name: &str| names.spelled(name).map_or_else(|| capitalise(name), str::to_owned);
    headers.into_iter().map(|(name, value)| (spelled(&name), value)).collect()
}

/// Capitalises each word of a header's name: `sec-websocket-key` becomes `Sec-WebSocket-Key`. Two names stay in lower
/// case, as in events recorded on AWS.
fn capitalise(name: &str) -> String {
    if matches!(name, "x-api-key" | "x-restapi") {
        return name.to_owned();
    }
    name.split('-').map(capitalise_word).collect::<Vec<_>>().join("-")
}

fn capitalise_word(word: &str) -> String {
    if word == "websocket" {
        return "WebSocket".to_owned();
    }
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}
