//! Reads what a function returned to API Gateway ("Output format of a Lambda function for proxy integration").

use apigw_websocket::events::ApiGatewayProxyResponse;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

/// The keys that an answer may have.
const KEYS: [&str; 5] = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/// Reads the answer of a function that handles an event of the gateway.
///
/// It accepts what AWS was observed to accept: a `statusCode` that is text, such as `"200"`, and header values that are
/// numbers or booleans. A header of `headers` has one value, and one of `multiValueHeaders` a list of them. Without a
/// `statusCode` the status is 0, which is no valid status of a handshake.
///
/// # Errors
///
/// If the answer is no object, or has an unknown key or a value of the wrong type. AWS calls this a "Malformed Lambda proxy
/// response".
pub(crate) fn proxy_response(answer: &[u8]) -> Result<ApiGatewayProxyResponse, String> {
    let answer: Value = serde_json::from_slice(answer).map_err(|error| format!("it is not JSON: {error}"))?;
    let Value::Object(mut fields) = answer else {
        return Err(format!("it is {}, and not an object such as {{\"statusCode\": 200}}", kind(&answer)));
    };
    if let Some(key) = fields.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("it has the key {key:?}, and only {} are allowed", KEYS.join(", ")));
    }
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = fields.get("statusCode").map_or(Ok(0), status)?;
    response.headers = headers(fields.get("headers"), single)?;
    response.multi_value_headers = headers(fields.get("multiValueHeaders"), list)?;
    response.body = match fields.remove("body") {
        None | Some(Value::Null) => None,
        Some(Value::String(body)) => Some(body.into()),
        Some(other) => return Err(format!("its body is {}, and not text: use JSON.stringify", kind(&other))),
    };
    response.is_base64_encoded = fields.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default();
    Ok(response)
}

fn status(value: &Value) -> Result<i64, String> {
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.parse::<u16>().ok().map(i64::from),
        Value::Null => Some(0),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.ok_or_else(|| format!("its statusCode is {value}, and not a number"))
}

/// Returns a number such as `200.0`, which functions write whose language has no integers, as an integer.
fn whole(number: f64) -> Option<i64> {
    let is_status = number.fract() == 0.0 && (0.0..1000.0).contains(&number);
    is_status.then_some(number as i64)
}

/// Reads headers. `values` returns the values of one header, or `None` if they do not have the right form.
fn headers(
    value: Option<&Value>,
    values: impl Fn(&Value) -> Option<Vec<String>>,
) -> Result<HeaderMap, String> {
    let empty = Map::new();
    let fields = match value {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(fields)) => fields,
        Some(other) => return Err(format!("its headers are {}, and not an object", kind(other))),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        let values = values(value).ok_or_else(|| {
            let kind = kind(value);
            format!(
                "its header {name} is {kind}: headers have single values, and multiValueHeaders lists of them"
            )
        })?;
        for value in values {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_str(&value);
            let (Ok(name), Ok(value)) = (name, value) else {
                return Err("a header has a name or a value that HTTP does not allow".into());
            };
            headers.append(name, value);
        }
    }
    Ok(headers)
}

fn single(value: &Value) -> Option<Vec<String>> {
    Some(vec![scalar(value)?])
}

fn list(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(scalar).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null (the function returned nothing)",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &str) -> Result<ApiGatewayProxyResponse, String> {
        proxy_response(answer.as_bytes())
    }

    #[test]
    fn a_status_code_may_be_text() {
        for (answer, status) in [
            (r#"{"statusCode":"200"}"#, 200),
            (r#"{"statusCode":403}"#, 403),
            (r#"{"statusCode":201.0}"#, 201),
            (r#"{"statusCode":null}"#, 0),
            ("{}", 0),
        ] {
            assert_eq!(read(answer).map(|response| response.status_code), Ok(status), "{answer}");
        }
    }

    #[test]
    fn header_values_may_be_numbers_and_booleans() {
        let response = read(r#"{"statusCode":200,"headers":{"X-Count":3,"x-flag":true,"x-none":null}}"#);
        let headers = response.expect("it is well-formed").headers;
        assert_eq!(
            (&headers["x-count"], &headers["x-flag"], headers.len()),
            (&"3".parse().unwrap(), &"true".parse().unwrap(), 2)
        );
    }

    #[test]
    fn a_header_has_one_value_and_a_multi_value_header_a_list() {
        let response = read(r#"{"statusCode":200,"multiValueHeaders":{"a":["1",2],"b":[],"c":null}}"#);
        let headers = response.expect("it is well-formed").multi_value_headers;
        assert_eq!(headers.get_all("a").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(headers.len(), 2);
    }

    #[test]
    fn a_malformed_proxy_answer_is_an_error_that_says_what_is_wrong() {
        for (answer, part) in [
            ("null", "returned nothing"),
            ("3", "a number"),
            (r#""text""#, "text"),
            (r#"{"statusCode":200,"message":"x"}"#, "\"message\""),
            (r#"{"statusCode":200,"body":{"a":1}}"#, "JSON.stringify"),
            (r#"{"statusCode":"two hundred"}"#, "statusCode"),
            (r#"{"statusCode":"-1"}"#, "statusCode"),
            (r#"{"statusCode":200.5}"#, "statusCode"),
            (r#"{"statusCode":true}"#, "statusCode"),
            (r#"{"statusCode":[200]}"#, "statusCode"),
            (r#"{"statusCode":200,"headers":"x"}"#, "headers"),
            (r#"{"statusCode":200,"headers":{"a":["b"]}}"#, "multiValueHeaders"),
            (r#"{"statusCode":200,"headers":{"a":{}}}"#, "multiValueHeaders"),
            (r#"{"statusCode":200,"multiValueHeaders":{"a":"b"}}"#, "multiValueHeaders"),
            (r#"{"statusCode":200,"multiValueHeaders":{"a":[["b"]]}}"#, "multiValueHeaders"),
            (r#"{"statusCode":200,"headers":{"a":"b\r\nc"}}"#, "HTTP"),
            (r#"{"statusCode":200,"cookies":[]}"#, "\"cookies\""),
            (r#"[{"statusCode":200}]"#, "a list"),
            ("true", "a boolean"),
            ("{", "not JSON"),
        ] {
            let error = read(answer).expect_err(answer);
            assert!(error.contains(part), "{answer}: {error}");
        }
    }
}
