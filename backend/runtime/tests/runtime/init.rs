use std::time::Duration;

use serde_json::json;

use crate::support::Start;

#[tokio::test]
async fn an_init_that_takes_too_long_is_tried_once_more_with_the_functions_own_time_out() {
    let impatient = |start: &mut Start| start.limits.init = Duration::from_millis(100);
    let mut harness = Start::in_mode(Some("slow-init")).change(impatient).run();
    assert!(harness.invoke(json!({})).await.is_ok());
    harness.line("INIT failed, so a second process is started, as Lambda does: Sandbox.Timedout").await;
}

#[tokio::test]
async fn an_init_that_takes_too_long_twice_is_a_time_out() {
    let impatient = |start: &mut Start| {
        start.limits.init = Duration::from_millis(100);
        start.function.timeout = Duration::from_millis(100);
    };
    let mut harness = Start::in_mode(Some("slow-init")).change(impatient).run();
    let failure = harness.failure(json!({})).await;
    assert_eq!(
        failure,
        ("Sandbox.Timedout".into(), "RequestId: ID Error: Task timed out after 0.10 seconds".into())
    );
}

#[tokio::test]
async fn the_init_error_that_a_function_reports_is_returned() {
    let failure = Start::in_mode(Some("init-error")).run().failure(json!({})).await;
    assert_eq!(failure, ("Config.Missing".into(), "no table is named".into()));
}

#[tokio::test]
async fn a_process_that_ends_in_its_init_is_an_exit_error() {
    let failure = Start::in_mode(Some("exit-in-init")).run().failure(json!({})).await;
    let words = "RequestId: ID Error: Runtime exited with error: exit status 4";
    assert_eq!(failure, ("Runtime.ExitError".into(), words.into()));
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_invalid_entrypoint() {
    let missing = |start: &mut Start| start.function.program = "/nowhere/bootstrap".into();
    let failure = Start::in_mode(None).change(missing).run().failure(json!({})).await;
    assert_eq!(failure.0, "Runtime.InvalidEntrypoint");
    assert!(failure.1.contains("fork/exec /nowhere/bootstrap"), "{}", failure.1);
}
