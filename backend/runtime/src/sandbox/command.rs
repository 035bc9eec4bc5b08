//! How a function's process is started.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::process::Command;

use crate::Function;
use crate::environment::{VERSION, variables};

/// Ready to be spawned, with the Runtime API at `address`. It is killed with the host, and by nobody else's Ctrl-C: a
/// terminal sends that to a whole process group, and the last `$disconnect` wants to be handled.
pub(super) fn of(function: &Function, address: SocketAddr) -> Command {
    let log_stream = format!("[{VERSION}]{:016x}", rand::random::<u64>());
    let mut command = Command::new(&function.program);
    command
        .args(&function.arguments)
        .current_dir(&function.task_root)
        .env_clear()
        .envs(variables(function, address, &log_stream, std::env::var_os("PATH")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}
