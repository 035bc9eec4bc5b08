//! The server with the embedded store, and the tasks that it runs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{
    Accept, ChaosFile, Connections, Gateway, OriginPolicy, ServerSettings, SystemEnvironment,
};
use backend_core::ports::Change;
use backend_core::{Access, Principal, Refusal, Service};
use backend_store::{EmbeddedLog, MemoryConnections, StoreSettings};
use shared::Topic;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::app::App;
use crate::boards::{BoardFiles, ServerBoards};
use crate::front::Front;
use crate::functions::Handlers;
use crate::gateway_api::{api, chaos_file, origins};
use crate::http::page::Page;
use crate::management::Posts;
use crate::shutdown::{self, Shutdown};
use crate::site::Site;
use crate::{Config, Notify, Publisher, SecretFile, ServerError, broadcaster, host_feed, housekeeping, http};

/// A server with an open store, which is ready to accept connections.
pub struct Server {
    app: Arc<App>,
    board_files: Option<BoardFiles>,
    changes: mpsc::Receiver<Vec<Change>>,
    /// Minimum time between two broadcasts.
    frame_every: Duration,
    pub(crate) gateway: Gateway<Handlers>,
    origins: Arc<OriginPolicy>,
    page: Arc<Page>,
    http: ServerSettings,
    chaos: Option<ChaosFile>,
    publish_host: bool,
    secret_file: Option<SecretFile>,
    notify: Notify,
}

impl Server {
    /// Opens the store and builds a server. `address` is the address of its listener.
    ///
    /// # Errors
    ///
    /// [`ServerError`], if the store, the page, the boards or the file of faults cannot be used, or if other machines can reach the
    /// server without a token.
    pub async fn open(config: Config, address: SocketAddr) -> Result<Self, ServerError> {
        if matches!(config.access, Access::Open) && !address.ip().is_loopback() {
            return Err(ServerError::OpenToTheNetwork { address });
        }
        let site = Site::new(config.page.site.as_deref())?;
        let board_files = config.boards_dir.as_deref().map(BoardFiles::open).transpose()?;
        let chaos = chaos_file(&config.page)?;
        let origins = origins(&config.page, address);
        let with_authorizer = matches!(config.access, Access::Tokens(_));
        let limits = config.page.limits;
        let api = api(origins.clone(), limits, chaos.as_ref(), with_authorizer)?;
        let (log, changes) = open_log(
            config.data_dir,
            StoreSettings { retention: config.retention, keep_bytes: config.keep_bytes },
        )
        .await?;
        let connections = Connections::new(&api.limits, Arc::new(SystemEnvironment::default()));
        // Without tokens and proxies, every client is a program of the person who started the server.
        let is_private = !with_authorizer && config.page.trusted_proxies.is_empty();
        let mut settings = backend_core::Settings::new(config.access, rand::random::<u64>);
        settings.rates.this_machine_has_all = is_private;
        let time_scale: u32 = chaos.as_ref().map_or(1, |file| file.chaos().time_scale.get());
        settings.rotate_in_ms = limits.rotate_in_ms() / u64::from(time_scale);
        settings.life_ms = limits.life_ms();
        let frame_every = config.frame_every / time_scale;
        settings.frame_every_ms = u64::try_from(frame_every.as_millis()).unwrap_or(u64::MAX);
        settings.conflates = true;
        settings.on_refusal = Box::new(log_refusal);
        let app =
            Arc::new(Service::new(MemoryConnections::new(), log, Posts::new(connections.clone()), settings));
        let gateway = Gateway::new(api, Handlers::new(app.clone()), connections);
        Ok(Self {
            app,
            board_files,
            changes,
            frame_every,
            gateway,
            origins: Arc::new(origins),
            page: Arc::new(Page::new(site, config.page.embedders)),
            http: limits.http(&config.page.trusted_proxies),
            chaos,
            publish_host: config.publish_host,
            secret_file: config.secret_file,
            notify: config.page.notify,
        })
    }

    /// Returns true if the server has a page, which it serves to browsers.
    pub fn has_page(&self) -> bool {
        self.page.site().has_page()
    }

    /// Returns a publisher that publishes to this server from its process, under this name.
    pub fn publisher(&self, name: &str) -> Publisher {
        Publisher::new(self.app.clone(), name)
    }

