//! Serves function URLs and distributions, as tasks that run until they are aborted.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use apigw_websocket::{ServerSettings, serve};
use tokio::task::JoinSet;

use crate::api::distributions::Served;
use crate::api::front::peer;
use crate::api::urls::BoundUrl;

/// Serves function URLs.
pub fn function_urls(tasks: &mut JoinSet<()>, urls: Vec<BoundUrl>) {
    for BoundUrl { listener, url, .. } in urls {
        let service = tower::service_fn(move |request| {
            let url = url.clone();
            async move {
                let peer = peer(&request);
                Ok::<_, Infallible>(url.answer(request, peer).await)
            }
        });
        tasks.spawn(serve(listener, service, settings(), pending()));
    }
}

/// Serves distributions.
pub fn distributions(tasks: &mut JoinSet<()>, served: Vec<Served>) {
    for Served { front, listener, .. } in served {
        let service = tower::service_fn(move |request| front.clone().answer(request));
        tasks.spawn(serve(listener, service, settings(), pending()));
    }
}

/// Returns the settings of the HTTP servers of an app.
pub fn settings() -> ServerSettings {
    let mut settings = ServerSettings::default();
    // A client that keeps a connection to use it again should find it open, as on AWS.
    settings.header_read = Duration::from_secs(350);
    settings
}
