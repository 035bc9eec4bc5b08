//! The program as Lambda starts it: a process that asks for events by the Runtime API.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::support::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// What the program says to Lambda.
struct Said {
    line: String,
    body: Value,
}

/// Lambda, as far as one process sees of it.
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

    /// The next request, answered with this.
    async fn answer(&self, head: &str, body: &str) -> Said {
        let (mut stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap().unwrap();
        let said = timeout(PATIENCE, read(&mut stream)).await.unwrap();
        let answer =
            format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        said
    }
}

async fn read(stream: &mut TcpStream) -> Said {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            let line = head.lines().next().unwrap_or_default().to_owned();
            return Said { line, body: serde_json::from_str(body).unwrap_or_default() };
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "hung up after {text:?}");
    }
}

fn content_length(head: &str) -> usize {
    let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok();
    head.lines().find_map(length).unwrap_or(0)
}

#[tokio::test]
async fn a_function_that_cannot_start_tells_lambda_and_its_log_why_and_ends() {
    let lambda = Lambda::open().await;
    let program = lambda.start(&[]);
    let told = lambda.answer("202 Accepted", "").await;
    assert!(told.line.starts_with("POST /2018-06-01/runtime/init/error "), "{}", told.line);
    let words = "TICKERTAPE_SECRET is not set; a right value looks like ssm:/tickertape/secret";
    assert_eq!(told.body["errorMessage"], words);
    let ended = timeout(PATIENCE, program.wait_with_output()).await.unwrap().unwrap();
    assert!(!ended.status.success());
    let log = String::from_utf8(ended.stdout).unwrap();
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((&line["level"], &line["fault"]), (&Value::from("ERROR"), &Value::from(words)));
}

#[tokio::test]
async fn functions_that_do_not_know_where_to_post_end_with_the_settings_name_and_a_right_value() {
    let tables = ["TICKERTAPE_CONNECTIONS_TABLE", "TICKERTAPE_TOPICS_TABLE", "TICKERTAPE_HISTORY_TABLE"];
    for program in [env!("CARGO_BIN_EXE_websocket"), env!("CARGO_BIN_EXE_broadcast")] {
        for (endpoint, words) in [
            ("", "TICKERTAPE_MANAGEMENT_ENDPOINT is not set; "),
            ("wss://a1.example.com", "TICKERTAPE_MANAGEMENT_ENDPOINT is \"wss://a1.example.com\": "),
        ] {
            let lambda = Lambda::open().await;
            let mut environment = tables.map(|name| (name, "table")).to_vec();
            environment.push(("TICKERTAPE_SECRET", "none"));
            environment.push(("TICKERTAPE_MANAGEMENT_ENDPOINT", endpoint));
            let _program = lambda.start_program(program, &environment);
            let told = lambda.answer("202 Accepted", "").await;
            let message = told.body["errorMessage"].as_str().unwrap_or_default();
            assert!(message.starts_with(words), "{program}: {message}");
            let right =
                "a right value looks like https://abcd123.execute-api.eu-central-1.amazonaws.com/prod";
            assert!(message.ends_with(right), "{program}: {message}");
        }
    }
}

#[tokio::test]
async fn tables_and_the_way_back_are_asked_before_the_first_event_is() {
    let [lambda, tables, gateway] = [Lambda::open().await, Lambda::open().await, Lambda::open().await];
    let endpoint = |server: &Lambda, path: &str| format!("http://{}{path}", server.address());
    let environment = [
        ("TICKERTAPE_CONNECTIONS_TABLE", "connections"),
        ("TICKERTAPE_TOPICS_TABLE", "topics"),
        ("TICKERTAPE_HISTORY_TABLE", "history"),
        ("TICKERTAPE_SECRET", "none"),
        ("TICKERTAPE_MANAGEMENT_ENDPOINT", &endpoint(&gateway, "/prod")),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint(&tables, "")),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
    ];
    for program in [env!("CARGO_BIN_EXE_websocket"), env!("CARGO_BIN_EXE_broadcast")] {
        let _program = lambda.start_program(program, &environment);
        let warm = async {
            let posted = gateway.answer("410 Gone", "").await;
            [tables.answer("200 OK", "{}").await, tables.answer("200 OK", "{}").await, posted]
        };
        let asked = tokio::select! {
            _ = lambda.listener.accept() => panic!("{program} asks for an event first"),
            asked = warm => asked,
        };
        assert!(asked[2].line.starts_with("POST /prod/"), "{}", asked[2].line);
        let next = lambda.answer("500 Internal Server Error", "").await;
        assert!(next.line.starts_with("GET /2018-06-01/runtime/invocation/next "), "{}", next.line);
    }
}

#[tokio::test]
async fn an_event_without_a_token_is_answered_with_the_word_that_makes_401() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let lambda = Lambda::open().await;
    let _program = lambda.start(&[("TICKERTAPE_SECRET", &format!("file:{}", secret.display()))]);
    let head = "200 OK\r\nlambda-runtime-aws-request-id: r1\r\nlambda-runtime-deadline-ms: 4000000000000";
    let asked = lambda.answer(head, AUTHORIZER).await;
    assert!(asked.line.starts_with("GET /2018-06-01/runtime/invocation/next "), "{}", asked.line);
    let thrown = lambda.answer("202 Accepted", "").await;
    assert!(thrown.line.starts_with("POST /2018-06-01/runtime/invocation/r1/error "), "{}", thrown.line);
    assert_eq!(thrown.body["errorMessage"], "Unauthorized");
}
