//! Implements `tickertape emulate`: reads the description, starts the app, prints its addresses, and stops it on a signal.

mod announce;
mod board;
mod both;
mod end_of_input;
mod environment;
mod error_record;
mod outputs_file;
mod places;
mod profile;
mod record;
mod tally;
mod terminal;
mod told_errors;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::ChaosFile;
use serverless_app::{App, Surroundings};
use serverless_emulator::{Credentials, Emulator, Project, Settings, StartError, Watcher};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::cli::EmulateArgs;
use crate::command::serve;
use crate::command::serve::signals::Signals;
use crate::error::CliError;
use crate::term;

use announce::Announcement;
use board::Board;
use both::Both;
use terminal::TerminalWatcher;

/// Folder of the emulator in the data directory of this user.
const FOLDER: &str = "emulate";

/// Maximum time of what still has to be done after a second signal, and of threads that cannot be stopped.
const LAST_STEPS: Duration = Duration::from_secs(2);

/// The way in which the app has ended.
enum End {
    /// It was stopped, and has ended in order.
    Stopped,
    /// A second signal came before that.
    Interrupted,
}

/// Runs the app until it receives Ctrl-C or SIGTERM.
///
/// # Errors
///
/// [`CliError`], with a hint about what to change.
pub fn run(args: &EmulateArgs) -> Result<(), CliError> {
    serve::log_to_stderr(args.log);
    serve::raise_open_files();
    let threads = serve::start_threads()?;
    let end = threads.block_on(emulate(args));
    // A thread may wait until another program has installed packages, or for a name server.
    threads.shutdown_timeout(LAST_STEPS);
    match end? {
        End::Stopped => Ok(()),
        End::Interrupted => std::process::exit(serve::INTERRUPTED),
    }
}

async fn emulate(args: &EmulateArgs) -> Result<End, CliError> {
    let project = Project::at(&args.path).map_err(|error| not_found(&args.path, &error))?;
    let reading = reading(args);
    let app = project.read(&reading).map_err(CliError::usage)?;
    check_stage(args, &app)?;
    let settings = settings(args, &app, &reading.surroundings)?;
    // From here on there are files and processes, which end when their values are dropped.
    let mut signals = serve::signals()?;
    let store = TempDir::new().map_err(CliError::failed)?;
    let (emulator, board) = tokio::select! {
        started = start(args, &app, &project, settings, store.path()) => started?,
        () = signals.next() => {
            term::say("stopped before the app was ready");
            return Ok(End::Stopped);
        }
    };
    let url = board.as_ref().map(Board::url);
    let announcement = Announcement { app: &app, addresses: emulator.addresses(), board: url.as_deref() };
    if let Some(path) = &args.outputs_file {
        outputs_file::write(path, &emulator.addresses().outputs)?;
    }
    announce::print(&announcement, args.json);
    run_until_signals(emulator, board, signals, args.until_eof).await
}

/// Starts the app, and its board if it has one, whose store is in the directory `store`.
async fn start(
    args: &EmulateArgs,
    app: &App,
    project: &Project,
    settings: Settings,
    store: &Path,
) -> Result<(Emulator, Option<Board>), CliError> {
    let terminal: Arc<dyn Watcher> = Arc::new(TerminalWatcher::new(args.quiet));
    let board = match args.no_board {
        true => None,
        false => Some(Board::open(args.board, store.to_owned(), args.site.clone()).await?),
    };
    let watcher = match &board {
        Some(board) => Arc::new(Both(terminal, board.watcher())),
        None => terminal,
    };
    let emulator = Emulator::start(app, project, settings, watcher).await?;
    Ok((emulator, board))
}

/// Runs the app until a signal, or also until the end of standard input. A second signal ends it at once.
async fn run_until_signals(
    emulator: Emulator,
    board: Option<Board>,
    mut signals: Signals,
    until_eof: bool,
) -> Result<End, CliError> {
    let host = emulator.host().clone();
    let (stop, has_signal) = oneshot::channel::<()>();
    // The first signal drops the sender.
    let has_signal = async { drop(has_signal.await) };
    let stopped = async move {
        match until_eof {
            true => tokio::select! { () = has_signal => {}, () = end_of_input::end_of_input() => {} },
            false => has_signal.await,
        }
    };
    let second_signal = async move {
        signals.next().await;
        term::say(serve::STOPPING);
        drop(stop);
        signals.next().await;
    };
    tokio::select! {
        result = run_both(emulator, board, stopped) => result.map(|()| End::Stopped),
        () = second_signal => {
            // Functions have process groups of their own, which get no signal, and their invocations do not end with the other future.
            // An error means that a process does not end in time.
            let _ = timeout(LAST_STEPS, host.end()).await;
            Ok(End::Interrupted)
        }
    }
}

