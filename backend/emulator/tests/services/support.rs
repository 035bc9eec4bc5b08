//! Runs the services of an app, with a function that the test answers for.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use lambda_host::InvokeError;
use serde_json::{Value, json};
use serverless_app::App;
use serverless_emulator::data::{
    BatchReport, Condition, Data, DataObserver, DataOptions, Endpoints, Invocation, Invoke, QueueDepth,
};
use test_support::soon;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// The running services of an app.
pub struct Services {
    pub data: Data,
    pub endpoints: Endpoints,
    pub observer: Arc<Recorder>,
}

/// Keeps what the services report.
#[derive(Default)]
pub struct Recorder {
    pub lines: Mutex<Vec<String>>,
    pub batches: Mutex<Vec<BatchReport>>,
    pub discarded: Mutex<Vec<(usize, Condition)>>,
    pub expired: Mutex<usize>,
    pub deepest: Mutex<QueueDepth>,
}

/// A function of the app. It reports its events, and answers with what the test has prepared, or with `null`.
pub struct FakeFunction {
    events: mpsc::UnboundedSender<Value>,
    answers: Mutex<VecDeque<Result<Value, InvokeError>>>,
}

/// The events that a function got.
pub struct Events(mpsc::UnboundedReceiver<Value>);

/// Returns the settings for tests, with the programs that `cargo xtask test` names.
pub fn options() -> DataOptions {
    let options = DataOptions { expiry_interval: Duration::from_millis(300), ..DataOptions::default() };
    let advice = "run `cargo xtask test`, which installs DynamoDB Local and moto and names them";
    assert!(options.dynamodb_local.is_some(), "TICKERTAPE_DYNAMODB_LOCAL is not set: {advice}");
    assert!(options.moto_python.is_some(), "TICKERTAPE_MOTO is not set: {advice}");
    options
}

impl Services {
    pub async fn start(app: &App, options: &DataOptions) -> Self {
        let observer = Arc::new(Recorder::default());
        let started =
            tokio::time::timeout(Duration::from_secs(120), Data::start(app, options, observer.clone()));
        let data = started.await.expect("it starts within two minutes").expect("the services start");
        let endpoints = data.endpoints();
        Self { data, endpoints, observer }
    }

    /// Starts the mappings of the app. All of them invoke the same function, which answers with `answers`.
    pub async fn run_mappings(&mut self, answers: Vec<Result<Value, InvokeError>>) -> Events {
        let (sender, events) = mpsc::unbounded_channel();
        let function = FakeFunction { events: sender, answers: Mutex::new(answers.into()) };
        self.data.run_mappings(Arc::new(function)).await.expect("the mappings start");
        Events(events)
    }

    /// Calls DynamoDB, which has to accept the request.
    pub async fn dynamodb(&self, action: &str, request: Value) -> Value {
        let address = self.endpoints.dynamodb.expect("the app has a table");
        call(address, &format!("DynamoDB_20120810.{action}"), &request).await.expect("an accepted request")
    }

    /// Calls SQS, which has to accept the request.
    pub async fn sqs(&self, action: &str, request: Value) -> Value {
        let address = self.endpoints.sqs.expect("the app has a queue");
        call(address, &format!("AmazonSQS.{action}"), &request).await.expect("an accepted request")
    }

    /// Writes an item with this id and further attributes into the table `rooms`.
    pub async fn put(&self, id: &str, more: Value) {
        let mut item = json!({"id": {"S": id}});
        item.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        self.dynamodb("PutItem", json!({"TableName": "rooms", "Item": item})).await;
    }

    /// Sends a message to a queue.
    pub async fn send(&self, queue: &str, body: &str) {
        self.sqs("SendMessage", json!({"QueueUrl": queue_url(queue), "MessageBody": body})).await;
    }

