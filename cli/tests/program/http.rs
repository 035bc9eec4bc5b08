//! Tests of the HTTP API.

use std::io::Write;
use std::net::TcpStream;
use std::thread;

use serde_json::json;

use crate::support::{Guarded, Server, TIMEOUT, request};

#[test]
fn a_number_published_by_curl_reaches_an_open_viewer() {
    let server = Server::start();
    let mut viewer = server.watch("*");
    let answer = server.post("/topics/kitchen/temp", "21.5");
    assert_eq!(answer.status, 200);
    assert_eq!((&answer.json()["topic"], &answer.json()["offset"]), (&json!("kitchen/temp"), &json!(1)));
    assert_eq!(viewer.hear_data(), [("kitchen/temp".to_owned(), json!(21.5))]);
    server.post("/topics/kitchen/temp", r#"{"in": 21.5, "out": 4}"#);
    assert_eq!(viewer.hear_data(), [("kitchen/temp".to_owned(), json!({"in": 21.5, "out": 4}))]);
}

#[test]
fn every_kind_of_body_is_published() {
    let server = Server::start();
    let table = [
        ("21.5", 1, json!([21.5])),
        ("\"open\"", 1, json!(["open"])),
        ("[1, {\"data\": 2, \"ts\": 1700000000000}]", 2, json!([1, 2])),
        ("1\n{\"a\": 2}\n\n3\n", 3, json!([1, {"a": 2}, 3])),
        ("{\"data\": [{\"q\": \"mail\"}]}", 1, json!([[{"q": "mail"}]])),
    ];
    for (n, (body, count, expected)) in table.into_iter().enumerate() {
        let now_or_then = body.replace("1700000000000", &recent().to_string());
        let path = format!("/topics/t/{n}");
        let answer = server.post(&path, now_or_then);
        assert_eq!(answer.json()["offset"], count, "{body}");
        let items = server.get(&path).json()["items"].as_array().unwrap().clone();
        let data: Vec<_> = items.iter().map(|item| item["data"].clone()).collect();
        assert_eq!(json!(data), expected, "{body}");
    }
}

#[test]
fn a_time_and_metadata_can_be_given_in_the_query() {
    let server = Server::start();
    let ts = recent();
    server.post(&format!("/topics/a?ts={ts}&unit=%25&expect_every_ms=1000"), "1");
    let topic = &server.get("/topics").json()["topics"][0];
    assert_eq!(topic["last"]["ts"], ts);
    assert_eq!(topic["meta"], json!({"unit": "%", "expect_every_ms": 1000}));
}

#[test]
fn the_past_is_read_in_buckets_and_by_time_of_receipt() {
    let server = Server::start();
    let before = recent();
    assert_eq!(server.post("/topics/a", "[21.50, 20.75, 22.0]").status, 200);
    let read = server.get("/topics/a?step_ms=60000").json();
    let bucket = &read["series"][0]["buckets"][0];
    assert_eq!((&bucket[1], &bucket[2], &bucket[3]), (&json!(0), &json!(3), &json!(2)), "{read}");
    let body = server.get("/topics/a?step_ms=60000").body;
    assert!(
        String::from_utf8_lossy(&body).contains("21.50,22.0,20.75,22.0"),
        "the digits are those that were sent"
    );
    assert_eq!((&read["head"], &read["series"][0]["name"]), (&json!(3), &json!("")));
    assert!(read["kept_from_ms"].as_i64().is_some_and(|at| at >= before), "{read}");
    let earlier = server.get(&format!("/topics/a?to_ms={before}")).json();
    assert_eq!(earlier["items"], json!([]));
    let since = server.get(&format!("/topics/a?from_ms={before}")).json();
    assert_eq!(since["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(server.get("/topics/a?from_ms=2&to_ms=1&step_ms=1").status, 400);
    assert_eq!(server.get("/topics/a?step_ms=x").status, 400);
    assert_eq!(server.get("/topics/nothing?step_ms=1").status, 404);
}

#[test]
fn history_is_read_from_a_position_or_an_offset() {
    let server = Server::start();
    let epoch = server.post("/topics/a", "[1, 2, 3, 4, 5]").json()["epoch"].as_str().unwrap().to_owned();
    for since in ["3".to_owned(), format!("{epoch}:3")] {
        let history = server.get(&format!("/topics/a?since={since}")).json();
        let offsets: Vec<_> =
            history["items"].as_array().unwrap().iter().map(|item| &item["offset"]).collect();
        assert_eq!(
            (json!(offsets), &history["head"], &history["recovered"]),
            (json!([4, 5]), &json!(5), &json!(true))
        );
    }
    assert_eq!(server.get("/topics/a?since=another:3").json()["recovered"], false);
    assert_eq!(server.get("/topics/a?limit=1").json()["items"][0]["offset"], 5);
}

#[test]
fn a_producers_request_sent_twice_is_appended_once() {
    let server = Server::start();
    let path = "/topics/a?producer=me&seq=1";
    assert_eq!(server.post(path, "1").body, server.post(path, "1").body);
    assert_eq!(server.get("/topics/a").json()["head"], 1);
}

#[test]
fn every_bad_request_is_answered_with_an_exact_error_and_no_viewer_sees_it() {
    let server = Server::start();
    let mut viewer = server.watch("*");
    let deep = "[".repeat(40) + &"]".repeat(40);
    let large = format!("\"{}\"", "x".repeat(30_000));
    let table: [(&str, &[u8], u16, &str, &str); 15] = [
        ("/topics/a", b"{\"a\": 1} 2", 400, "malformed", "one JSON value per line"),
        ("/topics/a", b"1\n2\n{oops}", 400, "malformed", "to publish plain text"),
        ("/topics/a", b"", 400, "bad_data", "empty"),
        ("/topics/a", b"[NaN]", 400, "malformed", "not JSON"),
        ("/topics/a", b"\"half", 400, "malformed", "not JSON"),
        ("/topics/a", b"1e999", 400, "bad_data", "number out of range"),
        ("/topics/a", b"{\"a\":{\"b\":1,\"b\":2}}", 400, "bad_data", "occurs twice"),
        ("/topics/a", b"[1, \"\\ud800\"]", 400, "bad_data", "surrogate"),
        ("/topics/a", b"\xff\xfe", 400, "malformed", "UTF-8"),
        ("/topics/a", b"null", 400, "bad_data", "data is missing"),
        ("/topics/a", deep.as_bytes(), 400, "bad_data", "deeper than 8"),
        ("/topics/a", large.as_bytes(), 413, "too_large", "the limit is 24576"),
        ("/topics/a?ts=1700000000", b"1", 400, "bad_timestamp", "milliseconds since 1970"),
        ("/topics/a%20b", b"1", 400, "bad_topic", "only letters, digits"),
        ("/topics/a//b", b"1", 400, "bad_topic", "empty segment"),
    ];
    for (path, body, status, name, words) in table {
        let (found, _, found_name, message) = server.post(path, body).error();
        assert_eq!((found, found_name.as_str()), (status, name), "{path} {message}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(server.post("/topics/a", "1\n2\n{oops}").json()["error"]["line"], 3);
    server.post("/topics/marker", "1");
    assert_eq!(viewer.hear_data(), [("marker".to_owned(), json!(1))]);
}

#[test]
fn a_body_that_is_too_large_is_refused_with_the_limit() {
    let server = Server::start();
    let (status, _, name, message) = server.post("/topics/a", vec![b'1'; 1024 * 1024 + 1]).error();
    assert_eq!((status, name.as_str()), (413, "too_large"));
    assert!(message.contains("1048576"), "{message}");
}

#[test]
fn a_missing_resource_and_an_unsupported_request_are_answered_with_the_right_status() {
    let server = Server::start();
    assert_eq!(server.get("/topics/nobody").error().0, 404);
    assert_eq!(server.get("/elsewhere").error().0, 404);
    let patch = request(server.address, "PATCH", "/topics/a", &[], b"");
    assert_eq!((patch.status, patch.header("allow")), (405, Some("GET,HEAD,POST,DELETE")));
    let zipped = [("Content-Encoding", "gzip")];
    assert_eq!(request(server.address, "POST", "/topics/a", &zipped, b"1").error().0, 415);
    let form = [("Content-Type", "multipart/form-data; boundary=x")];
    assert_eq!(request(server.address, "POST", "/topics/a", &form, b"1").error().0, 415);
    let head = request(server.address, "HEAD", "/topics", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn a_request_over_the_rate_limit_is_refused_with_the_time_to_wait() {
    // Without a secret, the programs of this machine may publish as much as all clients together.
    let guarded = Guarded::start(&[]);
    let bearer = format!("Bearer {}", guarded.token(&["--publish", "a"]));
    let headers = [("Authorization", bearer.as_str())];
    let body = "1\n".repeat(10_000);
    let post = || request(guarded.server.address, "POST", "/topics/a", &headers, body.as_bytes());
    let answers = thread::scope(|scope| {
        let posts: Vec<_> = (0..20).map(|_| scope.spawn(post)).collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect::<Vec<_>>()
    });
    let refused = answers.iter().find(|answer| answer.status == 429).expect("a request over the limit");
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds), "{seconds}");
    assert_eq!(refused.error().2, "rate_limited");
    assert!(answers.iter().any(|answer| answer.status == 200));
}

#[test]
fn a_half_sent_request_times_out_and_delays_no_other() {
    let server = Server::start();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    write!(stream, "POST /topics/a HTTP/1.1\r\nHost: {}\r\nContent-Length: 10\r\n\r\n1", server.address)
        .unwrap();
    assert_eq!(server.post("/topics/b", "1").status, 200);
    let answer = crate::support::read(stream);
    assert_eq!(answer.error().0, 408);
    assert_eq!(server.get("/topics/a").status, 404);
}

#[test]
fn health_contains_counters() {
    let server = Server::start();
    let _viewer = server.watch("*");
    server.post("/topics/a", "[1, 2]");
    let health = server.get("/healthz").json();
    assert_eq!((&health["status"], &health["connections"]), (&json!("ok"), &json!(1)));
    assert_eq!(health["counts"]["publications"], 2);
}

/// Returns the time of one minute ago, in milliseconds since the Unix epoch.
fn recent() -> i64 {
    tickertape_client::clock::wall_ms() - 60_000
}
