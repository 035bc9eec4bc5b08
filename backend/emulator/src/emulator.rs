//! An app that runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lambda_host::{EventReport, Host, Limits, Retries};
use serverless_app::App;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::addresses::{Addresses, ApiAddress, DistributionAddress, FunctionAddress, ServiceAddresses};
use crate::ahead;
use crate::api::bound_distribution;
use crate::api::deployed::{Deployment, reachable};
use crate::api::distributions;
use crate::api::front::Front;
use crate::api::ports::Ports;
use crate::api::urls::{self, BoundUrl};
use crate::data::{Data, DataError, DataOptions};
use crate::desk::authority::Authority;
use crate::desk::listener::DeskListener;
use crate::desk::start::Desk;
use crate::error::StartError;
use crate::functions::all;
use crate::functions::clients::Clients;
use crate::functions::code::CodeFinder;
use crate::functions::debugger_ports::DebuggerPorts;
use crate::functions::environment::EnvironmentSource;
use crate::functions::prepare::{Preparation, Runnable};
use crate::functions::watch::WatchedFiles;
use crate::local_names::LocalNames;
use crate::machine;
use crate::not_done;
use crate::project::Project;
use crate::reload;
use crate::serving;
use crate::settings::Settings;
use crate::watcher::{DataLog, FunctionLog, Watcher};

/// Maximum time of the init phase. It is longer than Lambda's 10 s, since a process has no processor of its own.
const INIT: Duration = Duration::from_secs(60);
/// Longest time for which an invocation waits for a busy process, if that is expected to be faster than another process.
const PATIENCE: Duration = Duration::from_secs(10);
/// Maximum time of the init phase of a function whose debugger may stop it.
const WITH_DEBUGGER: Duration = Duration::from_secs(24 * 60 * 60);
/// Times after which the end of the app tells what it waits for.
const FIRST_NOTICE: Duration = Duration::from_millis(700);
const NEXT_NOTICE: Duration = Duration::from_secs(5);
/// Code and reason with which connections are closed at the end.
const GOING_AWAY: (u16, &str) = (1001, "Going away");

/// An app that is ready to run: its listeners are bound, and its functions were found.
pub struct Emulator {
    settings: Settings,
    front: Front,
    host: Host,
    log: Arc<FunctionLog>,
    /// Outcomes of asynchronous invocations.
    events: mpsc::UnboundedReceiver<EventReport>,
    listener: TcpListener,
    desk_http: TcpListener,
    desk: DeskListener,
    urls: Vec<BoundUrl>,
    distributions: Vec<distributions::Served>,
    described: WatchedFiles,
    runnable: Vec<Runnable>,
    /// Names of functions, in the order in which their processes are started ahead.
    starts_ahead: Vec<String>,
    addresses: Addresses,
    watcher: Arc<dyn Watcher>,
    data: Data,
    /// Folder for clients, and for code that was extracted. It is deleted at the end.
    _scratch: TempDir,
}

