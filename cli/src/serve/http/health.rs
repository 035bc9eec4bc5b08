//! `/healthz`: for whoever watches the watcher.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde_json::json;

use super::{Context, answer, topics};

/// That it lives; and, for who may ask, what it has done.
pub async fn healthz(State(context): State<Context>, headers: HeaderMap) -> Response {
    let mut body = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
    if topics::principal(&context, &headers).is_ok() {
        body["connections"] = context.connections.count().into();
        body["counts"] = json!(context.app.stats().snapshot());
    }
    answer::json(&body)
}
