//! Serves the HTTP API ([`backend_core::http`]), and the page for all other paths. The core decides the answers. This
//! module reads requests, and adds headers and time-outs.

mod answer;
mod body;
mod context;
pub(crate) mod guard;
mod health;
mod large;
pub(crate) mod page;
mod topics;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{Connections, OriginPolicy, Peer};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use backend_core::Refusal;
use backend_core::http::{Answer, Route};
use backend_core::payer::Payer;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use shared::{ErrorCode, limits};

use crate::app::App;
use crate::boards::ServerBoards;
use crate::clock::now_ms;

use answer::respond;
use context::Context;
use large::{LargeAnswers, PartedBody};
use page::Page;

/// Maximum time that a request waits until its client has read earlier large responses.
const WAIT: Duration = Duration::from_millis(limits::LARGE_ANSWER_WAIT_MS);
/// Time after which a client that has not read its responses may try again, in milliseconds.
const RETRY_MS: u64 = 1_000;

/// Returns the router for all paths except those of the gateway.
pub fn router(
    app: Arc<App>,
    boards: ServerBoards,
    connections: Connections,
    origins: Arc<OriginPolicy>,
    page: Arc<Page>,
) -> Router {
    let (large, large_files) = (LargeAnswers::default(), LargeAnswers::default());
    routes(Context { app, boards, connections, page, large, large_files, wait: WAIT }, origins)
}

fn routes(context: Context, origins: Arc<OriginPolicy>) -> Router {
    Router::new()
        .fallback(answer_request)
        .layer(from_fn_with_state(origins, guard::guard))
        .with_state(context)
}

/// Answers one request. If the core's table of paths contains the path, the core decides the answer. All other paths
/// are answered with a file of the page.
async fn answer_request(State(context): State<Context>, request: Request) -> Response {
    let (method, path) = (request.method().as_str(), request.uri().path());
    match Route::of(method, path) {
        Ok(Route::Options) => for_anybody(&context, request, async |_, _| respond(Answer::options())).await,
        Ok(Route::Health) => {
            for_anybody(&context, request, async |context, request| health::healthz(context, &request)).await
        }
        Ok(Route::Topics | Route::History(_) | Route::Boards(_)) => large_for_known(&context, request).await,
        _ if Route::is_api(path) => topics::topics(&context, request).await,
        _ if context.page.site().is_in_memory() => for_anybody(&context, request, page_file).await,
        _ => {
            for_anybody(&context, request, async |context, request| {
                let client = Payer::stranger(peer(&request));
                large(context, request, (&context.large_files, client), page_file).await
            })
            .await
        }
    }
}

async fn page_file(context: &Context, request: Request) -> Response {
    context.page.answer(request).await
}

/// Answers a request that needs a token and whose answer may be large. Only a client with a valid token has places of its own, because
/// anybody can make up another token for each request. The core refuses a request without a valid one, and that answer is small.
async fn large_for_known(context: &Context, request: Request) -> Response {
    let sender = context.app.authorize(&topics::credentials(request.headers()), now_ms(&context.app));
    match sender {
        Ok(principal) => {
            let client = Payer::new(&principal.name, peer(&request));
            large(context, request, (&context.large, client), topics::topics).await
        }
        Err(_) => topics::topics(context, request).await,
    }
}

/// Answers a request of `client` whose answer may be large. Waits if too many such answers are in memory already.
async fn large(
    context: &Context,
    request: Request,
    (answers, client): (&LargeAnswers, Payer),
    answer: impl AsyncFnOnce(&Context, Request) -> Response,
) -> Response {
    let Some(place) = answers.take(client, context.wait).await else {
        let reason = "too many answers to this client wait until it takes them: read those first";
        return respond(Answer::refused(&Refusal::new(ErrorCode::RateLimited, reason).retry_after(RETRY_MS)));
    };
    let (parts, body) = answer(context, request).await.into_parts();
    match body.collect().await {
        Ok(content) => Response::from_parts(parts, PartedBody::body(content.to_bytes(), place)),
        Err(_) => Response::from_parts(parts, Body::empty()),
    }
}

fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get().map(|Peer(peer)| peer.ip())
}

/// Answers a request that needs no token. The request and the size of the answer count against the rate limits of the
/// sender's address.
async fn for_anybody(
    context: &Context,
    request: Request,
    answer: impl AsyncFnOnce(&Context, Request) -> Response,
) -> Response {
    let peer = peer(&request);
    if let Err(refusal) = context.app.admit_anybody(peer, now_ms(&context.app)) {
        return respond(Answer::refused(&refusal));
    }
    let response = answer(context, request).await;
    let bytes = response.body().size_hint().exact().unwrap_or_default();
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    context.app.charge_anybody(peer, bytes, now_ms(&context.app));
    response
}

#[cfg(test)]
mod tests;
