//! The HTTP API ([`backend_core::http`]) and, anywhere else, the page. The core answers; here are only sockets, headers
//! and time-outs.

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

use super::App;
use super::site::Site;

pub use function_url::router as router_to_function;

/// What every handler needs.
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

/// Everything but the gateway's paths.
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
