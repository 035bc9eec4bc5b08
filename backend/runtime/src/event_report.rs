//! The outcome of an asynchronous invocation.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::function_error::InvokeError;

/// Version of the function in records. There is no other one.
const VERSION: &str = "$LATEST";

/// The outcome of an asynchronous invocation, after its last attempt, as Lambda sends it to destinations ("Capturing records of Lambda
/// asynchronous invocations").
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventReport {
    /// Name of the function.
    pub function: String,
    /// ARN of the function.
    pub function_arn: String,
    /// Request id, which is that of all attempts.
    pub request_id: String,
    /// The event as JSON.
    pub payload: Bytes,
    /// Number of attempts that were not throttled.
    pub attempts: usize,
    /// The reason why there is no further attempt.
    pub condition: EventEnd,
    /// The answer of the function, or the error of the last attempt.
    pub outcome: Result<Bytes, InvokeError>,
}

impl EventReport {
    /// Returns the record that Lambda sends to a destination. `timestamp` is the current time in ISO 8601. The response is absent if the
    /// function was never invoked.
    pub fn to_record(&self, timestamp: &str) -> Value {
        let mut record = json!({
            "version": "1.0",
            "timestamp": timestamp,
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": format!("{}:{VERSION}", self.function_arn),
                "condition": self.condition.name(),
                "approximateInvokeCount": self.attempts,
            },
            "requestPayload": json_or_text(&self.payload),
        });
        let (error, response) = match &self.outcome {
            Ok(answer) => (None, answer),
            Err(InvokeError::Function(error)) => (Some("Unhandled"), &error.payload),
            Err(_) => return record,
        };
        record["responseContext"] = json!({"statusCode": 200, "executedVersion": VERSION});
        if let Some(error) = error {
            record["responseContext"]["functionError"] = error.into();
        }
        record["responsePayload"] = json_or_text(response);
        record
    }
}

fn json_or_text(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
}

/// The reason why there is no further attempt to handle an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventEnd {
    /// The function has handled the event.
    Success,
    /// The last attempt has failed too.
    RetriesExhausted,
    /// The next attempt would begin when the event is too old.
    EventAgeExceeded,
}

impl EventEnd {
    /// Returns the name that Lambda uses, such as `RetriesExhausted`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::function_error::FunctionError;

    fn report(condition: EventEnd, outcome: Result<Bytes, InvokeError>) -> EventReport {
        EventReport {
            function: "chat".into(),
            function_arn: "arn:chat".into(),
            request_id: "1".into(),
            payload: r#"{"a":1}"#.into(),
            attempts: 3,
            condition,
            outcome,
        }
    }

    #[test]
    fn the_record_of_a_failure_has_the_documented_fields() {
        let error = FunctionError::timed_out("1", Duration::from_secs(3));
        let failed = report(EventEnd::RetriesExhausted, Err(error.clone().into()));
        let expected = json!({
            "version": "1.0",
            "timestamp": "2019-11-14T18:16:05.568Z",
            "requestContext": {
                "requestId": "1",
                "functionArn": "arn:chat:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": 3,
            },
            "requestPayload": {"a": 1},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorType": "Sandbox.Timedout", "errorMessage": error.message},
        });
        assert_eq!(failed.to_record("2019-11-14T18:16:05.568Z"), expected);
    }

    #[test]
    fn the_record_of_a_success_has_the_answer_and_that_of_an_event_that_was_never_handled_no_response() {
        let record = report(EventEnd::Success, Ok("[1]".into())).to_record("");
        assert_eq!(
            (&record["responsePayload"], &record["requestContext"]["condition"]),
            (&json!([1]), &json!("Success"))
        );
        assert_eq!(record["responseContext"].get("functionError"), None);
        let throttled = InvokeError::Throttled { function: "chat".into(), limit: 1 };
        let record = report(EventEnd::EventAgeExceeded, Err(throttled)).to_record("");
        assert_eq!((record.get("responseContext"), record.get("responsePayload")), (None, None));
    }
}
