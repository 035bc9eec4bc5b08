//! The command that starts a function's process.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::process::Command;

use crate::environment::variables;
use crate::function::Function;

/// Builds the command that starts a process whose Runtime API listens at `address`, and whose log stream has this name. The process
/// is killed when its sandbox is dropped.
///
/// The process has a process group of its own. A terminal sends Ctrl-C to a whole group, and the function must still
/// handle the last `$disconnect` events while the host shuts down.
pub(super) fn new(function: &Function, address: SocketAddr, log_stream: &str) -> Command {
    let mut command = Command::new(&function.program);
    command
        .args(&function.arguments)
        .current_dir(&function.task_root)
        .env_clear()
        .envs(variables(function, address, log_stream, std::env::var_os("PATH")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}
