//! Tests of what an API's settings change in events and answers, and of what an observer sees.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigw_websocket::events::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use apigw_websocket::{Api, ConnectionId, Frame};
use apigw_websocket::{
    Connections, FunctionError, Functions, Gateway, Limits, ObservedHandshake, ObservedMessage, Observer,
    PostError, Route, Routes, ServerSettings, connect_event_json, event_json, functions_fn, serve,
};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use crate::support::{HttpClient, ManualEnvironment, RawSocket, Script, Start, ok, soon, status, text};

#[tokio::test]
async fn events_have_the_configured_domain_and_stage_variables() {
    let configure = |api: &mut Api| {
        api.domain_name = Some("abcdef1234.execute-api.eu-west-1.amazonaws.com".into());
        api.stage_variables.insert("table".into(), "rooms".into());
    };
    let mut harness = Start::new(Script::default()).change(configure).run().await;
    let _client = harness.client().await;
    let event = event_json(&harness.event("CONNECT").await);
    let domain = "abcdef1234.execute-api.eu-west-1.amazonaws.com";
    assert_eq!(event["requestContext"]["domainName"], domain);
    assert_eq!(event["headers"]["Host"], domain);
    assert_eq!(event["stageVariables"], json!({"table": "rooms"}));
}

#[tokio::test]
async fn a_connect_event_says_that_the_client_came_by_https_unless_configured() {
    for (proto, port) in [("https", 443), ("http", 3001)] {
        let configure = |api: &mut Api| (api.forwarded_proto, api.forwarded_port) = (proto.into(), port);
        let mut harness = Start::new(Script::default()).change(configure).run().await;
        let _client = harness.client().await;
        let event = event_json(&harness.event("CONNECT").await);
        assert_eq!(event["headers"]["X-Forwarded-Proto"], proto);
        assert_eq!(event["headers"]["X-Forwarded-Port"], port.to_string());
    }
}

#[tokio::test]
async fn header_names_in_a_connect_event_are_spelled_as_the_client_wrote_them() {
    let mut harness = Start::new(Script::default()).run().await;
    let stream = TcpStream::connect(harness.address).await.expect("the server listens");
    let _socket = RawSocket::connect_with(stream, "/ws", "token: a\r\nAUTH: b\r\nX-Mixed-case: c\r\n").await;
    let (event, names) = harness.connect_event().await;
    let event = connect_event_json(&event, &names);
    let headers = event["headers"].as_object().expect("headers");
    for (name, value) in [("token", "a"), ("AUTH", "b"), ("X-Mixed-case", "c")] {
        assert_eq!(headers.get(name), Some(&json!(value)), "{headers:?}");
        assert_eq!(event["multiValueHeaders"][name], json!([value]));
    }
}

#[tokio::test]
async fn a_refused_handshake_has_ids_and_the_type_of_its_status() {
    for (code, kind) in
        [(401, "UnauthorizedException"), (403, "ForbiddenException"), (503, "InternalServerErrorException")]
    {
        let mut harness = Start::new(Script::new(move |_, _| async move { status(code) })).run().await;
        let answer = harness.http().handshake("/ws").await;
        assert_eq!((i64::from(answer.status), answer.header("x-amzn-errortype")), (code, Some(kind)));
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        let context = harness.event("CONNECT").await.request_context;
        assert_eq!(body["connectionId"].as_str(), context.connection_id.as_deref());
        assert_eq!(body["requestId"].as_str(), context.request_id.as_deref());
        assert_eq!(answer.header("x-amzn-requestid"), context.request_id.as_deref());
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let harness = Start::new(Script::default()).run().await;
    assert!(harness.raw().await.head.to_ascii_lowercase().contains("x-amzn-requestid: "));
    for path in ["/ws/@connections/XDmENcnwIE0CFEQ=", "/other", "/ws"] {
        let answer = harness.http().request("GET", path, b"").await;
        assert!(answer.header("x-amzn-requestid").is_some_and(|id| id.len() == 16), "{path}");
    }
}

#[tokio::test]
async fn a_route_has_a_time_limit_of_its_own() {
    let slow = Script::on_message(|_, _| async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        ok()
    });
    let configure = |api: &mut Api| {
        let mut route = Route::default();
        route.timeout = Some(Duration::from_millis(50));
        api.routes.insert("echo", route).expect("a route key");
    };
    let harness = Start::new(slow).change(configure).run().await;
    let mut client = harness.client().await;
    send(&mut client, r#"{"action":"echo"}"#).await;
    assert!(text(&mut client).await.contains("Endpoint request timed out"));
}

#[tokio::test]
async fn the_limits_of_the_connections_apply() {
    let mut limits = Limits::default();
    limits.url_bytes = 10;
    let connections = Connections::new(&limits, Arc::new(ManualEnvironment::default()));
    let api = Api::new("ws", Routes::default());
    let gateway = Gateway::new(api, functions_fn(|_| async { ok() }), connections);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, gateway, ServerSettings::default(), std::future::pending()));
    let long = RawSocket::connect(address, "/ws?0123456789").await;
    assert!(long.head.starts_with("HTTP/1.1 414"), "{}", long.head);
}

#[derive(Default)]
struct Seen(Mutex<Vec<String>>);

impl Seen {
    fn add(&self, text: String) {
        self.0.lock().expect("no test panics with it").push(text);
    }
}

