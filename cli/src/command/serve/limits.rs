//! The limits of the server, and the number of files that it may have open.

use std::num::NonZeroUsize;

use tickertape_server::LimitsOf;

use crate::cli::{FunctionsArg, LimitsArg, ServeArgs};

/// The limits that the flags ask for. Faults are injected, and Lambda functions are run, to see how a program does on AWS;
/// so its limits hold then, unless a flag says otherwise.
pub fn of(args: &ServeArgs) -> LimitsOf {
    let imitates_aws = args.chaos.is_some() || args.lambda.functions == FunctionsArg::Lambda;
    match args.limits {
        Some(LimitsArg::Aws) => LimitsOf::Aws,
        None if imitates_aws => LimitsOf::Aws,
        Some(LimitsArg::Machine) | None => LimitsOf::Machine { open_files: open_files(), cores: cores() },
    }
}

/// Raises the number of files that this process may have open to the number that the system permits. If that is refused,
/// the server takes as many connections as it can without.
#[cfg(unix)]
pub fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Other systems have no such limit, or none that a process can raise.
#[cfg(not(unix))]
pub fn raise_open_files() {}

/// The number of files that this process may have open.
#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
