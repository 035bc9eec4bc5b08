//! Reads the records of a DynamoDB stream from the event of a Lambda function, and builds the function's answer. The
//! answer names the first record that Lambda has to deliver again.
//!
//! The formats are documented in "Using AWS Lambda with Amazon DynamoDB" and "Configuring partial batch response" (AWS
//! Lambda developer guide, with-ddb and services-ddb-batchfailurereporting).

use serde::Deserialize;
use serde_json::{Value, json};

use crate::EventError;

/// A record of a DynamoDB stream, which describes the change of one item of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// Sequence number of the record in the stream.
    pub sequence_number: String,
    /// The key of the item, in DynamoDB's JSON.
    pub keys: Value,
    /// The item after the change, in DynamoDB's JSON, or `None` if the item was deleted.
    pub new_image: Option<Value>,
}

/// Returns the records of a DynamoDB stream in `event`, in their order.
///
/// # Errors
///
/// [`EventError`] if `event` is not an event of a DynamoDB stream. The cause is a mistake in the deployment, so the
/// error should be logged.
pub fn stream_records(event: Value) -> Result<Vec<StreamRecord>, EventError> {
    let event: Event = serde_json::from_value(event)
        .map_err(|error| EventError::Unreadable { reason: error.to_string() })?;
    let records = event.records.into_iter().map(|record| record.dynamodb);
    Ok(records
        .map(|Change { sequence_number, keys, new_image }| StreamRecord { sequence_number, keys, new_image })
        .collect())
}

/// Builds the value that the Lambda function returns. `first_failed` is the sequence number of the first record that
/// was not handled, or `None` if every record was handled. Lambda delivers this record and all later ones again, if
/// `ReportBatchItemFailures` is set.
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
    #[serde(default)]
    keys: Value,
    new_image: Option<Value>,
}
