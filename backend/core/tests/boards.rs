//! Tests the HTTP API for board documents.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use std::future::ready;

use backend_core::Principal;
use backend_core::authorize::Credentials;
use backend_core::http::{Answer, RequestHead};
use backend_core::testing::FakeBoards;
use bytes::Bytes;
use serde_json::{Value, json};
use shared::limits;
use support::*;

const BOARD: &str = r#"{"version": 1, "title": "Shop", "panels": [{"sources": [{"topic": "host/cpu"}]}]}"#;
const OTHER: &str = "{\"version\": 1,\n \"note\": 1.50}";

struct Client {
    world: World,
    boards: FakeBoards,
}

impl Client {
    fn new(world: World) -> Self {
        Self { world, boards: FakeBoards::default() }
    }

    async fn send(&self, method: &str, path: &str, head: RequestHead<'_>, body: &str) -> Answer {
        let head = RequestHead { method, path, ..head };
        let body = ready(Ok(Bytes::copy_from_slice(body.as_bytes())));
        self.world.service.http(&self.boards, head, body, || NOW).await
    }

    async fn save(&self, if_match: Option<&str>, text: &str) -> Answer {
        self.send("PUT", "/boards/shop", RequestHead { if_match, ..RequestHead::default() }, text).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, RequestHead::default(), "").await
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

fn error(answer: &Answer) -> (u16, Value, String) {
    let error = &body(answer)["error"];
    (answer.status, error["name"].clone(), error["message"].as_str().unwrap().to_owned())
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

#[tokio::test]
async fn a_saved_board_is_listed_and_read_byte_for_byte() {
    let client = Client::new(World::open());
    let saved = client.save(None, BOARD).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(tag(&saved), format!("\"{}\"", body(&saved)["version"].as_str().unwrap()));
    let listed = body(&client.get("/boards").await);
    let expected = json!([{
        "name": "shop", "version": body(&saved)["version"], "title": "Shop",
        "saved_at": NOW, "saved_by": "local", "bytes": BOARD.len(),
    }]);
    assert_eq!(listed["boards"], expected);
    let read = client.get("/boards/shop").await;
    assert_eq!((read.status, read.body.as_str(), tag(&read)), (200, BOARD, tag(&saved)));
    assert_eq!(error(&client.get("/boards/other").await).1, "unknown_board");
}

#[tokio::test]
async fn the_second_of_two_who_save_is_told_and_gets_the_other_version() {
    let client = Client::new(World::open());
    let first = tag(&client.save(None, BOARD).await);
    let second = client.save(Some(&first), OTHER).await;
    assert_eq!(second.status, 200);
    let refused = client.save(Some(&first), r#"{"version": 1, "title": "Mine"}"#).await;
    let (status, name, message) = error(&refused);
    assert_eq!((status, name), (412, json!("board_changed")));
    assert!(message.starts_with("local has saved the board since you read it"), "{message}");
    assert_eq!(tag(&refused), tag(&second));
    assert!(refused.body.contains(OTHER), "the document is there byte for byte: {}", refused.body);
    assert_eq!(body(&refused)["board"]["version"], body(&second)["version"]);
    assert_eq!(client.get("/boards/shop").await.body, OTHER);
}

#[tokio::test]
async fn a_save_without_a_version_never_replaces_a_board() {
    let client = Client::new(World::open());
    client.save(None, BOARD).await;
    assert_eq!(client.save(None, OTHER).await.status, 412);
    assert_eq!(client.save(Some("*"), OTHER).await.status, 200, "on purpose");
    let none = RequestHead { if_none_match: Some("*"), ..RequestHead::default() };
    assert_eq!(client.send("PUT", "/boards/shop", none, BOARD).await.status, 412);
    assert_eq!(client.send("PUT", "/boards/new", none, BOARD).await.status, 200);
    assert_eq!(client.save(Some("shop"), BOARD).await.status, 400, "not in quotation marks");
}

#[tokio::test]
async fn a_save_that_is_repeated_because_its_answer_was_lost_succeeds_with_the_same_version() {
    let client = Client::new(World::open());
    let first = client.save(None, BOARD).await;
    let again = client.save(None, BOARD).await;
    assert_eq!((again.status, again.body), (200, first.body));
}

#[tokio::test]
async fn a_board_is_deleted_in_the_version_that_was_seen() {
    let client = Client::new(World::open());
    let first = tag(&client.save(None, BOARD).await);
    let second = tag(&client.save(Some(&first), OTHER).await);
    let delete = async |if_match| {
        let head = RequestHead { if_match, ..RequestHead::default() };
        client.send("DELETE", "/boards/shop", head, "").await
    };
    assert_eq!(delete(None).await.status, 400, "without a version");
    assert_eq!(delete(Some(&first)).await.status, 412);
    assert_eq!(body(&delete(Some(&second)).await), json!({"name": "shop"}));
    assert_eq!(delete(Some("*")).await.status, 404);
    assert_eq!(client.get("/boards/shop").await.status, 404);
    let gone = client.save(Some(&second), OTHER).await;
    assert_eq!(error(&gone).1, "board_changed");
    assert_eq!(body(&gone)["board"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_a_board_is_refused_with_the_line() {
    let client = Client::new(World::open());
    let refused = client.save(None, "{\"version\": 1,\n\"panels\": [{\"kind\": \"line\"}]}").await;
    let (status, name, message) = error(&refused);
    assert_eq!((status, name, &body(&refused)["error"]["line"]), (400, json!("bad_board"), &json!(2)));
    assert_eq!(message, "panels[0] has no field \"sources\": add it");
    let large = format!("{{\"version\": 1, \"note\": \"{}\"}}", "x".repeat(limits::BOARD_BYTES));
    assert_eq!(error(&client.save(None, &large).await).0, 413);
    assert_eq!(client.save(None, "").await.status, 400);
    let named = client.send("PUT", "/boards/a%20b", RequestHead::default(), BOARD).await;
    assert_eq!(error(&named).1, "bad_board");
    let zipped = RequestHead { content_encoding: Some("gzip"), ..RequestHead::default() };
    assert_eq!(client.send("PUT", "/boards/a", zipped, BOARD).await.status, 415);
    assert_eq!(body(&client.get("/boards").await)["boards"], json!([]));
}

#[tokio::test]
async fn everybody_with_a_token_reads_boards_and_only_the_claim_edit_permits_saving() {
    let client = Client::new(World::asking_for_tokens());
    let bearer = |principal: &Principal| format!("Bearer {}", token(principal));
    let viewer = bearer(&agent(&["*"], &["*"]));
    let editor = bearer(&Principal { edit: vec![filter("shop")], ..agent(&[], &[]) });
    let send = async |method: &str, path: &str, token: Option<&str>| {
        let credentials = Credentials { authorization: token, protocols: None };
        let head = RequestHead { credentials, if_match: Some("*"), ..RequestHead::default() };
        client.send(method, path, head, BOARD).await.status
    };
    assert_eq!(send("PUT", "/boards/shop", Some(&viewer)).await, 403);
    assert_eq!(send("PUT", "/boards/other", Some(&editor)).await, 403, "the claim names another board");
    assert_eq!(send("PUT", "/boards/shop", Some(&editor)).await, 200);
    assert_eq!(send("GET", "/boards/shop", Some(&viewer)).await, 200);
    for (method, path) in
        [("GET", "/boards"), ("GET", "/boards/shop"), ("PUT", "/boards/shop"), ("DELETE", "/boards/shop")]
    {
        assert_eq!(send(method, path, None).await, 401, "{method} {path}");
    }
    assert_eq!(send("DELETE", "/boards/shop", Some(&viewer)).await, 403);
    assert_eq!(send("DELETE", "/boards/shop", Some(&editor)).await, 200);
}
