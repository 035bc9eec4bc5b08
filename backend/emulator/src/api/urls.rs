//! The addresses of functions that can be invoked with HTTP.

use std::io;

use lambda_host::{FunctionUrl, Host};
use serverless_app::App;
use tokio::net::TcpListener;

use crate::api::ports::Ports;
use crate::api::url_front::UrlFront;

/// A function URL with an address of this machine.
pub struct BoundUrl {
    /// Host name on AWS.
    pub host: String,
    /// Name of the function.
    pub function: String,
    /// Listener for requests.
    pub listener: TcpListener,
    /// The function, as a server calls it.
    pub url: UrlFront,
}

impl BoundUrl {
    /// Returns the first part of the host name on AWS.
    pub fn id(&self) -> String {
        self.host.split('.').next().unwrap_or_default().to_owned()
    }
}

/// Binds an address for each function URL of the app.
///
/// # Errors
///
/// If there is no free port.
pub async fn bind(app: &App, host: &Host, ports: &mut Ports) -> io::Result<Vec<BoundUrl>> {
    let mut urls = Vec::new();
    for function in &app.functions {
        let Some(described) = &function.url else { continue };
        let listener = ports.bind().await?;
        let on_aws = described.url.trim_start_matches("https://").trim_end_matches('/').to_owned();
        let url = FunctionUrl::new(host.clone(), &function.name);
        let url = UrlFront::new(url, described.cors.clone());
        urls.push(BoundUrl { host: on_aws, function: function.name.clone(), listener, url });
    }
    Ok(urls)
}
