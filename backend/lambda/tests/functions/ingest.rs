//! Tests of the handler of the Lambda function `ingest`.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse;
use backend_core::testing::{FakeBoards, FakeLog};
use backend_lambda::ingest::Ingest;
use serde_json::{Value, json};

use crate::support::*;

type Function = Ingest<FakeLog, FakeBoards, FakeSource>;

async fn ask(function: &Function, method: &str, path: &str, token: &str) -> LambdaFunctionUrlResponse {
    let payload = edited(URL, |event| {
        event["requestContext"]["http"]["method"] = json!(method);
        event["rawPath"] = json!(path);
        event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    });
    function.handle(event(payload), || NOW).await.unwrap()
}

fn body(response: &LambdaFunctionUrlResponse) -> Value {
    serde_json::from_str(response.body.as_deref().unwrap()).unwrap()
}

#[tokio::test]
async fn a_post_is_published_and_can_be_read() {
    let world = World::default();
    let function = Ingest::new(world.log.clone(), FakeBoards::default(), open());
    let posted = ask(&function, "POST", "/topics/kitchen/temp", "").await;
    assert_eq!((posted.status_code, &body(&posted)["offset"]), (200, &json!(1)));
    let changes = world.log.take_changes();
    assert_eq!((&changes[0].topic, changes[0].items[0].data.text()), (&topic("kitchen/temp"), "21.5"));
    assert_eq!(changes[0].meta.as_ref().and_then(|meta| meta.unit.as_deref()), Some("°C"), "from the query");
    let history = ask(&function, "GET", "/topics/kitchen%2Ftemp", "").await;
    assert_eq!(body(&history)["items"][0]["data"], 21.5);
    assert_eq!(body(&ask(&function, "GET", "/topics", "").await)["topics"][0]["topic"], "kitchen/temp");
    assert_eq!(ask(&function, "HEAD", "/topics", "").await.body, None);
}

#[tokio::test]
async fn a_token_decides_and_a_new_secret_is_fetched() {
    let source = FakeSource::with_secret(SECRET);
    let function = Ingest::new(World::default().log, FakeBoards::default(), source.guard().await);
    let post = async |token: &str| ask(&function, "POST", "/topics/a", token).await.status_code;
    assert_eq!(post(&token(&[], &["a"], SECRET)).await, 200);
    assert_eq!(post(&token(&[], &["b"], SECRET)).await, 403);
    assert_eq!(post("nonsense").await, 401);
    source.change(NEXT_SECRET);
    assert_eq!(post(&token(&[], &["a"], NEXT_SECRET)).await, 200);
}

#[tokio::test]
async fn a_refused_request_is_answered_and_is_not_an_error_of_the_function() {
    let world = World::default();
    let function = Ingest::new(world.log.clone(), FakeBoards::default(), open());
    for (method, path, status) in [
        ("POST", "/topics/a%20b", 400),
        ("GET", "/topics/nobody", 404),
        ("GET", "/elsewhere", 404),
        ("DELETE", "/topics/a", 404),
        ("PATCH", "/topics/a", 405),
        ("OPTIONS", "/topics/a", 204),
        ("GET", "/healthz", 200),
    ] {
        assert_eq!(ask(&function, method, path, "").await.status_code, status, "{method} {path}");
    }
    world.log.set_broken(true);
    let busy = ask(&function, "POST", "/topics/a", "").await;
    assert_eq!((busy.status_code, &busy.headers["retry-after"]), (503, &"1".parse().unwrap()));
}

#[tokio::test]
async fn a_board_is_saved_in_the_version_that_was_seen() {
    let function = Ingest::new(World::default().log, FakeBoards::default(), open());
    let send = async |method: &str, if_match: Option<&str>, text: &str| {
        let payload = edited(URL, |event| {
            event["requestContext"]["http"]["method"] = json!(method);
            event["rawPath"] = json!("/boards/shop");
            event["headers"]["content-type"] = json!("application/json");
            if let Some(tag) = if_match {
                event["headers"]["if-match"] = json!(tag);
            }
            event["body"] = json!(text);
            event["isBase64Encoded"] = json!(false);
        });
        function.handle(event(payload), || NOW).await.unwrap()
    };
    let (first, second) = (r#"{"version": 1}"#, r#"{"version": 1, "title": "x"}"#);
    let saved = send("PUT", None, first).await;
    assert_eq!(saved.status_code, 200, "{:?}", saved.body);
    let tag = saved.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(send("PUT", Some(&tag), second).await.status_code, 200);
    let refused = send("PUT", Some(&tag), first).await;
    assert_eq!((refused.status_code, &body(&refused)["board"]["document"]["title"]), (412, &json!("x")));
    assert_eq!(send("GET", None, "").await.body.as_deref(), Some(second));
}
