//! Records of a table's stream, and which of them are to come again.
//!
//! "Using AWS Lambda with Amazon DynamoDB" and "Configuring partial batch response" (AWS Lambda developer guide,
//! with-ddb and services-ddb-batchfailurereporting).

use serde::Deserialize;
use serde_json::{Value, json};

use crate::EventError;

/// One change of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// Its place in the stream.
    pub sequence_number: String,
    /// The item as it is now, in DynamoDB's JSON; `None` if it was deleted.
    pub new_image: Option<Value>,
}

/// The records of an event, in order.
///
/// # Errors
///
/// [`EventError`] if this is no event of a table's stream: a fault in the set-up, for the log.
pub fn stream_records(event: Value) -> Result<Vec<StreamRecord>, EventError> {
    let event: Event = serde_json::from_value(event)
        .map_err(|error| EventError::Unreadable { reason: error.to_string() })?;
    let records = event.records.into_iter().map(|record| record.dynamodb);
    Ok(records
        .map(|Change { sequence_number, new_image }| StreamRecord { sequence_number, new_image })
        .collect())
}

/// What the function returns: everything is done, or everything before this sequence number. From there on Lambda
/// hands the records in again, if `ReportBatchItemFailures` is set.
pub fn stream_response(first_failed: Option<&str>) -> Value {
    let failures: Vec<Value> =
        first_failed.into_iter().map(|number| json!({"itemIdentifier": number})).collect();
    json!({"batchItemFailures": failures})
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    new_image: Option<Value>,
}
