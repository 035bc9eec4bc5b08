//! Tests of the programs as Lambda runs them: as processes that fetch events from the Runtime API.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::support::*;
use test_support::HttpMessage;

const TIMEOUT: Duration = Duration::from_secs(20);

/// A request that the program under test has sent.
struct Request {
    line: String,
    body: Value,
}

/// A fake of the Runtime API, or of another server that a function sends requests to.
struct Lambda {
    listener: TcpListener,
}

impl Lambda {
    async fn open() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    fn start(&self, environment: &[(&str, &str)]) -> Child {
        self.start_program(env!("CARGO_BIN_EXE_authorizer"), environment)
    }

    fn start_program(&self, program: &str, environment: &[(&str, &str)]) -> Child {
        Command::new(program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", self.address().to_string())
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_LAMBDA_FUNCTION_NAME", "authorizer")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Accepts the next request, answers it, and returns it. The answer consists of `head` (the status line and
    /// headers) and `body`.
    async fn answer(&self, head: &str, body: &str) -> Request {
        let (stream, _) = timeout(TIMEOUT, self.listener.accept()).await.unwrap().unwrap();
        let mut stream = BufReader::new(stream);
        let message = timeout(TIMEOUT, HttpMessage::read(&mut stream)).await.unwrap().expect("a request");
        let response =
            HttpMessage { head: vec![format!("HTTP/1.1 {head}\r\nconnection: close")], body: body.into() };
        response.write(&mut stream).await.unwrap();
        let HttpMessage { head, body } = message;
        Request { line: head[0].clone(), body: serde_json::from_slice(&body).unwrap_or_default() }
    }
}

#[tokio::test]
async fn a_function_that_cannot_start_reports_the_reason_to_lambda_and_its_log_and_exits() {
    let lambda = Lambda::open().await;
    let program = lambda.start(&[]);
    let report = lambda.answer("202 Accepted", "").await;
    assert!(report.line.starts_with("POST /2018-06-01/runtime/init/error "), "{}", report.line);
    let words = "TICKERTAPE_SECRET is not set; a valid value is for example ssm:/tickertape/secret";
    assert_eq!(report.body["errorMessage"], words);
    let ended = timeout(TIMEOUT, program.wait_with_output()).await.unwrap().unwrap();
    assert!(!ended.status.success());
    let log = String::from_utf8(ended.stdout).unwrap();
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((&line["level"], &line["fault"]), (&Value::from("ERROR"), &Value::from(words)));
}

#[tokio::test]
async fn functions_without_a_valid_management_endpoint_exit_with_the_name_and_a_valid_value() {
    let tables = ["TICKERTAPE_CONNECTIONS_TABLE", "TICKERTAPE_TOPICS_TABLE", "TICKERTAPE_HISTORY_TABLE"];
    for program in [env!("CARGO_BIN_EXE_websocket"), env!("CARGO_BIN_EXE_broadcast")] {
        for (endpoint, words) in [
            ("", "TICKERTAPE_MANAGEMENT_ENDPOINT is not set; "),
            ("wss://a1.example.com", "TICKERTAPE_MANAGEMENT_ENDPOINT is \"wss://a1.example.com\": "),
        ] {
            let lambda = Lambda::open().await;
            let mut environment = tables.map(|name| (name, "table")).to_vec();
            environment.push(("TICKERTAPE_SECRET", "open"));
            environment.push(("TICKERTAPE_MANAGEMENT_ENDPOINT", endpoint));
            let _program = lambda.start_program(program, &environment);
            let report = lambda.answer("202 Accepted", "").await;
            let message = report.body["errorMessage"].as_str().unwrap_or_default();
            assert!(message.starts_with(words), "{program}: {message}");
            let right =
                "a valid value is for example https://abcd123.execute-api.eu-central-1.amazonaws.com/prod";
            assert!(message.ends_with(right), "{program}: {message}");
        }
    }
}

#[tokio::test]
async fn connections_to_table_and_management_api_are_open_before_the_first_event_is_requested() {
    let [lambda, tables, gateway] = [Lambda::open().await, Lambda::open().await, Lambda::open().await];
    let endpoint = |server: &Lambda, path: &str| format!("http://{}{path}", server.address());
    let environment = [
        ("TICKERTAPE_CONNECTIONS_TABLE", "connections"),
        ("TICKERTAPE_TOPICS_TABLE", "topics"),
        ("TICKERTAPE_HISTORY_TABLE", "history"),
        // It would be read from AWS, which cannot be reached: no event needs it before a token is renewed.
        ("TICKERTAPE_SECRET", "ssm:/tickertape/secret"),
        ("TICKERTAPE_MANAGEMENT_ENDPOINT", &endpoint(&gateway, "/prod")),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint(&tables, "")),
        ("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:9"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
    ];
    for program in [env!("CARGO_BIN_EXE_websocket"), env!("CARGO_BIN_EXE_broadcast")] {
        let _program = lambda.start_program(program, &environment);
        let warm = async { tokio::join!(tables.answer("200 OK", "{}"), gateway.listener.accept()) };
        let (read, connected) = tokio::select! {
            _ = lambda.listener.accept() => panic!("{program} requests an event first"),
            warm = timeout(TIMEOUT, warm) => warm.unwrap(),
        };
        assert!(read.line.starts_with("POST / "), "{}", read.line);
        connected.unwrap();
        let next = lambda.answer("500 Internal Server Error", "").await;
        assert!(next.line.starts_with("GET /2018-06-01/runtime/invocation/next "), "{}", next.line);
    }
}

#[tokio::test]
async fn an_event_without_a_token_gets_the_error_that_becomes_401() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let lambda = Lambda::open().await;
    let _program = lambda.start(&[("TICKERTAPE_SECRET", &format!("file:{}", secret.display()))]);
    let head = "200 OK\r\nlambda-runtime-aws-request-id: r1\r\nlambda-runtime-deadline-ms: 4000000000000";
    let requests = lambda.answer(head, AUTHORIZER).await;
    assert!(requests.line.starts_with("GET /2018-06-01/runtime/invocation/next "), "{}", requests.line);
    let error = lambda.answer("202 Accepted", "").await;
    assert!(error.line.starts_with("POST /2018-06-01/runtime/invocation/r1/error "), "{}", error.line);
    assert_eq!(error.body["errorMessage"], "Unauthorized");
}
