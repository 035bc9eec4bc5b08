//! Checks `Host` and `Origin` of every request, and adds the headers that protect responses.

use std::sync::Arc;

use apigw_websocket::{OriginPolicy, OriginRefusal};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use backend_core::Refusal;
use backend_core::http::{Answer, SAFETY_HEADERS};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONNECTION, HOST, ORIGIN, VARY,
};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use shared::ErrorCode;

use super::answer::{self, set};

/// Refuses requests that come from pages of other sites, and requests whose `Host` is not a name of this server
/// (protection against DNS rebinding). This includes requests that only read. Responses to allowed origins get the
/// headers that browsers require (Fetch Standard, "CORS protocol").
pub async fn guard(State(origins): State<Arc<OriginPolicy>>, mut request: Request, next: Next) -> Response {
    name_the_host(&mut request);
    if let Err(refused) = origins.check(request.headers()) {
        return forbidden(&refused);
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = next.run(request).await;
    keep_from_others(&mut response);
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        // Requests that the client has already sent on this connection are dropped, so that a client with many connections does
        // not get an answer to each of them.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(origin) = origin {
        share_with(response.headers_mut(), origin);
    }
    response
}

fn forbidden(refused: &OriginRefusal) -> Response {
    let flag = match refused {
        OriginRefusal::Host { .. } => "--allow-host",
        OriginRefusal::Origin { .. } => "--allow-origin",
        other => {
            return answer::respond(Answer::refused(&Refusal::new(ErrorCode::Forbidden, other.to_string())));
        }
    };
    let refusal = Refusal::new(
        ErrorCode::Forbidden,
        format!("{refused}: to accept such requests, start the server with {flag}"),
    );
    answer::respond(Answer::refused(&refusal))
}

/// Sets the `Host` header to the host in the request target, if the target contains one (RFC 9112, section 3.2.2).
fn name_the_host(request: &mut Request) {
    let authority = request.uri().authority().map(Authority::as_str);
    if let Some(host) = authority.and_then(|authority| HeaderValue::from_str(authority).ok()) {
        request.headers_mut().insert(HOST, host);
    }
}

fn keep_from_others(response: &mut Response) {
    for (name, value) in SAFETY_HEADERS {
        set(response, HeaderName::from_static(name), value);
    }
}

fn share_with(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("etag, retry-after, tickertape-refused"),
    );
    headers.append(VARY, HeaderValue::from_static("origin"));
}
