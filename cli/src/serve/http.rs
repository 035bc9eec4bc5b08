//! The HTTP API and the page. The core answers; here are only sockets, headers and time-outs.
//!
//! | request | answer |
//! |---|---|
//! | `POST /topics/{topic}` | where the publication landed, once durable |
//! | `GET /topics` | what may be read, with the last value |
//! | `GET /topics/{topic}` | a part of a topic's log |
//! | `GET /healthz` | that the server lives |
//! | `GET` anything else | the page |

mod answer;
mod body;
mod guard;
mod health;
mod page;
mod topics;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use backend_gateway::{Connections, OriginPolicy};

use super::App;
use super::site::Site;

/// What every handler needs.
#[derive(Clone)]
struct Context {
    app: Arc<App>,
    connections: Connections,
    site: Arc<Site>,
}

/// Everything but the gateway's paths.
pub fn router(
    app: Arc<App>,
    connections: Connections,
    origins: Arc<OriginPolicy>,
    site: Arc<Site>,
) -> Router {
    let topic = get(topics::history).post(topics::publish).fallback(answer::method_not_allowed);
    Router::new()
        .route("/topics", get(topics::list).fallback(answer::method_not_allowed))
        .route("/topics/", get(topics::list).fallback(answer::method_not_allowed))
        .route("/topics/{*topic}", topic)
        .route("/healthz", get(health::healthz).fallback(answer::method_not_allowed))
        .fallback(page::page)
        .layer(from_fn_with_state(origins, guard::guard))
        .with_state(Context { app, connections, site })
}
