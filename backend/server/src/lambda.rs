//! A server with Lambda functions behind it: API Gateway and Lambda on one machine. The functions store topics in
//! DynamoDB tables, so this server opens no store.

mod functions;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{Accept, Connections, Gateway, OriginPolicy, ServerSettings, SystemEnvironment};
use lambda_host::{FunctionUrl, GatewayFunctions, Host, InvokeApi, Log, Retries};
use tokio::task::JoinSet;

use crate::chaos::ChaosFile;
use crate::front::Front;
use crate::gateway_api::{api, origins, reachable};
use crate::key::FunctionKey;
use crate::shutdown::{self, Shutdown};
use crate::site::Site;
use crate::{PageConfig, ServerError, http};

pub use functions::FunctionSettings;

/// A server whose requests and WebSocket events are handled by Lambda functions.
pub struct LambdaServer {
    host: Host,
    gateway: Gateway<GatewayFunctions>,
    origins: Arc<OriginPolicy>,
    site: Arc<Site>,
    http: ServerSettings,
    chaos: Option<ChaosFile>,
    key: FunctionKey,
    functions_url: String,
}

impl LambdaServer {
    /// Builds a server. `address` is the address of its listener. `log` receives the output of the functions and the
    /// result of each invocation.
    ///
    /// # Errors
    ///
    /// [`ServerError`], if the page or the file of faults cannot be used.
    pub fn new(
        settings: &FunctionSettings,
        page: &PageConfig,
        address: SocketAddr,
        log: Arc<dyn Log>,
    ) -> Result<Self, ServerError> {
        let site = Site::new(page.site.as_deref())?;
        let chaos = ChaosFile::of(page)?;
        let origins = origins(page, address);
        let api = api(origins.clone(), page.limits, chaos.as_ref(), settings.asks_for_tokens())?;
        let connections = Connections::new(&api.limits, Arc::new(SystemEnvironment::default()));
        let time_scale = chaos.as_ref().map_or(NonZeroU32::MIN, |file| file.chaos().time_scale);
        let key = FunctionKey::new(rand::random());
        let functions_url = key.url(reachable(address));
        let functions = settings.functions(&functions_url, time_scale);
        let host = Host::new(functions, lambda_host::Limits::default(), retries(), log);
        let authorizer = settings.asks_for_tokens().then(|| functions::AUTHORIZER.to_owned());
        let functions = GatewayFunctions::new(host.clone(), functions::WEBSOCKET, authorizer);
        let gateway = Gateway::new(api, functions, connections);
        let http = page.limits.http(&page.trusted_proxies);
        let (origins, site) = (Arc::new(origins), Arc::new(site));
        Ok(Self { host, gateway, origins, site, http, chaos, key, functions_url })
    }

    /// Returns true if the server has a page, which it serves to browsers.
    pub fn has_page(&self) -> bool {
        self.site.has_page()
    }

    /// Returns the URL at which programs on this machine can invoke functions and send messages to connections. It
    /// contains the secret key, so it must not be passed on.
    pub fn functions_url(&self) -> &str {
        &self.functions_url
    }

    /// Runs the server until `shutdown` resolves. Then closes all connections, waits until the functions have handled
    /// the `$disconnect` of each, and ends the functions.
    pub async fn run(self, listener: impl Accept, shutdown: impl Future<Output = ()> + Send + 'static) {
        let shutdown = Shutdown::on(shutdown);
        let mut background = JoinSet::new();
        if let Some(file) = self.chaos {
            background.spawn(file.follow(self.gateway.chaos()));
        }
        let ingest = FunctionUrl::new(self.host.clone(), functions::INGEST);
        let router = http::router_to_function(ingest, self.origins, self.site);
        let invoke_api = InvokeApi::new(self.host.clone());
        let front = Front::new(self.gateway.clone(), router).with_functions(self.key, invoke_api);
        let requested = shutdown.requested();
        let closing = async {
            shutdown.requested().await;
            shutdown::close_sockets(&self.gateway).await;
        };
        let serving = apigw_websocket::serve(listener, front.service(), self.http, requested);
        tokio::join!(serving, closing);
        self.host.close();
        background.shutdown().await;
    }
}

/// Returns the retries that `infra/template.yaml` sets for `broadcast`, which is invoked asynchronously: none after an error, and
/// retries for one minute after throttling.
fn retries() -> Retries {
    let mut retries = Retries::default();
    retries.after_failure = Vec::new();
    retries.max_age = Duration::from_secs(60);
    retries
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

    #[test]
    fn events_are_retried_as_the_template_says() {
        let Retries { after_failure, max_age, .. } = retries();
        let says = |line: String| TEMPLATE.lines().any(|told| told.trim() == line);
        assert!(says(format!("MaximumRetryAttempts: {}", after_failure.len())));
        assert!(says(format!("MaximumEventAgeInSeconds: {}", max_age.as_secs())));
    }
}
