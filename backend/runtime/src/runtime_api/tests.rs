//! Tests of the Runtime API with requests as they are on the wire.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::invocation::Invocation;

const NEXT: &str = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\n\r\n";
const LIMIT: usize = 10;

/// The Runtime API with the requests that reach its sandbox, and a client.
struct Harness {
    requests: mpsc::Receiver<RuntimeRequest>,
    client: TcpStream,
    api: tokio::task::JoinHandle<()>,
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.api.abort();
    }
}

impl Harness {
    async fn start() -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, requests) = mpsc::channel(4);
        let api = tokio::spawn(serve(listener, sender, LIMIT));
        let client = TcpStream::connect(address).await.expect("it listens");
        Self { requests, client, api }
    }

    async fn send(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).await.expect("written");
    }

    async fn result(&mut self, headers: &str, body: &str) {
        let path = "/2018-06-01/runtime/invocation/7/response";
        self.send(&format!("POST {path} HTTP/1.1\r\n{headers}\r\n{body}")).await;
    }

    async fn next(&mut self) -> oneshot::Sender<NextInvocation> {
        match self.requests.recv().await {
            Some(RuntimeRequest::Next(next)) => next,
            other => panic!("no request for an event: {other:?}"),
        }
    }

    /// Receives the outcome of an invocation, and accepts it.
    async fn outcome(&mut self) -> Result<Bytes, FunctionError> {
        match self.requests.recv().await {
            Some(RuntimeRequest::Answer { id, outcome, reply }) => {
                assert_eq!(id, "7");
                reply.send(Verdict::Accepted).expect("it waits");
                outcome
            }
            other => panic!("no answer: {other:?}"),
        }
    }

    /// Reads until the text ends in these words.
    async fn read_to(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let mut part = [0; 4096];
            let size = self.client.read(&mut part).await.expect("read");
            assert!(size > 0, "it ended after {text:?}");
            text.push_str(str::from_utf8(&part[..size]).expect("text"));
        }
        text
    }
}

fn event() -> NextInvocation {
    let invocation = Invocation::new(r#"{"a":1}"#.into());
    NextInvocation { invocation, deadline_ms: 5, arn: "arn:aws:lambda:f".into() }
}

#[tokio::test]
async fn a_result_may_be_sent_together_with_the_request_for_the_next_event() {
    let mut harness = Harness::start().await;
    harness.result("Content-Length: 2\r\n", &format!("42{NEXT}")).await;
    assert_eq!(harness.outcome().await, Ok("42".into()));
    assert!(harness.next().await.send(event()).is_ok());
    let answers = harness.read_to(r#"{"a":1}"#).await;
    assert!(answers.starts_with("HTTP/1.1 202 Accepted\r\n"), "{answers}");
    let (_, event) = answers.split_once(r#"{"status":"OK"}"#).expect("the first answer");
    assert!(event.starts_with("HTTP/1.1 200 OK\r\n") && event.contains("content-length: 7\r\n"), "{event}");
}

#[tokio::test]
async fn a_client_that_waits_before_it_sends_a_body_is_told_to_go_on() {
    let mut harness = Harness::start().await;
    harness.result("Content-Length: 2\r\nExpect: 100-continue\r\n", "").await;
    harness.read_to("HTTP/1.1 100 Continue\r\n\r\n").await;
    harness.send("42").await;
    assert_eq!(harness.outcome().await, Ok("42".into()));
}

#[tokio::test]
async fn a_response_that_is_too_large_is_read_to_its_end_and_the_next_request_is_answered() {
    let chunks = "6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n";
    for (headers, body) in [("Content-Length: 12", "123456123456"), ("Transfer-Encoding: chunked", chunks)] {
        let mut harness = Harness::start().await;
        harness.result(&format!("{headers}\r\n"), body).await;
        assert_eq!(harness.outcome().await, Err(FunctionError::response_too_large(LIMIT)), "{headers}");
        let answer = harness.read_to("}").await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        harness.send(NEXT).await;
        assert!(harness.next().await.send(event()).is_ok());
        harness.read_to(r#"{"a":1}"#).await;
    }
}

#[tokio::test]
async fn a_response_that_breaks_off_is_an_error() {
    let mut harness = Harness::start().await;
    harness.result("Content-Length: 9\r\n", "42").await;
    harness.client.shutdown().await.expect("closed");
    let error = harness.outcome().await.expect_err("it is not whole");
    assert_eq!(error.error_type, "Runtime.TruncatedResponse");
}

#[tokio::test]
async fn an_event_is_not_given_to_a_client_that_has_left() {
    let mut harness = Harness::start().await;
    harness.send(NEXT).await;
    let mut next = harness.next().await;
    harness.client.shutdown().await.expect("closed");
    next.closed().await;
    assert!(next.send(event()).is_err());
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let mut harness = Harness::start().await;
    harness.send("\0\0\r\n\r\n").await;
    let mut answer = String::new();
    harness.client.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}