impl Observer for Seen {
    fn handshake(&self, handshake: &ObservedHandshake<'_>) {
        self.add(format!("handshake {}", handshake.status));
    }

    fn message(&self, message: &ObservedMessage<'_>) {
        let route = message.event.and_then(|event| event.request_context.route_key.clone());
        self.add(format!("message {} to {route:?}, failed: {}", message.text, message.failed));
    }

    fn post(&self, _: &ConnectionId, text: &str, result: Result<(), PostError>) {
        self.add(format!("post {text}: {result:?}"));
    }

    fn end(&self, _: &ConnectionId, code: u16, _: &str) {
        self.add(format!("end {code}"));
    }
}

#[tokio::test]
async fn an_observer_sees_handshakes_messages_posts_and_ends() {
    let seen = Arc::new(Seen::default());
    let environment = Arc::new(ManualEnvironment::default());
    let connections = Connections::observed(&Limits::default(), environment, seen.clone());
    let api = Api::new("ws", Routes::new(["$connect", "say"]).expect("route keys"));
    let gateway = Gateway::new(api, functions_fn(|_| async { ok() }), connections.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, gateway, ServerSettings::default(), std::future::pending()));
    let (mut client, _) =
        soon(tokio_tungstenite::connect_async(format!("ws://{address}/ws"))).await.expect("a handshake");
    send(&mut client, r#"{"action":"say"}"#).await;
    send(&mut client, "other").await;
    assert!(text(&mut client).await.contains("Forbidden"));
    let id = connections.ids()[0];
    connections.post(&id, &Frame::text("hello")).expect("it is open");
    assert_eq!(text(&mut client).await, "hello");
    soon(client.close(None)).await.expect("closed");
    soon(connections.wait_until_empty()).await;
    assert!(connections.post(&id, &Frame::text("late")).is_err());
    soon(async {
        while seen.0.lock().expect("no panic").len() < 6 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let mut seen = seen.0.lock().expect("no panic").clone();
    seen.sort();
    let expected = [
        "end 1005",
        "handshake 101",
        "message other to None, failed: true",
        r#"message {"action":"say"} to Some("say"), failed: false"#,
        "post hello: Ok(())",
        "post late: Err(Gone)",
    ];
    assert_eq!(seen, expected);
}

/// Waits until an observer has seen this.
async fn wait_until_seen(seen: &Seen, expected: &[&str]) {
    soon(async {
        while seen.0.lock().expect("no panic").len() < expected.len() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(*seen.0.lock().expect("no panic"), expected);
}

/// A gateway whose `$connect` waits until it is released.
struct Waiting {
    seen: Arc<Seen>,
    gateway: Gateway<WaitingFunctions>,
    address: std::net::SocketAddr,
    begun: mpsc::UnboundedReceiver<()>,
    release: watch::Sender<bool>,
}

struct WaitingFunctions {
    begun: mpsc::UnboundedSender<()>,
    released: watch::Receiver<bool>,
}

impl Functions for WaitingFunctions {
    async fn invoke(
        &self,
        _: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let _ = self.begun.send(());
        let _ = self.released.clone().wait_for(|released| *released).await;
        ok()
    }
}

impl Waiting {
    async fn start() -> Self {
        let seen = Arc::new(Seen::default());
        let environment = Arc::new(ManualEnvironment::default());
        let connections = Connections::observed(&Limits::default(), environment, seen.clone());
        let api = Api::new("ws", Routes::new(["$connect"]).expect("route keys"));
        let ((begin, begun), (release, released)) = (mpsc::unbounded_channel(), watch::channel(false));
        let gateway = Gateway::new(api, WaitingFunctions { begun: begin, released }, connections);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, gateway.clone(), ServerSettings::default(), std::future::pending()));
        Self { seen, gateway, address, begun, release }
    }

    /// Returns a client that waits for `$connect`.
    async fn client(&mut self) -> tokio::task::JoinHandle<RawSocket> {
        let address = self.address;
        let client = tokio::spawn(async move { RawSocket::connect(address, "/ws").await });
        soon(self.begun.recv()).await.expect("the gateway runs");
        client
    }
}

#[tokio::test]
async fn an_observer_sees_the_handshake_of_a_client_that_leaves_during_it_before_its_end() {
    let mut waiting = Waiting::start().await;
    let client = waiting.client().await;
    client.abort();
    assert!(soon(client).await.is_err());
    // This request makes sure that the server has noticed that the client has left.
    let http = HttpClient { address: waiting.address };
    assert_eq!(http.request("GET", "/ws", b"").await.status, 426);
    waiting.release.send_replace(true);
    wait_until_seen(&waiting.seen, &["handshake 101", "end 1006"]).await;
}

#[tokio::test]
async fn an_observer_sees_no_end_of_a_connection_that_a_shutdown_refuses() {
    let mut waiting = Waiting::start().await;
    let client = waiting.client().await;
    let shut_down = waiting.gateway.shut_down(1001, "restarting");
    tokio::pin!(shut_down);
    // The first poll begins the shutdown, which then waits for the handshake.
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut shut_down).await.is_err());
    waiting.release.send_replace(true);
    let head = soon(client).await.expect("an answer").head;
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    soon(shut_down).await;
    wait_until_seen(&waiting.seen, &["handshake 503"]).await;
}

async fn send(client: &mut crate::support::Client, message: &str) {
    use futures_util::SinkExt;
    soon(client.send(message.into())).await.expect("sent");
}
