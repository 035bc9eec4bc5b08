//! Serves the HTTP API ([`backend_core::http`]), and the page for all other paths. The core decides the answers. This
//! module reads requests, and adds headers and time-outs.

mod answer;
mod body;
mod context;
mod function_url;
mod guard;
mod health;
mod page;
mod topics;

use std::sync::Arc;

use apigw_websocket::{Connections, OriginPolicy};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use backend_core::http::Route;

use crate::app::App;
use crate::site::Site;

use context::Context;
pub use function_url::router as router_to_function;

/// Returns the router for all paths except those of the gateway.
pub fn router(
    app: Arc<App>,
    connections: Connections,
    origins: Arc<OriginPolicy>,
    site: Arc<Site>,
) -> Router {
    Router::new()
        .fallback(answer_request)
        .layer(from_fn_with_state(origins, guard::guard))
        .with_state(Context { app, connections, site })
}

/// Answers one request. If the core's table of paths contains the path, the core decides the answer. All other paths
/// are answered with a file of the page.
async fn answer_request(State(context): State<Context>, request: Request) -> Response {
    let (method, path) = (request.method().as_str(), request.uri().path());
    if !Route::is_api(path) {
        return page::page(&context.site, request).await;
    }
    match Route::of(method, path) {
        Ok(Route::Health) => health::healthz(&context, &request),
        _ => topics::topics(&context, request).await,
    }
}
