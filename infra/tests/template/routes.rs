//! Tests that the routes of the WebSocket API are exactly the messages that a client may send.

use std::collections::BTreeSet;

use serde_json::Value;
use serverless_app::{Authorization, Integration};
use shared::{ClientMessage, limits};

use crate::app::{api, app};

const RESERVED: [&str; 3] = ["$connect", "$disconnect", "$default"];

#[test]
fn every_client_message_has_a_route_and_there_are_no_others() {
    let found: BTreeSet<String> = api().routes.into_iter().map(|route| route.key).collect();
    let wanted = RESERVED.iter().chain(ClientMessage::ACTIONS).map(|key| (*key).to_owned());
    assert_eq!(found, wanted.collect::<BTreeSet<_>>());
}

#[test]
fn the_tag_of_the_messages_selects_the_route() {
    assert_eq!(api().route_selection_expression, "$request.body.action");
    let ping = ClientMessage::Ping(shared::client::Ping { t: 0 }).to_json();
    let ping: Value = serde_json::from_str(&ping).unwrap();
    assert_eq!(ping["action"], "ping");
}

#[test]
fn every_route_calls_the_websocket_function_and_waits_as_long_as_the_limits_say() {
    let app = app();
    let websocket = app.functions.iter().find(|function| function.logical_id == "WebsocketFunction");
    let name = websocket.expect("the function exists").name.clone();
    let timeout_ms = u32::try_from(limits::INTEGRATION_MS).expect("it is less than a minute");
    let called = Integration::Function { name, qualifier: None, timeout_ms };
    for route in &app.apis[0].routes {
        assert_eq!(route.integration, called, "{}", route.key);
    }
}

#[test]
fn a_connection_is_authorised_by_the_authorizer_whichever_header_has_the_token() {
    let app = app();
    let connect = app.apis[0].routes.iter().find(|route| route.key == "$connect");
    let Some(Authorization::Lambda(authorizer)) = connect.map(|route| &route.authorization) else {
        panic!("$connect has no authorizer: {connect:?}")
    };
    let function = app.function(&authorizer.function).map(|function| function.logical_id.as_str());
    assert_eq!(function, Some("AuthorizerFunction"));
    assert_eq!(authorizer.identity_sources, [""; 0], "API Gateway would require all of several sources");
}
