//! The mapping of a table's stream: one reader for each shard, parents before their children.

use std::time::Duration;

use serverless_app::StartingPosition;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::reader::{Reader, Source};
use super::shards::{Shard, Shards};
use super::stream::From;
use crate::data::service::ServiceError;

/// Time between two requests for the list of shards, in which new shards appear.
const SHARD_INTERVAL: Duration = Duration::from_secs(2);

/// A mapping whose positions in the shards are fixed.
pub(super) struct StreamMapping {
    source: Source,
    shards: Shards,
    readers: Vec<Reader>,
}

impl StreamMapping {
    /// Finds the shards and the positions at which reading begins: where it ended the last time, if there is a data folder, and
    /// otherwise at the starting position. Records that are written after this has returned are read.
    pub async fn prepare(source: Source) -> Result<Self, ServiceError> {
        let mapping = source.context.mapping.clone();
        let start = From::Start(mapping.starting_position);
        let listed = source.stream.shards().await?;
        let ids = listed.iter().map(|shard| shard.id.as_str()).collect();
        source.checkpoints.retain(&mapping.logical_id, &ids);
        let from = |shard: &str| {
            let finished = source.checkpoints.finished(&mapping.logical_id, shard);
            finished.map_or_else(|| start.clone(), From::After)
        };
        let passed = passed(&listed, from);
        let mut shards = Shards::new();
        shards.list(listed);
        passed.iter().for_each(|id| shards.end(id));
        let mut readers = Vec::new();
        for shard in shards.begin().into_iter().filter(|id| !passed.contains(id)) {
            let from = from(&shard);
            let is_latest = from == From::Start(StartingPosition::Latest);
            // A later request would leave out what is written until then.
            let place = if is_latest { source.stream.place(&shard, &from).await? } else { None };
            readers.push(Reader { source: source.clone(), shard, from, place });
        }
        Ok(Self { source, shards, readers })
    }

    /// Reads the stream until the future is dropped.
    pub async fn run(mut self) {
        let mut running = JoinSet::new();
        for reader in self.readers.drain(..) {
            running.spawn(reader.run());
        }
        loop {
            tokio::select! {
                Some(ended) = running.join_next() => match ended {
                    Ok(shard) => self.shards.end(&shard),
                    Err(error) => self.source.context.log(&format!("a reader of the stream ended: {error}")),
                },
                () = sleep(SHARD_INTERVAL) => match self.source.stream.shards().await {
                    Ok(listed) => self.shards.list(listed),
                    Err(error) => self.source.context.log(&format!("the stream cannot be read: {error}")),
                },
            }
            // Shards that appear later are new, so they are read from their beginning.
            let from = From::Start(StartingPosition::TrimHorizon);
            for shard in self.shards.begin() {
                let reader = Reader { source: self.source.clone(), shard, from: from.clone(), place: None };
                running.spawn(reader.run());
            }
        }
    }
}

/// Returns the shards that need not be read: they are closed, so that they have no new records, and reading would begin at new
/// records.
fn passed(listed: &[Shard], from: impl Fn(&str) -> From) -> Vec<String> {
    let parents: Vec<&str> = listed.iter().filter_map(|shard| shard.parent.as_deref()).collect();
    let ids = listed.iter().map(|shard| &shard.id);
    let is_passed =
        |id: &&String| parents.contains(&id.as_str()) && from(id) == From::Start(StartingPosition::Latest);
    ids.filter(is_passed).cloned().collect()
}
