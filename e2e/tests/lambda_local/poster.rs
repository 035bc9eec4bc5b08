//! A publisher over HTTP that sends each publication again until it is acknowledged. Each has a sequence number, so
//! that the server does not append a repetition.

use std::sync::Arc;
use std::time::Duration;

use e2e::topology::TIMEOUT;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use shared::Topic;
use storm::Progress;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Pause between the acknowledgement of a publication and the next publication.
const PERIOD: Duration = Duration::from_millis(250);
/// Pause before a publication is sent again.
const AGAIN: Duration = Duration::from_millis(100);

/// A publisher that sends the numbers 1, 2, 3 and so on to one topic.
pub struct Poster {
    client: Client,
    url: String,
    topic: Topic,
    progress: Arc<Progress>,
}

impl Poster {
    /// Creates a publisher that sends to this topic of the server at `url`, and adds its acknowledged publications to
    /// `progress`.
    pub fn new(url: &str, topic: &str, progress: Arc<Progress>) -> Self {
        let topic = Topic::new(topic).expect("a topic");
        Self { client: Client::new(), url: format!("{url}/topics/{topic}"), topic, progress }
    }

    /// Publishes until `stop` becomes true. Returns descriptions of all errors; the list is empty if there were none.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Vec<String> {
        let mut faults = Vec::new();
        let mut number = 0;
        while !*stop.borrow() {
            number += 1;
            match timeout(2 * TIMEOUT, self.acknowledged(number)).await {
                Ok(Ok(offset)) if offset == number => self.progress.acknowledge(&self.topic, offset),
                wrong => {
                    faults.push(format!("{}: {number} was published and came to {wrong:?}", self.topic));
                    break;
                }
            }
            sleep(PERIOD).await;
        }
        faults
    }

    /// Sends a publication until it is acknowledged, and returns its offset. Returns an error if the server refuses the
    /// publication with an error that a repetition cannot resolve.
    async fn acknowledged(&self, number: u64) -> Result<u64, String> {
        loop {
            match self.post(number).await {
                Ok(answer) if answer.status().is_success() => return offset(answer).await,
                Ok(answer) if !may_be_repeated(answer.status()) => {
                    return Err(format!("{}: {:?}", answer.status(), answer.text().await));
                }
                // A function was killed or a table was slow, so the publication may be in the log or not.
                Ok(_) | Err(_) => sleep(AGAIN).await,
            }
        }
    }

    async fn post(&self, number: u64) -> reqwest::Result<Response> {
        let url = format!("{}?producer=poster&seq={number}", self.url);
        self.client.post(url).timeout(TIMEOUT).body(number.to_string()).send().await
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
