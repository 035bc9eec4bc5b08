//! Whoever publishes by HTTP, and again until it is acknowledged: a number makes a repeat harmless.

use std::sync::Arc;
use std::time::Duration;

use e2e::topology::PATIENCE;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use shared::Topic;
use storm::Board;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// From one acknowledgement to the next publication.
const PERIOD: Duration = Duration::from_millis(250);
/// Before a publication is said again.
const AGAIN: Duration = Duration::from_millis(100);

/// Publishes to one topic, from 1 on.
pub struct Poster {
    client: Client,
    url: String,
    topic: Topic,
    board: Arc<Board>,
}

impl Poster {
    /// To this topic of the server at `url`.
    pub fn new(url: &str, topic: &str, board: Arc<Board>) -> Self {
        let topic = Topic::new(topic).expect("a topic");
        Self { client: Client::new(), url: format!("{url}/topics/{topic}"), topic, board }
    }

    /// Publishes until told to stop. Answers with what should not have been.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Vec<String> {
        let mut faults = Vec::new();
        let mut number = 0;
        while !*stop.borrow() {
            number += 1;
            match timeout(2 * PATIENCE, self.acknowledged(number)).await {
                Ok(Ok(offset)) if offset == number => self.board.acknowledge(&self.topic, offset),
                wrong => {
                    faults.push(format!("{}: {number} was published and came to {wrong:?}", self.topic));
                    break;
                }
            }
            sleep(PERIOD).await;
        }
        faults
    }

    /// Where it landed; the words of a refusal, if it was not the server that failed.
    async fn acknowledged(&self, number: u64) -> Result<u64, String> {
        loop {
            match self.post(number).await {
                Ok(answer) if answer.status().is_success() => return offset(answer).await,
                Ok(answer) if !may_be_repeated(answer.status()) => {
                    return Err(format!("{}: {:?}", answer.status(), answer.text().await));
                }
                // A function was killed, or a table was slow: nobody knows whether it is in the log.
                Ok(_) | Err(_) => sleep(AGAIN).await,
            }
        }
    }

    async fn post(&self, number: u64) -> reqwest::Result<Response> {
        let url = format!("{}?producer=poster&seq={number}", self.url);
        self.client.post(url).timeout(PATIENCE).body(number.to_string()).send().await
    }
}

fn may_be_repeated(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

async fn offset(answer: Response) -> Result<u64, String> {
    let text = answer.text().await.map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    answer["offset"].as_u64().ok_or(text)
}
