//! Deletes items whose time to live has passed, which DynamoDB Local does not do ("Using time to live (TTL) in DynamoDB").

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use serverless_app::Table;
use tokio::time::{MissedTickBehavior, interval};

use super::dynamodb::{self, target};
use super::observer::DataObserver;
use super::service::{Service, ServiceError};
use super::time::now_ms;

/// DynamoDB does not delete items that have expired for longer than five years, because their attribute may not be a time.
const OLDEST_S: u64 = 5 * 366 * 24 * 60 * 60;
/// Maximum number of deletions that are remembered for the stream.
const REMEMBERED: usize = 10_000;
/// A record of the stream was written at most this long after the deletion was begun.
const RECORD_LIMIT_MS: u64 = 61_000;

/// Deletions by the service, so that the records of the stream can be told from those of deletions by the app.
#[derive(Debug, Clone, Default)]
pub(super) struct Expired(Arc<Mutex<VecDeque<Deletion>>>);

#[derive(Debug)]
struct Deletion {
    table: String,
    keys: Value,
    at_ms: u64,
}

impl Expired {
    fn add(&self, table: &str, keys: &Value, at_ms: u64) {
        let mut deletions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if deletions.len() == REMEMBERED {
            deletions.pop_front();
        }
        deletions.push_back(Deletion { table: table.to_owned(), keys: keys.clone(), at_ms });
    }

    fn remove(&self, table: &str, keys: &Value) {
        let mut deletions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        deletions.retain(|deletion| deletion.table != table || deletion.keys != *keys);
    }

    /// Returns true if a record of a stream, written at `written_ms`, is the deletion of an expired item.
    pub fn contains(&self, table: &str, record: &Value, written_ms: u64) -> bool {
        let keys = &record["dynamodb"]["Keys"];
        let is_deletion = |deletion: &Deletion| {
            deletion.table == table
                && deletion.keys == *keys
                && written_ms.abs_diff(deletion.at_ms) < RECORD_LIMIT_MS
        };
        let deletions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        record["eventName"] == "REMOVE" && deletions.iter().any(is_deletion)
    }
}

/// A table whose items expire.
pub(super) struct Sweeper {
    service: Service,
    table: String,
    attribute: String,
    keys: Vec<String>,
    expired: Expired,
    observer: Arc<dyn DataObserver>,
}

impl Sweeper {
    /// Returns the sweeper for a table, or `None` if its items do not expire.
    pub fn of(
        service: &Service,
        table: &Table,
        expired: &Expired,
        observer: &Arc<dyn DataObserver>,
    ) -> Option<Self> {
        let attribute = table.ttl_attribute.clone()?;
        let keys = std::iter::once(&table.key.hash).chain(&table.key.range).cloned().collect();
        let (service, expired, observer) = (service.clone(), expired.clone(), observer.clone());
        Some(Self { service, table: table.name.clone(), attribute, keys, expired, observer })
    }

    /// Deletes expired items at regular intervals, until the future is dropped.
    pub async fn run(self, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.sweep(now_ms()).await {
                Ok(0) => {}
                Ok(items) => self.observer.expired(&self.table, items),
                Err(error) => {
                    let line =
                        format!("expired items of the table {} cannot be deleted: {error}", self.table);
                    self.observer.line(dynamodb::NAME, &line);
                }
            }
        }
    }

    async fn sweep(&self, now_ms: u64) -> Result<usize, ServiceError> {
        let (mut deleted, mut start) = (0, Value::Null);
        loop {
            let page = self.service.call(&target("Scan"), &self.scan(now_ms / 1000, &start)).await?;
            for keys in page["Items"].as_array().into_iter().flatten() {
                deleted += usize::from(self.delete(keys, now_ms).await?);
            }
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(deleted);
            }
        }
    }

    /// Deletes an item, unless its time to live was changed meanwhile. Returns true if it was deleted.
    async fn delete(&self, keys: &Value, now_ms: u64) -> Result<bool, ServiceError> {
        // The record of the stream may be read before this request is answered.
        self.expired.add(&self.table, keys, now_ms);
        let mut request = self.condition("ConditionExpression", now_ms / 1000);
        request.insert("Key".into(), keys.clone());
        match self.service.call(&target("DeleteItem"), &Value::Object(request)).await {
            Ok(_) => Ok(true),
            Err(error) => {
                self.expired.remove(&self.table, keys);
                if error.kind() == "ConditionalCheckFailedException" { Ok(false) } else { Err(error) }
            }
        }
    }

    fn scan(&self, now_s: u64, start: &Value) -> Value {
        let mut request = self.condition("FilterExpression", now_s);
        let names = (0..self.keys.len()).map(|number| format!("#k{number}")).collect::<Vec<_>>();
        request.insert("ProjectionExpression".into(), names.join(", ").into());
        for (name, key) in names.iter().zip(&self.keys) {
            request["ExpressionAttributeNames"][name] = json!(key);
        }
        if !start.is_null() {
            request.insert("ExclusiveStartKey".into(), start.clone());
        }
        Value::Object(request)
    }

    /// Returns the part of a request that selects expired items. The attribute has to be a number of seconds.
    fn condition(&self, field: &str, now_s: u64) -> Map<String, Value> {
        let number = |seconds: u64| json!({"N": seconds.to_string()});
        let mut request = Map::new();
        request.insert("TableName".into(), self.table.clone().into());
        request.insert(field.into(), "attribute_type(#ttl, :n) AND #ttl BETWEEN :oldest AND :now".into());
        request.insert("ExpressionAttributeNames".into(), json!({"#ttl": self.attribute}));
        let oldest = now_s.saturating_sub(OLDEST_S);
        let values = json!({":n": {"S": "N"}, ":oldest": number(oldest), ":now": number(now_s)});
        request.insert("ExpressionAttributeValues".into(), values);
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removal(id: &str) -> Value {
        json!({"eventName": "REMOVE", "dynamodb": {"Keys": {"id": {"S": id}}}})
    }

    #[test]
    fn a_deletion_by_the_service_is_told_from_one_by_the_app() {
        let expired = Expired::default();
        expired.add("rooms", &json!({"id": {"S": "a"}}), 100_000);
        assert!(expired.contains("rooms", &removal("a"), 100_500));
        assert!(!expired.contains("rooms", &removal("b"), 100_500));
        assert!(!expired.contains("other", &removal("a"), 100_500));
        assert!(!expired.contains("rooms", &removal("a"), 200_000));
        let change = json!({"eventName": "MODIFY", "dynamodb": {"Keys": {"id": {"S": "a"}}}});
        assert!(!expired.contains("rooms", &change, 100_500));
    }

    #[test]
    fn a_deletion_that_did_not_happen_is_forgotten() {
        let expired = Expired::default();
        expired.add("rooms", &json!({"id": {"S": "a"}}), 0);
        expired.remove("rooms", &json!({"id": {"S": "a"}}));
        assert!(!expired.contains("rooms", &removal("a"), 0));
    }
}