impl Emulator {
    /// Prepares an app: starts its tables and queues, finds the code of its functions, and binds its addresses. A function that
    /// cannot run is a notice, and no error.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the app cannot run at all.
    pub async fn start(
        app: &App,
        project: &Project,
        settings: Settings,
        watcher: Arc<dyn Watcher>,
    ) -> Result<Self, StartError> {
        announce_services(app, watcher.as_ref());
        let authority = Arc::new(Authority::open(&settings.data_dir)?);
        let scratch = TempDir::new().map_err(StartError::file(std::env::temp_dir()))?;
        let clients =
            Clients::write(&scratch.path().join("clients")).map_err(StartError::file(scratch.path()))?;
        let listener = TcpListener::bind(settings.listen).await;
        let listener = listener.map_err(|error| StartError::Listen { address: settings.listen, error })?;
        let address = listener.local_addr().map_err(StartError::file("the listener"))?;
        let (no_code, functions) = (no_code(project, &settings), scratch.path().join("functions"));
        let finder = CodeFinder { project, scratch: &functions, given: &settings.code, no_code: &no_code };
        let code: Vec<_> = app.functions.iter().map(|function| finder.find(function)).collect();
        // Each of these waits for other programs to start.
        let (data, interpreters) = tokio::join!(data(app, &settings, &watcher), async {
            let (node, pythons) = tokio::join!(all::node(app), all::pythons(app));
            let packages = all::packages(app, &code, &pythons, &settings.data_dir, watcher.as_ref()).await;
            (node, pythons, packages)
        });
        let (mut data, (node, pythons, packages)) = (data?, interpreters);
        let desk = Desk::bind(app, authority.clone(), &settings, data.endpoints())
            .await
            .map_err(StartError::file("the listener"))?;
        let mut preparation = Preparation {
            app,
            account: &settings.account,
            environment: EnvironmentSource {
                endpoints: &desk.endpoints,
                trust: authority.files(),
                clients: &clients,
                packages: &packages,
                overrides: &settings.environment,
                credentials: &settings.credentials,
            },
            node,
            pythons,
            inspect: settings.inspect,
            debuggers: DebuggerPorts::default(),
        };
        let (runnable, broken) = all::prepare(app, code, &mut preparation, watcher.as_ref());
        let (event, events) = mpsc::unbounded_channel();
        let log = Arc::new(FunctionLog::new(watcher.clone(), event));
        let host = host(&runnable, &settings, log.clone());
        let deployment = Deployment {
            app,
            settings: &settings,
            host: &host,
            broken: &broken,
            desk_port: desk.endpoints.desk_port,
            watcher: &watcher,
            services: data.services(),
            address,
        };
        let deployed = deployment.deploy()?;
        data.run_mappings(Arc::new(host.clone())).await?;
        let mut ports = Ports::after(address);
        let urls = urls::bind(app, &host, &mut ports).await.map_err(StartError::file("the listener"))?;
        let bound =
            bound_distribution::bind(app, &mut ports).await.map_err(StartError::file("the listener"))?;
        let names = LocalNames::of(app, address, &deployed, &urls, &bound);
        let by_host = urls.iter().map(|one| (one.id(), one.url.clone())).collect();
        let apis = deployed.iter().map(ApiAddress::of).collect();
        let front = Front::new(deployed, host.clone(), broken.clone(), by_host, watcher.clone());
        let distributions = distributions::serve(bound, &settings.buckets, &urls, &front, &names);
        let starts_ahead = match settings.starts_ahead {
            true => ahead::order(app, &host.functions()),
            false => Vec::new(),
        };
        let addresses = Addresses {
            apis,
            function_urls: urls.iter().filter_map(FunctionAddress::of_url).collect(),
            distributions: distributions.iter().map(DistributionAddress::of).collect(),
            services: ServiceAddresses {
                lambda: format!("http://{}", reachable(address)),
                dynamodb: desk.endpoints.dynamodb.clone(),
                sqs: desk.endpoints.sqs.clone(),
            },
            debuggers: runnable.iter().filter_map(FunctionAddress::of_debugger).collect(),
            outputs: names.outputs(app),
            broken,
            not_done: not_done::of(app, &settings),
        };
        Ok(Self {
            settings,
            front,
            host,
            log,
            events,
            listener,
            desk_http: desk.http,
            desk: desk.listener,
            urls,
            distributions,
            described: project.watched().clone(),
            runnable,
            starts_ahead,
            addresses,
            watcher,
            data,
            _scratch: scratch,
        })
    }

