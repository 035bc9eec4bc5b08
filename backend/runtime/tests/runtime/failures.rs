use std::time::Duration;

use serde_json::json;

use crate::support::{Harness, Start};

#[tokio::test]
async fn a_handlers_error_is_returned_with_its_message_and_the_process_is_kept() {
    let mut harness = Harness::start();
    let pid = harness.pid().await;
    harness.report().await;
    let (_, words) = harness.failure(json!({"do": "fail", "words": "no such panel"})).await;
    assert_eq!(words, "no such panel");
    assert_eq!(harness.pid().await, pid);
}

#[tokio::test]
async fn an_invocation_beyond_its_time_out_fails_and_its_process_is_replaced() {
    let one_second = |start: &mut Start| start.function.timeout = Duration::from_secs(1);
    let mut harness = Start::in_mode(None).change(one_second).run();
    let pid = harness.pid().await;
    harness.report().await;
    let failure = harness.failure(json!({"sleep_ms": 60_000})).await;
    assert_eq!(failure.0, "Sandbox.Timedout");
    assert_eq!(failure.1, "RequestId: ID Error: Task timed out after 1.00 seconds");
    assert_ne!(harness.pid().await, pid);
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_that_ends_with_an_event_is_an_exit_error_and_the_next_event_gets_another() {
    let mut harness = Harness::start();
    for (event, words) in [
        (json!({"do": "exit", "code": 3}), "Runtime exited with error: exit status 3"),
        (json!({"do": "exit", "code": 0}), "Runtime exited without providing a reason"),
        (json!({"do": "abort"}), "Runtime exited with error: signal: aborted"),
    ] {
        let failure = harness.failure(event).await;
        assert_eq!(failure, ("Runtime.ExitError".into(), format!("RequestId: ID Error: {words}")));
    }
    assert!(harness.invoke(json!({})).await.is_ok());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused_and_the_process_is_kept() {
    let small = |start: &mut Start| start.limits.response_bytes = 10_000;
    let mut harness = Start::in_mode(None).change(small).run();
    let pid = harness.pid().await;
    harness.report().await;
    let failure = harness.failure(json!({"do": "large", "bytes": 10_000})).await;
    let words = "Response payload size exceeded maximum allowed payload size (10000 bytes).";
    assert_eq!(failure, ("Function.ResponseSizeTooLarge".into(), words.into()));
    assert_eq!(harness.pid().await, pid);
}
