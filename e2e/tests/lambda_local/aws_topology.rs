// The tests find the processes of functions in `/proc`, to kill them.
#[cfg(target_os = "linux")]
mod promises;

use std::process::Command;
use std::time::{Duration, Instant};

use e2e::board::{self, panel};
use e2e::browser::Browser;
use e2e::child::Spawned;
use e2e::proxy::{Proxy, Wire};
use e2e::topology::{TIMEOUT, Topology, file, until_connections};
use e2e::{setting, wait};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::viewer::{Viewer, refused};

const SECRET: &str = "a secret of thirty-two bytes or more, for tests";

#[tokio::test]
async fn a_post_to_ingest_moves_a_panel_in_the_browser() {
    let topology = Topology::start(|_| vec![]).await;
    let browser = board::open_at(&topology.page()).await;
    topology.publish("shop/orders", &json!(17)).await;
    shows(&browser, "17").await;
    topology.publish("shop/orders", &json!(4711)).await;
    shows(&browser, "4711").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.screenshot("lambda-local").await;
    drop(browser);
    topology.end().await;
}

#[tokio::test]
async fn a_stale_connection_is_pruned_by_its_id_and_no_other() {
    // The fault `lost_disconnect` keeps the server from learning that the client has left. So the client's row is kept
    // until the server posts to it.
    let forgetful =
        |folder: &_| vec!["--chaos".into(), file(folder, "chaos.json", r#"{"lost_disconnect": 1}"#)];
    let topology = Topology::start(forgetful).await;
    let mut staying = Viewer::watch(&topology.ws(), "*").await;
    let leaving = Viewer::watch(&topology.ws(), "*").await;
    let both = until_connections(&topology, 2).await;
    let (stale, alive) = (leaving.id.clone(), staying.id.clone());
    assert!(both.contains(&stale) && both.contains(&alive), "{both:?}");
    leaving.leave().await;
    // API Gateway also answers 410 for a connection that is new, so the row of a new connection is kept for some seconds.
    let mut published = 0;
    let pruned = || {
        published += 1;
        let (topology, n) = (&topology, published);
        async move {
            topology.publish("a", &json!(n)).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            let ids = topology.connections().await;
            (ids.len() < 2).then_some(ids)
        }
    };
    let (left, _) = wait::until("the stale connection is pruned", TIMEOUT, pruned).await;
    assert_eq!(left, [alive]);
    let expected: Vec<Value> = (1..=published).map(Value::from).collect();
    assert_eq!(staying.publications("a", expected.len()).await, expected);
}

#[tokio::test]
async fn a_bad_token_is_401_one_that_allows_nothing_is_403_and_a_good_one_is_let_in() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("secret.txt");
    e2e::write_private(&path, SECRET);
    let secret = format!("TICKERTAPE_SECRET=file:{}", path.display());
    let topology = Topology::start_with(&[&secret], |_| vec![]).await;
    let nothing = token(SECRET, &[]);
    for (token, status) in [
        (None, 401),
        (Some("no.token.at-all".to_owned()), 401),
        (Some(token("another secret of thirty-two bytes or more", &["*"])), 401),
        (Some(nothing), 403),
    ] {
        assert_eq!(refused(&topology.ws(), token.as_deref()).await, Some(status), "{token:?}");
    }
    let good = token(SECRET, &["*"]);
    assert_eq!(refused(&topology.ws(), Some(&good)).await, None);
    assert_eq!(topology.post("a", &json!(1)).await.status(), 401);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn functions_that_are_killed_lose_nothing_that_was_acknowledged_and_the_next_events_find_others() {
    let topology = Topology::start(|_| vec![]).await;
    let mut viewer = Viewer::watch(&topology.ws(), "a").await;
    let mut killed = 0;
    for n in 1..=12_u64 {
        let reply = topology.publish("a", &json!(n)).await;
        assert_eq!(reply["offset"], n, "{reply}");
        // `broadcast` is processing the acknowledged publication; the other functions are started and idle.
        killed += topology.kill_function(["broadcast", "ingest", "websocket"][n as usize % 3]).await;
    }
    assert!(killed > 3, "only {killed} processes were killed");
    let expected: Vec<Value> = (1..=12).map(Value::from).collect();
    assert_eq!(viewer.publications("a", 12).await, expected);
}

// Needs several threads: the proxy is a task of this runtime, and waiting for a program's output blocks a thread.
#[tokio::test(flavor = "multi_thread")]
async fn publications_made_while_a_client_was_cut_off_are_fetched_on_its_return() {
    let topology = Topology::start(|_| vec![]).await;
    let ws = topology.ws();
    let (server, stage) = ws.rsplit_once('/').expect("an address with a stage");
    let wire = Proxy::before(&server.replace("ws://", "http://")).await;
    topology.publish("a", &json!(0)).await;
    let url = format!("{}/{stage}", wire.url().replace("http://", "ws://"));
    let watching = Spawned::start(
        Command::new(setting("TICKERTAPE_BIN"))
            .args(["watch", "a", "--json", "--rewind", "1", "--url", &url])
            .env_remove("TICKERTAPE_TOKEN"),
    );
    let next = |watching: &Spawned| {
        let line: Value = watching.line_with(|line| serde_json::from_str(line).ok());
        line["data"].as_u64().unwrap_or_else(|| panic!("a gap: {line}"))
    };
    assert_eq!(next(&watching), 0);
    for cut in 0..3 {
        wire.set(Wire::Cut);
        for n in 1..=5 {
            topology.publish("a", &json!(cut * 10 + n)).await;
        }
        wire.set(Wire::Whole);
        topology.publish("a", &json!(cut * 10 + 6)).await;
        let seen: Vec<u64> = (1..=6).map(|_| next(&watching)).collect();
        let expected: Vec<u64> = (1..=6).map(|n| cut * 10 + n).collect();
        assert_eq!(seen, expected, "after cut {cut}");
    }
    assert!(wire.handshakes() >= 4, "it connected only {} times", wire.handshakes());
}

/// Waits until the panel of `shop/orders` shows `words`. The limit is longer than that of other tests, because the
/// first invocation of a function starts a process.
async fn shows(browser: &Browser, words: &str) {
    let panel = panel("shop/orders");
    let began = Instant::now();
    while !browser.text(&panel).await.is_some_and(|text| text.contains(words)) {
        if began.elapsed() > TIMEOUT {
            let page = browser.text("body").await;
            panic!("no {words}: {page:?}, {:?}, {:?}", browser.complaints().await, browser.console().await);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Returns a token that is signed with `secret`, permits subscribing to `filters`, and is valid for an hour.
fn token(secret: &str, filters: &[&str]) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let expires = (now + Duration::from_secs(3600)).as_secs();
    let claims = json!({"sub": "tests", "exp": expires, "subscribe": filters, "publish": []});
    jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .expect("a token")
}
