//! Converts stream records to the event that a function receives ("Using AWS Lambda with Amazon DynamoDB", example event).

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, StreamRecord};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Returns the event for a batch of records. [`record`] converts each of them.
pub fn event(records: &[Value]) -> Value {
    json!({"Records": records})
}

/// Converts one record to DynamoDB's JSON. A field that the record does not have is left out.
pub fn record(record: &Record, stream_arn: &str) -> Value {
    let mut json = json!({
        "eventID": record.event_id(),
        "eventName": record.event_name().map(|name| name.as_str()),
        "eventVersion": record.event_version(),
        "eventSource": record.event_source(),
        "awsRegion": record.aws_region(),
        "dynamodb": record.dynamodb().map(change),
        "eventSourceARN": stream_arn,
    });
    remove_nulls(&mut json);
    json
}

fn change(change: &StreamRecord) -> Value {
    let mut json = json!({
        "ApproximateCreationDateTime": change.approximate_creation_date_time().map(|at| at.secs()),
        "Keys": change.keys().map(item),
        "NewImage": change.new_image().map(item),
        "OldImage": change.old_image().map(item),
        "SequenceNumber": change.sequence_number(),
        "SizeBytes": change.size_bytes(),
        "StreamViewType": change.stream_view_type().map(|kind| kind.as_str()),
    });
    remove_nulls(&mut json);
    json
}

fn item(item: &HashMap<String, AttributeValue>) -> Value {
    item.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::Null(flag) => json!({"NULL": flag}),
        AttributeValue::B(bytes) => json!({"B": STANDARD.encode(bytes.as_ref())}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::Bs(blobs) => {
            json!({"BS": blobs.iter().map(|bytes| STANDARD.encode(bytes.as_ref())).collect::<Vec<_>>()})
        }
        AttributeValue::L(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        AttributeValue::M(values) => json!({"M": item(values)}),
        // A type that this version of the SDK does not know.
        _ => Value::Object(Map::new()),
    }
}

fn remove_nulls(json: &mut Value) {
    if let Value::Object(fields) = json {
        fields.retain(|_, value| !value.is_null());
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodbstreams::primitives::{Blob, DateTime};
    use aws_sdk_dynamodbstreams::types::{OperationType, StreamViewType};

    use super::*;

    #[test]
    fn a_record_is_written_as_lambda_writes_it() {
        let image = [
            ("text".to_owned(), AttributeValue::S("a".into())),
            ("number".to_owned(), AttributeValue::N("17".into())),
            ("bytes".to_owned(), AttributeValue::B(Blob::new([255, 0]))),
            ("list".to_owned(), AttributeValue::L(vec![AttributeValue::Bool(true)])),
        ];
        let change = StreamRecord::builder()
            .approximate_creation_date_time(DateTime::from_secs(1_428_537_600))
            .keys("topic", AttributeValue::S("a".into()))
            .set_new_image(Some(image.into()))
            .sequence_number("111")
            .size_bytes(26)
            .stream_view_type(StreamViewType::NewImage);
        let given = Record::builder()
            .event_id("1")
            .event_name(OperationType::Insert)
            .event_version("1.1")
            .event_source("aws:dynamodb")
            .aws_region("us-east-1")
            .dynamodb(change.build());
        let expected = json!({
            "eventID": "1",
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_428_537_600,
                "Keys": {"topic": {"S": "a"}},
                "NewImage": {
                    "text": {"S": "a"}, "number": {"N": "17"}, "bytes": {"B": "/wA="}, "list": {"L": [{"BOOL": true}]},
                },
                "SequenceNumber": "111",
                "SizeBytes": 26,
                "StreamViewType": "NEW_IMAGE",
            },
            "eventSourceARN": "arn:stream",
        });
        assert_eq!(record(&given.build(), "arn:stream"), expected);
    }
}
