//! The program tells what happened, where, and what to do.

use std::fs;

use crate::app::{App, copy_of};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_page_and_a_wrong_path_are_told_once_with_what_is_right() {
    let app = App::telling(copy_of("shapes"), &["--no-board"]);
    let evil = [("Origin", "https://evil.example")];
    for _ in 0..2 {
        assert!(Client::connect(app.url(), &evil).await.is_err());
    }
    let wrong = app.url().replace("/test", "/prod");
    assert!(Client::connect(&wrong, &[]).await.is_err());
    app.says(&["403", "https://evil.example", "--allow-origin https://evil.example"]);
    app.says(&["403", "/prod", app.url()]);
    assert_eq!(app.said("evil.example"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_an_absent_service_is_told_with_the_operation() {
    let app = App::telling(copy_of("shapes"), &["--no-board"]);
    let mut client = app.connect("").await;
    client.ask(r#"{"action":"tell","what":"fetch"}"#).await;
    app.says(&["501", "sts", "GetCallerIdentity"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_of_a_function_of_another_stack_is_told() {
    let app = App::telling(copy_of("shapes"), &["--no-board"]);
    let mut client = app.connect("").await;
    let answer = client.ask(r#"{"action":"tell","what":"invoke","name":"billing"}"#).await;
    assert!(answer.contains("Internal server error"), "{answer}");
    app.says(&["404", "invokes billing: the description has no such function"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_of_an_alias_that_a_function_does_not_have_is_told() {
    let app = App::telling(copy_of("shapes"), &["--no-board"]);
    let mut client = app.connect("").await;
    let answer = client.ask(r#"{"action":"tell","what":"invoke","name":"other:blue"}"#).await;
    assert!(answer.contains("Internal server error"), "{answer}");
    app.says(&["404", "invokes other:blue: the description has no version or alias blue of other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_answer_is_told_with_function_route_connection_and_request() {
    let app = App::telling(copy_of("shapes"), &["--no-board"]);
    let mut client = app.connect("").await;
    let frame = client.ask(r#"{"action":"oneway","nothing":true}"#).await;
    let frame: serde_json::Value = serde_json::from_str(&frame).expect("an error frame");
    let id = |name: &str| frame[name].as_str().expect("an id").to_owned();
    app.says(&["Tell: malformed", "route oneway", &id("connectionId"), &id("requestId")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_missing_is_told_once_with_what_to_run() {
    let folder = copy_of("shapes");
    fs::write(folder.path().join("src/tell.js"), "require('jsonwebtoken')").expect("written");
    let app = App::telling(folder, &["--no-board"]);
    assert!(Client::connect(app.url(), &[]).await.is_err());
    app.says(&["jsonwebtoken is not installed", "npm install"]);
    assert_eq!(app.said("Cannot find module 'jsonwebtoken'"), 1);
    assert_eq!(app.said("bootstrap.cjs"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_without_a_file_is_told_at_the_start() {
    let folder = copy_of("shapes");
    fs::remove_file(folder.path().join("src/other.js")).expect("it was there");
    let app = App::telling(folder, &["--no-board"]);
    app.says(&["template.yaml:", "other cannot work", "other.js"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_the_description_beside_the_code_is_one_notice_and_no_new_code() {
    let folder = copy_of("shapes");
    let template = folder.path().join("template.yaml");
    let text = fs::read_to_string(&template).expect("the template").replace("CodeUri: src/", "CodeUri: .");
    fs::write(&template, text.replace("Handler: ", "Handler: src/")).expect("written");
    let app = App::telling(folder, &["--no-board"]);
    let template = app.file("template.yaml");
    let text = fs::read_to_string(&template).expect("the template");
    fs::write(&template, format!("{text}\n# saved\n")).expect("written");
    app.says(&["template.yaml has changed", "start the command again"]);
    fs::write(app.file("src/version.js"), "exports.version = 2 // saved").expect("written");
    app.says(&["version.js has changed: new code for"]);
    assert_eq!(app.said("new code for"), 1);
}
