//! A proxy in front of DynamoDB that counts requests and adds up the capacity that they consume.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};

use test_support::HttpMessage;

/// Number of requests to DynamoDB, and of the read and write units that they consumed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Units {
    pub requests: usize,
    pub read: f64,
    pub write: f64,
}

/// A running proxy in front of DynamoDB that counts requests and billed units.
pub struct Meter {
    pub endpoint_url: String,
    units: Arc<Mutex<Units>>,
}

impl Meter {
    /// Starts a proxy in front of the DynamoDB at `endpoint_url`, which must be plain HTTP.
    pub async fn before(endpoint_url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let dynamodb = endpoint_url.trim_start_matches("http://").to_owned();
        let units = Arc::default();
        tokio::spawn(listen(listener, dynamodb, Arc::clone(&units)));
        Self { endpoint_url: format!("http://{address}"), units }
    }

    /// Returns the requests and units since the last call, and resets the counters.
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
    while let Some(mut request) = HttpMessage::read(&mut client).await {
        let mut asked: Value = serde_json::from_slice(&request.body).unwrap();
        asked["ReturnConsumedCapacity"] = json!("TOTAL");
        request.body = asked.to_string().into_bytes();
        let target = request.header("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        request.write(&mut dynamodb).await.unwrap();
        let Some(answer) = HttpMessage::read(&mut dynamodb).await else { return };
        units.lock().unwrap().add(&operation, &asked, &answer);
        answer.write(&mut client).await.unwrap();
    }
}

impl Units {
    /// Adds one request, with the units that DynamoDB Local reports. If it reports none, the units are computed by
    /// DynamoDB's rules (Amazon DynamoDB Developer Guide, "DynamoDB read and write operations"). A read that finds
    /// nothing and a write that is refused take one unit each, and each write of a transaction takes two. All items
    /// that transactions write here are smaller than 1 KB.
    fn add(&mut self, operation: &str, asked: &Value, answer: &HttpMessage) {
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
