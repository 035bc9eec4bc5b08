//! The answers to requests that the emulator does not serve.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use serde_json::json;

/// Maximum size of a form that is searched for its operation, in bytes.
const FORM_BYTES: usize = 1024 * 1024;
/// Error type of requests for services that are not there.
const NOT_THERE: &str = "NotImplementedException";

/// Builds the answer 501 in the form in which the requested service reports errors, which `headers` of the request tell: JSON
/// or XML.
pub fn not_there(service: &str, headers: &HeaderMap, message: &str) -> Response<Full<Bytes>> {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_xml = service == "s3" || content.starts_with("application/x-www-form-urlencoded");
    let (kind, body) = if is_xml {
        ("application/xml", xml(service, message))
    } else {
        let body = json!({"__type": NOT_THERE, "message": message, "Message": message});
        ("application/x-amz-json-1.1", body.to_string())
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(NOT_THERE));
    response
}

/// Returns the operation that a request asks for: its name in the JSON or query protocol, or the method and the path.
pub async fn operation(parts: &Parts, body: Incoming) -> String {
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(target) = header("x-amz-target") {
        return target.to_owned();
    }
    let is_form =
        header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if is_form && let Ok(body) = Limited::new(body, FORM_BYTES).collect().await {
        let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        if let Some(action) = body.split('&').find_map(|field| field.strip_prefix("Action=")) {
            return action.to_owned();
        }
    }
    format!("{} {}", parts.method, parts.uri.path())
}

fn xml(service: &str, message: &str) -> String {
    let message = message.replace('&', "&amp;").replace('<', "&lt;");
    let error =
        format!("<Error><Type>Sender</Type><Code>{NOT_THERE}</Code><Message>{message}</Message></Error>");
    if service == "s3" { error } else { format!("<ErrorResponse>{error}</ErrorResponse>") }
}
