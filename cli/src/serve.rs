//! The server of one machine: a wiring diagram. What is decided is decided in `backend-core`; what is
//! API Gateway's is done by `apigw-websocket`.

pub(crate) mod access;
mod announce;
mod broadcaster;
mod chaos;
mod data_dir;
mod front;
mod functions;
mod host_feed;
mod housekeeping;
mod http;
mod lambda;
mod management;
mod shutdown;
mod site;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{
    Api, Connections, Gateway, Limits, OriginPolicy, Routes, ServerSettings, SystemEnvironment,
};
use backend_core::Service;
use backend_core::ports::Change;
use backend_store::{EmbeddedLog, MemoryConnections, Retention};
use shared::{ClientMessage, Topic};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::cli::{FunctionsArg, ServeArgs, duration};
use crate::failure::{Exit, Failure};

use announce::{Announcement, Runs};
use chaos::ChaosFile;
use front::Front;
use functions::Handlers;
use management::Posts;
use shutdown::Stop;
use site::Site;

/// The stage, and so the first segment of the WebSocket's path.
const STAGE: &str = "ws";
/// How long publications are kept, unless told.
const KEEP_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many of a topic, unless told.
const KEEP_COUNT: u64 = 100_000;

/// The service over the embedded store and the embedded gateway.
type App = Service<MemoryConnections, EmbeddedLog, Posts>;

/// Serves until it is told to stop.
///
/// # Errors
///
/// Whatever keeps it from starting, with the flag to change.
pub async fn serve(args: &ServeArgs) -> Result<(), Failure> {
    match args.lambda.functions {
        FunctionsArg::Embedded => serve_embedded(args).await,
        FunctionsArg::Lambda => lambda::serve(args).await,
    }
}

async fn serve_embedded(args: &ServeArgs) -> Result<(), Failure> {
    lambda::refuse_without(args)?;
    let access = access::of(args)?;
    let site = Site::new(args.site.as_deref())?;
    let data_dir = data_dir::of(args)?;
    let listener = listen(args.listen).await?;
    let address = address_of(&listener)?;
    let (log, changes) = open_log(data_dir.clone(), retention(args)).await?;
    let chaos = args.chaos.as_deref().map(ChaosFile::open).transpose()?;
    let server = Server::assemble(args, access, site, log, address, chaos)?;
    let stop = Stop::on_signals().map_err(|error| Failure::failed(format!("signals: {error}")))?;
    let chaos = server.chaos.as_ref().map(ChaosFile::path);
    let announcement = Announcement::new(address, Runs::Store(&data_dir), server.site.has_page(), chaos)
        .asking_for_tokens(args.auth_secret_file.is_some());
    announce::print(&announcement, args.json);
    server.run(listener, changes, stop, !args.no_host).await
}

struct Server {
    app: Arc<App>,
    gateway: Gateway<Handlers>,
    origins: Arc<OriginPolicy>,
    site: Arc<Site>,
    chaos: Option<ChaosFile>,
}

impl Server {
    fn assemble(
        args: &ServeArgs,
        access: backend_core::Access,
        site: Site,
        log: EmbeddedLog,
        address: SocketAddr,
        chaos: Option<ChaosFile>,
    ) -> Result<Self, Failure> {
        let origins = origins(args, address);
        let asks_for_tokens = matches!(access, backend_core::Access::Tokens(_));
        let limits = Limits::default();
        let limits = chaos.as_ref().map_or(limits.clone(), |file| file.chaos().limits(&limits));
        let api = api(origins.clone(), limits, asks_for_tokens)?;
        let connections = Connections::new(&api.limits, Arc::new(SystemEnvironment::default()));
        let mut settings = backend_core::Settings::new(access, rand::random::<u64>);
        settings.rotate_in_ms /= chaos.as_ref().map_or(1, |file| file.chaos().time_scale.get().into());
        let app =
            Arc::new(Service::new(MemoryConnections::new(), log, Posts::new(connections.clone()), settings));
        let gateway = Gateway::new(api, Handlers::new(app.clone()), connections);
        Ok(Self { app, gateway, origins: Arc::new(origins), site: Arc::new(site), chaos })
    }

