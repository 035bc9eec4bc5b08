//! Serves the HTTP API by a Lambda function, which receives each request as an event of its function URL, as on AWS.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use apigw_websocket::{OriginPolicy, Peer};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use backend_core::http::{Answer, Route};
use http::Method;
use lambda_host::{FunctionUrl, UrlRequest, UrlResponse};

use super::{answer, body, guard, page};
use crate::site::Site;

#[derive(Clone)]
struct Context {
    function: FunctionUrl,
    site: Arc<Site>,
}

/// Returns the router for all paths except those of the gateway. The function answers requests for the API. All other
/// paths are answered with a file of the page.
pub fn router(function: FunctionUrl, origins: Arc<OriginPolicy>, site: Arc<Site>) -> Router {
    Router::new()
        .fallback(answer_request)
        .layer(from_fn_with_state(origins, guard::guard))
        .with_state(Context { function, site })
}

async fn answer_request(State(context): State<Context>, request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        answer::respond(Answer::options())
    } else if Route::is_api(request.uri().path()) {
        invoke(&context.function, request).await
    } else {
        page::page(&context.site, request).await
    }
}

async fn invoke(function: &FunctionUrl, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let body = match body::read(&parts.headers, content).await {
        Ok(body) => body,
        Err(refused) => return answer::respond(refused),
    };
    let source_ip =
        parts.extensions.get().map_or(IpAddr::from(Ipv4Addr::UNSPECIFIED), |Peer(peer)| peer.ip());
    let request =
        UrlRequest { method: parts.method, uri: parts.uri, headers: parts.headers, body, source_ip };
    respond(function.answer(&request).await)
}

fn respond(answer: UrlResponse) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
