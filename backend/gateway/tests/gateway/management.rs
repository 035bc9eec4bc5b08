use std::time::Duration;

use apigw_websocket::{App, ConnectionId, reply};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::Service;

use crate::support::{Answer, Harness, Script, Start, closed, soon, text};

const UNKNOWN: &str = "XDmENcnwIE0CFEQ=";

#[tokio::test]
async fn a_post_is_200_and_arrives_as_text_however_the_id_is_written() {
    let (harness, mut client, id) = connected().await;
    let encoded = id.as_str().replace('=', "%3D");
    for path in [
        format!("/ws/@connections/{encoded}"),
        format!("/ws/@connections/{id}"),
        format!("/ws/%40connections/{encoded}"),
        format!("/ws//@connections/{encoded}"),
    ] {
        let answer = harness.http().request("POST", &path, path.as_bytes()).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
        assert_eq!(text(&mut client).await, path);
    }
}

#[tokio::test]
async fn the_future_of_a_request_is_small() {
    // glibc keeps freed pieces of up to this size at hand, and takes several times as long for larger ones.
    const FAST_BYTES: usize = 1032;
    let app = App::new("ws").two_way("$default", |_, _| async { Ok(reply::text("")) });
    let mut gateway = app.build().expect("a valid app");
    let request = Request::post("/ws/@connections/id").body(Full::<Bytes>::default()).expect("a request");
    let bytes = size_of_val(&*gateway.call(request));
    assert!(bytes <= FAST_BYTES, "{bytes} bytes");
}

#[tokio::test]
async fn a_get_returns_times_and_identity() {
    let (harness, _client, id) = connected().await;
    harness.clock.advance(Duration::from_millis(1581));
    harness.http().request("POST", &path(&id), b"x").await;
    let answer = harness.http().request("GET", &path(&id), b"").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        r#"{"connectedAt":"2024-02-09T18:11:43.419Z","identity":{"sourceIp":"127.0.0.1","userAgent":null},"lastActiveAt":"2024-02-09T18:11:45.000Z"}"#
    );
}

#[tokio::test]
async fn a_delete_is_204_and_closes_with_1000() {
    let (mut harness, mut client, id) = connected().await;
    let answer = harness.http().request("DELETE", &path(&id), b"").await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(closed(&mut client).await, (1000, "Connection Closed Normally".into()));
    assert_eq!(harness.disconnect().await, (1000, "Connection Closed Normally".into()));
    assert_eq!(harness.http().request("DELETE", &path(&id), b"").await.status, 410);
}

#[tokio::test]
async fn an_unknown_id_is_410_with_an_empty_body_and_its_type_in_a_header() {
    let (harness, _client, _) = connected().await;
    for method in ["POST", "GET", "DELETE"] {
        let answer = harness.http().request(method, &format!("/ws/@connections/{UNKNOWN}"), b"").await;
        assert_eq!((answer.status, answer.body.as_str()), (410, ""), "{method}");
        assert_eq!(answer.header("x-amzn-errortype"), Some("GoneException"), "{method}");
    }
}

#[tokio::test]
async fn a_malformed_id_is_400() {
    let (harness, _client, _) = connected().await;
    let answer = harness.http().request("POST", "/ws/@connections/nonsense", b"x").await;
    assert_error(&answer, 400, "BadRequestException");
    assert_eq!(answer.body, r#"{"message":"Invalid connectionId: nonsense"}"#);
}

#[tokio::test]
async fn a_post_of_128_kb_is_sent_and_one_byte_more_is_413() {
    let (harness, mut client, id) = connected().await;
    assert_eq!(harness.http().request("POST", &path(&id), &[b'x'; 131_072]).await.status, 200);
    assert_eq!(text(&mut client).await.len(), 131_072);
    let answer = harness.http().request("POST", &path(&id), &[b'x'; 131_073]).await;
    assert_error(&answer, 413, "PayloadTooLargeException");
}

#[tokio::test]
async fn after_a_413_the_same_tcp_connection_takes_the_next_request() {
    let (harness, mut client, id) = connected().await;
    let post = |body: &str, more: &str| {
        format!(
            "POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\n{more}content-length: {}\r\n\r\n{body}",
            path(&id),
            body.len()
        )
    };
    let requests = post(&"x".repeat(4 * 1024 * 1024), "") + &post("small", "connection: close\r\n");
    let mut stream = TcpStream::connect(harness.address).await.expect("the server listens");
    soon(stream.write_all(requests.as_bytes())).await.expect("both requests are read");
    let mut answers = String::new();
    soon(stream.read_to_string(&mut answers)).await.expect("both answers");
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["413", "200"]);
    assert_eq!(text(&mut client).await, "small");
}

