//! The HTTP API answered by a real function, which is invoked by its function URL as on AWS.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use apigw_websocket::{OriginPolicy, Peer};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::any;
use lambda_host::{FunctionUrl, UrlRequest, UrlResponse};

use super::{answer, body, guard, page};
use crate::site::Site;

#[derive(Clone)]
struct Context {
    function: FunctionUrl,
    site: Arc<Site>,
}

impl FromRef<Context> for Arc<Site> {
    fn from_ref(context: &Context) -> Self {
        context.site.clone()
    }
}

/// Routes all paths except the gateway's: the API to the function, the others to the page.
pub fn router(function: FunctionUrl, origins: Arc<OriginPolicy>, site: Arc<Site>) -> Router {
    Router::new()
        .route("/topics", any(ask))
        .route("/topics/", any(ask))
        .route("/topics/{*topic}", any(ask))
        .route("/healthz", any(ask))
        .fallback(page::page)
        .layer(from_fn_with_state(origins, guard::guard))
        .with_state(Context { function, site })
}

async fn ask(State(context): State<Context>, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let body = match body::read(&parts.headers, content).await {
        Ok(body) => body,
        Err(refused) => return answer::respond(refused),
    };
    let source_ip =
        parts.extensions.get().map_or(IpAddr::from(Ipv4Addr::UNSPECIFIED), |Peer(peer)| peer.ip());
    let request =
        UrlRequest { method: parts.method, uri: parts.uri, headers: parts.headers, body, source_ip };
    respond(context.function.answer(&request).await)
}

fn respond(answer: UrlResponse) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
