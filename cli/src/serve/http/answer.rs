//! Answers of the API: JSON, and errors with a code, a name and words.

use axum::body::Body;
use axum::response::Response;
use backend_core::Refusal;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use shared::ErrorCode;

/// What was asked for.
pub fn json(body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => with(StatusCode::OK, text),
        Err(error) => refusal(&Refusal::new(ErrorCode::Internal, error)),
    }
}

/// A refusal of the core, with the status it names.
pub fn refusal(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    error(status, refusal)
}

/// A refusal with a status of HTTP's own.
pub fn error(status: StatusCode, refusal: &Refusal) -> Response {
    let mut response = with(status, refusal.to_http_body());
    if let Some(seconds) = refusal.retry_after_seconds() {
        set(&mut response, RETRY_AFTER, &seconds.to_string());
    }
    if status == StatusCode::UNAUTHORIZED {
        set(&mut response, WWW_AUTHENTICATE, "Bearer");
    }
    response
}

/// The path is there, and this is not how to use it. axum adds what would be.
pub async fn method_not_allowed(method: Method) -> Response {
    let refusal = Refusal::new(ErrorCode::UnknownAction, format!("{method} means nothing here"));
    error(StatusCode::METHOD_NOT_ALLOWED, &refusal)
}

/// Sets a header whose value cannot be anything but text; what cannot stand in one is left out.
pub fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn with(status: StatusCode, json: String) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, "application/json");
    set(&mut response, CACHE_CONTROL, "no-store");
    response
}
