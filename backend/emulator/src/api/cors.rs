//! Headers with which a function URL lets pages of other origins send requests and read answers ("Creating and managing Lambda
//! function URLs", "Cross-origin resource sharing (CORS)"). The functions here are pure.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serverless_app::Cors;

const ANY: &str = "*";

/// Returns true for a request by which a browser asks if it may send another one. The function does not get it (Fetch Standard,
/// "CORS-preflight request").
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Adds the headers of an answer to those that the function returned. They replace the function's own. An origin that is not allowed
/// gets none.
pub fn add(cors: &Cors, request: &HeaderMap, answer: &mut HeaderMap) {
    let Some(origin) = allowed_origin(cors, request) else { return };
    if origin != ANY {
        answer.append(VARY, HeaderValue::from_static("Origin"));
    }
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if cors.allow_credentials {
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    insert(answer, ACCESS_CONTROL_EXPOSE_HEADERS, &cors.expose_headers.join(","));
}

/// Returns the headers of the answer to a request by which a browser asks.
pub fn preflight(cors: &Cors, request: &HeaderMap) -> HeaderMap {
    let mut answer = HeaderMap::new();
    add(cors, request, &mut answer);
    if answer.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        insert(&mut answer, ACCESS_CONTROL_ALLOW_METHODS, &cors.allow_methods.join(","));
        insert(&mut answer, ACCESS_CONTROL_ALLOW_HEADERS, &cors.allow_headers.join(","));
        insert(
            &mut answer,
            ACCESS_CONTROL_MAX_AGE,
            &cors.max_age_s.map(|age| age.to_string()).unwrap_or_default(),
        );
    }
    answer
}

/// Returns the value of `Access-Control-Allow-Origin`. With credentials, browsers accept no `*`.
fn allowed_origin(cors: &Cors, request: &HeaderMap) -> Option<HeaderValue> {
    let origin = request.get(ORIGIN)?;
    let lets_any = cors.allow_origins.iter().any(|allowed| allowed == ANY);
    if lets_any && !cors.allow_credentials {
        return Some(HeaderValue::from_static(ANY));
    }
    let is_allowed =
        lets_any || cors.allow_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes());
    is_allowed.then(|| origin.clone())
}

/// Sets a header, unless its value is empty or contains characters that a header cannot have.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(origins: &[&str], allow_credentials: bool) -> Cors {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Cors {
            allow_credentials,
            allow_origins: texts(origins),
            allow_methods: texts(&["GET", "HEAD"]),
            allow_headers: texts(&["authorization"]),
            expose_headers: texts(&["x-own"]),
            max_age_s: Some(600),
        }
    }

    fn request(origin: &'static str) -> HeaderMap {
        HeaderMap::from_iter([
            (ORIGIN, HeaderValue::from_static(origin)),
            (ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("HEAD")),
        ])
    }

    #[test]
    fn an_allowed_origin_may_read_the_answer_and_another_may_not() {
        let one = "https://one.example";
        for (origins, allow_credentials, expected) in [
            (&["*"][..], false, Some("*")),
            (&["*"][..], true, Some(one)),
            (&[one][..], false, Some(one)),
            (&["https://two.example"][..], true, None),
        ] {
            let mut answer = HeaderMap::new();
            add(&cors(origins, allow_credentials), &request(one), &mut answer);
            let found = answer.get(ACCESS_CONTROL_ALLOW_ORIGIN).and_then(|value| value.to_str().ok());
            assert_eq!(found, expected, "{origins:?}");
            let exposed = answer.get(ACCESS_CONTROL_EXPOSE_HEADERS).map(HeaderValue::as_bytes);
            assert_eq!(exposed, expected.map(|_| &b"x-own"[..]));
        }
    }

    #[test]
    fn a_browser_that_asks_learns_methods_headers_and_the_time_to_keep_them() {
        let asked = request("https://one.example");
        assert!(is_preflight(&Method::OPTIONS, &asked) && !is_preflight(&Method::GET, &asked));
        assert!(!is_preflight(&Method::OPTIONS, &HeaderMap::new()));
        let answer = preflight(&cors(&["*"], false), &asked);
        for (name, value) in [
            (ACCESS_CONTROL_ALLOW_METHODS, "GET,HEAD"),
            (ACCESS_CONTROL_ALLOW_HEADERS, "authorization"),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            assert_eq!(answer[name], value);
        }
        assert!(preflight(&cors(&[], false), &asked).is_empty());
    }
}
