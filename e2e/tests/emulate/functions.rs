//! Functions: reload, failures, function URLs, and what has to be built first.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, copy_of};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn code_is_loaded_again_when_a_file_changes_and_sockets_stay() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    let version = r#"{"action":"tell","what":"version"}"#;
    assert_eq!(client.ask(version).await, r#""one""#);
    fs::write(app.file("src/version.js"), "exports.version = 'the second'\n").expect("written");
    let mut now = String::new();
    for _ in 0..100 {
        now = client.ask(version).await;
        if now != r#""one""# {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(now, r#""the second""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_throws_exits_or_returns_nothing_is_an_error_frame_and_the_socket_stays() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    for message in [
        json!({"action": "tell", "what": "throw"}),
        json!({"action": "tell", "what": "exit"}),
        json!({"action": "oneway", "what": "nothing"}),
    ] {
        client.send(&message.to_string()).await;
        assert_eq!(client.json().await["message"], "Internal server error", "{message}");
    }
    client.send(r#"{"action":"oneway"}"#).await;
    assert_eq!(client.ask(r#"{"action":"tell","what":"version"}"#).await, r#""one""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_has_its_own_time_limit() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    client.send(r#"{"action":"hasty"}"#).await;
    assert_eq!(client.json().await["message"], "Endpoint request timed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mock_answers_by_its_templates() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    assert!(client.ask(r#"{"action":"fixed"}"#).await.starts_with("pong to "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_is_named_at_the_start_and_answers_with_an_error() {
    let app = App::start("shapes");
    let notes = app.ready["notes"].as_array().expect("notes");
    let missing = |part: &str| {
        notes.iter().any(|note| {
            note["kind"] == "missing" && note["path"].as_str().is_some_and(|path| path.contains(part))
        })
    };
    assert!(missing("Photos") && missing("Queue"), "{notes:?}");
    let broken = app.ready["broken"]["app-Compiled"].as_str().expect("a reason");
    assert!(broken.contains("bootstrap"), "{broken}");
    let mut client = app.connect("").await;
    for route in ["queue", "unbuilt"] {
        client.send(&json!({"action": route}).to_string()).await;
        assert_eq!(client.json().await["message"], "Internal server error", "{route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_runtime_and_an_archive_run_behind_two_apis_with_the_same_stage() {
    let folder = copy_of("provided");
    let zipped = std::process::Command::new("python3")
        .args(["-m", "zipfile", "-c", "code.zip", "index.js"])
        .current_dir(folder.path())
        .status();
    assert!(zipped.is_ok_and(|status| status.success()));
    let app = App::run(folder, &["--no-board"]);
    for (index, answer) in ["custom hello", "archived hello"].into_iter().enumerate() {
        let url = app.ready["apis"][index]["url"].as_str().expect("an address");
        let mut client = Client::connect(url, &[]).await.expect("a handshake");
        assert_eq!(client.ask("hello").await, answer, "{url}");
        if index == 0 {
            assert_eq!(client.ask("by domain name").await, "custom by domain name");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debugger_can_be_attached() {
    let app = App::start_with("shapes", &["--no-board", "--inspect"]);
    let debuggers = app.ready["debuggers"].as_array().expect("debuggers");
    let tell = debuggers.iter().find(|one| one["function"] == "app-Tell").expect("one for the function");
    let mut client = app.connect("").await;
    assert_eq!(client.ask(r#"{"action":"tell","what":"version"}"#).await, r#""one""#);
    let url = format!("http://{}/json", tell["url"].as_str().expect("an address"));
    let targets: Value = reqwest::get(url).await.expect("Node.js answers").json().await.expect("JSON");
    assert!(targets[0]["webSocketDebuggerUrl"].is_string(), "{targets}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_url_has_an_address() {
    let app = App::start("shapes");
    let url = app.ready["function_urls"][0]["url"].as_str().expect("an address");
    let answer = reqwest::get(format!("{url}a/b?c=d")).await.expect("an answer");
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.text().await.expect("text"), "url /a/b");
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_of_a_file_reach_functions() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), "GREETING='good evening'\n").expect("written");
    let path = file.path().to_string_lossy();
    let app = App::start_with("shapes", &["--no-board", "--env", &path]);
    let mut client = app.connect("").await;
    client.send(r#"{"action":"tell","what":"environment"}"#).await;
    assert_eq!(client.json().await["GREETING"], "good evening");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_connect_may_be_text_and_decides() {
    let app = App::start("shapes");
    let (status, body) =
        Client::connect(&format!("{}?status=403", app.url()), &[]).await.err().expect("a refusal");
    assert_eq!(status, 403);
    assert!(body.contains("connectionId") && body.contains("requestId"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_of_the_current_folder_are_not_those_of_the_programs_that_are_started() {
    let folder = copy_of("services");
    for module in ["types", "logging", "platform", "boto3"] {
        let path = folder.path().join(format!("{module}.py"));
        std::fs::write(path, "raise SystemExit(7)").expect("written");
    }
    let app = App::run(folder, &["--no-board"]);
    assert_eq!(app.ready["queues"][0], "jobs.fifo");
}
