//! Measures the init phase of functions as Lambda does: the time from the start of a process to its first request for
//! an event. Each start is a new process. The functions are started in turns, so that all of them run under the same
//! load of the machine.
//!
//! `cargo run --release -p lambda-host --example init -- STARTS "NAME=PROGRAM ARGUMENTS"…`, with the variables that the
//! functions read (`TICKERTAPE_…`, `AWS_…`) in the environment. Every function is compared with the first one. A
//! function NAME is also compared with the function `node-NAME`, if there is one. `cargo xtask bench -- init` builds
//! and starts everything that is needed.

mod table;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lambda_host::{Function, Host, Limits, Log, LogLine, Report, Retries};

/// The durations of the starts that were measured, and the errors of those that failed.
#[derive(Default)]
struct Starts {
    /// Durations of the starts, by name of the function.
    took: Mutex<BTreeMap<String, Vec<Duration>>>,
    /// Errors of processes whose init phase failed.
    errors: Mutex<Vec<String>>,
}

impl Log for Starts {
    fn line(&self, line: &LogLine<'_>) {
        if line.text.starts_with("INIT failed") {
            lock(&self.errors).push(format!("{}: {}", line.function, line.text));
        }
    }

    fn report(&self, report: &Report) {
        lock(&self.took).entry(report.function.clone()).or_default().extend(report.init);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().ok_or("usage: init STARTS \"NAME=PROGRAM ARGUMENTS\"…")?.parse()?;
    let functions = arguments.map(|text| function(&text)).collect::<Result<Vec<_>, _>>()?;
    let starts = Arc::new(Starts::default());
    for _ in 0..count {
        for function in &functions {
            start(function, starts.clone()).await;
            if let Some(error) = lock(&starts.errors).pop() {
                return Err(error.into());
            }
        }
    }
    let mut took = lock(&starts.took);
    let inits = |name: &String| (name.clone(), took.remove(name).unwrap_or_default());
    let measured = functions.iter().map(|function| &function.name).map(inits).collect();
    table::lines(measured).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Starts one process of the function and records the duration of its init phase. A new host is created for each start,
/// because it has no warm process. The answer is ignored: the functions do not know this event and return an error.
async fn start(function: &Function, starts: Arc<Starts>) {
    let host = Host::new(vec![function.clone()], Limits::default(), Retries::default(), starts);
    let _ = host.invoke(&function.name, Bytes::from_static(b"{}")).await;
    host.close();
}

/// Locks a mutex and ignores poisoning.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn function(text: &str) -> Result<Function, String> {
    let (name, command) =
        text.split_once('=').ok_or_else(|| format!("{text:?} is not a function: write NAME=PROGRAM"))?;
    let mut words = command.split_whitespace();
    let program = words.next().ok_or_else(|| format!("{name:?} has no program: write NAME=PROGRAM"))?;
    let mut function = Function::new(name, program);
    function.arguments = words.map(Into::into).collect();
    function.task_root = Path::new(".").to_owned();
    let variables =
        std::env::vars().filter(|(key, _)| key.starts_with("TICKERTAPE_") || key.starts_with("AWS_"));
    function.environment = variables.collect();
    Ok(function)
}
