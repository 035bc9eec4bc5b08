//! Reads a stream, with one task for each shard, and passes its records to the function.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodbstreams::types::Record;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::stream::From;
use crate::{Batch, Settings, Shards, Start, Stream, StreamError, Target, event};

/// Time between two requests for the list of shards, in which new shards appear.
const SHARD_INTERVAL: Duration = Duration::from_secs(2);

/// Passes the records of a DynamoDB stream to a Lambda function.
#[derive(Debug, Clone)]
pub struct Poller {
    stream: Stream,
    target: Target,
    settings: Settings,
}

/// The task that reads one shard.
struct Reader {
    poller: Poller,
    shard: String,
    from: From,
}

impl Poller {
    /// Creates a poller. It does nothing until [`Poller::run`] is called.
    pub fn new(stream: Stream, target: Target, settings: Settings) -> Self {
        Self { stream, target, settings }
    }

    /// Passes records to the function until the future is dropped. Errors are printed to standard error, and the step that failed
    /// is tried again.
    pub async fn run(self) {
        let (mut shards, mut readers) = (Shards::new(), JoinSet::new());
        let mut start = self.settings.start;
        loop {
            match self.stream.shards().await {
                Ok(listed) => {
                    shards.list(listed);
                    self.begin(&mut shards, &mut readers, start);
                    // Shards that are listed later are new, so they are read from their beginning.
                    start = Start::TrimHorizon;
                }
                Err(error) => log(error),
            }
            tokio::select! {
                Some(Ok(ended)) = readers.join_next() => {
                    shards.end(&ended);
                    self.begin(&mut shards, &mut readers, start);
                }
                () = sleep(SHARD_INTERVAL) => {}
            }
        }
    }

    fn begin(&self, shards: &mut Shards, readers: &mut JoinSet<String>, start: Start) {
        for shard in shards.begin() {
            let reader = Reader { poller: self.clone(), shard, from: From::Start(start) };
            readers.spawn(reader.run());
        }
    }
}

impl Reader {
    /// Reads the shard to its end and returns its id.
    async fn run(mut self) -> String {
        loop {
            match self.read_on().await {
                Ok(()) => return self.shard,
                Err(StreamError::Expired) => {}
                Err(StreamError::Trimmed) => {
                    // DynamoDB Local reports this error even at the beginning of a shard, where nothing was lost.
                    if matches!(self.from, From::After(_)) {
                        log(format!(
                            "in the shard {}, records were deleted before they could be read",
                            self.shard
                        ));
                    }
                    self.from = From::Start(Start::TrimHorizon);
                }
                Err(error @ StreamError::Unavailable { .. }) => {
                    log(error);
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Reads from the current position until the end of the shard or until the first error.
    async fn read_on(&mut self) -> Result<(), StreamError> {
        let mut place = self.poller.stream.place(&self.shard, &self.from).await?;
        while let Some(here) = place {
            let page = self.fill(&here).await?;
            place = page.next;
            if page.records.is_empty() {
                sleep(self.poller.settings.every).await;
            } else {
                self.deliver(&page.records).await;
            }
        }
        Ok(())
    }

    /// Reads a batch. If there are records at `place`, waits until the batch is full or the window has passed. Otherwise returns
    /// an empty batch at once.
    async fn fill(&self, place: &str) -> Result<crate::Page, StreamError> {
        let Settings { batch_size, window, every, .. } = self.poller.settings;
        let mut batch = self.poller.stream.read(place, batch_size).await?;
        let full_at = Instant::now() + window;
        while !batch.records.is_empty() && Instant::now() < full_at {
            let room = batch_size - i32::try_from(batch.records.len()).unwrap_or(batch_size);
            let Some(next) = batch.next.as_deref().filter(|_| room > 0) else { break };
            sleep(every.min(full_at - Instant::now())).await;
            let more = self.poller.stream.read(next, room).await?;
            batch.records.extend(more.records);
            batch.next = more.next;
        }
        Ok(batch)
    }

    /// Invokes the function until each record is processed or has been given up. Only then is the next batch read.
    async fn deliver(&mut self, records: &[Record]) {
        let Poller { stream, target, settings } = &self.poller;
        let numbered = |record: &Record| {
            let number = record.dynamodb()?.sequence_number()?.to_owned();
            Some((number, event::record(record, stream.arn())))
        };
        let mut batch = Batch::new(records.iter().filter_map(numbered).collect());
        loop {
            let next = batch.next();
            let Some(oldest) = next.first() else { break };
            let outcome = target.invoke(&event::event(&next), log).await;
            let wait = batch.settle(&outcome);
            if !wait.is_zero() && next.len() == 1 && age(oldest) > settings.max_age {
                log(format!(
                    "record {} is older than the limit and is given up",
                    batch.first().unwrap_or_default()
                ));
                batch.give_up();
            }
            sleep(wait).await;
        }
        let last = records.iter().rev().find_map(|record| record.dynamodb()?.sequence_number());
        if let Some(number) = last {
            self.from = From::After(number.to_owned());
        }
    }
}

/// Returns the time that has passed since a record was written.
fn age(record: &Value) -> Duration {
    let made = record["dynamodb"]["ApproximateCreationDateTime"].as_u64().unwrap_or_default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::from_secs(made))
}

fn log(what: impl std::fmt::Display) {
    eprintln!("stream-poller: {what}");
}
