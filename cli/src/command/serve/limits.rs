//! Determines the limits of the server, and raises the number of files that this process may open.

use tickertape_server::LimitsOf;

use super::runtime::processors;
use crate::cli::{LimitsArg, ServeArgs};

/// Returns the limits that the flags ask for. Without `--limits`, the limits of AWS are enforced if faults are injected,
/// because that is done to test how a program behaves on AWS.
pub fn of(args: &ServeArgs) -> LimitsOf {
    match args.limits {
        Some(LimitsArg::Aws) => LimitsOf::Aws,
        None if args.chaos.is_some() => LimitsOf::Aws,
        Some(LimitsArg::Machine) | None => {
            LimitsOf::Machine { open_files: open_files(), cores: processors() }
        }
    }
}

/// Raises the number of files that this process may open to the maximum that the system permits. If the system refuses, the
/// number stays as it was, and the server accepts fewer connections.
#[cfg(unix)]
pub fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Does nothing: other systems have no such limit, or do not permit a process to raise it.
#[cfg(not(unix))]
pub fn raise_open_files() {}

/// Returns the number of files that this process may open; `None` if there is no limit.
#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}
