use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::support::{Harness, Start};

#[tokio::test]
async fn a_process_has_lambdas_and_the_configured_variables_and_inherits_no_other() {
    let configure = |start: &mut Start| {
        start.function.environment.insert("TABLE".into(), "topics".into());
        start.function.memory_mb = 256;
    };
    let harness = Start::in_mode(None).change(configure).run();
    let environment = harness.invoke(json!({"do": "environment"})).await.expect("an answer");
    assert_eq!(environment["TABLE"], "topics");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_VERSION"], "$LATEST");
    let names: BTreeSet<&str> =
        environment.as_object().expect("variables").keys().map(String::as_str).collect();
    let is_known = |name: &&str| {
        ["AWS_", "LAMBDA_", "_HANDLER", "_X_AMZN", "RUST_"].iter().any(|prefix| name.starts_with(prefix))
            || ["LANG", "PATH", "TABLE", "TZ"].contains(name)
    };
    let strange: Vec<&&str> = names.iter().filter(|name| !is_known(name)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(!names.contains("HOME") && !names.contains("CARGO_MANIFEST_DIR"));
}

#[tokio::test]
async fn the_output_of_a_function_is_logged_line_by_line_with_its_name() {
    let mut harness = Harness::start();
    harness.invoke(json!({"do": "print"})).await.expect("an answer");
    let (first, second) = (harness.line("to std").await, harness.line("to std").await);
    let mut lines = [first, second];
    lines.sort();
    assert_eq!(lines, ["thumb: to stderr", "thumb: to stdout"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_killed_between_two_events_is_replaced_without_an_error() {
    let harness = Harness::start();
    let pid = harness.pid().await;
    let killed = std::process::Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status();
    assert!(killed.expect("kill").success());
    crate::support::until_gone(pid).await;
    assert_ne!(harness.pid().await, pid);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn processes_end_with_their_host() {
    let harness = Harness::start();
    let pid = harness.pid().await;
    drop(harness);
    crate::support::until_gone(pid).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn processes_end_when_the_host_closes_and_no_more_are_started() {
    let harness = Harness::start();
    let pid = harness.pid().await;
    harness.host.close();
    crate::support::until_gone(pid).await;
    assert!(harness.invoke(json!({})).await.is_err());
}

#[tokio::test]
async fn a_warm_process_does_not_time_out_while_it_has_no_work() {
    let brief = |start: &mut Start| start.function.timeout = Duration::from_millis(1500);
    let harness = Start::in_mode(None).change(brief).run();
    let pid = harness.pid().await;
    tokio::time::sleep(Duration::from_millis(2000)).await;
    assert_eq!(harness.pid().await, pid);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_children_of_a_process_end_with_it() {
    let by_shell = |start: &mut Start| {
        let function = &mut start.function;
        let program = std::mem::replace(&mut function.program, "/bin/sh".into());
        // With a second command, the shell starts the program as a child instead of replacing itself by it.
        let script = ["-c", r#""$0" "$@"; true"#].map(Into::into);
        function.arguments =
            script.into_iter().chain([program.into()]).chain(function.arguments.drain(..)).collect();
        function.timeout = Duration::from_secs(5);
    };
    let harness = Start::in_mode(None).change(by_shell).run();
    let child = harness.pid().await;
    drop(harness);
    crate::support::until_gone(child).await;

    let harness = Start::in_mode(None).change(by_shell).run();
    let child = harness.pid().await;
    assert!(harness.invoke(json!({"sleep_ms": 60_000})).await.is_err());
    crate::support::until_gone(child).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn processes_that_have_left_the_process_group_end_with_their_function() {
    for event in [
        json!({"do": "detach", "orphan": true}),
        json!({"do": "detach", "orphan": false}),
        json!({"do": "detach", "orphan": false, "cleared": true}),
    ] {
        let harness = Harness::start();
        let pid = harness.invoke(event.clone()).await.expect("an answer").as_u64().expect("a pid");
        assert!(!test_support::process::has_ended(pid), "{event}");
        crate::support::soon(harness.host.end()).await;
        crate::support::until_gone(pid).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_was_left_by_a_time_out_ends_and_that_of_another_function_does_not() {
    let mut harness =
        Start::in_mode(None).change(|start| start.function.timeout = Duration::from_secs(2)).run();
    harness.host.replace(crate::support::function("finger", None));
    let detach = json!({"do": "detach", "orphan": true}).to_string();
    let kept = crate::support::soon(harness.host.invoke("finger", detach.into())).await.expect("an answer");
    let kept: u64 = serde_json::from_slice(&kept).expect("a pid");
    let left = harness.invoke(json!({"do": "detach", "orphan": true})).await.expect("an answer");
    harness.report().await;
    harness.report().await;
    harness.failure(json!({"sleep_ms": 60_000})).await;
    crate::support::until_gone(left.as_u64().expect("a pid")).await;
    assert!(!test_support::process::has_ended(kept));
    crate::support::soon(harness.host.end()).await;
    crate::support::until_gone(kept).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_end_of_a_host_ends_invocations_in_flight_and_starts_no_second_process() {
    let mut harness = Start::in_mode(Some("hang-in-init")).run();
    let host = harness.host.clone();
    let invocation = tokio::spawn(async move { host.invoke("thumb", "{}".into()).await });
    harness.line("this init hangs").await;
    crate::support::soon(harness.host.end()).await;
    let answer = crate::support::soon(invocation).await.expect("no panic");
    assert!(matches!(answer, Err(lambda_host::InvokeError::Throttled { .. })), "{answer:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_end_of_a_host_ends_the_invocations_of_a_function_that_was_replaced() {
    let mut harness = Start::in_mode(Some("hang-in-init")).run();
    let host = harness.host.clone();
    let invocation = tokio::spawn(async move { host.invoke("thumb", "{}".into()).await });
    harness.line("this init hangs").await;
    harness.host.replace(crate::support::function("thumb", None));
    harness.host.replace(crate::support::function("thumb", None));
    crate::support::soon(harness.host.end()).await;
    let answer = crate::support::soon(invocation).await.expect("no panic");
    assert!(matches!(answer, Err(lambda_host::InvokeError::Throttled { .. })), "{answer:?}");
}
