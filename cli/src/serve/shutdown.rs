//! The end: everybody is told, then everything is closed.

mod signals;

use std::io;
use std::sync::Arc;

use apigw_websocket::{Functions, Gateway};
use shared::DisconnectCode;
use tokio::sync::watch;

use super::App;
use super::functions::Handlers;
use crate::client::clock::wall_ms;
use crate::term;

use signals::Signals;

/// "Going away" (RFC 6455, section 7.4.1), and the reason API Gateway gives with it.
const GOING_AWAY: (u16, &str) = (1001, "Going away");
/// What a shell reports for a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// The wish to stop, heard by all who ask.
#[derive(Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// On Ctrl-C, and on SIGTERM where there is such a thing, from now on. A second one does not wait for
    /// anybody.
    ///
    /// # Errors
    ///
    /// If signals cannot be heard.
    pub fn on_signals() -> io::Result<Self> {
        let stop = Self(Arc::new(watch::Sender::new(false)));
        let mut signals = Signals::listen()?;
        let asked = stop.clone();
        tokio::spawn(async move {
            signals.next().await;
            term::say("closing; Ctrl-C again to stop at once");
            asked.ask();
            signals.next().await;
            std::process::exit(INTERRUPTED);
        });
        Ok(stop)
    }

    /// Asks to stop.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    /// Whether anybody has asked.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub fn asked(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut asked = self.0.subscribe();
        let keep = self.0.clone();
        async move {
            // The sender is kept, so there is no other way for this to end.
            let _ = asked.wait_for(|asked| *asked).await;
            drop(keep);
        }
    }
}

/// When asked to stop: says goodbye to every client, then closes its socket.
pub async fn say_goodbye(stop: Stop, app: &App, gateway: &Gateway<Handlers>) {
    stop.asked().await;
    let told = app.farewell(DisconnectCode::Shutdown, "the server is going down", wall_ms()).await;
    if let Err(error) = told {
        tracing::warn!(%error, "nobody was told that the server is going down");
    }
    close_sockets(gateway).await;
}

/// Closes every socket, and returns when the functions have heard of it.
pub async fn close_sockets<F: Functions>(gateway: &Gateway<F>) {
    let (code, reason) = GOING_AWAY;
    gateway.shut_down(code, reason).await;
}
