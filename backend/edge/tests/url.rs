//! Tests the conversion of the function URL event that AWS documents, and the value that the function returns.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use backend_core::Refusal;
use backend_core::http::Answer;
use backend_edge::{EventError, UrlRequest, url_response};
use serde_json::{Value, json};
use shared::ErrorCode;

const EVENT: &str = include_str!("fixtures/function-url.json");

#[test]
fn a_request_is_what_curl_has_sent() {
    let request = read(json!({})).unwrap();
    let head = request.head();
    assert_eq!((head.method, head.path), ("POST", "/topics/kitchen/temp"));
    assert_eq!(head.query, "unit=%C2%B0C&ts=1800000000000");
    assert_eq!(head.credentials.token(), Some("aaa.bbb.ccc"));
    assert_eq!(head.content_type, Some("application/x-www-form-urlencoded"));
    assert_eq!(head.content_encoding, None);
    assert_eq!(request.body(), "21.5");
}

#[test]
fn text_comes_as_it_is_and_nothing_is_an_empty_body() {
    let plain = read(json!({"body": "\"open\"", "isBase64Encoded": false})).unwrap();
    assert_eq!(plain.body(), "\"open\"");
    let nothing = read(json!({"body": null, "isBase64Encoded": false})).unwrap();
    assert_eq!(nothing.body(), "");
}

#[test]
fn whatever_is_required_and_absent_is_named() {
    let pathless = read(json!({"rawPath": null})).err();
    assert_eq!(pathless, Some(EventError::Missing { field: "rawPath" }));
    assert_eq!(read(json!({"body": "%"})).err(), Some(EventError::NotBase64));
}

#[test]
fn an_answer_keeps_its_status_its_headers_and_its_body() {
    let refusal = Refusal::new(ErrorCode::RateLimited, "slower").retry_after(1500);
    let response = url_response(&read(json!({})).unwrap(), Answer::refused(&refusal));
    let response = serde_json::to_value(response).unwrap();
    assert_eq!((&response["statusCode"], &response["isBase64Encoded"]), (&json!(429), &json!(false)));
    assert_eq!(
        response["headers"],
        json!({
            "content-type": "application/json",
            "cache-control": "no-store",
            "tickertape-refused": "1",
            "retry-after": "2",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
        })
    );
    let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["error"]["name"], "rate_limited");
}

#[test]
fn head_is_answered_without_a_body() {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event["requestContext"]["http"]["method"] = json!("HEAD");
    let request = UrlRequest::new(serde_json::from_value(event).unwrap()).unwrap();
    let response = url_response(&request, Answer::json(&json!({"topics": []})));
    assert_eq!((response.status_code, response.body), (200, None));
}

fn read(changes: Value) -> Result<UrlRequest, EventError> {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    UrlRequest::new(serde_json::from_value(event).unwrap())
}
