use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::*;
use crate::id::ConnectionId;
use crate::route::Routes;

const NOW_MS: u64 = 1_707_502_303_420;

#[test]
fn a_connect_event_has_the_documented_keys_and_no_other() {
    let json = event_json(&connect_event(&api(), &caller(), handshake("a=1&a=2&b=x"), moment()));
    assert_eq!(
        keys(&json),
        [
            "headers",
            "isBase64Encoded",
            "multiValueHeaders",
            "multiValueQueryStringParameters",
            "queryStringParameters",
            "requestContext"
        ]
    );
    assert_eq!(keys(&json["requestContext"]), CONTEXT_KEYS);
    assert_eq!(json["queryStringParameters"], json!({"a": "2", "b": "x"}));
    assert_eq!(json["multiValueQueryStringParameters"], json!({"a": ["1", "2"], "b": ["x"]}));
}

#[test]
fn a_connect_event_without_a_query_has_no_query_keys() {
    let json = event_json(&connect_event(&api(), &caller(), handshake(""), moment()));
    assert_eq!(keys(&json), ["headers", "isBase64Encoded", "multiValueHeaders", "requestContext"]);
}

#[test]
fn a_connect_event_keeps_the_clients_headers_and_drops_those_of_the_hop() {
    let json = event_json(&connect_event(&api(), &caller(), handshake(""), moment()));
    assert_eq!(keys(&json["headers"]), ["Cookie", "Host", "Sec-WebSocket-Version", "x-api-key"]);
    assert_eq!(json["headers"]["Cookie"], "b=2");
    assert_eq!(json["multiValueHeaders"]["Cookie"], json!(["a=1", "b=2"]));
}

#[test]
fn a_message_event_is_context_and_body_only() {
    let json = event_json(&message_event(&api(), &caller(), "join", "{}".into(), moment()));
    assert_eq!(keys(&json), ["body", "isBase64Encoded", "requestContext"]);
    let mut expected = CONTEXT_KEYS.to_vec();
    expected.push("messageId");
    expected.sort_unstable();
    assert_eq!(keys(&json["requestContext"]), expected);
    assert_eq!(json["requestContext"]["routeKey"], "join");
    assert_eq!(json["requestContext"]["requestTime"], "09/Feb/2024:18:11:43 +0000");
}

#[test]
fn a_disconnect_event_has_code_reason_and_four_headers() {
    let status = CloseStatus::from_client(None, String::new());
    let json = event_json(&disconnect_event(&api(), &caller(), status, moment()));
    assert_eq!(keys(&json), ["headers", "isBase64Encoded", "multiValueHeaders", "requestContext"]);
    let expected = json!({"Host": "127.0.0.1:8080", "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""});
    assert_eq!(json["headers"], expected);
    assert_eq!(json["multiValueHeaders"]["x-restapi"], json!([""]));
    assert_eq!(json["requestContext"]["disconnectStatusCode"], 1005);
    assert_eq!(json["requestContext"]["disconnectReason"], "Client-side close frame status not set");
}

#[test]
fn request_id_and_extended_request_id_are_equal_and_the_authorizers_context_is_kept() {
    let mut caller = caller();
    caller.authorizer = HashMap::from([("principalId".to_owned(), json!("me"))]).into();
    let json = event_json(&message_event(&api(), &caller, "$default", String::new(), moment()));
    let context = &json["requestContext"];
    assert_eq!(context["requestId"], context["extendedRequestId"]);
    assert_eq!(context["authorizer"], json!({"principalId": "me"}));
    assert_eq!(context["connectionId"], caller.id.as_str());
    assert_eq!(context["connectedAt"], 1_707_502_303_419_u64);
}

#[test]
fn every_event_survives_being_written_and_read() {
    let status = CloseStatus::going_away();
    for event in [
        connect_event(&api(), &caller(), handshake("a=1"), moment()),
        message_event(&api(), &caller(), "join", "{}".into(), moment()),
        disconnect_event(&api(), &caller(), status, moment()),
    ] {
        let read: ApiGatewayWebsocketProxyRequest =
            serde_json::from_value(event_json(&event)).expect("a proxy request");
        assert_eq!(event_json(&read), event_json(&event));
    }
}

#[test]
fn the_authorizer_sees_the_headers_of_the_hop_and_the_arn() {
    let event = authorizer_event(&api(), &caller(), &handshake("t=1"), moment());
    assert_eq!(
        event.request.method_arn.as_deref(),
        Some("arn:aws:execute-api:local:000000000000:local/prod/$connect")
    );
    let json = authorizer_event_json(&event);
    assert_eq!(json["headers"]["Upgrade"], "websocket");
    assert_eq!(json["multiValueHeaders"]["Connection"], json!(["Upgrade"]));
    assert_eq!(json["type"], "REQUEST");
}

#[test]
fn an_authorizer_event_has_the_documented_keys_and_no_other() {
    let json = authorizer_event_json(&authorizer_event(&api(), &caller(), &handshake("t=1"), moment()));
    let expected = [
        "headers",
        "methodArn",
        "multiValueHeaders",
        "multiValueQueryStringParameters",
        "queryStringParameters",
        "requestContext",
        "stageVariables",
        "type",
    ];
    assert_eq!(keys(&json), expected);
    assert_eq!(keys(&json["requestContext"]), CONTEXT_KEYS);
    assert_eq!(json["queryStringParameters"], json!({"t": "1"}));
    assert_eq!(json["stageVariables"], json!({}));
}

const CONTEXT_KEYS: &[&str] = &[
    "apiId",
    "connectedAt",
    "connectionId",
    "domainName",
    "eventType",
    "extendedRequestId",
    "identity",
    "messageDirection",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "routeKey",
    "stage",
];

fn keys(json: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable_by_key(|key| key.to_ascii_lowercase());
    keys
}

fn api() -> Api {
    Api::new("prod", Routes::default())
}

fn caller() -> Caller {
    Caller {
        id: ConnectionId::new(NOW_MS, 7),
        connected_at_ms: NOW_MS - 1,
        source_ip: Ipv4Addr::LOCALHOST.into(),
        host: "127.0.0.1:8080".into(),
        user_agent: None,
        authorizer: Default::default(),
    }
}

fn handshake(query: &str) -> Handshake {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "127.0.0.1:8080"),
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("x-api-key", "k"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
    ] {
        headers.append(name, HeaderValue::from_static(value));
    }
    let mut parameters: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    Handshake { headers, query: parameters, names: HeaderNames::default() }
}

fn moment() -> Moment {
    Moment { now_ms: NOW_MS, random: 0x1234_5678_9abc_def0 }
}
