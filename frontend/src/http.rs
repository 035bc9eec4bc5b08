//! Asking over HTTP: the only file that touches `fetch`. A library for it would cost a phone two kilobytes.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

/// What is answered; nothing if nobody does, or the page's policy forbids to ask.
pub async fn ask(method: &str, url: &str, token: Option<&str>) -> Option<Response> {
    let request = RequestInit::new();
    request.set_method(method);
    if let Some(token) = token {
        let headers = Headers::new().ok()?;
        headers.set("Authorization", &["Bearer ", token].concat()).ok()?;
        request.set_headers(&headers);
    }
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(url, &request)).await;
    answer.ok()?.dyn_into().ok()
}

/// The text of a file beside the page, if it is there.
pub async fn text(url: &str) -> Option<String> {
    let answer = ask("GET", url, None).await.filter(Response::ok)?;
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
