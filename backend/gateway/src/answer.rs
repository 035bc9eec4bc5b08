//! Builds the HTTP answers that the gateway itself gives.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::json;

use crate::id::ConnectionId;

/// The type of all response bodies of a gateway. Such a body is short and completely in memory.
pub type Body = Full<Bytes>;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

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

/// Builds an error response with this JSON as its body.
pub(crate) fn error_with(status: StatusCode, error_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    typed(response, error_type)
}

/// Returns the JSON of a message of the gateway itself, such as an error frame. It has spaces only where AWS's has them:
/// after the first colon and after the commas.
pub(crate) fn service_message(message: &str, connection: &ConnectionId, request_id: &str) -> String {
    format!(r#"{{"message": "{message}", "connectionId":"{connection}", "requestId":"{request_id}"}}"#)
}

/// Sets the header with the id of the request, unless the response has it already.
pub(crate) fn set_request_id(response: &mut Response<Body>, request_id: String) {
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
}

/// Returns true if the response has the header with the id of its request.
pub(crate) fn has_request_id(response: &Response<Body>) -> bool {
    response.headers().contains_key(REQUEST_ID)
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
