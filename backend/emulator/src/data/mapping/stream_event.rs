//! Converts the records of a stream to those of the event that a function gets ("Using AWS Lambda with Amazon DynamoDB",
//! example event). The module is pure.

use serde_json::{Map, Value, json};

/// Label of every stream in its resource name, the same as in the values of `!GetAtt Table.StreamArn`.
const STREAM_LABEL: &str = "2020-01-01T00:00:00.000";
/// DynamoDB Local rounds the time of a record down to minutes.
const ROUNDED_TO_S: u64 = 60;

/// Returns the resource name of the stream of a table.
pub(super) fn stream_arn(table_arn: &str) -> String {
    format!("{table_arn}/stream/{STREAM_LABEL}")
}

/// Returns the time at which a record of DynamoDB Local was written, in seconds: as late as the rounding and the time of
/// reading allow.
pub(super) fn written_s(record: &Value, read_s: u64) -> u64 {
    let reported = record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap_or_default();
    // Rust limits the conversion to the range of the type.
    let reported = reported as u64;
    if reported.is_multiple_of(ROUNDED_TO_S) {
        read_s.clamp(reported, reported + ROUNDED_TO_S - 1)
    } else {
        reported
    }
}

/// Converts a record of DynamoDB Local. `is_expired` is true for an item that was deleted because its time to live had passed.
pub(super) fn record(local: Value, table_arn: &str, region: &str, written_s: u64, is_expired: bool) -> Value {
    let Value::Object(mut fields) = local else { return Value::Null };
    let mut change = fields.remove("dynamodb").unwrap_or(json!({}));
    change["ApproximateCreationDateTime"] = json!(written_s);
    let mut event = Map::new();
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    // On AWS the id has 32 digits, without dashes.
    event.insert("eventID".into(), text("eventID").replace('-', "").into());
    for name in ["eventName", "eventVersion", "eventSource"] {
        event.insert(name.into(), text(name).into());
    }
    event.insert("awsRegion".into(), region.into());
    event.insert("dynamodb".into(), change);
    if is_expired {
        let service = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
        event.insert("userIdentity".into(), service);
    }
    event.insert("eventSourceARN".into(), stream_arn(table_arn).into());
    Value::Object(event)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/Rooms";

    fn local() -> Value {
        json!({
            "eventID": "33dc8618-7699-4813-ad99-50faa6799021",
            "eventName": "REMOVE",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "ddblocal",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_962_900.0,
                "Keys": {"id": {"S": "a"}},
                "SequenceNumber": "000000000000000000001",
                "SizeBytes": 22,
                "StreamViewType": "KEYS_ONLY",
            },
        })
    }

    #[test]
    fn a_record_is_written_as_lambda_writes_it() {
        let expected = json!({
            "eventID": "33dc861876994813ad9950faa6799021",
            "eventName": "REMOVE",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-west-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_962_939_u64,
                "Keys": {"id": {"S": "a"}},
                "SequenceNumber": "000000000000000000001",
                "SizeBytes": 22,
                "StreamViewType": "KEYS_ONLY",
            },
            "eventSourceARN": format!("{TABLE}/stream/2020-01-01T00:00:00.000"),
        });
        assert_eq!(record(local(), TABLE, "eu-west-1", 1_795_962_939, false), expected);
    }

    #[test]
    fn the_deletion_of_an_expired_item_has_the_identity_of_the_service() {
        let expired = record(local(), TABLE, "eu-west-1", 0, true);
        assert_eq!(
            expired["userIdentity"],
            json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"})
        );
    }

    #[test]
    fn a_rounded_time_is_that_of_reading_unless_the_minute_is_over() {
        assert_eq!(written_s(&local(), 1_795_962_939), 1_795_962_939);
        assert_eq!(written_s(&local(), 1_795_963_500), 1_795_962_959);
        assert_eq!(written_s(&local(), 0), 1_795_962_900);
        let exact = json!({"dynamodb": {"ApproximateCreationDateTime": 1_795_962_901.5}});
        assert_eq!(written_s(&exact, 1_795_963_500), 1_795_962_901);
    }

    #[test]
    fn the_resource_name_of_a_stream_is_that_of_the_description() {
        let template = "
Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: Rooms
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
Outputs: { Stream: { Value: !GetAtt Rooms.StreamArn } }
";
        let files = BTreeMap::from([("template.yaml".to_owned(), template.to_owned())]);
        let settings = serverless_app::Settings::default();
        let app = serverless_app::read("template.yaml", &files, &settings).expect("a valid template");
        assert_eq!(stream_arn(&app.tables[0].arn), app.outputs["Stream"]);
    }
}
