//! Serves the files of the page, with headers that protect the page against attacks.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use backend_core::http::Answer;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, Method, StatusCode};

use super::answer::{self, set};
use crate::site::{Asset, Site};

/// Content security policy of the page. It allows scripts and styles from this server only, and no inline ones: the
/// page has none (Trunk.toml), and data is never inserted as HTML. WebAssembly needs `wasm-unsafe-eval` (Content
/// Security Policy Level 3, section 4.4). The servers that the page's own settings name are appended to `connect-src`, and
/// [`NO_EMBEDDER`] is replaced if pages of other origins may embed this one.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; connect-src 'self'";

/// The part of [`POLICY`] that forbids every page to embed this one in a frame.
const NO_EMBEDDER: &str = "frame-ancestors 'none'";

/// The `Cache-Control` header of files whose names contain a hash of their content. Browsers never request them again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The `Cache-Control` header of all other files. Browsers ask the server each time whether their copy is still valid.
const ASK_FIRST: &str = "no-cache";

/// The page, and the origins of the pages that may embed it.
#[derive(Debug)]
pub struct Page {
    site: Site,
    embedders: Vec<String>,
}

impl Page {
    /// Creates the page with the files of `site`. Pages of the origins in `embedders` may embed it in a frame.
    pub const fn new(site: Site, embedders: Vec<String>) -> Self {
        Self { site, embedders }
    }

    /// Returns the files of the page.
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// Answers a request with a file of the page.
    pub async fn answer(&self, request: Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return answer::respond(Answer::method_not_allowed(request.method().as_str(), "GET,HEAD"));
        }
        let path = request.uri().path();
        let mut response = match self.site.find(path).await {
            Some(asset) => respond(&asset, request.headers()),
            None => answer::respond(Answer::nothing_at(path)),
        };
        secure(&mut response, &self.site.servers_elsewhere().await, &self.embedders);
        response
    }
}

/// Answers a request with a file that is not part of the page, such as a recording.
pub fn asset(asset: &Asset, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return answer::respond(Answer::method_not_allowed(request.method().as_str(), "GET,HEAD"));
    }
    let mut response = respond(asset, request.headers());
    secure(&mut response, &[], &[]);
    response
}

fn respond(asset: &Asset, headers: &HeaderMap) -> Response {
    let brotli = asset.brotli.as_ref().filter(|_| accepts_brotli(headers));
    let tag = if brotli.is_some() { format!("\"{}-br\"", asset.tag) } else { format!("\"{}\"", asset.tag) };
    let is_known = has_tag(headers, &tag);
    let body = if is_known { Bytes::new() } else { brotli.unwrap_or(&asset.bytes).clone() };
    let mut response = Response::new(Body::from(body));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        set(&mut response, CONTENT_TYPE, asset.content_type);
    }
    if brotli.is_some() && !is_known {
        set(&mut response, CONTENT_ENCODING, "br");
    }
    set(&mut response, ETAG, &tag);
    set(&mut response, VARY, "accept-encoding");
    set(&mut response, CACHE_CONTROL, if asset.is_named_by_content { FOR_EVER } else { ASK_FIRST });
    response
}

fn secure(response: &mut Response, servers_elsewhere: &[String], embedders: &[String]) {
    let own = std::iter::once(policy(embedders));
    let policy = own.chain(servers_elsewhere.iter().cloned());
    set(response, CONTENT_SECURITY_POLICY, &policy.collect::<Vec<_>>().join(" "));
    // This header cannot name origins. Browsers that know `frame-ancestors` ignore it (Content Security Policy Level 3, section
    // 6.4.2.1), and others would refuse every frame.
    if embedders.is_empty() {
        set(response, X_FRAME_OPTIONS, "DENY");
    }
    set(response, REFERRER_POLICY, "no-referrer");
    set(response, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
}

/// Returns the policy, with the origins of the pages that may embed this one.
fn policy(embedders: &[String]) -> String {
    if embedders.is_empty() {
        return POLICY.to_owned();
    }
    POLICY.replace(NO_EMBEDDER, &format!("frame-ancestors {}", embedders.join(" ")))
}

/// Returns true if the `Accept-Encoding` header contains `br` with a weight above 0 (RFC 9110, section 12.5.3).
fn accepts_brotli(headers: &HeaderMap) -> bool {
    list(headers, ACCEPT_ENCODING).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_excluded = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("br") && !is_excluded
    })
}

/// Returns true if `If-None-Match` contains the entity tag or `*`. Tags are compared weakly (RFC 9110, section 13.1.2).
fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    list(headers, IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_embed_the_page_unless_an_origin_is_named() {
        assert!(policy(&[]).contains("; frame-ancestors 'none'; "));
        let named = policy(&["https://wiki.example".to_owned(), "http://127.0.0.1:9".to_owned()]);
        assert!(named.contains("; frame-ancestors https://wiki.example http://127.0.0.1:9; "), "{named}");
        assert!(named.ends_with("connect-src 'self'"));
    }
}