    /// Runs the server until `shutdown` resolves. Then sends every client a `disconnect` message, closes all sockets,
    /// and closes the store after its publications have been sent.
    ///
    /// # Errors
    ///
    /// [`ServerError::Stopped`], if publications could not be broadcast any more.
    pub async fn run(
        self,
        listener: impl Accept,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServerError> {
        let shutdown = Shutdown::on(shutdown);
        let broadcaster = tokio::spawn(broadcaster::run(self.app.clone(), self.changes, self.frame_every));
        let broadcaster = tokio::spawn(supervise(broadcaster, shutdown.clone()));
        let mut background = background(&self.app, self.gateway.connections(), self.publish_host);
        if let Some(file) = self.chaos {
            let notify = self.notify.clone();
            let notice = move |text: &str| notify.notify(text);
            background.spawn(file.follow(vec![self.gateway.chaos()], notice));
        }
        if let Some(files) = self.board_files.clone() {
            background.spawn(files.follow(self.notify.clone()));
        }
        if let Some(file) = self.secret_file {
            background.spawn(follow_secret(file, self.notify, self.app.clone(), self.gateway.clone()));
        }
        let boards = ServerBoards::new(self.board_files, self.app.clone());
        let router = http::router(
            self.app.clone(),
            boards,
            self.gateway.connections().clone(),
            self.origins,
            self.page,
        );
        let front = Front::new(self.gateway.clone(), router).service();
        let serving = apigw_websocket::serve(listener, front, self.http, shutdown.requested());
        tokio::join!(serving, shutdown::close_all(shutdown, &self.app, &self.gateway));
        background.shutdown().await;
        self.app.log().close().await;
        // The broadcaster ends when the store is closed and all its changes have been sent.
        broadcaster.await.unwrap_or_else(|error| Err(ServerError::Stopped(error.to_string())))
    }
}

fn background(app: &Arc<App>, connections: &Connections, publish_host: bool) -> JoinSet<()> {
    let mut background = JoinSet::new();
    background.spawn(housekeeping::end_with_tokens(app.clone(), connections.clone()));
    background.spawn(housekeeping::end_stalled(connections.clone()));
    background.spawn(housekeeping::send_occupancy(app.clone()));
    background.spawn(housekeeping::sweep(app.clone()));
    background.spawn(housekeeping::watch_conditions(app.clone()));
    background.spawn(housekeeping::release_memory());
    if let Some(topic) = Topic::new("host").ok().filter(|_| publish_host) {
        background.spawn(host_feed::run(app.clone(), topic));
    }
    background
}

/// Writes a request that was refused to the log.
fn log_refusal(principal: &Principal, refusal: &Refusal) {
    let Refusal { code, message, .. } = refusal;
    tracing::info!(sub = %principal.name, code = code.number(), %message, "a request was refused");
}

/// Closes every connection when the secret in the file has changed, because the tokens of these connections were signed
/// with the former secret.
async fn follow_secret(file: SecretFile, notify: Notify, app: Arc<App>, gateway: Gateway<Handlers>) {
    let sign_out = || shutdown::sign_everybody_out(&app, &gateway);
    file.follow(notify, sign_out).await;
}

/// Stops the server if the broadcaster ends too early. Without the broadcaster, the server would accept publications
/// and not send them to viewers.
async fn supervise(broadcaster: JoinHandle<()>, shutdown: Shutdown) -> Result<(), ServerError> {
    let ended = broadcaster.await;
    if shutdown.is_requested() && ended.is_ok() {
        return Ok(());
    }
    shutdown.request();
    Err(ServerError::Stopped(
        "publications could not be broadcast any more; the log of the server contains the reason".into(),
    ))
}

async fn open_log(
    data_dir: PathBuf,
    settings: StoreSettings,
) -> Result<(EmbeddedLog, mpsc::Receiver<Vec<Change>>), ServerError> {
    let opened = tokio::task::spawn_blocking(move || EmbeddedLog::open(&data_dir, settings)).await;
    let opened =
        opened.map_err(|error| ServerError::Stopped(format!("the store could not be opened: {error}")))?;
    Ok(opened?)
}
