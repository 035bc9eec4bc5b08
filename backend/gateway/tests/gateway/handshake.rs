use std::time::Duration;

use apigw_websocket::FunctionError;
use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use futures_util::SinkExt;
use http::HeaderMap;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{RawSocket, Script, Start, masked_ids, ok, soon, status, text};

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn the_status_of_connect_is_the_status_of_the_handshake() {
    for (returned, seen) in [
        (200, 101),
        (201, 101),
        (299, 101),
        (301, 301),
        (400, 400),
        (401, 401),
        (403, 403),
        (500, 500),
        (501, 501),
        (0, 502),
        (101, 502),
        (70_000, 502),
    ] {
        let harness = Start::new(Script::new(move |_, _| async move { status(returned) })).run().await;
        assert_eq!(harness.handshake_status("/ws").await, seen, "{returned}");
    }
}

#[tokio::test]
async fn a_connect_that_throws_or_panics_is_502() {
    let throws = Script::new(|_, _| async { Err(FunctionError::new("thrown")) });
    assert_eq!(Start::new(throws).run().await.handshake_status("/ws").await, 502);
    let panics = Script::new(|_, _| async { panic!("on purpose") });
    assert_eq!(Start::new(panics).run().await.handshake_status("/ws").await, 502);
}

#[tokio::test]
async fn a_connect_that_takes_too_long_is_504() {
    let start = Start::new(Script::new(|_, _| std::future::pending()));
    let harness = start.change(|api| api.limits.integration = Duration::from_millis(20)).run().await;
    assert_eq!(harness.handshake_status("/ws").await, 504);
}

#[tokio::test]
async fn a_refused_connect_is_followed_by_no_disconnect() {
    let mut harness = Start::new(Script::new(|_, _| async { status(403) })).run().await;
    assert_eq!(harness.handshake_status("/ws").await, 403);
    assert_eq!(harness.connections.count(), 0);
    harness.event("CONNECT").await;
    assert_eq!(harness.pending_events(), 0);
}

#[tokio::test]
async fn without_a_connect_route_every_client_is_accepted() {
    let harness = Start::with_routes(&["$default"], Script::new(|_, _| async { status(403) })).run().await;
    assert_eq!(harness.handshake_status("/ws").await, 101);
}

#[tokio::test]
async fn nothing_is_upgraded_before_connect_has_returned() {
    let (release, released) = tokio::sync::watch::channel(false);
    let script = Script::new(move |_, _| {
        let mut released = released.clone();
        async move {
            let _ = released.wait_for(|released| *released).await;
            ok()
        }
    });
    let mut harness = Start::new(script).run().await;
    let address = harness.address;
    let client = tokio::spawn(async move { RawSocket::connect(address, "/ws").await });
    harness.event("CONNECT").await;
    assert_eq!(harness.connections.count(), 0);
    assert!(!client.is_finished());
    release.send_replace(true);
    assert!(soon(client).await.expect("a client").head.starts_with("HTTP/1.1 101"));
}

#[tokio::test]
async fn the_answer_has_the_accept_value_of_the_key_and_no_extension() {
    let harness = Start::new(Script::default()).run().await;
    let head = harness.raw().await.head.to_ascii_lowercase();
    assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
}

#[tokio::test]
async fn a_subprotocol_is_answered_only_as_connect_returned_it() {
    let silent = Start::new(Script::default()).run().await;
    assert_eq!(subprotocol(silent.address, "Sec-WebSocket-Protocol: a, b\r\n").await, None);

    let choosing = Start::new(Script::new(|_, _| async { Ok(with_subprotocol("b")) })).run().await;
    assert_eq!(subprotocol(choosing.address, "Sec-WebSocket-Protocol: a, b\r\n").await, Some("b".into()));
    assert_eq!(subprotocol(choosing.address, "").await, Some("b".into()));
}

