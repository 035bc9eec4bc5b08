//! Converts the core's answers to responses of axum.

use axum::body::Body;
use axum::response::Response;
use backend_core::http::Answer;
use http::{HeaderName, HeaderValue, StatusCode};

/// Converts an answer of the core to a response.
pub fn respond(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        set(&mut response, HeaderName::from_static(name), value);
    }
    response
}

/// Sets a header of a response. A value that is not valid in a header is left out.
pub fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
