//! Tests of the board that shows an app.

use std::time::Duration;

use serde_json::Value;

use crate::app::App;

/// Waits until a topic of the board has a value that `accepts` accepts, and returns it.
async fn value(board: &str, topic: &str, accepts: impl Fn(&Value) -> bool) -> Value {
    let mut seen = Value::Null;
    for _ in 0..100 {
        if let Ok(answer) = reqwest::get(format!("{board}topics/{topic}")).await {
            seen = answer.json().await.unwrap_or_default();
            let items = seen["items"].as_array().cloned().unwrap_or_default();
            if let Some(item) = items.into_iter().map(|mut item| item["data"].take()).find(&accepts) {
                return item;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{topic} has no such value: {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_of_each_function_is_ready_before_the_first_client_connects() {
    let app = App::start_with("shapes", &["--board", "127.0.0.1:0"]);
    let board = app.ready["board"].as_str().expect("an address").to_owned();
    for function in ["app-Tell", "other"] {
        let topic = format!("durations/{function}");
        let times = value(&board, &topic, |ms| ms["init"].as_f64() > Some(0.0)).await;
        assert!(times["mean"].is_null(), "no invocation has waited: {times}");
        value(&board, &format!("logs/{function}"), |line| {
            line["message"].as_str().is_some_and(|text| text.starts_with("a process is ready"))
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_frames_invocations_and_logs_are_seen_on_the_board() {
    let app = App::start_with("shapes", &["--board", "127.0.0.1:0"]);
    let board = app.ready["board"].as_str().expect("an address").to_owned();
    let mut client = app.connect("").await;
    client.ask(r#"{"action":"tell","what":"print"}"#).await;
    value(&board, "app/connections", |open| *open == 1).await;
    value(&board, "app/messages", |count| count["in"] == 1 && count["out"] == 1).await;
    value(&board, "functions/app-Tell", |count| count["invocations"].as_u64() > Some(0)).await;
    value(&board, "durations/app-Tell", |ms| ms["init"].as_f64() > Some(0.0)).await;
    let line = value(&board, "logs/app-Tell", |line| line["message"] == "printed by the test").await;
    assert_eq!((line["level"].as_str(), line["request"].as_str().map(str::len)), (Some("INFO"), Some(36)));
    let frames = value(&board, "frames/all", |rows| rows[0]["way"] == "in").await;
    assert_eq!((&frames[0]["route"], &frames[0]["answer"]), (&"tell".into(), &r#""ok""#.into()));
    let connection = frames[0]["connection"].as_str().expect("an id").trim_end_matches('=').to_owned();
    value(&board, &format!("frames/{connection}"), |rows| rows[1]["way"] == "connect").await;
    let event = value(&board, "logs/events", |line| line["message"].is_string()).await;
    assert!(event["message"].as_str().is_some_and(|event| event.contains("requestContext")), "{event}");
    client.leave().await;
    value(&board, "frames/all", |rows| rows[0]["way"] == "close").await;
}