#[tokio::test]
async fn the_connect_event_describes_the_client() {
    let mut harness = Start::new(Script::default()).run().await;
    let stream = TcpStream::connect(harness.address).await.expect("the server listens");
    let headers = "User-Agent: tests/1\r\nX-Custom: yes\r\nX-Forwarded-For: 6.6.6.6\r\n";
    let _socket = RawSocket::connect_with(stream, "/ws?room=a%20b&room=c&flag", headers).await;
    let event = harness.event("CONNECT").await;
    let json = apigw_websocket::event_json(&event);
    let host = harness.address.to_string();
    assert_eq!(json["headers"]["X-Custom"], "yes");
    assert_eq!(json["headers"]["X-Forwarded-For"], "127.0.0.1");
    assert_eq!(json["headers"]["Host"], host);
    assert_eq!(json["headers"].get("Connection"), None);
    assert_eq!(json["queryStringParameters"], json!({"room": "c", "flag": ""}));
    assert_eq!(json["multiValueQueryStringParameters"]["room"], json!(["a b", "c"]));
    let context = &json["requestContext"];
    assert_eq!(context["domainName"], host);
    assert_eq!(context["stage"], "ws");
    assert_eq!(context["identity"], json!({"sourceIp": "127.0.0.1", "userAgent": "tests/1"}));
    assert_eq!(context["connectedAt"], 1_707_502_303_419_u64);
}

#[tokio::test]
async fn a_request_that_is_not_a_websocket_handshake_is_426_or_400() {
    let harness = Start::new(Script::default()).run().await;
    let http = harness.http();
    let plain = http.request("GET", "/ws", b"").await;
    assert_eq!(plain.status, 426);
    assert_eq!(plain.header("sec-websocket-version"), Some("13"));
    assert_eq!(http.send(&close_after(&UPGRADE.replace("13", "8")), b"").await.status, 426);
    assert_eq!(http.send(&close_after(&UPGRADE.replace("GET", "POST")), b"").await.status, 426);
    assert_eq!(http.send(&close_after(&UPGRADE.replace("dGhl", "")), b"").await.status, 400);
}

