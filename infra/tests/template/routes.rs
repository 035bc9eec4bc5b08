//! Tests that the routes of the WebSocket API are exactly the messages that a client may send.

use std::collections::BTreeSet;

use infra::Template;
use serde_json::Value;
use shared::{ClientMessage, limits};

const RESERVED: [&str; 3] = ["$connect", "$disconnect", "$default"];

fn routes(template: &Template) -> Vec<(String, Value)> {
    let routes = template.properties("WebSocketApi")["Routes"].as_object().cloned().unwrap_or_default();
    routes.into_iter().collect()
}

#[test]
fn every_client_message_has_a_route_and_there_are_no_others() {
    let template = Template::read();
    let found: BTreeSet<String> = routes(&template).into_iter().map(|(key, _)| key).collect();
    let wanted = RESERVED.iter().chain(ClientMessage::ACTIONS).map(|key| (*key).to_owned());
    assert_eq!(found, wanted.collect::<BTreeSet<_>>());
}

#[test]
fn the_tag_of_the_messages_selects_the_route() {
    let template = Template::read();
    assert_eq!(template.properties("WebSocketApi")["RouteSelectionExpression"], "$request.body.action");
    let ping = ClientMessage::Ping(shared::client::Ping { t: 0 }).to_json();
    let ping: Value = serde_json::from_str(&ping).unwrap();
    assert_eq!(ping["action"], "ping");
}

#[test]
fn a_route_has_as_much_time_as_the_limits_say() {
    let template = Template::read();
    for (key, route) in routes(&template) {
        assert_eq!(route["IntegrationTimeout"], limits::INTEGRATION_MS, "{key}");
    }
}

#[test]
fn a_connection_is_authorised_by_the_authorizer_whichever_header_has_the_token() {
    let auth = &Template::read().properties("WebSocketApi")["Auth"].clone();
    assert_eq!(auth["AuthType"], "CUSTOM");
    assert_eq!(auth["AuthArn"], serde_json::json!({"Fn::GetAtt": ["AuthorizerFunction", "Arn"]}));
    assert_eq!(auth["IdentitySource"], Value::Null, "API Gateway would require all of several sources");
}
