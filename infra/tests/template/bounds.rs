//! Tests the limits that AWS enforces for all requests together. The functions cannot enforce them, because no process
//! of a function sees all requests.

use infra::Template;
use serde_json::{Value, json};
use shared::limits;

const FUNCTIONS: [&str; 4] = ["Websocket", "Authorizer", "Ingest", "Broadcast"];

#[test]
fn every_route_is_throttled_and_handshakes_on_their_own() {
    let template = Template::read();
    let api = template.properties("WebSocketApi");
    let messages = json!({"Ref": "MessagesPerSecond"});
    let all = &api["DefaultRouteSettings"];
    assert_eq!((&all["ThrottlingRateLimit"], &all["ThrottlingBurstLimit"]), (&messages, &messages));
    let connect = &api["RouteSettings"]["$connect"];
    assert_eq!(connect["ThrottlingRateLimit"], json!({"Ref": "ConnectsPerSecond"}));
    assert_eq!(connect["ThrottlingBurstLimit"], limits::CONNECTS_PER_SECOND);
    assert!(template.default_of("ConnectsPerSecond").as_u64() <= Some(limits::CONNECTS_PER_SECOND.into()));
}

#[test]
fn the_concurrency_of_every_function_can_be_bounded_and_is_not_by_default() {
    let template = Template::read();
    for function in FUNCTIONS {
        let reserved = &template.properties(&format!("{function}Function"))["ReservedConcurrentExecutions"];
        let setting = format!("{function}Reservation");
        let expected =
            json!({"Fn::If": [format!("Reserves{function}"), {"Ref": setting}, {"Ref": "AWS::NoValue"}]});
        assert_eq!(*reserved, expected, "{function}");
        assert_eq!(*template.default_of(&setting), 0, "a new account may reserve nothing");
    }
}

#[test]
fn an_address_of_keys_is_not_blank_and_comes_with_issuer_and_audience() {
    let template = Template::read();
    let pattern = &template.parameter("JwksUrl")["AllowedPattern"];
    assert_eq!(*pattern, "(https://[^ ]+)?");
    let required: Vec<&Value> = template.assertions("IssuerAndAudience").collect();
    let is_set = |name: &str| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]});
    assert_eq!(required, [&is_set("JwtIssuer"), &is_set("JwtAudience")]);
}

#[test]
fn every_check_that_is_skipped_has_its_reason() {
    let template = Template::read();
    let skipped: Vec<&Value> = template.skipped_checks().collect();
    assert!(!skipped.is_empty());
    for check in skipped {
        assert!(check["comment"].as_str().is_some_and(|reason| reason.len() > 40), "{check}");
    }
}
