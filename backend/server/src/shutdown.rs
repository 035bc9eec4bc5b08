//! Stops the server: sends a message to the clients, then closes their sockets.

use std::sync::Arc;

use apigw_websocket::{Functions, Gateway};
use backend_core::ports::{Connections, Management};
use shared::DisconnectCode;
use tokio::sync::watch;

use crate::app::App;
use crate::clock::now_ms;
use crate::functions::Handlers;
use crate::management::Posts;

/// The WebSocket close code "Going away" (RFC 6455, section 7.4.1), and the reason text that API Gateway sends with it.
const GOING_AWAY: (u16, &str) = (1001, "Going away");

/// A request to stop the server. Every task can make the request, and can wait until it is made.
#[derive(Clone)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Shutdown {
    /// Requests the stop when `signal` resolves. Must be called in a tokio runtime.
    pub fn on(signal: impl Future<Output = ()> + Send + 'static) -> Self {
        let shutdown = Self(Arc::new(watch::Sender::new(false)));
        let requested = shutdown.clone();
        tokio::spawn(async move {
            signal.await;
            requested.request();
        });
        shutdown
    }

    /// Requests that the server stops.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Returns true after a stop was requested.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until a stop is requested.
    pub fn requested(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut requested = self.0.subscribe();
        let keep = self.0.clone();
        async move {
            // The sender is kept alive, so the wait cannot end with an error.
            let _ = requested.wait_for(|requested| *requested).await;
            drop(keep);
        }
    }
}

/// Waits until a stop is requested. Then sends every client a `disconnect` message, and closes all sockets.
pub async fn close_all(shutdown: Shutdown, app: &App, gateway: &Gateway<Handlers>) {
    shutdown.requested().await;
    let told =
        app.announce_shutdown(DisconnectCode::Shutdown, "the server is shutting down", now_ms(app)).await;
    if let Err(error) = told {
        tracing::warn!(%error, "clients could not be told that the server is shutting down");
    }
    close_sockets(gateway).await;
}

/// Sends every client a message to sign in again, and closes the connections that are open at this moment.
pub async fn sign_everybody_out(app: &App, gateway: &Gateway<Handlers>) {
    let now = now_ms(app);
    let connections = match app.connections().all(now).await {
        Ok(connections) => connections,
        Err(error) => return tracing::warn!(%error, "clients could not be told to sign in again"),
    };
    let told = app.announce_shutdown(DisconnectCode::TokenOver, "the server has a new secret", now).await;
    if let Err(error) = told {
        tracing::warn!(%error, "clients could not be told to sign in again");
    }
    let posts = Posts::new(gateway.connections().clone());
    for id in connections {
        // An error means that the connection has ended in the meantime, which is the purpose of this call.
        let _ = posts.close(&id).await;
    }
}

/// Closes every socket. Returns after the functions have handled the `$disconnect` of each.
pub async fn close_sockets<F: Functions>(gateway: &Gateway<F>) {
    let (code, reason) = GOING_AWAY;
    gateway.shut_down(code, reason).await;
}
