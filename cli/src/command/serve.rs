//! Implements `tickertape serve`: reads the flags, starts the server, and stops it on a signal.

mod access;
mod announce;
mod data_dir;
mod limits;
mod runtime;
pub(super) mod signals;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tickertape_server::{Config, Notify, PageConfig, Server, ServerError};
use tokio::net::TcpListener;
use tracing_subscriber::filter::LevelFilter;

use crate::cli::{LogArg, ServeArgs, duration};
use crate::error::{CliError, Exit};
use crate::term::{self, SafeStderr};

use access::Admission;
use announce::Announcement;
use signals::Signals;

pub(super) use access::{read_secret, unusable};
pub(super) use data_dir::platform_data_dir;
pub(super) use limits::raise_open_files;
pub(super) use runtime::start_threads;

/// Default of `--keep-age`, the age at which publications are deleted.
const KEEP_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// Default of `--keep-count`, the maximum number of publications of each topic.
const KEEP_COUNT: u64 = 100_000;
/// The exit code with which a shell reports that a program was ended by Ctrl-C.
pub(super) const INTERRUPTED: i32 = 130;
/// The notice after the first signal.
pub(super) const STOPPING: &str = "the server is shutting down; press Ctrl-C again to end it at once";

/// Runs the server until it receives Ctrl-C or SIGTERM.
///
/// # Errors
///
/// [`CliError`], with a hint that names the flag to change.
pub fn run(args: &ServeArgs) -> Result<(), CliError> {
    log_to_stderr(args.log);
    limits::raise_open_files();
    tickertape_server::limit_arenas();
    start_threads()?.block_on(serve(args))
}

/// Writes the log to standard error, because a program that starts the server reads standard output. The log has no
/// colours. So all control characters in it come from clients, and can be escaped.
pub(super) fn log_to_stderr(level: LogArg) {
    let level = match level {
        LogArg::Error => LevelFilter::ERROR,
        LogArg::Warn => LevelFilter::WARN,
        LogArg::Info => LevelFilter::INFO,
        LogArg::Debug => LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(SafeStderr).init();
}

async fn serve(args: &ServeArgs) -> Result<(), CliError> {
    let Admission { access, secret_file } = access::of(args)?;
    let tls = tls::of(args)?;
    let data_dir = data_dir::of(args)?;
    let listener = listen(args.listen).await?;
    let address = address_of(&listener)?;
    let config = Config {
        data_dir: data_dir.clone(),
        retention: retention(args),
        keep_bytes: args.keep_bytes,
        access,
        secret_file,
        frame_every: args.frame_every.unwrap_or_default(),
        publish_host: !args.no_host,
        boards_dir: args.boards.clone(),
        page: page(args),
    };
    let server = Server::open(config, address).await?;
    let stop = stop_on_signals()?;
    let announcement = Announcement::new(address, &data_dir, server.has_page(), args.chaos.as_deref())
        .asking_for_tokens(args.auth_secret_file.is_some())
        .by_tls(tls.is_some());
    announce::print(&announcement, args.json);
    match tls {
        Some(tls) => server.run(tls.listen(listener, limits::of(args), notify()), stop).await?,
        None => server.run(listener, stop).await?,
    }
    Ok(())
}

fn page(args: &ServeArgs) -> PageConfig {
    PageConfig {
        site: args.site.clone(),
        allowed_hosts: args.allow_host.clone(),
        allowed_origins: args.allow_origin.clone(),
        embedders: args.allow_embed.clone(),
        trusted_proxies: args.trust_proxy.clone(),
        limits: if args.tls_cert.is_some() { limits::of(args).with_tls() } else { limits::of(args) },
        chaos: args.chaos.clone(),
        notify: notify(),
    }
}

fn notify() -> Notify {
    Notify::new(|message| term::say(message))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| {
        let cli_error = CliError::failed(format!("cannot listen on {address}: {error}"));
        match error.kind() {
            io::ErrorKind::AddrInUse => cli_error
                .hint("another program uses this port: end that program, or choose a free port with --listen 127.0.0.1:0"),
            _ => cli_error.hint("choose another address with --listen"),
        }
    })
}

fn address_of(listener: &TcpListener) -> Result<SocketAddr, CliError> {
    Ok(listener.local_addr().map_err(ServerError::Listener)?)
}

fn retention(args: &ServeArgs) -> backend_core::Retention {
    backend_core::Retention {
        max_age_ms: i64::try_from(duration::ms(args.keep_age.unwrap_or(KEEP_AGE))).unwrap_or(i64::MAX),
        max_items_per_topic: args.keep_count.unwrap_or(KEEP_COUNT),
    }
}

/// Returns a future that resolves when the process receives Ctrl-C or, on Unix, SIGTERM. A second signal ends the
/// process at once.
fn stop_on_signals() -> Result<impl Future<Output = ()> + Send + 'static, CliError> {
    let mut signals = signals()?;
    Ok(async move {
        signals.next().await;
        term::say(STOPPING);
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(INTERRUPTED);
        });
    })
}

/// Starts to receive the signals that stop a server. From then on they no longer end the process by themselves.
pub(super) fn signals() -> Result<Signals, CliError> {
    Signals::listen()
        .map_err(|error| CliError::failed(format!("signals such as Ctrl-C cannot be received: {error}")))
}

impl From<ServerError> for CliError {
    fn from(error: ServerError) -> Self {
        match &error {
            ServerError::OpenToTheNetwork { .. } => access::not_without_secret(&error),
            ServerError::Site { .. } => {
                Self::usage(format!("--site: {error}")).hint("leave --site out to serve the built-in page; in a source checkout, `cargo xtask run` builds a page in dist")
            }
            ServerError::Chaos { .. } => {
                Self::usage(format!("--chaos: {error}")).hint("correct the file; `tickertape serve --help` explains its fields")
            }
            ServerError::Boards(_) => {
                Self::usage(format!("--boards: {error}")).hint("`tickertape check-board` checks the files, and --help explains them")
            }
            ServerError::Store(_) => {
                Self::new(Exit::Failed, error).hint("choose another directory with --data-dir")
            }
            ServerError::Listener(_) | ServerError::Stopped(_) => Self::failed(error),
        }
    }
}