/// Runs the app until `stop` resolves, and its board until the app has ended.
async fn run_both(
    emulator: Emulator,
    board: Option<Board>,
    stop: impl Future<Output = ()>,
) -> Result<(), CliError> {
    let (ended, has_ended) = oneshot::channel::<()>();
    // The board ends when the sender is dropped.
    let until_ended = async { drop(has_ended.await) };
    let showing = async {
        match board {
            Some(board) => board.run(until_ended).await,
            None => Ok(()),
        }
    };
    let running = async {
        let result = emulator.run(stop).await;
        drop(ended);
        result.map_err(CliError::failed)
    };
    let (shown, ran) = tokio::join!(showing, running);
    ran.and(shown)
}

/// Refuses `--stage` if the description does not have this stage.
fn check_stage(args: &EmulateArgs, app: &App) -> Result<(), CliError> {
    let Some(stage) = &args.stage else { return Ok(()) };
    let mut names: Vec<&str> =
        app.apis.iter().flat_map(|api| &api.stages).map(|stage| stage.name.as_str()).collect();
    names.dedup();
    if names.is_empty() || names.contains(&stage.as_str()) {
        return Ok(());
    }
    let what = format!("--stage {stage} has no effect: the description has the stage {}", names.join(", "));
    Err(CliError::usage(what).hint(format!(
        "leave it out; if a parameter of the template names the stage, use --param NAME={stage}"
    )))
}

/// Returns the choices with which the description is read.
fn reading(args: &EmulateArgs) -> serverless_app::Settings {
    let region = args.region.clone().or_else(|| env::var("AWS_REGION").ok()).filter(|name| !name.is_empty());
    let defaults = Surroundings::default();
    serverless_app::Settings {
        parameters: args.params.iter().cloned().collect(),
        stage: args.stage.clone(),
        environment: env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        surroundings: Surroundings { region: region.unwrap_or(defaults.region.clone()), ..defaults },
    }
}

fn settings(args: &EmulateArgs, app: &App, surroundings: &Surroundings) -> Result<Settings, CliError> {
    let credentials = match &args.aws_profile {
        None => Credentials::Invented,
        Some(name) => profile::read(name)?,
    };
    let mut settings = Settings::new(args.listen, data_dir(args)?);
    settings.keeps_tables = args.data_dir.is_some();
    settings.environment = environment::read_all(&args.env)?;
    settings.account.clone_from(&surroundings.account);
    settings.credentials = credentials;
    settings.checks_origin = args.check_origin;
    settings.allowed_origins.clone_from(&args.allow_origin);
    settings.inspect = args.inspect;
    settings.chaos = args.chaos.as_deref().map(chaos).transpose()?;
    settings.code = places::code(&args.code, app)?;
    settings.buckets = places::buckets(&args.bucket, app)?;
    Ok(settings)
}

fn data_dir(args: &EmulateArgs) -> Result<PathBuf, CliError> {
    match &args.data_dir {
        Some(path) => std::path::absolute(path).map_err(CliError::usage),
        None => Ok(serve::platform_data_dir()?.join(FOLDER)),
    }
}

fn chaos(path: &Path) -> Result<ChaosFile, CliError> {
    ChaosFile::open(path).map_err(|error| {
        CliError::usage(format!("--chaos: the faults to inject cannot be read from {}: {error}", path.display()))
            .hint("give a JSON file such as {\"time_scale\": 60}; `tickertape serve --help` lists all fields, which are the same here")
    })
}

fn not_found(path: &Path, error: &io::Error) -> CliError {
    CliError::usage(format!("{} cannot be read: {error}", path.display())).hint(
        "give the path of a SAM or CloudFormation template, of a serverless.yml, or of a folder with one of them",
    )
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        let hint = match &error {
            StartError::Listen { .. } => {
                "end the program that uses this port, or choose a free port with --listen 127.0.0.1:0"
            }
            StartError::File { .. } | StartError::Authority { .. } => {
                "choose another directory with --data-dir"
            }
            _ => return Self::failed(error),
        };
        Self::failed(error).hint(hint)
    }
}
