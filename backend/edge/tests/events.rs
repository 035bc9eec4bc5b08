//! Tests the conversion of the events CONNECT, MESSAGE and DISCONNECT that AWS documents, and that other events are
//! refused.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use backend_core::authorize::ContextError;
use backend_core::event::{Connect, Disconnect, Message, Sender};
use backend_core::ports::ConnectionId;
use backend_core::{GatewayEvent, Principal, Reply};
use backend_edge::{EventError, event, response};
use serde_json::{Value, json};
use shared::Filter;

const CONNECT: &str = include_str!("fixtures/connect.json");
const MESSAGE: &str = include_str!("fixtures/message.json");
const DISCONNECT: &str = include_str!("fixtures/disconnect.json");

#[test]
fn a_connect_event_says_who_and_which_protocols_but_not_the_token() {
    let agent = Principal {
        name: "agent".into(),
        subscribe: ["host/*", "lab/seq"].map(|text| Filter::new(text).unwrap()).to_vec(),
        publish: vec![],
        forget: vec![],
        edit: vec![],
        expires_at: Some(1_800_000_060_000),
    };
    let expected =
        Connect { connection: connection(), principal: Some(agent), protocols: vec!["tickertape.v1".into()] };
    assert_eq!(read(CONNECT), Ok(GatewayEvent::Connect(expected)));
}

#[test]
fn a_connect_event_without_an_authorizer_has_no_principal() {
    for absent in [None, Some(Value::Null)] {
        let changed = edited(CONNECT, |event| {
            event["requestContext"].as_object_mut().unwrap().remove("authorizer");
            if let Some(value) = &absent {
                event["requestContext"]["authorizer"] = value.clone();
            }
        });
        let Ok(GatewayEvent::Connect(connect)) = read(&changed) else { panic!("no CONNECT") };
        assert_eq!(connect.principal, None);
    }
}

#[test]
fn protocols_on_several_lines_are_all_seen() {
    let changed = edited(CONNECT, |event| {
        event["multiValueHeaders"]["Sec-WebSocket-Protocol"] = json!(["mqtt", "tickertape.v1"]);
    });
    let Ok(GatewayEvent::Connect(connect)) = read(&changed) else { panic!("no CONNECT") };
    assert_eq!(connect.protocols, ["mqtt", "tickertape.v1"]);
}

#[test]
fn protocols_are_found_in_plain_headers_too() {
    let changed = edited(CONNECT, |event| event["multiValueHeaders"] = Value::Null);
    let Ok(GatewayEvent::Connect(connect)) = read(&changed) else { panic!("no CONNECT") };
    assert_eq!(connect.protocols, ["tickertape.v1"]);
}

#[test]
fn an_authorizer_that_is_not_ours_lets_nobody_in() {
    let changed = edited(CONNECT, |event| {
        event["requestContext"]["authorizer"] = json!({"principalId": "agent"});
    });
    assert_eq!(read(&changed), Err(EventError::Authorizer(ContextError::Missing { key: "sub" })));
}

#[test]
fn a_message_event_is_the_text_as_it_came() {
    let body = "{\"action\":\"ping\",\"t\":1}".into();
    let sender = Sender { peer: Some([192, 0, 2, 1].into()), token_ends_at: None };
    assert_eq!(read(MESSAGE), Ok(GatewayEvent::Message(Message { connection: connection(), sender, body })));
    let empty = edited(MESSAGE, |event| event["body"] = json!(""));
    let body = String::new();
    assert_eq!(read(&empty), Ok(GatewayEvent::Message(Message { connection: connection(), sender, body })));
}

#[test]
fn a_message_event_says_when_the_token_of_its_handshake_ends() {
    let changed = edited(MESSAGE, |event| {
        event["requestContext"]["authorizer"] = json!({"principalId": "a", "sub": "a", "subscribe": "*", "publish": "", "expires_at": "1800000060000"});
    });
    let Ok(GatewayEvent::Message(message)) = read(&changed) else { panic!("no MESSAGE") };
    assert_eq!(message.sender.token_ends_at, Some(1_800_000_060_000));
}

#[test]
fn a_disconnect_event_says_how_it_ended() {
    let expected = Disconnect {
        connection: connection(),
        status_code: 1005,
        reason: "Client-side close frame status not set".into(),
    };
    assert_eq!(read(DISCONNECT), Ok(GatewayEvent::Disconnect(expected)));
}

#[test]
fn a_disconnect_without_a_code_was_abnormal() {
    for code in [Value::Null, json!(-1), json!(70_000)] {
        let changed = edited(DISCONNECT, |event| {
            event["requestContext"]["disconnectStatusCode"] = code.clone();
            event["requestContext"]["disconnectReason"] = Value::Null;
        });
        let expected = Disconnect { connection: connection(), status_code: 1006, reason: String::new() };
        assert_eq!(read(&changed), Ok(GatewayEvent::Disconnect(expected)), "{code}");
    }
}

#[test]
fn whatever_is_required_and_absent_is_named() {
    for (text, key, field) in [
        (CONNECT, "connectionId", "requestContext.connectionId"),
        (MESSAGE, "eventType", "requestContext.eventType"),
    ] {
        let changed = edited(text, |event| event["requestContext"][key] = Value::Null);
        assert_eq!(read(&changed), Err(EventError::Missing { field }));
    }
    let bodiless = edited(MESSAGE, |event| event["body"] = Value::Null);
    assert_eq!(read(&bodiless), Err(EventError::Missing { field: "body" }));
}

#[test]
fn an_event_that_no_websocket_api_sends_is_refused() {
    let http = edited(MESSAGE, |event| event["requestContext"]["eventType"] = json!("HTTP"));
    assert_eq!(read(&http), Err(EventError::Type { found: "HTTP".into() }));
    let binary = edited(MESSAGE, |event| event["isBase64Encoded"] = json!(true));
    assert_eq!(read(&binary), Err(EventError::Binary));
}

#[test]
fn a_reply_is_a_status_and_perhaps_a_protocol() {
    let accepted = response(Reply { protocol: Some("tickertape.v1".into()), ..Reply::ok() });
    let json = serde_json::to_value(&accepted).unwrap();
    assert_eq!(json["statusCode"], 200);
    assert_eq!(json["headers"], json!({"sec-websocket-protocol": "tickertape.v1"}));
    let refused = serde_json::to_value(response(Reply::refused(401))).unwrap();
    assert_eq!((&refused["statusCode"], &refused["headers"]), (&json!(401), &json!({})));
}

fn read(text: &str) -> Result<GatewayEvent, EventError> {
    event(serde_json::from_str::<ApiGatewayWebsocketProxyRequest>(text).unwrap())
}

fn edited(text: &str, edit: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(text).unwrap();
    edit(&mut value);
    value.to_string()
}

fn connection() -> ConnectionId {
    ConnectionId::new("XDmENcnwIE0CFEQ=")
}
