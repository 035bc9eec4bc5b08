//! Reads the stream of a table of DynamoDB Local.

use serde_json::{Value, json};
use serverless_app::StartingPosition;

use super::shards::Shard;
use crate::data::service::{Service, ServiceError};

const VERSION: &str = "DynamoDBStreams_20120810";

/// The stream of one table.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    service: Service,
    arn: String,
}

/// Position in a shard at which reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    Start(StartingPosition),
    After(String),
}

/// The result of one read.
#[derive(Debug)]
pub(super) struct Page {
    /// The records, in the order of the shard.
    pub records: Vec<Value>,
    /// Shard iterator for the next read, or `None` at the end of the shard.
    pub next: Option<String>,
}

impl Stream {
    /// Finds the newest stream of a table. Returns `None` if the table has no stream.
    pub async fn of_table(service: Service, table: &str) -> Result<Option<Self>, ServiceError> {
        let listed = service.call(&target("ListStreams"), &json!({"TableName": table})).await?;
        let label = |stream: &&Value| stream["StreamLabel"].as_str().unwrap_or_default().to_owned();
        // The labels of streams are times, so that the greatest label belongs to the newest stream.
        let newest = listed["Streams"].as_array().into_iter().flatten().max_by_key(label);
        let arn = newest.and_then(|stream| stream["StreamArn"].as_str()).map(str::to_owned);
        Ok(arn.map(|arn| Self { service, arn }))
    }

    /// Returns all shards of the stream, including closed ones.
    pub async fn shards(&self) -> Result<Vec<Shard>, ServiceError> {
        let (mut shards, mut last) = (Vec::new(), Value::Null);
        loop {
            let mut request = json!({"StreamArn": self.arn});
            if !last.is_null() {
                request["ExclusiveStartShardId"] = last;
            }
            let page = self.service.call(&target("DescribeStream"), &request).await?;
            let description = &page["StreamDescription"];
            shards.extend(description["Shards"].as_array().into_iter().flatten().filter_map(shard));
            last = description["LastEvaluatedShardId"].clone();
            if last.is_null() {
                return Ok(shards);
            }
        }
    }

    /// Returns a shard iterator for a position. It is valid for 15 minutes.
    pub async fn place(&self, shard: &str, from: &From) -> Result<Option<String>, ServiceError> {
        let mut request = json!({"StreamArn": self.arn, "ShardId": shard});
        match from {
            From::Start(StartingPosition::TrimHorizon) => {
                request["ShardIteratorType"] = json!("TRIM_HORIZON")
            }
            From::Start(StartingPosition::Latest) => request["ShardIteratorType"] = json!("LATEST"),
            From::After(number) => {
                request["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
                request["SequenceNumber"] = json!(number);
            }
        }
        let answer = self.service.call(&target("GetShardIterator"), &request).await?;
        Ok(answer["ShardIterator"].as_str().map(str::to_owned))
    }

    /// Reads the next records at a shard iterator, at most `limit`.
    pub async fn read(&self, place: &str, limit: usize) -> Result<Page, ServiceError> {
        let request = json!({"ShardIterator": place, "Limit": limit.clamp(1, 1000)});
        let mut answer = self.service.call(&target("GetRecords"), &request).await?;
        let records = answer["Records"].as_array_mut().map(std::mem::take).unwrap_or_default();
        Ok(Page { records, next: answer["NextShardIterator"].as_str().map(str::to_owned) })
    }
}

fn shard(listed: &Value) -> Option<Shard> {
    let text = |name: &str| listed[name].as_str().map(str::to_owned);
    Some(Shard { id: text("ShardId")?, parent: text("ParentShardId") })
}

fn target(action: &str) -> String {
    format!("{VERSION}.{action}")
}
