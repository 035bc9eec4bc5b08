//! The management API, `@connections`, from outside.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::app::App;
use crate::client::Client;

/// Well-formed id of a connection that never existed, as a path has it.
const NOBODY: &str = "L0SM9cOFvHcCIhw%3D";

/// Connects a client, and returns it with the id of its connection.
async fn connected(app: &App) -> (Client, String) {
    let mut client = app.connect("").await;
    client.send(r#"{"action":"tell","what":"event"}"#).await;
    let event = client.json().await;
    let id = event["requestContext"]["connectionId"].as_str().expect("an id").to_owned();
    (client, id)
}

/// Sends a request. `path` follows the address of the server.
async fn sent(
    app: &App,
    method: Method,
    path: &str,
    body: impl Into<reqwest::Body>,
) -> (u16, String, String) {
    let base = app.url().replace("ws://", "http://").replace("/test", "");
    let request = reqwest::Client::new().request(method, format!("{base}{path}")).body(body);
    let answer = request.send().await.expect("an answer");
    let kind = answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    assert!(answer.headers().contains_key("x-amzn-requestid"), "{path}");
    (answer.status().as_u16(), kind, answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_a_message_of_the_client_however_its_id_is_written() {
    let app = App::start("shapes");
    let (mut client, id) = connected(&app).await;
    let encoded = id.replace('=', "%3D");
    for path in
        [format!("@connections/{id}"), format!("@connections/{encoded}"), format!("%40connections/{encoded}")]
    {
        let answer = sent(&app, Method::POST, &format!("/test/{path}"), path.clone()).await;
        assert_eq!(answer, (200, String::new(), String::new()), "{path}");
        assert_eq!(client.text().await, path);
    }
    let long = "x".repeat(128 * 1024);
    let path = format!("/test/@connections/{encoded}");
    assert_eq!(sent(&app, Method::POST, &path, long.clone()).await.0, 200);
    assert!(client.text().await == long);
    let (status, kind, _) = sent(&app, Method::POST, &path, format!("{long}x")).await;
    assert_eq!((status, kind.as_str()), (413, "PayloadTooLargeException"));
    assert_eq!(sent(&app, Method::POST, &path, "the socket stays").await.0, 200);
    assert_eq!(client.text().await, "the socket stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_without_the_stage_or_to_another_one_is_forbidden() {
    let app = App::start("shapes");
    let (mut client, id) = connected(&app).await;
    for path in [
        format!("/@connections/{id}"),
        format!("/prod/@connections/{id}"),
        format!("/@connections/{NOBODY}"),
        format!("/test/connections/{id}"),
        format!("/test/@connections/{id}/more"),
        "/test/@connections".to_owned(),
    ] {
        let (status, kind, body) = sent(&app, Method::POST, &path, "hi").await;
        let expected = (403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
        assert_eq!((status, kind.as_str(), body.as_str()), expected, "{path}");
    }
    assert_eq!(client.ask(r#"{"action":"tell","what":"version"}"#).await, r#""one""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_gone_is_410_and_an_id_that_is_none_400() {
    let app = App::start("shapes");
    for method in [Method::POST, Method::GET, Method::DELETE] {
        let (status, kind, body) =
            sent(&app, method.clone(), &format!("/test/@connections/{NOBODY}"), "").await;
        assert_eq!((status, kind.as_str(), body.as_str()), (410, "GoneException", ""), "{method}");
        let (status, kind, body) = sent(&app, method.clone(), "/test/@connections/nobody", "").await;
        assert_eq!((status, kind.as_str()), (400, "BadRequestException"), "{method}");
        assert!(body.contains("Invalid connectionId: nobody"), "{method}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_described_and_closed() {
    let app = App::start("shapes");
    let (client, id) = connected(&app).await;
    let path = format!("/test/@connections/{}", id.replace('=', "%3D"));
    let (status, _, body) = sent(&app, Method::GET, &path, "").await;
    let described: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(status, 200);
    assert_eq!(described["identity"]["sourceIp"], "127.0.0.1");
    assert!(described["identity"].as_object().is_some_and(|identity| identity.contains_key("userAgent")));
    for name in ["connectedAt", "lastActiveAt"] {
        let time = described[name].as_str().expect("a time");
        assert!(time.len() == "2024-02-09T18:11:43.419Z".len() && time.ends_with('Z'), "{time}");
    }
    assert_eq!(sent(&app, Method::DELETE, &path, "").await.0, StatusCode::NO_CONTENT.as_u16());
    assert_eq!(client.close_code().await, 1000);
    assert_eq!(sent(&app, Method::POST, &path, "too late").await.0, 410);
}
