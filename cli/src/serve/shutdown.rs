//! The end: everybody is told, then everything is closed.

use backend_gateway::Gateway;
use shared::DisconnectCode;
use tokio::sync::watch;

use super::App;
use super::functions::Handlers;
use crate::client::clock::wall_ms;
use crate::term;

/// "Going away" (RFC 6455, section 7.4.1), and the reason API Gateway gives with it.
const GOING_AWAY: (u16, &str) = (1001, "Going away");
/// What a shell reports for a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// The wish to stop, heard by all who ask.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// On Ctrl-C, and on SIGTERM where there is such a thing. A second Ctrl-C does not wait for anybody.
    pub fn on_signals() -> Self {
        let (asked, stop) = watch::channel(false);
        tokio::spawn(async move {
            signal().await;
            asked.send_replace(true);
            term::say("closing; Ctrl-C again to stop at once");
            signal().await;
            std::process::exit(INTERRUPTED);
        });
        Self(stop)
    }

    /// Waits for it.
    pub fn asked(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stop = self.0.clone();
        async move {
            // An error means that the signals' task is gone: nobody else could ask to stop.
            let _ = stop.wait_for(|asked| *asked).await;
        }
    }
}

/// When asked to stop: says goodbye to every client, then closes its socket.
pub async fn close_sockets(asked: impl Future<Output = ()>, app: &App, gateway: &Gateway<Handlers>) {
    asked.await;
    let told = app.farewell(DisconnectCode::Shutdown, "the server is going down", wall_ms()).await;
    if let Err(error) = told {
        tracing::warn!(%error, "nobody was told that the server is going down");
    }
    let (code, reason) = GOING_AWAY;
    gateway.shut_down(code, reason).await;
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return interrupted().await };
    tokio::select! {
        () = interrupted() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    interrupted().await;
}

/// If signals cannot be heard, the operating system's own way of ending the program is left in place.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