    /// Returns the addresses and the state of the app's functions.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Returns the host of the functions.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Runs the app until `shutdown` resolves. Then closes all connections, waits until the functions have handled the
    /// `$disconnect` of each, and ends the functions.
    ///
    /// # Errors
    ///
    /// [`DataError::Ended`] if DynamoDB Local or moto ends before that. The app is then ended in the same way.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), DataError> {
        let (stop, stopped) = watch::channel(false);
        let stopped = || {
            let mut stopped = stopped.clone();
            // An error means that the sender was dropped, which is the end as well.
            async move { drop(stopped.wait_for(|is_stopped| *is_stopped).await) }
        };
        let mut background = JoinSet::new();
        let (client, desk) = (self.front.clone(), self.front.clone());
        let service = tower::service_fn(move |request| client.clone().client(request));
        let clients =
            tokio::spawn(apigw_websocket::serve(self.listener, service, serving::settings(), stopped()));
        let service = tower::service_fn(move |request| desk.clone().desk(request));
        background.spawn(apigw_websocket::serve(
            self.desk_http,
            service,
            serving::settings(),
            std::future::pending(),
        ));
        let log = self.log.clone();
        let other = move |function: Option<&str>, host: &str| {
            log.host(function.unwrap_or("a function"), host);
        };
        background.spawn(self.desk.run(Arc::new(other)));
        serving::function_urls(&mut background, self.urls);
        serving::distributions(&mut background, self.distributions);
        background.spawn(self.data.destinations().run(self.host.clone(), self.events));
        background.spawn(ahead::start(self.host.clone(), self.starts_ahead));
        let reloading = reload::Reloading {
            host: self.host.clone(),
            watcher: self.watcher.clone(),
            starts_ahead: self.settings.starts_ahead,
            every: self.settings.reload_every,
        };
        background.spawn(reloading.run(self.described, self.runnable));
        if let Some(chaos) = self.settings.chaos {
            let gateways = self.front.deployed().iter().map(|stage| stage.gateway.chaos()).collect();
            let watcher = self.watcher.clone();
            background.spawn(chaos.follow(gateways, move |text| watcher.notice(text)));
        }
        let mut data = self.data;
        let ended = tokio::select! {
            () = shutdown => Ok(()),
            error = data.ended() => Err(error),
        };
        stop.send_replace(true);
        background.spawn(tell_waiting(self.log, self.watcher.clone()));
        for deployed in self.front.deployed() {
            deployed.gateway.shut_down(GOING_AWAY.0, GOING_AWAY.1).await;
        }
        // The server ends by itself, after the requests in progress.
        let _ = clients.await;
        data.stop().await;
        // Processes end before their files are deleted.
        self.host.end().await;
        background.shutdown().await;
        ended
    }
}

/// Returns what is no code, even if it lies in the folder of a function: the description, and the data directory of the emulator.
fn no_code(project: &Project, settings: &Settings) -> Vec<PathBuf> {
    let data_dir = settings.data_dir.canonicalize().unwrap_or_else(|_| settings.data_dir.clone());
    // If the description is not known, it is a folder that may have code.
    let description = Some(project.description()).filter(|path| path.is_file());
    std::iter::once(data_dir).chain(description).collect()
}

/// Tells which programs are started before the app is ready, since that takes seconds.
fn announce_services(app: &App, watcher: &dyn Watcher) {
    let services = [("DynamoDB Local", app.tables.len(), "table"), ("moto", app.queues.len(), "queue")];
    for (program, count, what) in services.into_iter().filter(|(_, count, _)| *count > 0) {
        let s = if count == 1 { "" } else { "s" };
        watcher.notice(&format!("starting {program} for {count} {what}{s}"));
    }
}

/// Tells which invocations the end of the app waits for, until it is aborted.
async fn tell_waiting(log: Arc<FunctionLog>, watcher: Arc<dyn Watcher>) {
    let mut wait = FIRST_NOTICE;
    loop {
        tokio::time::sleep(wait).await;
        if let Some(invocations) = log.in_flight() {
            watcher.notice(&format!("waiting for {invocations}"));
        }
        wait = NEXT_NOTICE;
    }
}

/// Starts the tables and queues of the app.
async fn data(app: &App, settings: &Settings, watcher: &Arc<dyn Watcher>) -> Result<Data, StartError> {
    let data_dir = settings.keeps_tables.then(|| settings.data_dir.clone());
    let options = DataOptions { data_dir, ..DataOptions::default() };
    Ok(Data::start(app, &options, Arc::new(DataLog(watcher.clone()))).await?)
}

fn host(runnable: &[Runnable], settings: &Settings, log: Arc<FunctionLog>) -> Host {
    let mut limits = Limits::default();
    limits.processes = machine::processes();
    limits.starts = machine::starts();
    limits.patience = PATIENCE;
    limits.init = if settings.inspect { WITH_DEBUGGER } else { INIT };
    let functions = runnable.iter().map(|runnable| runnable.function.clone()).collect();
    Host::new(functions, limits, Retries::default(), log)
}
