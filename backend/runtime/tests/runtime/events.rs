use std::time::Duration;

use lambda_host::{EventEnd, InvokeError};
use serde_json::json;

use crate::support::{Harness, Start};

#[tokio::test]
async fn an_event_is_accepted_before_it_is_handled() {
    let mut harness = Harness::start();
    let id = harness.host.invoke_event("thumb", "{}".into()).expect("accepted");
    let report = harness.report().await;
    assert_eq!((&report.request_id, report.error), (&id, None));
    let outcome = harness.event().await;
    assert_eq!((outcome.request_id, outcome.attempts, outcome.condition), (id, 1, EventEnd::Success));
}

#[tokio::test]
async fn a_failing_event_is_tried_twice_more_with_the_same_id_and_then_discarded() {
    let mut harness = Harness::start();
    let event = bytes::Bytes::from(json!({"do": "fail", "words": "again"}).to_string());
    let id = harness.host.invoke_event("thumb", event.clone()).expect("accepted");
    for _ in 0..3 {
        let report = harness.report().await;
        assert_eq!(report.request_id, id);
        assert!(report.error.is_some());
    }
    harness.line(&format!("event {id} is discarded")).await;
    let outcome = harness.event().await;
    assert_eq!((outcome.attempts, outcome.condition), (3, EventEnd::RetriesExhausted));
    assert_eq!((outcome.request_id, outcome.payload), (id, event));
    assert!(matches!(outcome.outcome, Err(InvokeError::Function(_))));
}

#[tokio::test]
async fn a_throttled_event_is_handled_later() {
    let mut harness = Start::in_mode(None).change(|start| start.function.concurrency = 1).run();
    let first = harness.host.invoke_event("thumb", json!({"sleep_ms": 300}).to_string().into());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = harness.host.invoke_event("thumb", "{}".into());
    let handled = [harness.report().await.request_id, harness.report().await.request_id];
    assert_eq!([first, second], handled.map(Ok));
}

#[tokio::test]
async fn an_event_beyond_the_size_limit_or_beyond_the_queue_is_refused() {
    let none = |start: &mut Start| start.limits.events = 0;
    let harness = Start::in_mode(None).change(none).run();
    let throttled = harness.host.invoke_event("thumb", "{}".into());
    assert_eq!(throttled, Err(InvokeError::Throttled { function: "thumb".into(), limit: 0 }));
    let limit_bytes = 1024 * 1024;
    let too_large = harness.host.invoke_event("thumb", vec![b' '; limit_bytes + 1].into());
    assert_eq!(too_large, Err(InvokeError::TooLarge { size_bytes: limit_bytes + 1, limit_bytes }));
}
