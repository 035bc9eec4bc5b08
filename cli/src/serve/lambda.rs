//! The server where real functions answer: API Gateway and Lambda on a desk, and nothing of Tickertape's in between.
//! Topics live in the functions' own tables; no store is opened here.

mod output;
mod settings;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{Connections, Gateway, Limits, OriginPolicy, ServerSettings, SystemEnvironment};
use lambda_host::{FunctionUrl, GatewayFunctions, Host, InvokeApi, Retries};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::announce::{self, Announcement, Runs};
use super::chaos::ChaosFile;
use super::front::Front;
use super::shutdown::{self, Stop};
use super::site::Site;
use super::{address_of, api, http, listen, origins};
use crate::cli::ServeArgs;
use crate::failure::Failure;

use output::Output;
use settings::Settings;

pub use settings::refuse_without;

/// Serves until it is told to stop.
///
/// # Errors
///
/// Whatever keeps it from starting, with the flag to change.
pub async fn serve(args: &ServeArgs) -> Result<(), Failure> {
    let settings = Settings::of(args)?;
    let site = Site::new(args.site.as_deref())?;
    let listener = listen(args.listen).await?;
    let address = address_of(&listener)?;
    let chaos = args.chaos.as_deref().map(ChaosFile::open).transpose()?;
    let announcement = {
        let chaos = chaos.as_ref().map(ChaosFile::path);
        Announcement::new(address, Runs::Functions(settings.directory()), site.has_page(), chaos)
            .asking_for_tokens(settings.asks_for_tokens())
    };
    let server = Server::assemble(args, &settings, site, address, chaos)?;
    let stop = Stop::on_signals().map_err(|error| Failure::failed(format!("signals: {error}")))?;
    announce::print(&announcement, args.json);
    server.run(listener, stop).await;
    Ok(())
}

struct Server {
    host: Host,
    gateway: Gateway<GatewayFunctions>,
    origins: Arc<OriginPolicy>,
    site: Arc<Site>,
    chaos: Option<ChaosFile>,
}

impl Server {
    fn assemble(
        args: &ServeArgs,
        settings: &Settings,
        site: Site,
        address: SocketAddr,
        chaos: Option<ChaosFile>,
    ) -> Result<Self, Failure> {
        let origins = origins(args, address);
        let limits = Limits::default();
        let limits = chaos.as_ref().map_or(limits.clone(), |file| file.chaos().limits(&limits));
        let api = api(origins.clone(), limits, settings.asks_for_tokens())?;
        let connections = Connections::new(&api.limits, Arc::new(SystemEnvironment::default()));
        let here = announce::reachable(address);
        let time_scale = chaos.as_ref().map_or(NonZeroU32::MIN, |file| file.chaos().time_scale);
        let functions = settings.functions(&here.to_string(), time_scale);
        let host = Host::new(functions, lambda_host::Limits::default(), retries(), Arc::new(Output));
        let authorizer = settings.asks_for_tokens().then(|| settings::AUTHORIZER.to_owned());
        let functions = GatewayFunctions::new(host.clone(), settings::WEBSOCKET, authorizer);
        let gateway = Gateway::new(api, functions, connections);
        Ok(Self { host, gateway, origins: Arc::new(origins), site: Arc::new(site), chaos })
    }

    /// Functions hear of every connection's end before they are ended themselves.
    async fn run(self, listener: TcpListener, stop: Stop) {
        let mut background = JoinSet::new();
        if let Some(file) = self.chaos {
            background.spawn(file.follow(self.gateway.chaos()));
        }
        let ingest = FunctionUrl::new(self.host.clone(), settings::INGEST);
        let router = http::router_to_function(ingest, self.origins, self.site);
        let front =
            Front::new(self.gateway.clone(), router).with_invoke_api(InvokeApi::new(self.host.clone()));
        let asked = stop.asked();
        let closing = async {
            stop.asked().await;
            shutdown::close_sockets(&self.gateway).await;
        };
        let serving = apigw_websocket::serve(listener, front.service(), ServerSettings::default(), asked);
        tokio::join!(serving, closing);
        self.host.close();
        background.shutdown().await;
    }
}

/// As `infra/template.yaml` has it for `broadcast`, the one that is invoked by events: what failed is not tried again,
/// what was throttled is for a minute.
fn retries() -> Retries {
    Retries { waits: Vec::new(), most_age: Duration::from_secs(60), ..Retries::default() }
}

/// The program of one function.
fn bootstrap(directory: &Path, function: &str) -> std::path::PathBuf {
    directory.join(function).join("bootstrap")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

    #[test]
    fn events_are_tried_again_as_the_template_has_it() {
        let Retries { waits, most_age, .. } = retries();
        let is_told = |line: String| TEMPLATE.lines().any(|told| told.trim() == line);
        assert!(is_told(format!("MaximumRetryAttempts: {}", waits.len())));
        assert!(is_told(format!("MaximumEventAgeInSeconds: {}", most_age.as_secs())));
    }
}
