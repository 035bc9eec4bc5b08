//! Tests of the number of processes of a host, and of the replacement of functions.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Harness, Start, function, soon};

async fn pid(harness: &Harness, function: &str) -> Value {
    let answer = soon(harness.host.invoke(function, "{}".into())).await.expect("an answer");
    serde_json::from_slice::<Value>(&answer).expect("JSON")["pid"].clone()
}

#[tokio::test]
async fn beyond_the_processes_of_the_host_invocations_wait() {
    let mut harness = Start::in_mode(None).change(|start| start.limits.processes = 1).run();
    let slow = || harness.invoke(json!({"sleep_ms": 100}));
    let (first, second, third) = tokio::join!(slow(), slow(), slow());
    let pids = [first, second, third].map(|answer| answer.expect("an answer")["pid"].clone());
    assert!(pids[0] == pids[1] && pids[1] == pids[2], "{pids:?}");
    harness.line("invocations wait, because all 1 processes are busy or").await;
}

#[tokio::test]
async fn beyond_the_processes_of_a_function_its_invocations_wait() {
    let harness = Start::in_mode(None).change(|start| start.function.processes = 1).run();
    let slow = || harness.invoke(json!({"sleep_ms": 50}));
    let (first, second, third) = tokio::join!(slow(), slow(), slow());
    let pids = [first, second, third].map(|answer| answer.expect("an answer")["pid"].clone());
    assert!(pids[0] == pids[1] && pids[1] == pids[2], "{pids:?}");
}

#[tokio::test]
async fn only_some_processes_start_at_a_time_and_the_others_wait() {
    let one_by_one = |start: &mut Start| start.limits.starts = 1;
    let harness = Start::in_mode(Some("slow-init")).change(one_by_one).run();
    let invoke = || harness.invoke(json!({}));
    let (first, second, third) = tokio::join!(invoke(), invoke(), invoke());
    // The process that has started first is idle again while the second one starts, so that it handles the third invocation.
    let pids = [first, second, third].map(|answer| answer.expect("an answer")["pid"].to_string());
    assert!(BTreeSet::from(pids.clone()).len() < 3, "{pids:?}");
}

#[tokio::test]
async fn with_patience_a_crowd_of_short_invocations_has_one_process() {
    let patient = |start: &mut Start| start.limits.patience = Duration::from_secs(60);
    let harness = Start::in_mode(Some("slow-init")).change(patient).run();
    let answers = futures_util::future::join_all((0..6).map(|_| harness.invoke(json!({})))).await;
    let pids = answers.into_iter().map(|answer| answer.expect("an answer")["pid"].to_string());
    assert_eq!(pids.collect::<BTreeSet<_>>().len(), 1);
}

#[tokio::test]
async fn with_patience_invocations_longer_than_it_have_processes_of_their_own() {
    let patient = |start: &mut Start| start.limits.patience = Duration::from_millis(20);
    let harness = Start::in_mode(None).change(patient).run();
    let slow = || harness.invoke(json!({"sleep_ms": 1000}));
    let (first, second) = tokio::join!(slow(), slow());
    assert_ne!(first.expect("an answer")["pid"], second.expect("an answer")["pid"]);
}

#[tokio::test]
async fn an_invocation_gets_the_first_process_that_is_free_and_not_the_slow_one_that_was_started_for_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let (first, go) = (directory.path().join("first"), directory.path().join("go"));
    let configure = |start: &mut Start| {
        let path = first.display().to_string();
        start.function.environment.insert("FIRST".into(), path);
    };
    let mut harness = Start::in_mode(Some("later-ones-hang")).change(configure).run();
    let wait = json!({"do": "wait", "file": go}).to_string();
    let invoke = || {
        let (host, wait) = (harness.host.clone(), wait.clone());
        tokio::spawn(async move { host.invoke("thumb", wait.into()).await })
    };
    let invocations = (invoke(), invoke());
    // The second process is starting for the second invocation, while the first one is busy.
    harness.line("this init hangs").await;
    std::fs::write(&go, "").expect("a file");
    let (one, other) = soon(async { tokio::join!(invocations.0, invocations.1) }).await;
    assert_eq!(one.expect("no panic").expect("an answer"), other.expect("no panic").expect("an answer"));
    soon(harness.host.end()).await;
}

#[tokio::test]
async fn a_process_that_was_started_ahead_handles_the_first_invocation() {
    let mut harness = Harness::start();
    let report = harness.start_ahead().await.expect("a report");
    assert!(report.function == "thumb" && report.error.is_none() && !report.init.is_zero(), "{report:?}");
    assert_eq!(harness.invoke(json!({})).await.expect("an answer")["handled"], 1);
    assert_eq!(harness.report().await.init, None);
    assert_eq!(harness.start_ahead().await, None);
}

#[tokio::test]
async fn an_invocation_waits_for_the_process_that_is_starting_ahead() {
    let patient = |start: &mut Start| start.limits.patience = Duration::from_secs(60);
    let mut harness = Start::in_mode(Some("slow-init")).change(patient).run();
    let host = harness.host.clone();
    let ahead = tokio::spawn(async move { host.start_ahead("thumb").await });
    let answer = harness.invoke(json!({})).await.expect("an answer");
    soon(ahead).await.expect("no panic").expect("the function is known");
    assert_eq!((answer["handled"].clone(), harness.report().await.init), (json!(1), None));
}

#[tokio::test]
async fn a_failed_start_ahead_is_reported_and_the_next_invocation_starts_another_process() {
    let mut harness = Start::in_mode(Some("exit-in-init")).run();
    let error = harness.start_ahead().await.and_then(|report| report.error).expect("an error");
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert_eq!(harness.failure(json!({})).await.0, "Runtime.ExitError");
}

#[tokio::test]
async fn a_start_ahead_ends_no_process_of_another_function() {
    let mut harness = Start::in_mode(None).change(|start| start.limits.processes = 1).run();
    let before = pid(&harness, "thumb").await;
    harness.host.replace(function("finger", None));
    soon(harness.host.start_ahead("finger")).await.expect("the function is known");
    assert_eq!(harness.start_ahead().await, None);
    assert_eq!(pid(&harness, "thumb").await, before);
}

#[tokio::test]
async fn an_idle_process_of_another_function_makes_room() {
    let harness = Start::in_mode(None).change(|start| start.limits.processes = 1).run();
    harness.host.replace(function("finger", None));
    let first = pid(&harness, "thumb").await;
    pid(&harness, "finger").await;
    assert_ne!(pid(&harness, "thumb").await, first);
}

#[tokio::test]
async fn a_replaced_function_is_used_by_the_next_invocation() {
    let harness = Harness::start();
    let before = pid(&harness, "thumb").await;
    let mut replacement = function("thumb", None);
    replacement.memory_mb = 512;
    harness.host.replace(replacement);
    let environment = harness.invoke(json!({"do": "environment"})).await.expect("an answer");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "512");
    assert_ne!(pid(&harness, "thumb").await, before);
}

#[tokio::test]
async fn a_configured_qualifier_runs_the_function_and_another_one_is_not_found() {
    let harness = Start::in_mode(None).change(|start| start.function.qualifiers = vec!["live".into()]).run();
    pid(&harness, "thumb:live").await;
    assert!(soon(harness.host.invoke("thumb:test", "{}".into())).await.is_err());
}

#[tokio::test]
async fn a_line_of_the_log_has_the_request_id_of_its_invocation() {
    let mut harness = Harness::start();
    harness.invoke(json!({"do": "print"})).await.expect("an answer");
    let id = harness.report().await.request_id;
    assert_eq!(harness.request_id_of("to stdout").await, Some(id));
}
