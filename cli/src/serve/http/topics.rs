//! `/topics` and what is below it.

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::response::Response;
use backend_core::authorize::Credentials;
use backend_core::query::{HistoryQuery, PublishQuery};
use backend_core::service::HttpPublish;
use backend_core::{Principal, Refusal};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, StatusCode};
use serde::Serialize;

use super::{Context, answer, body};
use crate::client::clock::wall_ms;

/// The query's pairs, as they come.
type Pairs = Query<Vec<(String, String)>>;

/// `GET /topics`.
pub async fn list(State(context): State<Context>, headers: HeaderMap) -> Response {
    let list = async {
        let principal = principal(&context, &headers)?;
        context.app.http_topics(&principal, wall_ms()).await
    };
    respond(list.await)
}

/// `GET /topics/{topic}`.
pub async fn history(
    State(context): State<Context>,
    Path(topic): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let history = async {
        let principal = principal(&context, &headers)?;
        context.app.http_history(&principal, &topic, &HistoryQuery::read(pairs)?, wall_ms()).await
    };
    respond(history.await)
}

/// `POST /topics/{topic}`. Who may not publish is told before the body is read.
pub async fn publish(
    State(context): State<Context>,
    Path(topic): Path<String>,
    Query(pairs): Pairs,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let principal = match principal(&context, &parts.headers) {
        Ok(principal) => principal,
        Err(refusal) => return answer::refusal(&refusal),
    };
    match read(&parts.headers, body).await {
        Ok(body) => respond(append(&context, &principal, &topic, pairs, &parts.headers, &body).await),
        Err((status, refusal)) => answer::error(status, &refusal),
    }
}

async fn read(headers: &HeaderMap, content: Body) -> Result<Vec<u8>, (StatusCode, Refusal)> {
    body::check_type(headers)?;
    body::read(headers, content).await
}

async fn append(
    context: &Context,
    principal: &Principal,
    topic: &str,
    pairs: Vec<(String, String)>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<impl Serialize, Refusal> {
    let query = PublishQuery::read(pairs)?;
    let request = HttpPublish { topic, query: &query, content_type: text(headers, CONTENT_TYPE), body };
    context.app.http_publish(principal, request, wall_ms()).await
}

fn respond(outcome: Result<impl Serialize, Refusal>) -> Response {
    match outcome {
        Ok(body) => answer::json(&body),
        Err(refusal) => answer::refusal(&refusal),
    }
}

/// Who is asking.
pub fn principal(context: &Context, headers: &HeaderMap) -> Result<Principal, Refusal> {
    let credentials = Credentials { authorization: text(headers, AUTHORIZATION), protocols: None };
    context.app.authorize(&credentials, wall_ms())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
