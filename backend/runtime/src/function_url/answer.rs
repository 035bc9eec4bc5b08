//! Converts the value that a function returned to an HTTP response.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

use super::exchange::UrlResponse;

/// Converts the value that a function returned to an HTTP response. Returns `None` if it is not a valid answer. JSON
/// without a `statusCode` becomes the body of a response with status 200 ("Response payload format").
pub(super) fn read(returned: &[u8]) -> Option<UrlResponse> {
    let value: Value = serde_json::from_slice(returned).ok()?;
    match value.as_object().filter(|object| object.contains_key("statusCode")) {
        Some(object) => with_status(object),
        None => Some(bare(&value)),
    }
}

fn with_status(object: &Map<String, Value>) -> Option<UrlResponse> {
    let status = u16::try_from(object["statusCode"].as_u64()?).ok()?;
    let text = object.get("body").and_then(Value::as_str).unwrap_or_default();
    let is_base64 = object.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default();
    let body = if is_base64 { STANDARD.decode(text).ok()?.into() } else { Bytes::from(text.to_owned()) };
    Some(UrlResponse { status: StatusCode::from_u16(status).ok()?, headers: headers(object), body })
}

fn bare(value: &Value) -> UrlResponse {
    let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    UrlResponse { status: StatusCode::OK, headers: json_type(HeaderMap::new()), body: body.into() }
}

fn headers(object: &Map<String, Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in object.get("headers").and_then(Value::as_object).into_iter().flatten() {
        add(&mut headers, name, value);
    }
    for cookie in object.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        add(&mut headers, header::SET_COOKIE.as_str(), cookie);
    }
    json_type(headers)
}

fn json_type(mut headers: HeaderMap) -> HeaderMap {
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    headers
}

/// Adds a header to the response. A header with an invalid name or value is skipped, and so is `Content-Length`, since
/// the server sets it.
fn add(headers: &mut HeaderMap, name: &str, value: &Value) {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(text))
        && name != header::CONTENT_LENGTH
        && name != header::TRANSFER_ENCODING
    {
        headers.append(name, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_json(value: &Value) -> UrlResponse {
        read(value.to_string().as_bytes()).expect("an answer")
    }

    #[test]
    fn status_headers_cookies_and_body_are_those_that_the_function_returned() {
        let answer = read_json(&json!({
            "statusCode": 409, "headers": {"x-a": "1", "content-length": "7"}, "cookies": ["a=1", "b=2"], "body": "no",
        }));
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::CONFLICT, &b"no"[..]));
        assert_eq!(answer.headers["x-a"], "1");
        assert_eq!(answer.headers.get(header::CONTENT_LENGTH), None);
        assert_eq!(answer.headers.get_all(header::SET_COOKIE).iter().count(), 2);
    }

    #[test]
    fn a_body_in_base64_is_decoded() {
        let answer = read_json(&json!({"statusCode": 200, "body": "/wA=", "isBase64Encoded": true}));
        assert_eq!(&answer.body[..], b"\xff\x00");
    }

    #[test]
    fn json_without_a_status_is_the_body_of_a_200() {
        let answer = read_json(&json!({"a": 1}));
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &br#"{"a":1}"#[..]));
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    }

    #[test]
    fn a_value_that_is_not_an_answer_is_refused() {
        for returned in ["", "{", r#"{"statusCode": "x"}"#, r#"{"statusCode": 7}"#] {
            assert_eq!(read(returned.as_bytes()), None, "{returned}");
        }
    }
}