#[tokio::test]
async fn a_post_of_no_bytes_is_an_empty_text() {
    let (harness, mut client, id) = connected().await;
    assert_eq!(harness.http().request("POST", &path(&id), b"").await.status, 200);
    assert_eq!(text(&mut client).await, "");
}

#[tokio::test]
async fn a_post_that_is_not_text_is_400_and_the_client_sees_nothing_of_it() {
    let (harness, mut client, id) = connected().await;
    let answer = harness.http().request("POST", &path(&id), b"\xff\xfe").await;
    assert_error(&answer, 400, "BadRequestException");
    harness.http().request("POST", &path(&id), b"text").await;
    assert_eq!(text(&mut client).await, "text");
}

#[tokio::test]
async fn a_post_to_a_full_queue_is_429() {
    let start = Start::new(Script::default()).change(|api| api.limits.queue_frames = 0);
    let mut harness = start.run().await;
    let (_client, id) = harness.identified_client().await;
    let answer = harness.http().request("POST", &path(&id), b"x").await;
    assert_error(&answer, 429, "LimitExceededException");
}

#[tokio::test]
async fn requests_beyond_the_rate_are_429_until_time_has_passed() {
    let start =
        Start::new(Script::default()).change(|api| api.limits.management_requests_per_second = Some(4));
    let mut harness = start.run().await;
    let (_client, id) = harness.identified_client().await;
    for _ in 0..2 {
        assert_eq!(harness.http().request("GET", &path(&id), b"").await.status, 200);
    }
    let answer = harness.http().request("GET", &path(&id), b"").await;
    assert_error(&answer, 429, "LimitExceededException");
    harness.clock.advance(Duration::from_millis(250));
    assert_eq!(harness.http().request("GET", &path(&id), b"").await.status, 200);
}

#[tokio::test]
async fn another_stage_and_another_method_are_refused() {
    let (harness, _client, id) = connected().await;
    let answer = harness.http().request("POST", &format!("/prod/@connections/{id}"), b"x").await;
    assert_error(&answer, 403, "ForbiddenException");
    assert_eq!(harness.http().request("PUT", &path(&id), b"x").await.status, 405);
}

#[tokio::test]
async fn a_peer_that_is_not_on_this_machine_is_403() {
    let (harness, mut client, id) = connected().await;
    let request = || {
        http::Request::post(path(&id))
            .header("host", "127.0.0.1")
            .body(http_body_util::Full::from("from afar"))
            .expect("a request")
    };
    let afar = "192.0.2.1:4000".parse().expect("an address");
    assert_eq!(harness.gateway.handle(request(), afar).await.status(), 403);
    let mapped = "[::ffff:127.0.0.1]:4000".parse().expect("an address");
    assert_eq!(harness.gateway.handle(request(), mapped).await.status(), 200);
    assert_eq!(text(&mut client).await, "from afar");
}

#[tokio::test]
async fn a_page_of_another_site_may_not_post() {
    let (harness, _client, id) = connected().await;
    let head = format!("POST {} HTTP/1.1\r\nOrigin: http://evil.example\r\ncontent-length: 1\r\n", path(&id));
    assert_error(&harness.http().send(&head, b"x").await, 403, "ForbiddenException");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_408() {
    let start =
        Start::new(Script::default()).change(|api| api.limits.request_body = Duration::from_millis(50));
    let mut harness = start.run().await;
    let (_client, id) = harness.identified_client().await;
    let head = format!("POST {} HTTP/1.1\r\ncontent-length: 10\r\n", path(&id));
    assert_error(&harness.http().send(&head, b"half").await, 408, "RequestTimeoutException");
}

#[tokio::test]
async fn a_body_that_ends_early_reaches_no_client() {
    let (harness, mut client, id) = connected().await;
    let mut stream = TcpStream::connect(harness.address).await.expect("the server listens");
    let head = format!("POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\nhalf", path(&id));
    stream.write_all(head.as_bytes()).await.expect("sent");
    drop(stream);
    harness.http().request("POST", &path(&id), b"whole").await;
    assert_eq!(text(&mut client).await, "whole");
}

async fn connected() -> (Harness, crate::support::Client, ConnectionId) {
    let mut harness = Start::new(Script::default()).run().await;
    let (client, id) = harness.identified_client().await;
    (harness, client, id)
}

fn path(id: &ConnectionId) -> String {
    format!("/ws/@connections/{id}")
}

fn assert_error(answer: &Answer, status: u16, error_type: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("x-amzn-errortype"), Some(error_type), "{answer:?}");
}
