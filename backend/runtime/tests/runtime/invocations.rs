use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_host::InvokeError;
use serde_json::json;

use crate::support::{Harness, Start, soon};

#[tokio::test]
async fn a_function_gets_the_event_with_id_deadline_arn_and_trace_and_its_answer_is_returned() {
    let mut harness = Harness::start();
    let answer = harness.invoke(json!({"n": 1})).await.expect("an answer");
    assert_eq!(answer["event"], json!({"n": 1}));
    assert_eq!(answer["arn"], "arn:aws:lambda:local:000000000000:function:thumb");
    assert!(answer["trace_id"].as_str().is_some_and(|id| id.starts_with("Root=1-")), "{answer}");
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64;
    let left_ms = answer["deadline_ms"].as_u64().expect("a deadline") - now_ms;
    assert!((15_000..=20_000).contains(&left_ms), "{left_ms} ms of 20 s are left");
    let report = harness.report().await;
    assert_eq!(answer["request_id"], report.request_id);
    assert!(report.init.is_some() && report.error.is_none());
}

#[tokio::test]
async fn a_process_is_kept_warm_and_used_again() {
    let mut harness = Harness::start();
    let first = harness.invoke(json!({})).await.expect("an answer");
    let second = harness.invoke(json!({})).await.expect("an answer");
    assert_eq!(first["pid"], second["pid"]);
    assert_eq!(second["handled"], 2);
    harness.report().await;
    assert_eq!(harness.report().await.init, None);
}

#[tokio::test]
async fn invocations_in_flight_have_processes_of_their_own() {
    let harness = Harness::start();
    let slow = || harness.invoke(json!({"sleep_ms": 400}));
    let (first, second) = tokio::join!(slow(), slow());
    assert_ne!(first.expect("an answer")["pid"], second.expect("an answer")["pid"]);
}

#[tokio::test]
async fn beyond_the_concurrency_invocations_are_throttled_and_the_one_in_flight_goes_on() {
    let harness = Start::in_mode(None).change(|start| start.function.concurrency = 1).run();
    let slow = harness.invoke(json!({"sleep_ms": 500}));
    let throttled = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        harness.invoke(json!({})).await
    };
    let (slow, throttled) = tokio::join!(slow, throttled);
    assert_eq!(throttled, Err(InvokeError::Throttled { function: "thumb".into(), limit: 1 }));
    assert!(slow.is_ok());
    assert!(harness.invoke(json!({})).await.is_ok());
}

#[tokio::test]
async fn an_unknown_function_is_not_found() {
    let harness = Harness::start();
    let answer = soon(harness.host.invoke("finger", "{}".into())).await;
    assert_eq!(answer, Err(InvokeError::NotFound { function: "finger".into() }));
}

#[tokio::test]
async fn a_payload_beyond_six_megabytes_is_refused_and_no_process_sees_it() {
    let harness = Harness::start();
    let limit_bytes = 6 * 1024 * 1024;
    let answer = soon(harness.host.invoke("thumb", vec![b' '; limit_bytes + 1].into())).await;
    assert_eq!(answer, Err(InvokeError::TooLarge { size_bytes: limit_bytes + 1, limit_bytes }));
}

#[tokio::test]
async fn an_invocation_runs_to_its_end_even_if_the_caller_leaves() {
    let mut harness = Harness::start();
    let impatient = harness.invoke(json!({"sleep_ms": 300}));
    assert!(tokio::time::timeout(Duration::from_millis(100), impatient).await.is_err());
    let report = harness.report().await;
    assert!(report.error.is_none() && report.duration >= Duration::from_millis(300), "{report:?}");
}
