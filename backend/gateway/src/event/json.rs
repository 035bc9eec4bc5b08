//! Converts events to the JSON that API Gateway sends, for functions in other processes.

use aws_lambda_events::apigw::{ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext};
use serde_json::{Map, Value};

use crate::functions::AuthorizerEvent;

/// Converts an event to the JSON that API Gateway sends. Absent fields are left out instead of being `null`, and header
/// names are capitalised.
///
/// The typed event keeps header names in lower case, so this function writes them as browsers do over HTTP/1.1. If a
/// client wrote them in another case, that case is lost.
pub fn event_json(event: &ApiGatewayWebsocketProxyRequest) -> Value {
    // This cannot fail: an event consists of strings, numbers and maps with text keys, and contains only headers that
    // are text.
    let mut json = serde_json::to_value(event).unwrap_or_default();
    let Value::Object(fields) = &mut json else { return json };
    fields.retain(|_, value| !is_absent(value));
    restore_handshake(fields);
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
    restore_handshake(fields);
    fields.insert("requestContext".into(), context_json(&event.context));
    json
}

/// Capitalises header names, and reduces each query parameter in `queryStringParameters` to one value.
fn restore_handshake(fields: &mut Map<String, Value>) {
    for name in ["headers", "multiValueHeaders"] {
        if let Some(Value::Object(headers)) = fields.get_mut(name) {
            *headers = capitalised(std::mem::take(headers));
        }
    }
    if let Some(Value::Object(query)) = fields.get_mut("queryStringParameters") {
        query.values_mut().for_each(single);
    }
}

fn context_json(context: &ApiGatewayWebsocketProxyRequestContext) -> Value {
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

fn capitalised(headers: Map<String, Value>) -> Map<String, Value> {
    headers.into_iter().map(|(name, value)| (capitalise(&name), value)).collect()
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
