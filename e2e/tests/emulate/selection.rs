//! The selection of routes by messages.

use crate::app::{App, copy_of};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_takes_the_route_that_its_json_names_however_odd_the_rest_is() {
    let app = App::start("mirror");
    let mut client = app.connect("").await;
    let deep = format!(r#"{{"action":"ask","data":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    for (message, route) in [
        (r#"{"action":"ask"}"#, "ask"),
        (r#" {"data": {"action": "oneway"}, "action" : "ask"} "#, "ask"),
        (r#"{"action":"ask","text":"half an emoji \ud83d"}"#, "ask"),
        (r#"{"action":"ask","text":"\ude00 the other half"}"#, "ask"),
        (r#"{"action":"ask","number":1e400}"#, "ask"),
        (&deep, "ask"),
        (r#"{"action":"oneway","action":"ask"}"#, "ask"),
        (r#"{"\u0061ction":"as\u006b"}"#, "ask"),
        (r#"{"action":7}"#, "7"),
        (r#"{"action":"Ask"}"#, "$default"),
        (r#"{"action":" ask"}"#, "$default"),
        (r#"{"action":""}"#, "$default"),
        (r#"{"action":null}"#, "$default"),
        (r#"{"action":{"action":"ask"}}"#, "$default"),
        (r#"{"action":["ask"]}"#, "$default"),
        (r#"{"action":"$connect"}"#, "$default"),
        (r#"{"action":"$disconnect"}"#, "$default"),
        (r#"{"action":"$default"}"#, "$default"),
        (r#"{"other":"ask"}"#, "$default"),
        (r#"[{"action":"ask"}]"#, "$default"),
        (r#""ask""#, "$default"),
        ("ask", "$default"),
        (r#"{"action":"ask""#, "$default"),
        (r#"{"action":"ask"} and more"#, "$default"),
        ("", "$default"),
    ] {
        assert_eq!(client.ask(message).await, route, "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_may_have_paths_several_variables_and_escapes() {
    for (expression, messages) in [
        (
            "$request.body.data.kind",
            [(r#"{"data":{"kind":"ask"}}"#, "ask"), (r#"{"data":"ask"}"#, "$default")],
        ),
        (
            "${request.body.service}/${request.body.action}",
            [
                (r#"{"service":"chat","action":"join"}"#, "chat/join"),
                (r#"{"service":"chat/join","action":""}"#, "$default"),
            ],
        ),
        ("$request.body.list[1]", [(r#"{"list":[0,7]}"#, "7"), (r#"{"list":[0]}"#, "$default")]),
        ("\\$default", [(r#"{"action":"ask"}"#, "$default"), ("text", "$default")]),
        ("ask", [(r#"{"action":"oneway"}"#, "ask"), ("text", "ask")]),
    ] {
        let app = App::start_with("mirror", &["--no-board", "--param", &format!("Expression={expression}")]);
        let mut client = app.connect("").await;
        for (message, route) in messages {
            assert_eq!(client.ask(message).await, route, "{expression}: {message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_default_route_what_names_no_route_is_forbidden_and_the_socket_stays() {
    let app = App::run(copy_of("mirror"), &["--no-board"]);
    let apis = app.ready["apis"].as_array().expect("APIs");
    let url = apis.iter().find(|api| api["api"] == "Guarded").and_then(|api| api["url"].as_str());
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let answer = format!(r#"{{"principalId":"me","policyDocument":{{"Statement":{statement}}}}}"#);
    let answer = serde_json::from_str(&answer).expect("JSON");
    let url = crate::answers::wanting(url.expect("an address"), "answer", &answer);
    let mut client = Client::connect(&url, &[]).await.expect("allowed");
    for message in ["text", r#"{"action":"other"}"#, r#"{"action":"$connect"}"#, "42"] {
        let frame = client.ask(message).await;
        assert!(frame.starts_with(r#"{"message": "Forbidden", "connectionId":""#), "{message}: {frame}");
    }
    assert_eq!(client.ask(r#"{"action":"ask"}"#).await, "ask");
}
