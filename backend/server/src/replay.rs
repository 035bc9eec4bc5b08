//! A server of the page and of one recording, which the page plays back. It has no store and no WebSocket.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use apigw_websocket::OriginPolicy;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::ServerError;
use crate::http::page::Page;
use crate::http::{guard, page};
use crate::site::{Asset, Site};

/// Path of the recording, relative to the page.
const RECORDING: &str = "recording.ttr";
/// Settings of the page, which make it play the recording.
const SETTINGS: &str = r#"{"recording": "recording.ttr"}"#;

/// A server of the page and of one recording.
pub struct Replay {
    files: Arc<Files>,
}

struct Files {
    page: Page,
    recording: Asset,
    settings: Asset,
}

impl Replay {
    /// Creates a server of the page in the directory `site`, or of the page that is built into this program, with the text of
    /// a recording. `address` is the address of its listener.
    ///
    /// # Errors
    ///
    /// [`ServerError::Site`] if the directory contains no page, and [`ServerError::OpenToTheNetwork`] if other machines can
    /// reach the address.
    pub fn new(site: Option<&Path>, recording: Bytes, address: SocketAddr) -> Result<Self, ServerError> {
        if !address.ip().is_loopback() {
            return Err(ServerError::OpenToTheNetwork { address });
        }
        let files = Files {
            page: Page::new(Site::new(site)?, Vec::new()),
            recording: Asset::new(RECORDING, recording, None),
            settings: Asset::new("config.json", SETTINGS.into(), None),
        };
        Ok(Self { files: Arc::new(files) })
    }

    /// Returns true if there is a page.
    pub fn has_page(&self) -> bool {
        self.files.page.site().has_page()
    }

    /// Runs the server until `shutdown` resolves.
    ///
    /// # Errors
    ///
    /// [`ServerError::Stopped`] if the listener fails.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServerError> {
        // It accepts requests to loopback addresses only.
        let policy = Arc::new(OriginPolicy::default());
        let router = Router::new()
            .fallback(answer)
            .layer(from_fn_with_state(policy, guard::guard))
            .with_state(self.files);
        let serving = axum::serve(listener, router).with_graceful_shutdown(shutdown);
        serving.await.map_err(|error| ServerError::Stopped(error.to_string()))
    }
}

async fn answer(State(files): State<Arc<Files>>, request: Request<Body>) -> Response {
    match request.uri().path().trim_start_matches('/') {
        RECORDING => page::asset(&files.recording, &request),
        "config.json" => page::asset(&files.settings, &request),
        _ => files.page.answer(request).await,
    }
}