    async fn run(
        self,
        listener: TcpListener,
        changes: mpsc::Receiver<Vec<Change>>,
        stop: Stop,
        with_host: bool,
    ) -> Result<(), Failure> {
        let broadcaster = tokio::spawn(broadcaster::run(self.app.clone(), changes));
        let broadcaster = tokio::spawn(supervise(broadcaster, stop.clone()));
        let mut background = self.background(with_host);
        if let Some(file) = self.chaos {
            background.spawn(file.follow(self.gateway.chaos()));
        }
        let router =
            http::router(self.app.clone(), self.gateway.connections().clone(), self.origins, self.site);
        let front = Front::new(self.gateway.clone(), router).service();
        let serving = apigw_websocket::serve(listener, front, ServerSettings::default(), stop.asked());
        tokio::join!(serving, shutdown::say_goodbye(stop, &self.app, &self.gateway));
        background.shutdown().await;
        self.app.log().close().await;
        // It ends with the log, when everything is told.
        broadcaster.await.unwrap_or_else(|error| Err(Failure::failed(error)))
    }

    fn background(&self, with_host: bool) -> JoinSet<()> {
        let mut background = JoinSet::new();
        background.spawn(housekeeping::tell_occupancy(self.app.clone()));
        background.spawn(housekeeping::sweep(self.app.clone()));
        if let Some(topic) = host_topic().filter(|_| with_host) {
            background.spawn(host_feed::run(self.app.clone(), topic));
        }
        background
    }
}

/// A server that takes data and shows none would lie: without its broadcaster it stops.
async fn supervise(broadcaster: JoinHandle<()>, stop: Stop) -> Result<(), Failure> {
    let ended = broadcaster.await;
    if stop.is_asked() && ended.is_ok() {
        return Ok(());
    }
    stop.ask();
    Err(Failure::failed("publications could not be passed on any more, so the server stopped"))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let failure = Failure::failed(format!("cannot listen on {address}: {error}"));
        match error.kind() {
            std::io::ErrorKind::AddrInUse => failure
                .hint("another program has this port: end it, or take a free one with --listen 127.0.0.1:0"),
            _ => failure.hint("choose another address with --listen"),
        }
    })
}

fn address_of(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener.local_addr().map_err(|error| Failure::failed(format!("no address: {error}")))
}

async fn open_log(
    data_dir: PathBuf,
    retention: Retention,
) -> Result<(EmbeddedLog, mpsc::Receiver<Vec<Change>>), Failure> {
    let opened = tokio::task::spawn_blocking(move || EmbeddedLog::open(&data_dir, retention)).await;
    let opened = opened.map_err(|error| Failure::failed(format!("the store's opening failed: {error}")))?;
    opened.map_err(|error| {
        Failure::new(Exit::Failed, error).hint("another directory can be named with --data-dir")
    })
}

fn retention(args: &ServeArgs) -> Retention {
    Retention {
        max_age_ms: i64::try_from(duration::ms(args.keep_age.unwrap_or(KEEP_AGE))).unwrap_or(i64::MAX),
        max_items_per_topic: args.keep_count.unwrap_or(KEEP_COUNT),
    }
}

fn api(origins: OriginPolicy, limits: Limits, asks_for_tokens: bool) -> Result<Api, Failure> {
    let special = ["$connect", "$default", "$disconnect"];
    let routes = Routes::new(special.iter().chain(ClientMessage::ACTIONS).copied())
        .map_err(|error| Failure::failed(format!("a route cannot be named so: {error:?}")))?;
    Ok(Api { authorizer: asks_for_tokens.then(Default::default), limits, origins, ..Api::new(STAGE, routes) })
}

/// The address it is bound to is a name of the server; a wildcard address is not one, so names are asked for.
fn origins(args: &ServeArgs, address: SocketAddr) -> OriginPolicy {
    let bound = (!address.ip().is_unspecified()).then(|| address.ip().to_string());
    OriginPolicy {
        allowed_hosts: args.allow_host.iter().cloned().chain(bound).collect(),
        allowed_origins: args.allow_origin.clone(),
    }
}

fn host_topic() -> Option<Topic> {
    Topic::new("host").ok()
}
