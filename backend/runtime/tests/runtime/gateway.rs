//! Tests of functions behind a gateway, over real sockets.

use apigw_websocket::{Api, Authorizer, Connections, Gateway, Routes, ServerSettings};
use lambda_host::GatewayFunctions;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{Harness, soon};

/// The example of the README, of which the tests call everything but `main`.
#[path = "../../examples/behind_gateway.rs"]
#[expect(dead_code, reason = "`main` of the example is not called")]
mod behind_gateway;

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::test]
async fn a_function_gets_the_events_of_a_connection_as_api_gateway_sends_them() {
    let mut harness = Harness::start();
    let address = listen(&harness, false).await;
    let mut client = connect(&address, "").await.expect("accepted");
    let connect = event(&mut harness).await;
    assert_eq!(connect["requestContext"]["eventType"], "CONNECT");
    assert_eq!(connect["headers"]["Sec-WebSocket-Version"], "13");
    let id = &connect["requestContext"]["connectionId"];
    send(&mut client, "hello").await;
    let message = event(&mut harness).await;
    assert_eq!((&message["body"], &message["requestContext"]["connectionId"]), (&json!("hello"), id));
    assert_eq!(message.get("headers"), None);
    soon(client.close(None)).await.expect("closed");
    let disconnect = event(&mut harness).await;
    assert_eq!(disconnect["requestContext"]["disconnectStatusCode"], 1005);
}

#[tokio::test]
async fn a_handshake_has_the_status_of_connect_or_502_without_a_valid_answer() {
    let harness = Harness::start();
    let address = listen(&harness, false).await;
    for (answer, status) in [("403", 403), ("throw", 502), ("null", 502)] {
        assert_eq!(refused(&address, &format!("?answer={answer}")).await, status, "{answer}");
    }
}

#[tokio::test]
async fn a_function_that_throws_or_returns_nothing_on_a_message_is_an_internal_server_error() {
    let harness = Harness::start();
    let address = listen(&harness, false).await;
    let mut client = connect(&address, "").await.expect("accepted");
    for body in ["null", "throw"] {
        send(&mut client, body).await;
        let Message::Text(frame) = soon(next_message(&mut client)).await else { panic!("no text") };
        let frame: Value = serde_json::from_str(&frame).expect("JSON");
        assert_eq!(frame["message"], "Internal server error", "{body}");
    }
}

#[tokio::test]
async fn a_route_may_have_a_function_of_its_own() {
    let mut harness = Harness::start();
    harness.host.replace(crate::support::function("finger", None));
    let functions = GatewayFunctions::new(harness.host.clone(), "thumb", None).route("$default", "finger");
    let address = serve(Api::new("ws", routes()), functions).await;
    let mut client = connect(&address, "").await.expect("accepted");
    send(&mut client, "hello").await;
    assert!(harness.line("hello").await.starts_with("finger: "));
}

#[tokio::test]
async fn an_authorizer_allows_denies_and_throws() {
    let harness = Harness::start();
    let address = listen(&harness, true).await;
    for (token, status) in [("", 401), ("deny", 403), ("throw", 500), ("long", 500)] {
        assert_eq!(refused(&address, &format!("?token={token}")).await, status, "{token}");
    }
    assert!(connect(&address, "?token=allow").await.is_ok());
}

#[tokio::test]
async fn an_authorizer_gets_the_connection_and_its_context_is_in_the_connect_event() {
    let mut harness = Harness::start();
    let address = listen(&harness, true).await;
    let _client = connect(&address, "?token=allow").await.expect("allowed");
    let (asked, connect) = (event(&mut harness).await, event(&mut harness).await);
    assert_eq!(asked["requestContext"]["routeKey"], "$connect");
    assert_eq!(asked["requestContext"]["connectionId"], connect["requestContext"]["connectionId"]);
    assert_eq!(asked["headers"]["Upgrade"], "websocket");
    assert_eq!(connect["requestContext"]["authorizer"], json!({"principalId": "me", "level": "3"}));
}

/// Starts a gateway whose routes all invoke the test function. If `has_authorizer` is set, the test function is also
/// the authorizer.
async fn listen(harness: &Harness, has_authorizer: bool) -> String {
    let mut api = Api::new("ws", routes());
    api.authorizer = has_authorizer.then(Authorizer::default);
    let functions = GatewayFunctions::new(harness.host.clone(), "thumb", Some("thumb".into()));
    serve(api, functions).await
}

fn routes() -> Routes {
    Routes::new(["$connect", "$default", "$disconnect"]).expect("routes")
}

async fn serve(api: Api, functions: GatewayFunctions) -> String {
    let gateway = Gateway::new(api, functions, Connections::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(apigw_websocket::serve(
        listener,
        gateway,
        ServerSettings::default(),
        std::future::pending(),
    ));
    format!("ws://{address}/ws")
}

async fn connect(address: &str, query: &str) -> Result<Client, tungstenite::Error> {
    Ok(soon(tokio_tungstenite::connect_async(format!("{address}{query}"))).await?.0)
}

async fn refused(address: &str, query: &str) -> u16 {
    match connect(address, query).await {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("no answer: {error}"),
        Ok(_) => 101,
    }
}

async fn send(client: &mut Client, text: &str) {
    use futures_util::SinkExt;
    soon(client.send(text.into())).await.expect("sent");
}

async fn next_message(client: &mut Client) -> Message {
    use futures_util::StreamExt;
    client.next().await.expect("open").expect("a frame")
}

/// Waits for the next event that the function has received. The function prints every event, and the test reads it from
/// the log.
async fn event(harness: &mut Harness) -> Value {
    let line = harness.line("requestContext").await;
    serde_json::from_str(line.strip_prefix("thumb: ").unwrap_or_default()).expect("an event")
}

#[cfg(unix)]
#[tokio::test]
async fn the_example_runs_a_program_behind_a_gateway() {
    use std::os::unix::fs::PermissionsExt;
    let bootstrap =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bootstrap-{}", std::process::id()));
    let program = std::env::current_exe().expect("this program");
    let arguments = crate::function::ARGUMENTS.join(" ");
    let script = format!("#!/bin/sh\nexec '{}' {arguments}\n", program.display());
    std::fs::write(&bootstrap, script).expect("written");
    std::fs::set_permissions(&bootstrap, PermissionsExt::from_mode(0o755)).expect("made a program");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("ws://{}/prod", listener.local_addr().expect("an address"));
    let gateway = behind_gateway::gateway(bootstrap).expect("route keys");
    tokio::spawn(apigw_websocket::serve(
        listener,
        gateway,
        ServerSettings::default(),
        std::future::pending(),
    ));
    let mut client = connect(&address, "").await.expect("accepted");
    send(&mut client, "throw").await;
    let Message::Text(frame) = soon(next_message(&mut client)).await else { panic!("no text") };
    assert!(frame.contains("Internal server error"), "{frame}");
    assert_eq!(refused(&address, "?answer=403").await, 403);
}

#[test]
fn the_readme_shows_the_example() {
    let example = include_str!("../../examples/behind_gateway.rs");
    let code: Vec<&str> = example.lines().filter(|line| !line.starts_with("///")).collect();
    assert!(include_str!("../../README.md").contains(&code.join("\n")));
}
