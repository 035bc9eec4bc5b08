//! Functions that use the Runtime API over plain HTTP, in ways in which `lambda_runtime` does not use it.

use std::io::{Read, Write};
use std::net::TcpStream;

const NEXT: &str =
    "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n";

/// Handles events in the way that `mode` names, until the host ends.
pub fn run(mode: &str) {
    if mode == "init-error" {
        let body = r#"{"errorType":"Config.Missing","errorMessage":"no table is named"}"#;
        post("init/error", "Lambda-Runtime-Function-Error-Type: Config.Missing\r\n", &sized(body));
        std::process::exit(1);
    }
    while let Some(id) = next() {
        handle(mode, &id);
    }
}

fn handle(mode: &str, id: &str) {
    let response = format!("invocation/{id}/response");
    match mode {
        "streamed" => drop(post(&response, STREAMED, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")),
        "breaking-stream" => {
            let trailers = "Lambda-Runtime-Function-Error-Type: Stream.Broke\r\n\
                Lambda-Runtime-Function-Error-Body: eyJlcnJvck1lc3NhZ2UiOiJoYWxmLXdheSJ9\r\n";
            post(&response, STREAMED, &format!("5\r\nhello\r\n0\r\n{trailers}\r\n"));
        }
        "long-cause" => {
            let headers = format!("Lambda-Runtime-Function-XRay-Error-Cause: {}\r\n", "x".repeat(1_000_000));
            let body = r#"{"errorType":"Value.Bad","errorMessage":"it is bad"}"#;
            post(&format!("invocation/{id}/error"), &headers, &sized(body));
        }
        "odd" => {
            let wrong_id = post("invocation/somebody-else/response", "", &sized("1"));
            let second_next = request(NEXT);
            let nothing = post("elsewhere", "", &sized("1"));
            let statuses = [wrong_id, second_next, nothing].map(|answer| status(&answer));
            post(&response, "", &sized(&format!("{statuses:?}")));
        }
        other => panic!("no mode {other}"),
    }
}

const STREAMED: &str = "Transfer-Encoding: chunked\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n\
    Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n";

/// Requests the next event from the Runtime API. Returns the request id, or `None` if the host has ended.
fn next() -> Option<String> {
    let answer = request(NEXT);
    let id = answer.lines().find_map(|line| line.strip_prefix("lambda-runtime-aws-request-id: "))?;
    Some(id.to_owned())
}

fn post(path: &str, headers: &str, body: &str) -> String {
    let head = format!("POST /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: api\r\nConnection: close\r\n");
    request(&format!("{head}{headers}{body}"))
}

fn sized(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// Sends an HTTP request to the Runtime API and returns the answer. The answer is empty if the host has ended.
fn request(text: &str) -> String {
    let mut answer = String::new();
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API").expect("the host says where it is");
    if let Ok(mut stream) = TcpStream::connect(api) {
        let _ = stream.write_all(text.as_bytes());
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
