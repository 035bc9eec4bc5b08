//! Runs the commands. Each of them has a file of its own.

pub mod batch;
pub mod check_board;
pub mod cost;
pub mod emulate;
mod env_file;
pub mod forget;
pub mod history;
pub mod host;
pub mod notice;
pub mod output;
pub mod pipe;
pub mod publish;
pub mod record;
pub mod replay;
pub mod save_board;
pub mod secret;
pub mod serve;
pub mod token;
pub mod topics;
pub mod watch;

use crate::cli::Command;
use crate::error::CliError;

/// Runs a command.
///
/// # Errors
///
/// [`CliError`], with the exit code and a message.
pub fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Serve(args) => serve::run(&args),
        Command::Emulate(args) => emulate::run(&args),
        Command::Publish(args) => client(publish::run(args)),
        Command::Pipe(args) => client(pipe::run(args)),
        Command::Host(args) => client(host::run(args)),
        Command::Watch(args) => client(watch::run(args)),
        Command::Record(args) => client(record::run(args)),
        Command::Replay(args) => client(replay::run(args)),
        Command::Topics(args) => client(topics::run(args)),
        Command::Forget(args) => client(forget::run(args)),
        Command::History(args) => client(history::run(args)),
        Command::SaveBoard(args) => client(save_board::run(args)),
        Command::Secret(args) => secret::run(&args),
        Command::Token(args) => token::run(&args),
        Command::CheckBoard(args) => check_board::run(&args),
        Command::Cost(args) => cost::run(&args),
    }
}

/// Runs a command that connects to a server. One thread is enough, because the command has only one connection.
fn client(work: impl Future<Output = Result<(), CliError>>) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| CliError::failed(format!("this program cannot start its threads: {error}")))?;
    let outcome = runtime.block_on(work);
    // A thread may still be reading standard input, which cannot be cancelled, so nothing waits for it.
    runtime.shutdown_background();
    outcome
}
