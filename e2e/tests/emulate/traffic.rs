//! Crowds, time that passes faster, origins of pages, and the end of the program.

use std::fs;

use futures_util::future::join_all;

use crate::app::{App, LIMIT};
use crate::client::Client;
use e2e::wait;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_slow_handshakes_at_once_are_all_accepted() {
    let app = App::start("shapes");
    let url = format!("{}?wait=500", app.url());
    let all = join_all((0..100).map(|_| Client::connect(&url, &[]))).await;
    let refused: Vec<_> = all.iter().filter_map(|one| one.as_ref().err()).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_faster_time_a_silent_connection_ends_after_seconds() {
    let chaos = tempfile::NamedTempFile::new().expect("a file");
    fs::write(chaos.path(), r#"{"time_scale": 300}"#).expect("written");
    let path = chaos.path().to_string_lossy();
    let app = App::start_with("shapes", &["--no-board", "--chaos", &path]);
    // An integration has one second with this clock. The first start of Node.js may take longer on a busy machine.
    let (client, _) =
        wait::until("a handshake in time", LIMIT, || async { Client::connect(app.url(), &[]).await.ok() })
            .await;
    assert_eq!(client.close_code().await, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_this_machine_may_connect_unless_origins_are_checked() {
    let page = [("Origin", "http://localhost:3000")];
    let app = App::start("shapes");
    assert!(Client::connect(app.url(), &page).await.is_ok());
    let elsewhere = Client::connect(app.url(), &[("Origin", "https://evil.example")]).await;
    assert_eq!(elsewhere.err().map(|(status, _)| status), Some(403));
    for origin in ["null", "file://", "http://app.localhost:3000"] {
        assert!(Client::connect(app.url(), &[("Origin", origin)]).await.is_ok(), "{origin}");
    }
    let strict =
        App::start_with("shapes", &["--no-board", "--check-origin", "--allow-origin", "http://one.example"]);
    for (origin, status) in
        [("http://localhost:3000", Some(403)), ("null", Some(403)), ("http://one.example", None)]
    {
        let refused = Client::connect(strict.url(), &[("Origin", origin)]).await.err();
        assert_eq!(refused.map(|(status, _)| status), status, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_stage_and_another_path_are_forbidden() {
    let app = App::start("shapes");
    let base = app.url().trim_end_matches("/test");
    for path in ["", "/", "/prod", "/test/extra"] {
        let refused = Client::connect(&format!("{base}{path}"), &[]).await;
        let (status, body) = refused.err().expect("a refusal");
        assert_eq!((status, body.contains("Forbidden")), (403, true), "{path}: {body}");
    }
}
