//! Converts the messages of a queue to the records of the event that a function gets ("Using Lambda with Amazon SQS", example
//! event). The module is pure.

use serde_json::{Map, Value, json};

/// A message of a queue.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Id of the message, by which a function reports its failure.
    pub id: String,
    /// Handle by which the message is deleted.
    pub receipt: String,
    /// The record of the event.
    pub record: Value,
}

/// Converts a message that the action `ReceiveMessage` returned.
pub(super) fn message(received: &Value, queue_arn: &str, region: &str) -> Message {
    let text = |name: &str| received[name].as_str().unwrap_or_default();
    let mut record = Map::new();
    record.insert("messageId".into(), text("MessageId").into());
    record.insert("receiptHandle".into(), text("ReceiptHandle").into());
    record.insert("body".into(), text("Body").into());
    let attributes = received["Attributes"].as_object().cloned().unwrap_or_default();
    record.insert("attributes".into(), Value::Object(attributes));
    record.insert("messageAttributes".into(), attributes_of(&received["MessageAttributes"]));
    if let Some(md5) = received["MD5OfMessageAttributes"].as_str() {
        record.insert("md5OfMessageAttributes".into(), md5.into());
    }
    record.insert("md5OfBody".into(), text("MD5OfBody").into());
    record.insert("eventSource".into(), "aws:sqs".into());
    record.insert("eventSourceARN".into(), queue_arn.into());
    record.insert("awsRegion".into(), region.into());
    Message {
        id: text("MessageId").into(),
        receipt: text("ReceiptHandle").into(),
        record: Value::Object(record),
    }
}

fn attributes_of(received: &Value) -> Value {
    let attribute = |(name, value): (&String, &Value)| {
        let mut attribute = Map::new();
        for (from, to) in [("StringValue", "stringValue"), ("BinaryValue", "binaryValue")] {
            if let Some(text) = value[from].as_str() {
                attribute.insert(to.into(), text.into());
            }
        }
        attribute.insert("stringListValues".into(), json!([]));
        attribute.insert("binaryListValues".into(), json!([]));
        attribute.insert("dataType".into(), value["DataType"].clone());
        (name.clone(), Value::Object(attribute))
    };
    received.as_object().into_iter().flatten().map(attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_written_as_lambda_writes_it() {
        let received = json!({
            "MessageId": "059f36b4", "ReceiptHandle": "AQEB", "MD5OfBody": "e4e6", "Body": "Test message.",
            "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
            "MD5OfMessageAttributes": "0a77",
            "MessageAttributes": {"kind": {"StringValue": "job", "DataType": "String"}},
        });
        let arn = "arn:aws:sqs:us-east-2:123456789012:my-queue";
        let expected = json!({
            "messageId": "059f36b4",
            "receiptHandle": "AQEB",
            "body": "Test message.",
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
            "messageAttributes": {
                "kind": {"stringValue": "job", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
            },
            "md5OfMessageAttributes": "0a77",
            "md5OfBody": "e4e6",
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
            "awsRegion": "us-east-2",
        });
        assert_eq!(message(&received, arn, "us-east-2").record, expected);
    }

    #[test]
    fn a_message_without_attributes_has_empty_ones() {
        let record = message(&json!({"MessageId": "1", "Body": ""}), "arn", "eu-west-1").record;
        assert_eq!((&record["attributes"], &record["messageAttributes"]), (&json!({}), &json!({})));
        assert_eq!(record.get("md5OfMessageAttributes"), None);
    }
}