#[tokio::test]
async fn another_path_is_forbidden() {
    let harness = Start::new(Script::default()).run().await;
    for path in ["/", "/other", "/ws/more", "/wss"] {
        assert!(!harness.gateway.is_gateway_path(path), "{path}");
        assert_eq!(harness.handshake_status(path).await, 403, "{path}");
    }
    for path in ["/ws", "/ws/", "/ws/@connections/x", "/ws/%40connections/x"] {
        assert!(harness.gateway.is_gateway_path(path), "{path}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_and_a_rebound_name_are_403() {
    let harness = Start::new(Script::default()).run().await;
    let http = harness.http();
    let origin = |origin: &str| close_after(&format!("{UPGRADE}Origin: {origin}\r\n"));
    assert_eq!(http.send(&origin("http://evil.example"), b"").await.status, 403);
    assert_eq!(http.send(&close_after(&format!("{UPGRADE}Host: evil.example\r\n")), b"").await.status, 403);
    let stream = TcpStream::connect(harness.address).await.expect("the server listens");
    let own = format!("Origin: http://{}\r\n", harness.address);
    assert!(RawSocket::connect_with(stream, "/ws", &own).await.head.starts_with("HTTP/1.1 101"));
    assert_eq!(harness.connections.count(), 1);
}

#[tokio::test]
async fn a_url_beyond_the_limit_is_414() {
    let harness = Start::new(Script::default()).run().await;
    let url = |length: usize| format!("/ws?{}", "x".repeat(length - 4));
    assert_eq!(harness.handshake_status(&url(4096)).await, 101);
    assert_eq!(harness.handshake_status(&url(4097)).await, 414);
}

#[tokio::test]
async fn handshakes_beyond_the_rate_are_429_until_time_has_passed() {
    let start = Start::new(Script::default()).change(|api| api.limits.connects_per_second = 2);
    let harness = start.run().await;
    let (_first, _second) = (harness.client().await, harness.client().await);
    assert_eq!(harness.handshake_status("/ws").await, 429);
    harness.clock.advance(Duration::from_millis(500));
    assert_eq!(harness.handshake_status("/ws").await, 101);
}

#[tokio::test]
async fn connections_and_handshakes_beyond_their_limits_are_429() {
    let start = Start::new(Script::default()).change(|api| api.limits.connections = 1);
    let harness = start.run().await;
    let _only = harness.client().await;
    assert_eq!(harness.handshake_status("/ws").await, 429);

    let waiting = Start::new(Script::new(|_, _| std::future::pending()));
    let mut harness = waiting.change(|api| api.limits.handshakes = 1).run().await;
    let address = harness.address;
    let client = tokio::spawn(async move { RawSocket::connect(address, "/ws").await });
    harness.event("CONNECT").await;
    assert_eq!(harness.handshake_status("/ws").await, 429);
    client.abort();
}

#[tokio::test]
async fn a_handshake_over_http_1_0_is_426_and_no_function_is_invoked() {
    let mut harness = Start::new(Script::default()).run().await;
    let head = UPGRADE.replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(harness.http().send(&head, b"").await.status, 426);
    assert_eq!(harness.pending_events(), 0);
}

#[tokio::test]
async fn a_handshake_with_a_body_is_400_and_no_function_is_invoked() {
    let mut harness = Start::new(Script::default()).run().await;
    for (header, body) in [("Content-Length: 5", &b"hello"[..]), ("Transfer-Encoding: chunked", b"0\r\n\r\n")]
    {
        let head = close_after(&format!("{UPGRADE}{header}\r\n"));
        assert_eq!(harness.http().send(&head, body).await.status, 400, "{header}");
    }
    assert_eq!(harness.pending_events(), 0);
}

/// A connection that does not come from `serve` has no TCP socket that the gateway can take over.
#[tokio::test]
async fn a_handshake_over_another_server_is_501_and_no_function_is_invoked() {
    let mut harness = Start::new(Script::default()).run().await;
    let request = http::Request::get("/ws")
        .header("host", "127.0.0.1")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(http_body_util::Empty::new())
        .expect("a request");
    let peer = "127.0.0.1:4000".parse().expect("an address");
    assert_eq!(harness.gateway.handle(request, peer).await.status(), 501);
    assert_eq!(harness.pending_events(), 0);
    assert_eq!(harness.connections.count(), 0);
}

#[tokio::test]
async fn a_handshake_that_asks_to_close_after_it_is_upgraded_all_the_same() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut stream = TcpStream::connect(harness.address).await.expect("the server listens");
    let head = format!("{}Host: {}\r\n\r\n", close_after(UPGRADE), harness.address);
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&crate::support::frame(0x81, b"still here")).await.expect("sent");
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("still here"));
}

#[tokio::test]
async fn ids_are_shaped_like_aws_ids_and_all_different() {
    let mut harness = Start::with_routes(&["$connect"], Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    let (_other, other_id) = harness.identified_client().await;
    assert_ne!(id, other_id);
    client.send("{}".into()).await.expect("sent");
    let (_, ids) = masked_ids(&text(&mut client).await);
    assert_eq!(ids[0], id.as_str());
    assert_eq!(ids.len(), 2);
}

fn with_subprotocol(name: &'static str) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = 200;
    let mut headers = HeaderMap::new();
    headers.insert("Sec-WebSocket-Protocol", http::HeaderValue::from_static(name));
    response.headers = headers;
    response
}

async fn subprotocol(address: std::net::SocketAddr, headers: &str) -> Option<String> {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let head = RawSocket::connect_with(stream, "/ws", headers).await.head;
    head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("sec-websocket-protocol: ").map(str::to_owned)
    })
}

/// Adds `close` to the header `Connection` of a handshake. The server then closes the TCP connection after a refusal,
/// which marks the end of the answer.
fn close_after(head: &str) -> String {
    head.replace("Connection: Upgrade\r\n", "Connection: Upgrade, close\r\n")
}
