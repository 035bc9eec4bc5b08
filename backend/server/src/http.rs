//! The HTTP API ([`backend_core::http`]), and the page for all other paths. The core decides the answers; this module
//! reads requests and adds headers and time-outs.

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
use axum::middleware::from_fn_with_state;
use axum::routing::any;

use crate::app::App;
use crate::site::Site;

use context::Context;
pub use function_url::router as router_to_function;

/// Routes all paths except the gateway's.
pub fn router(
    app: Arc<App>,
    connections: Connections,
    origins: Arc<OriginPolicy>,
    site: Arc<Site>,
) -> Router {
    Router::new()
        .route("/topics", any(topics::topics))
        .route("/topics/", any(topics::topics))
        .route("/topics/{*topic}", any(topics::topics))
        .route("/healthz", any(health::healthz))
        .fallback(page::page)
        .layer(from_fn_with_state(origins, guard::guard))
        .with_state(Context { app, connections, site })
}
