//! Converts the request and the response of a Lambda function URL, in payload format 2.0.
//!
//! The fields are documented in "Request and response payloads" (AWS Lambda developer guide, urls-invocation).

use std::net::IpAddr;

use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use backend_core::authorize::Credentials;
use backend_core::http::{Answer, RequestHead, SAFETY_HEADERS};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::EventError;

/// A checked request to a Lambda function URL. It does not implement `Debug`, because it contains a token.
pub struct UrlRequest {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    peer: Option<IpAddr>,
    body: Bytes,
}

impl UrlRequest {
    /// Checks and converts an event of a Lambda function URL.
    ///
    /// # Errors
    ///
    /// [`EventError`] if `event` is not an event of a Lambda function URL. The cause is a mistake in the deployment, so
    /// the error should be logged.
    pub fn new(event: LambdaFunctionUrlRequest) -> Result<Self, EventError> {
        let missing = |field| EventError::Missing { field };
        Ok(Self {
            method: event.request_context.http.method.ok_or(missing("requestContext.http.method"))?,
            path: event.raw_path.ok_or(missing("rawPath"))?,
            query: event.raw_query_string.unwrap_or_default(),
            headers: event.headers,
            peer: event.request_context.http.source_ip.and_then(|address| address.parse().ok()),
            body: body(event.body, event.is_base64_encoded)?,
        })
    }

    /// Returns the method, the path, the query and the relevant headers of the request.
    pub fn head(&self) -> RequestHead<'_> {
        RequestHead {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            credentials: Credentials { authorization: self.text(AUTHORIZATION), protocols: None },
            peer: self.peer,
            content_type: self.text(CONTENT_TYPE),
            content_encoding: self.text(CONTENT_ENCODING),
            if_match: self.text(IF_MATCH),
            if_none_match: self.text(IF_NONE_MATCH),
        }
    }

    /// Returns the body as the client sent it. If the event contains the body as base64, it is decoded.
    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Decodes the body in the event. Lambda encodes a body as base64 if its content type is not a text type.
fn body(body: Option<String>, is_base64: bool) -> Result<Bytes, EventError> {
    let body = body.unwrap_or_default();
    if !is_base64 {
        return Ok(body.into());
    }
    STANDARD.decode(body).map(Bytes::from).map_err(|_| EventError::NotBase64)
}

/// Converts an answer of the service to the value that the Lambda function returns. The answer to a `HEAD` request gets
/// no body. CORS headers are not added here: AWS adds them according to the CORS configuration of the function URL,
/// which lists the origins whose pages may read the answer.
pub fn url_response(request: &UrlRequest, answer: Answer) -> LambdaFunctionUrlResponse {
    let mut response = LambdaFunctionUrlResponse::default();
    response.status_code = i64::from(answer.status);
    let headers = answer.headers.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in headers.chain(SAFETY_HEADERS) {
        let value = HeaderValue::from_str(value).ok();
        response.headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
    response.body = (request.method != "HEAD" && !answer.body.is_empty()).then_some(answer.body);
    response
}
