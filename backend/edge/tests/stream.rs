//! Tests the conversion of the DynamoDB stream event that AWS documents, and the value that the function returns.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use backend_edge::{EventError, StreamRecord, stream_records, stream_response};
use serde_json::{Value, json};

const EVENT: &str = include_str!("fixtures/stream.json");

#[test]
fn records_come_in_order_with_the_item_as_it_is_now() {
    let records = stream_records(serde_json::from_str(EVENT).unwrap()).unwrap();
    let written = StreamRecord {
        sequence_number: "13021600000000001596893679".into(),
        keys: json!({"pk": {"S": "T#kitchen/temp"}}),
        new_image: Some(json!({"pk": {"S": "T#kitchen/temp"}, "offset": {"N": "1"}})),
    };
    let deleted = StreamRecord {
        sequence_number: "13021700000000001596893680".into(),
        keys: json!({"pk": {"S": "T#kitchen/door"}}),
        new_image: None,
    };
    assert_eq!(records, [written, deleted]);
}

#[test]
fn an_event_of_another_kind_is_a_fault_in_the_set_up() {
    let unnumbered = json!({"Records": [{"dynamodb": {"NewImage": {}}}]});
    for other in [json!({}), json!({"Records": [{"Sns": {"Message": "hello"}}]}), unnumbered, Value::Null] {
        let error = stream_records(other).unwrap_err();
        assert!(matches!(error, EventError::Unreadable { .. }), "{error}");
    }
}

#[test]
fn a_failed_record_is_retried_with_all_that_follow_it() {
    assert_eq!(stream_response(None), json!({"batchItemFailures": []}));
    let from_here = json!({"batchItemFailures": [{"itemIdentifier": "13021600000000001596893679"}]});
    assert_eq!(stream_response(Some("13021600000000001596893679")), from_here);
}
