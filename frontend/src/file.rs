//! Offers files that the page has made, which the browser stores among its downloads.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// Offers a file of this name with texts as its content. Returns false if the browser has no memory for it.
pub fn offer_text(name: &str, texts: &js_sys::Array) -> bool {
    Blob::new_with_str_sequence(texts).and_then(|blob| save(name, &blob)).is_ok()
}

/// Offers a file of this name with this content. Returns false if the browser has no memory for it.
pub fn offer(name: &str, content: &Blob) -> bool {
    save(name, content).is_ok()
}

fn save(name: &str, content: &Blob) -> Result<(), JsValue> {
    let url = web_sys::Url::create_object_url_with_blob(content)?;
    let link = document().create_element("a")?.unchecked_into::<web_sys::HtmlAnchorElement>();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}