    /// Receives messages until there is one.
    pub async fn receive(&self, queue: &str) -> Vec<Value> {
        soon(async {
            loop {
                let request =
                    json!({"QueueUrl": queue_url(queue), "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1});
                let answer = self.sqs("ReceiveMessage", request).await;
                if let Some(messages) = answer["Messages"].as_array().filter(|messages| !messages.is_empty())
                {
                    return messages.clone();
                }
            }
        })
        .await
    }

    /// Returns the number of messages in a queue, whether they are visible or not.
    pub async fn messages(&self, queue: &str) -> u64 {
        let request = json!({"QueueUrl": queue_url(queue), "AttributeNames": ["All"]});
        let attributes = self.sqs("GetQueueAttributes", request).await["Attributes"].clone();
        ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            .iter()
            .map(|name| attributes[*name].as_str().expect("text").parse::<u64>().expect("a number"))
            .sum()
    }

    /// Waits until a queue is empty.
    pub async fn until_empty(&self, queue: &str) {
        soon(async {
            while self.messages(queue).await > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    }
}

impl Events {
    /// Waits for the records of the next event.
    pub async fn records(&mut self) -> Vec<Value> {
        let event = soon(self.0.recv()).await.expect("the mappings run");
        event["Records"].as_array().expect("an event has records").clone()
    }

    /// Waits for the next event, and returns the ids of the items in its records.
    pub async fn ids(&mut self) -> Vec<String> {
        let id = |record: &Value| record["dynamodb"]["Keys"]["id"]["S"].as_str().expect("an id").to_owned();
        self.records().await.iter().map(id).collect()
    }

    /// Waits for the next event, and returns the bodies of its messages.
    pub async fn bodies(&mut self) -> Vec<String> {
        let body = |record: &Value| record["body"].as_str().expect("a body").to_owned();
        self.records().await.iter().map(body).collect()
    }

    /// Returns true if there is no event at the moment.
    pub fn is_empty(&mut self) -> bool {
        self.0.try_recv().is_err()
    }
}

impl FakeFunction {
    /// Returns a function that is never invoked.
    pub fn unused() -> Self {
        Self { events: mpsc::unbounded_channel().0, answers: Mutex::default() }
    }
}

impl Invoke for FakeFunction {
    fn invoke<'a>(&'a self, _: &'a str, event: Bytes) -> Invocation<'a> {
        let event = serde_json::from_slice(&event).expect("an event is JSON");
        let _ = self.events.send(event);
        let answer = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let answer = answer.unwrap_or(Ok(Value::Null)).map(|answer| answer.to_string().into());
        Box::pin(async { answer })
    }
}

impl DataObserver for Recorder {
    fn line(&self, source: &str, line: &str) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{source}: {line}"));
    }

    fn batch(&self, batch: &BatchReport) {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner).push(batch.clone());
    }

    fn discarded(&self, _: &str, records: usize, condition: Condition) {
        self.discarded.lock().unwrap_or_else(PoisonError::into_inner).push((records, condition));
    }

    fn expired(&self, _: &str, items: usize) {
        *self.expired.lock().unwrap_or_else(PoisonError::into_inner) += items;
    }

    fn queue_depth(&self, _: &str, depth: QueueDepth) {
        let mut deepest = self.deepest.lock().unwrap_or_else(PoisonError::into_inner);
        if depth.visible > deepest.visible {
            *deepest = depth;
        }
    }
}

/// Returns an error of an invocation that counts as an attempt.
pub fn thrown() -> Result<Value, InvokeError> {
    Err(InvokeError::TooLarge { size_bytes: 2, limit_bytes: 1 })
}

/// Returns the answer of a function that reports failed records.
pub fn failures(ids: &[&str]) -> Result<Value, InvokeError> {
    let failures: Vec<Value> = ids.iter().map(|id| json!({"itemIdentifier": id})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// Returns the address of a queue, as the description has it.
pub fn queue_url(queue: &str) -> String {
    format!("https://sqs.us-east-1.amazonaws.com/123456789012/{queue}")
}

/// Returns a new folder for data.
pub fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().to_owned();
    (folder, path)
}

/// Sends a request of AWS's JSON protocol. Returns an error with the answer if the service refuses it.
pub async fn call(address: SocketAddr, target: &str, request: &Value) -> Result<Value, String> {
    let stream = TcpStream::connect(address).await.expect("the service listens");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    let service = if target.starts_with("AmazonSQS") { "sqs" } else { "dynamodb" };
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    let request = Request::post("/")
        .header("host", address.to_string())
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header("authorization", authorization)
        .body(Full::<Bytes>::from(request.to_string()))
        .expect("a request");
    let answer = soon(sender.send_request(request)).await.expect("an answer");
    let status = answer.status();
    let body = soon(answer.into_body().collect()).await.expect("a body").to_bytes();
    if status.is_success() {
        return Ok(serde_json::from_slice(&body).unwrap_or_default());
    }
    Err(format!("{status}: {}", String::from_utf8_lossy(&body)))
}
