//! Converts an HTTP request to the event that a function URL sends to its function.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::exchange::UrlRequest;
use crate::invocation;

/// AWS account id of the events. It is invented.
const ACCOUNT_ID: &str = "000000000000";

/// The time at which a request arrived, and the id that it gets.
pub(super) struct Moment {
    pub now_ms: u64,
    pub request_id: String,
}

impl Moment {
    pub fn now() -> Self {
        Self { now_ms: invocation::now_ms(), request_id: invocation::random_uuid() }
    }
}

/// Converts an HTTP request to an event. Header names are in lower case, and several values of one header are joined by
/// commas. Cookies are in a field of their own. Fields without a value are left out.
pub(super) fn from_request(request: &UrlRequest, moment: &Moment) -> Value {
    let UrlRequest { uri, headers, .. } = request;
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": uri.path(),
        "rawQueryString": uri.query().unwrap_or_default(),
        "headers": joined(headers),
        "requestContext": context(request, moment),
        "isBase64Encoded": false,
    });
    let cookies: Vec<&str> = values(headers, header::COOKIE).flat_map(|line| line.split("; ")).collect();
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if let Some(query) = uri.query().filter(|query| !query.is_empty()) {
        event["queryStringParameters"] = parameters(query);
    }
    add_body(&mut event, request);
    event
}

fn context(request: &UrlRequest, moment: &Moment) -> Value {
    let UrlRequest { method, uri, headers, source_ip, .. } = request;
    let text = |name| values(headers, name).next().unwrap_or_default();
    let host = text(header::HOST);
    json!({
        "accountId": "anonymous",
        "apiId": ACCOUNT_ID,
        "domainName": host,
        "domainPrefix": host.split(['.', ':']).next().unwrap_or_default(),
        "http": {
            "method": method.as_str(),
            "path": uri.path(),
            "protocol": "HTTP/1.1",
            "sourceIp": source_ip.to_string(),
            "userAgent": text(header::USER_AGENT),
        },
        "requestId": moment.request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": apigw_websocket::common_log_date(moment.now_ms),
        "timeEpoch": moment.now_ms,
    })
}

fn joined(headers: &HeaderMap) -> Map<String, Value> {
    let names = headers.keys().filter(|name| **name != header::COOKIE);
    names
        .map(|name| (name.to_string(), values(headers, name.clone()).collect::<Vec<_>>().join(",").into()))
        .collect()
}

fn values(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().filter_map(|value| str::from_utf8(value.as_bytes()).ok())
}

fn parameters(query: &str) -> Value {
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    parameters.into_iter().map(|(name, values)| (name, Value::from(values.join(",")))).collect()
}

/// Sets `body` and `isBase64Encoded`. The body is sent as text if its content type is known to be text, and as base64
/// otherwise. A form (`application/x-www-form-urlencoded`) counts as binary.
fn add_body(event: &mut Value, request: &UrlRequest) {
    if request.body.is_empty() {
        return;
    }
    match str::from_utf8(&request.body).ok().filter(|_| is_text(&request.headers)) {
        Some(text) => event["body"] = text.into(),
        None => {
            event["body"] = STANDARD.encode(&request.body).into();
            event["isBase64Encoded"] = true.into();
        }
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = values(headers, header::CONTENT_TYPE).next().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_known = ["application/json", "application/javascript", "application/xml"].contains(&kind.as_str());
    let is_encoded = headers.contains_key(header::CONTENT_ENCODING);
    !is_encoded
        && (is_known || kind.starts_with("text/") || kind.ends_with("+json") || kind.ends_with("+xml"))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use http::{HeaderValue, Method};

    use super::*;

    fn request(uri: &str, headers: &[(&'static str, &'static str)], body: &'static [u8]) -> UrlRequest {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        UrlRequest {
            method: Method::POST,
            uri: uri.parse().expect("a uri"),
            headers: map,
            body: body.into(),
            source_ip: Ipv4Addr::LOCALHOST.into(),
        }
    }

    fn event(uri: &str, headers: &[(&'static str, &'static str)], body: &'static [u8]) -> Value {
        let moment = Moment { now_ms: 1_583_348_638_390, request_id: "id".into() };
        from_request(&request(uri, headers, body), &moment)
    }

    #[test]
    fn the_event_has_the_documented_keys_of_payload_format_2() {
        let event =
            event("/my/path?a=1&a=2&b=x%20y", &[("host", "desk.example:80"), ("user-agent", "curl")], b"");
        assert_eq!(event["version"], "2.0");
        assert_eq!(event["rawPath"], "/my/path");
        assert_eq!(event["rawQueryString"], "a=1&a=2&b=x%20y");
        assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": "x y"}));
        let http = &event["requestContext"]["http"];
        assert_eq!((http["method"].as_str(), http["userAgent"].as_str()), (Some("POST"), Some("curl")));
        assert_eq!(event["requestContext"]["time"], "04/Mar/2020:19:03:58 +0000");
        assert_eq!(event["requestContext"]["domainPrefix"], "desk");
        assert_eq!(event.get("body"), None);
    }

    #[test]
    fn headers_are_in_lower_case_and_joined_and_cookies_are_separate() {
        let event = event("/", &[("x-a", "1"), ("x-a", "2"), ("cookie", "c1=1; c2=2")], b"");
        assert_eq!(event["headers"], json!({"x-a": "1,2"}));
        assert_eq!(event["cookies"], json!(["c1=1", "c2=2"]));
    }

    #[test]
    fn json_and_text_stay_text_and_a_form_is_in_base64() {
        for kind in ["application/json", "text/plain; charset=utf-8", "application/vnd.api+json"] {
            let event = event("/", &[("content-type", kind)], b"21.5");
            assert_eq!(
                (&event["body"], &event["isBase64Encoded"]),
                (&json!("21.5"), &json!(false)),
                "{kind}"
            );
        }
        let form = event("/", &[("content-type", "application/x-www-form-urlencoded")], b"21.5");
        assert_eq!((&form["body"], &form["isBase64Encoded"]), (&json!("MjEuNQ=="), &json!(true)));
        assert_eq!(event("/", &[("content-type", "text/plain")], b"\xff")["isBase64Encoded"], true);
    }
}
