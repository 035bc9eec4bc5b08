//! A proxy before DynamoDB that asks of every request what it costs.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Requests, and units of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Units {
    pub requests: usize,
    pub read: f64,
    pub write: f64,
}

/// The proxy.
pub struct Meter {
    pub endpoint_url: String,
    units: Arc<Mutex<Units>>,
}

impl Meter {
    /// In front of a DynamoDB that speaks plain HTTP.
    pub async fn before(endpoint_url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let dynamodb = endpoint_url.trim_start_matches("http://").to_owned();
        let units = Arc::default();
        tokio::spawn(listen(listener, dynamodb, Arc::clone(&units)));
        Self { endpoint_url: format!("http://{address}"), units }
    }

    /// What was counted since this was last asked.
    pub fn take(&self) -> Units {
        std::mem::take(&mut *self.units.lock().unwrap())
    }
}

async fn listen(listener: TcpListener, dynamodb: String, units: Arc<Mutex<Units>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(forward(BufReader::new(stream), dynamodb.clone(), Arc::clone(&units)));
    }
}

async fn forward(mut client: BufReader<TcpStream>, dynamodb: String, units: Arc<Mutex<Units>>) {
    let mut dynamodb = BufReader::new(TcpStream::connect(dynamodb).await.unwrap());
    while let Some(mut request) = Message::read(&mut client).await {
        let mut asked: Value = serde_json::from_slice(&request.body).unwrap();
        asked["ReturnConsumedCapacity"] = json!("TOTAL");
        request.body = asked.to_string().into_bytes();
        let target = request.header("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        request.write(&mut dynamodb).await;
        let Some(answer) = Message::read(&mut dynamodb).await else { return };
        units.lock().unwrap().add(&operation, &asked, &answer);
        answer.write(&mut client).await;
    }
}

impl Units {
    /// As DynamoDB Local counts them, and by DynamoDB's rules where it counts none: a read takes a unit even if it finds
    /// nothing, a write even if it is refused, and a write of a transaction takes two (Amazon DynamoDB Developer Guide,
    /// "DynamoDB read and write operations"). All items written in transactions here are below 1 KB.
    fn add(&mut self, operation: &str, asked: &Value, answer: &Message) {
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        self.requests += 1;
        match operation {
            "GetItem" | "BatchGetItem" | "Query" | "Scan" => self.read += consumed(&answer).max(1.0),
            "TransactWriteItems" => {
                self.write +=
                    2.0 * asked["TransactItems"].as_array().map_or(0.0, |writes| writes.len() as f64);
            }
            _ => self.write += consumed(&answer).max(1.0),
        }
    }
}

fn consumed(answer: &Value) -> f64 {
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum(),
        table => table["CapacityUnits"].as_f64().unwrap_or_default(),
    }
}

/// A request or an answer of HTTP/1.1.
struct Message {
    /// The first line and the headers, without that of the length.
    head: Vec<String>,
    body: Vec<u8>,
}

impl Message {
    /// `None` once the other side has closed the connection.
    async fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok()?;
                }
                None if line == "\r\n" => break,
                Some(_) | None => head.push(line.trim_end().to_owned()),
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Some(Self { head, body })
    }

    fn header(&self, wanted: &str) -> Option<&str> {
        let headers = self.head.iter().filter_map(|line| line.split_once(": "));
        headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value).next()
    }

    async fn write(&self, stream: &mut BufReader<TcpStream>) {
        let head = self.head.join("\r\n");
        let head = format!("{head}\r\ncontent-length: {}\r\n\r\n", self.body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&self.body).await.unwrap();
    }
}
