//! A server that has kept data of the past, and receives more all the time.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use backend_core::ports::{Append, TopicLog};
use backend_store::{EmbeddedLog, Retention};
use e2e::server::Server;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use shared::publication::Item;
use shared::{Epoch, Millis, Topic, limits};
use tempfile::TempDir;
use tokio::task::AbortHandle;

/// Time for which the server keeps history, in milliseconds: longer than anything that is written here.
const KEEP_MS: Millis = 3 * 86_400_000;
const KEEP_AGE: &str = "3d";

/// One publication.
pub struct Said {
    pub topic: &'static str,
    pub data: Value,
    /// Metadata of the topic, which is stored with the past; `null` if it has none.
    pub meta: Value,
}

impl Said {
    /// Returns a publication to a topic without metadata.
    pub fn new(topic: &'static str, data: Value) -> Self {
        Self { topic, data, meta: Value::Null }
    }

    /// Adds metadata.
    pub fn with(self, meta: Value) -> Self {
        Self { meta, ..self }
    }
}

/// A server with history, and a publisher that goes on until this value is dropped.
pub struct Kept {
    pub server: Server,
    publisher: AbortHandle,
}

impl Kept {
    /// Writes the past to a store, starts a server with it, and publishes from then on. `past` has the times of receipt
    /// in their order, with what was received; `said` returns what is published every `pause` from now on, and its
    /// argument counts the times.
    pub async fn begin(
        past: impl IntoIterator<Item = (Millis, Vec<Said>)>,
        said: fn(i64) -> Vec<Said>,
        pause: Duration,
    ) -> Self {
        let data = TempDir::new().expect("a temporary directory");
        write(data.path(), past).await;
        let server = Server::start_with_data(data, &["--no-host", "--keep-age", KEEP_AGE]);
        let publisher = tokio::spawn(publish(server.url(), said, pause)).abort_handle();
        Self { server, publisher }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.publisher.abort();
    }
}

/// Returns the present time in milliseconds since the Unix epoch.
pub fn now_ms() -> Millis {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    Millis::try_from(since_1970.as_millis()).expect("a clock before the year 292 million")
}

async fn publish(url: String, said: fn(i64) -> Vec<Said>, pause: Duration) {
    let client = reqwest::Client::new();
    for n in 0.. {
        for Said { topic, data, .. } in said(n) {
            let body = json!({"data": data});
            // The server is killed at the end of the test, perhaps before this task is aborted.
            let _answer = client.post(format!("{url}/topics/{topic}")).body(body.to_string()).send().await;
        }
        tokio::time::sleep(pause).await;
    }
}

/// Writes publications to a store directly, with the times at which they would have been received.
async fn write(directory: &Path, past: impl IntoIterator<Item = (Millis, Vec<Said>)>) {
    let retention = Retention { max_age_ms: KEEP_MS, ..Retention::default() };
    let (log, mut changes) = EmbeddedLog::open(directory, retention).expect("a new store");
    let drain = tokio::spawn(async move { while changes.recv().await.is_some() {} });
    for (received_at, said) in past {
        let appends = said.into_iter().map(|said| log.append(append(said, received_at)));
        try_join_all(appends).await.expect("the store is written");
    }
    log.close().await;
    drain.await.expect("all changes are read");
}

fn append(said: Said, received_at: Millis) -> Append {
    Append {
        topic: Topic::new(said.topic).expect("a valid name"),
        items: vec![Item { data: said.data.into(), ts: None }],
        producer: None,
        meta: serde_json::from_value(said.meta).expect("metadata"),
        received_at,
        new_epoch: Epoch::new("kept"),
        principal: "e2e".into(),
        principal_topics: limits::TOPICS,
    }
}
