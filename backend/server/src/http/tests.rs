//! Tests of the requests that the core does not charge by itself.

use std::net::SocketAddr;

use apigw_websocket::{Limits, SystemEnvironment};
use backend_core::rates::RateLimits;
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
    let directory = tempfile::tempdir().unwrap();
    let (log, _changes) = EmbeddedLog::open(directory.path(), StoreSettings::default()).unwrap();
    let connections = Connections::new(&Limits::default(), Arc::new(SystemEnvironment::default()));
    let mut settings = Settings::new(Access::Open, || 1);
    settings.rates = RateLimits { requests_per_second: 1, ..RateLimits::default() };
    let app = Service::new(MemoryConnections::new(), log, Posts::new(connections.clone()), settings);
    let site = Site::new(None).unwrap();
    let app = Arc::new(app);
    let boards = ServerBoards::new(None, app.clone());
    (
        router(
            app,
            boards,
            connections,
            Arc::new(OriginPolicy::default()),
            Arc::new(Page::new(site, Vec::new())),
        ),
        directory,
    )
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
    let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1");
    let mut request = request.body(Body::empty()).unwrap();
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
