//! Answers requests for `/healthz`, the path that monitoring uses.

use apigw_websocket::Chaos;
use axum::extract::Request;
use axum::response::Response;
use backend_core::http::Answer;
use serde_json::{Map, Value, json};

use super::context::Context;
use super::{answer, topics};
use crate::clock::now_ms;

/// Answers that the server runs, or with status 503 and the reason if it cannot store publications. If the caller is
/// authorized, the response also contains counts of the work done and of injected faults.
pub fn healthz(context: &Context, request: &Request) -> Response {
    let may_ask =
        context.app.authorize(&topics::credentials(request.headers()), now_ms(&context.app)).is_ok();
    let figures = if may_ask { figures(context) } else { Map::new() };
    answer::respond(match context.app.log().trouble() {
        Some(trouble) => Answer::unhealthy(&trouble, figures),
        None => Answer::health(figures),
    })
}

fn figures(context: &Context) -> Map<String, Value> {
    let mut figures = Map::from_iter([
        ("connections".to_owned(), json!(context.connections.count())),
        ("counts".to_owned(), json!(context.app.stats().snapshot())),
    ]);
    let conditions = context.app.conditions();
    if !conditions.is_empty() {
        figures.insert("conditions".into(), json!(conditions));
    }
    let chaos = context.connections.chaos();
    if chaos.settings() != Chaos::default() {
        figures.insert("chaos".into(), json!(chaos.counts()));
    }
    figures
}
