//! HTTP requests of the page. Only this file and `start.js` make HTTP requests.
//!
//! Requests without a body are made by the browser's function `fetch`, because some are necessary before the first picture. gloo-net, which
//! makes the others and reads most responses, belongs to the code that is loaded later.

use gloo_net::http::{Method, RequestBuilder, Response};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit};

/// Name of the header with the token.
const AUTHORIZATION: &str = "Authorization";

/// Sends an HTTP request without a body, with the token if there is one. Returns `None` if there is no response: the server cannot be
/// reached, or the page's content security policy forbids the request.
pub async fn fetch(method: &str, url: &str, token: Option<&str>) -> Option<web_sys::Response> {
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(authorization) = authorization(token) {
        let headers = Headers::new().ok()?;
        headers.set(AUTHORIZATION, &authorization).ok()?;
        init.set_headers(&headers);
    }
    let response = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(url, &init)).await;
    response.ok()?.dyn_into().ok()
}

/// Returns the body of a response as text; `None` if it cannot be received.
pub async fn body(response: &web_sys::Response) -> Option<String> {
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// Sends an HTTP request like [`fetch`], and returns gloo-net's type of the response.
pub async fn request(method: Method, url: &str, token: Option<&str>) -> Option<Response> {
    fetch(method.as_str(), url, token).await.map(Response::from)
}

/// Sends a document as JSON with the method PUT, with a condition (a header and its value), and with the token if there is one.
/// Returns `None` if there is no response.
pub async fn put(url: &str, token: Option<&str>, condition: (&str, &str), body: String) -> Option<Response> {
    let request = RequestBuilder::new(url).method(Method::PUT).header(condition.0, condition.1);
    send(request, token, body).await
}

/// Sends a JSON value with the method POST, and with the token if there is one. Returns `None` if there is no response.
pub async fn post(url: &str, token: Option<&str>, body: String) -> Option<Response> {
    send(RequestBuilder::new(url).method(Method::POST), token, body).await
}

/// Sends a request with JSON as its body.
async fn send(request: RequestBuilder, token: Option<&str>, body: String) -> Option<Response> {
    let mut request = request.header("Content-Type", "application/json");
    if let Some(authorization) = authorization(token) {
        request = request.header(AUTHORIZATION, &authorization);
    }
    request.body(body).ok()?.send().await.ok()
}

/// Returns the value of the header with the token; `None` if there is no token that can be sent.
fn authorization(token: Option<&str>) -> Option<String> {
    token.filter(|token| is_header_value(token)).map(|token| ["Bearer ", token].concat())
}

/// Returns the server's message about a refused request.
pub async fn reason(response: Response) -> String {
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    let body: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let message = body.get("error").and_then(|error| error.get("message")?.as_str().map(str::to_owned));
    message.unwrap_or_else(|| format!("the server answered {status}"))
}

/// Fetches the text of a file that is beside the page. Returns `None` if the file does not exist or cannot be
/// fetched.
pub async fn text(url: &str) -> Option<String> {
    let response = fetch("GET", url, None).await.filter(web_sys::Response::ok)?;
    body(&response).await
}

/// Fetches the bytes of a file that is beside the page. Returns `None` if the file does not exist or cannot be fetched.
pub async fn bytes(url: &str) -> Option<Vec<u8>> {
    request(Method::GET, url, None).await.filter(Response::ok)?.binary().await.ok()
}

/// Returns true if a token can be sent in an HTTP header. Any other text, which somebody may have pasted as a token,
/// would make gloo-net panic.
fn is_header_value(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_cannot_stand_in_a_header_is_not_sent() {
        assert!(is_header_value("eyJhbGciOiJIUzI1NiJ9.e30.-_x"));
        for text in ["two words", "line\nbreak", "t\u{f6}ken"] {
            assert!(!is_header_value(text), "{text}");
        }
    }
}
