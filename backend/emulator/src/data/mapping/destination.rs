//! The message that a destination for failures gets about discarded records of a stream ("Retaining discarded records for a
//! DynamoDB event source in Lambda"). The module is pure.

use serde_json::{Value, json};

use super::delivery::{Condition, Item};
use crate::data::time::iso;

/// A batch of records that were discarded.
pub(super) struct Discarded<'a, R> {
    /// Resource name of the function.
    pub function_arn: &'a str,
    /// Resource name of the stream.
    pub stream_arn: &'a str,
    /// Id of the shard.
    pub shard: &'a str,
    /// Reason for which the records were discarded.
    pub condition: Condition,
    /// Number of invocations with these records.
    pub attempts: u32,
    /// The records.
    pub records: &'a [Item<R>],
}

impl Condition {
    /// Returns the name of the condition in the message.
    pub fn name(self) -> &'static str {
        match self {
            Self::RetryAttemptsExhausted => "RetryAttemptsExhausted",
            Self::RecordAgeExceeded => "RecordAgeExceeded",
        }
    }
}

/// Builds the message. `request_id` is invented, because the id of the last invocation is not known here.
pub(super) fn message<R>(discarded: &Discarded<'_, R>, request_id: &str, now_ms: u64) -> Value {
    let (first, last) = (discarded.records.first(), discarded.records.last());
    let number = |item: Option<&Item<R>>| item.map(|item| item.number.clone());
    let written = |item: Option<&Item<R>>| item.map(|item| iso(item.written_ms));
    let mut message = json!({
        "requestContext": {
            "requestId": request_id,
            "functionArn": discarded.function_arn,
            "condition": discarded.condition.name(),
            "approximateInvokeCount": discarded.attempts,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": iso(now_ms),
        "DDBStreamBatchInfo": {
            "shardId": discarded.shard,
            "startSequenceNumber": number(first),
            "endSequenceNumber": number(last),
            "approximateArrivalOfFirstRecord": written(first),
            "approximateArrivalOfLastRecord": written(last),
            "batchSize": discarded.records.len(),
            "streamArn": discarded.stream_arn,
        },
    });
    if discarded.attempts == 0 {
        // The function was never invoked, so it returned nothing.
        message.as_object_mut().map(|fields| fields.remove("responseContext"));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_has_the_documented_fields() {
        let item = |number: &str, written_ms| Item { number: number.into(), written_ms, record: () };
        let records = [item("800000000003126276362", 1_573_690_427_000), item("9", 1_573_690_428_000)];
        let discarded = Discarded {
            function_arn: "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
            stream_arn: "arn:stream",
            shard: "shardId-1",
            condition: Condition::RetryAttemptsExhausted,
            attempts: 1,
            records: &records,
        };
        let expected = json!({
            "requestContext": {
                "requestId": "316aa6d0",
                "functionArn": "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2019-11-14T00:13:49.717Z",
            "DDBStreamBatchInfo": {
                "shardId": "shardId-1",
                "startSequenceNumber": "800000000003126276362",
                "endSequenceNumber": "9",
                "approximateArrivalOfFirstRecord": "2019-11-14T00:13:47.000Z",
                "approximateArrivalOfLastRecord": "2019-11-14T00:13:48.000Z",
                "batchSize": 2,
                "streamArn": "arn:stream",
            },
        });
        assert_eq!(message(&discarded, "316aa6d0", 1_573_690_429_717), expected);
    }
}
