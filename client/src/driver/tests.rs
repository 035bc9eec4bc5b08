use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use super::*;
use crate::ConnectOptions;

/// Maximum time that something takes that is expected to happen at once, on a busy machine. The session's own time-out of a socket that
/// does not open is longer.
const SOON: Duration = Duration::from_secs(5);

async fn driver(listener: &TcpListener) -> Driver {
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    let target = Target::find(&ConnectOptions::new(&url)).await.unwrap();
    Driver::open_with_seed(target, Settings::default(), 1)
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Lets the driver handle what happens until the session is in `state`.
async fn run_until(driver: &mut Driver, state: State) {
    while driver.session().state() != state {
        driver.next().await.unwrap();
    }
}

/// Lets the driver handle what happens in `time`.
async fn run_for(driver: &mut Driver, time: Duration) {
    let _time_is_over = tokio::time::timeout(time, async { while driver.next().await.is_ok() {} }).await;
}

#[tokio::test]
async fn a_session_that_is_closed_while_it_connects_is_closed_at_once() {
    // The operating system accepts the TCP connection, and nobody answers the handshake.
    let listener = listener().await;
    let mut driver = driver(&listener).await;
    run_for(&mut driver, Duration::from_millis(50)).await;
    assert_eq!(driver.session().state(), State::Connecting);
    let start = Instant::now();
    driver.close().await;
    assert_eq!(driver.session().state(), State::Closed);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_socket_that_was_never_opened_is_not_kept_and_not_recorded() {
    let listener = listener().await;
    let mut driver = driver(&listener).await;
    let (told, heard) = std::sync::mpsc::channel();
    driver.tap(move |what| told.send(format!("{what:?}")).unwrap());
    for _ in 0..3 {
        run_for(&mut driver, Duration::from_millis(20)).await;
        driver.close().await;
        assert_eq!(driver.sockets.len(), 0);
        driver.command(Session::open);
    }
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn a_socket_whose_peer_does_not_answer_the_close_is_not_kept() {
    let listener = listener().await;
    let mut driver = driver(&listener).await;
    let opening = async { tokio_tungstenite::accept_async(listener.accept().await.unwrap().0).await };
    let (_peer, ()) = tokio::join!(opening, run_until(&mut driver, State::Handshaking));
    driver.close().await;
    let start = Instant::now();
    while !driver.sockets.is_empty() && start.elapsed() < SOON {
        run_for(&mut driver, Duration::from_millis(20)).await;
    }
    assert_eq!(driver.sockets.len(), 0);
}
