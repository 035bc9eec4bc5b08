//! The HTTP API ([`backend_core::http`]), and the page for all other paths. The core decides the answers; this module
//! reads requests and adds headers and time-outs.

mod answer;
mod body;
mod function_url;
mod guard;
mod health;
mod page;
mod topics;

use std::sync::Arc;

use apigw_websocket::{Connections, OriginPolicy};
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::any;

use crate::app::App;
use crate::site::Site;

pub use function_url::router as router_to_function;

/// The state of every handler.
#[derive(Clone)]
struct Context {
    app: Arc<App>,
    connections: Connections,
    site: Arc<Site>,
}

impl FromRef<Context> for Arc<Site> {
    fn from_ref(context: &Context) -> Self {
        context.site.clone()
    }
}

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
