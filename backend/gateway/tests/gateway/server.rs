use std::convert::Infallible;
use std::time::Duration;

use apigw_websocket::{Peer, ServerSettings, serve};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::support::{HttpClient, Script, Start, soon};

#[tokio::test]
async fn a_request_in_progress_is_finished_after_the_shutdown_began() {
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let (release, released) = tokio::sync::watch::channel(false);
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let (arrived, mut released) = (arrived.clone(), released.clone());
        async move {
            let Peer(peer) = *request.extensions().get().expect("a peer");
            arrived.send(peer).expect("a test");
            let _ = released.wait_for(|released| *released).await;
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"finished"))))
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let http = HttpClient { address: listener.local_addr().expect("an address") };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, service, ServerSettings::default(), async {
        let _ = stopped.await;
    }));
    let answer = tokio::spawn(async move { http.request("GET", "/", b"").await });
    assert!(soon(arrivals.recv()).await.expect("a request").ip().is_loopback());
    stop.send(()).expect("a server");
    release.send_replace(true);
    assert_eq!(soon(answer).await.expect("an answer").body, "finished");
    soon(server).await.expect("the server ends");
}

#[tokio::test]
async fn an_idle_keep_alive_connection_does_not_delay_the_shutdown() {
    let mut start = Start::new(Script::default());
    start.server.grace = Duration::from_secs(3600);
    let mut harness = start.run().await;
    let mut idle = TcpStream::connect(harness.address).await.expect("the server listens");
    assert_eq!(harness.http().request("GET", "/ws", b"").await.status, 426);
    harness.stop().await;
    assert_eq!(soon(idle.read(&mut [0; 1])).await.ok(), Some(0));
}

#[tokio::test]
async fn after_the_shutdown_no_client_is_accepted() {
    let mut harness = Start::new(Script::default()).run().await;
    harness.stop().await;
    assert!(TcpStream::connect(harness.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_never_ends_is_abandoned_after_the_grace() {
    let mut start = Start::new(Script::new(|_, _| std::future::pending()));
    start.server.grace = Duration::from_millis(50);
    let mut harness = start.run().await;
    let address = harness.address;
    let client = tokio::spawn(async move { crate::support::RawSocket::connect(address, "/ws").await });
    harness.event("CONNECT").await;
    harness.stop().await;
    client.abort();
}
