//! Builds the HTTP answers that the gateway itself gives.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::json;

/// The type of all response bodies of a gateway. Such a body is short and completely in memory.
pub type Body = Full<Bytes>;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}

pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Builds an error response in AWS's format: the error type is in the header `x-amzn-ErrorType`, and the message is in
/// the body as JSON.
pub(crate) fn error(status: StatusCode, error_type: &'static str, message: &str) -> Response<Body> {
    typed(json(status, &json!({ "message": message })), error_type)
}

/// Builds an error response without a body, as AWS does for status 410. The error type is in the header
/// `x-amzn-ErrorType`.
pub(crate) fn bare_error(status: StatusCode, error_type: &'static str) -> Response<Body> {
    typed(empty(status), error_type)
}

fn typed(mut response: Response<Body>, error_type: &'static str) -> Response<Body> {
    response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(error_type));
    response
}
