//! Answers HTTP requests for `/topics`, `/boards` and the paths below them. The core decides the answers, as it does on AWS.

use apigw_websocket::Peer;
use axum::extract::Request;
use axum::response::Response;
use backend_core::authorize::Credentials;
use backend_core::http::RequestHead;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use super::context::Context;
use super::{answer, body};
use crate::clock::now_ms;

/// Answers a request for `/topics`, `/boards` or a path below them.
pub async fn topics(context: &Context, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let body = body::read(&parts.headers, content);
    answer::respond(context.app.http(&context.boards, head(&parts), body, || now_ms(&context.app)).await)
}

fn head(parts: &Parts) -> RequestHead<'_> {
    RequestHead {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        credentials: credentials(&parts.headers),
        peer: parts.extensions.get().map(|Peer(peer)| peer.ip()),
        content_type: text(&parts.headers, CONTENT_TYPE),
        content_encoding: text(&parts.headers, CONTENT_ENCODING),
        if_match: text(&parts.headers, IF_MATCH),
        if_none_match: text(&parts.headers, IF_NONE_MATCH),
    }
}

/// Returns the headers of a request that may contain a token.
pub fn credentials(headers: &HeaderMap) -> Credentials<'_> {
    Credentials { authorization: text(headers, AUTHORIZATION), protocols: None }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
