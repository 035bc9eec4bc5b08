//! Tests of the requests that the core does not charge by itself.

use std::net::SocketAddr;

use apigw_websocket::{Limits, SystemEnvironment};
use backend_core::rates::RateLimits;
use backend_core::token::Verifier;
use backend_core::{Access, Service, Settings};
use backend_store::{EmbeddedLog, MemoryConnections, StoreSettings};
use http::StatusCode;
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::management::Posts;
use crate::site::Site;

/// Returns the routes of a server that lets each client make one request a second, and two at once.
fn slow_router() -> (Router, TempDir) {
    let rates = RateLimits { requests_per_second: 1, ..RateLimits::default() };
    router_with(Access::Open, rates, Site::new(None).unwrap())
}

/// Returns the routes of a server on which no request waits for a place, so that an answer shows at once whether there is one.
fn router_with(access: Access, rates: RateLimits, site: Site) -> (Router, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let (log, _changes) = EmbeddedLog::open(directory.path(), StoreSettings::default()).unwrap();
    let connections = Connections::new(&Limits::default(), Arc::new(SystemEnvironment::default()));
    let mut settings = Settings::new(access, || 1);
    settings.rates = rates;
    let app = Service::new(MemoryConnections::new(), log, Posts::new(connections.clone()), settings);
    let app = Arc::new(app);
    let boards = ServerBoards::new(None, app.clone());
    let page = Arc::new(Page::new(site, Vec::new()));
    let (large, large_files) = (LargeAnswers::default(), LargeAnswers::default());
    let context = Context { app, boards, connections, page, large, large_files, wait: Duration::ZERO };
    (routes(context, Arc::new(OriginPolicy::default())), directory)
}

#[tokio::test]
async fn a_connection_is_closed_after_a_request_beyond_the_rate() {
    let (router, _directory) = slow_router();
    let mut closes = Vec::new();
    for _ in 0..3 {
        let response = answer(&router, "GET", "/healthz", "192.0.2.1:9").await;
        closes.push(response.headers().get("connection").is_some_and(|value| value == "close"));
    }
    assert_eq!(closes, [false, false, true]);
}

async fn status(router: &Router, method: &str, path: &str, peer: &str) -> StatusCode {
    answer(router, method, path, peer).await.status()
}

async fn answer(router: &Router, method: &str, path: &str, peer: &str) -> Response {
    answer_to(router, Request::builder().method(method).uri(path), peer).await
}

async fn answer_to(router: &Router, request: http::request::Builder, peer: &str) -> Response {
    let mut request = request.header("host", "127.0.0.1").body(Body::empty()).unwrap();
    request.extensions_mut().insert(Peer(peer.parse::<SocketAddr>().unwrap()));
    router.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn requests_that_need_no_token_are_charged_to_the_address_they_come_from() {
    let asks = [
        ("GET", "/healthz"),
        ("OPTIONS", "/topics/a"),
        ("OPTIONS", "/"),
        ("GET", "/"),
        ("GET", "/none"),
        ("PUT", "/topics"),
    ];
    for (method, path) in asks {
        let (router, _directory) = slow_router();
        for _ in 0..2 {
            let answered = status(&router, method, path, "192.0.2.1:9").await;
            assert_ne!(answered, StatusCode::TOO_MANY_REQUESTS, "{method} {path}");
        }
        let refused = status(&router, method, path, "192.0.2.1:10").await;
        assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS, "{method} {path}");
        let other = status(&router, method, path, "192.0.2.2:9").await;
        assert_ne!(other, StatusCode::TOO_MANY_REQUESTS, "{method} {path} of another client");
        let list = status(&router, "GET", "/topics", "192.0.2.1:9").await;
        assert_eq!(list, StatusCode::OK, "what needs a token is counted apart");
    }
}

/// Requests `path` once with each of these made-up tokens, and returns the answers, whose bodies nobody reads.
async fn with_made_up_tokens(
    router: &Router,
    path: &str,
    peer: &str,
    numbers: std::ops::Range<usize>,
) -> Vec<Response> {
    let mut answers = Vec::new();
    for number in numbers {
        let request =
            Request::builder().uri(path).header("authorization", format!("Bearer made-up-{number}"));
        answers.push(answer_to(router, request, peer).await);
    }
    answers
}

/// Returns the status of the answer to one more request with a made-up token.
async fn status_of_another(router: &Router, path: &str, peer: &str) -> StatusCode {
    with_made_up_tokens(router, path, peer, 1_000..1_001).await[0].status()
}

#[tokio::test]
async fn a_client_that_makes_up_tokens_takes_the_places_of_one_client_for_files_and_for_lists() {
    const MOST: usize = limits::LARGE_ANSWERS_OF_CLIENT;
    let page = tempfile::tempdir().unwrap();
    std::fs::write(page.path().join("index.html"), "page").unwrap();
    let (file, list) = ("/index.html", "/topics");
    for (taken, other) in [(file, list), (list, file)] {
        // Without a secret, every token is as good as none.
        let site = Site::new(Some(page.path())).unwrap();
        let (router, _directory) = router_with(Access::Open, RateLimits::default(), site);
        let held = with_made_up_tokens(&router, taken, "192.0.2.1:9", 0..MOST).await;
        assert!(held.iter().all(|answer| answer.status() == StatusCode::OK), "{taken}");
        let another = async |path, peer| status_of_another(&router, path, peer).await;
        assert_eq!(another(taken, "192.0.2.1:9").await, StatusCode::TOO_MANY_REQUESTS, "{taken}");
        assert_eq!(another(taken, "192.0.2.2:9").await, StatusCode::OK, "{taken} of another address");
        assert_eq!(another(other, "192.0.2.1:9").await, StatusCode::OK, "{other} is counted apart");
        drop(held);
        assert_eq!(another(taken, "192.0.2.1:9").await, StatusCode::OK, "{taken}");
    }
}

#[tokio::test]
async fn a_request_with_an_invalid_token_takes_no_place_of_a_large_answer() {
    let access = Access::Tokens(Verifier::new(b"thirty-two bytes of pure secrecy").unwrap());
    let (router, _directory) = router_with(access, RateLimits::default(), Site::new(None).unwrap());
    for path in ["/topics", "/topics/a", "/boards"] {
        let most = limits::LARGE_ANSWERS + 1;
        let held = with_made_up_tokens(&router, path, "192.0.2.1:9", 0..most).await;
        assert!(held.iter().all(|answer| answer.status() == StatusCode::UNAUTHORIZED), "{path}");
    }
}
