//! `/healthz`: for whoever watches the watcher.

use axum::extract::State;
use axum::response::Response;
use backend_gateway::Chaos;
use http::HeaderMap;
use serde_json::json;

use super::{Context, answer, topics};

/// That it lives; and, for who may ask, what it has done, and what chaos has.
pub async fn healthz(State(context): State<Context>, headers: HeaderMap) -> Response {
    let mut body = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
    if topics::principal(&context, &headers).is_ok() {
        body["connections"] = context.connections.count().into();
        body["counts"] = json!(context.app.stats().snapshot());
        let chaos = context.connections.chaos();
        if chaos.settings() != Chaos::default() {
            body["chaos"] = json!(chaos.counts());
        }
    }
    answer::json(&body)
}
