//! How long functions take to start: from a process's start to its first request for an event, as Lambda counts an init
//! phase. Each start is a new process, and the functions take turns, so that all meet the same machine.
//!
//! `cargo run --release -p lambda-host --example init -- STARTS "NAME=PROGRAM ARGUMENTS"…`, with what the functions
//! read (`TICKERTAPE_…`, `AWS_…`) in the environment. The first is what the others are compared with; one that is called
//! `node-NAME` is compared with NAME. `cargo xtask bench -- init` builds and starts everything that it takes.

mod table;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lambda_host::{Function, Host, Limits, Log, Report, Retries};

/// What starts came to.
#[derive(Default)]
struct Starts {
    /// How long each took, by function.
    took: Mutex<BTreeMap<String, Vec<Duration>>>,
    /// Why some did not succeed at once.
    faults: Mutex<Vec<String>>,
}

impl Log for Starts {
    fn line(&self, function: &str, line: &str) {
        if line.starts_with("INIT failed") {
            lock(&self.faults).push(format!("{function}: {line}"));
        }
    }

    fn report(&self, report: &Report) {
        lock(&self.took).entry(report.function.clone()).or_default().extend(report.init);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().ok_or("how many starts?")?.parse()?;
    let functions = arguments.map(|text| function(&text)).collect::<Result<Vec<_>, _>>()?;
    let starts = Arc::new(Starts::default());
    for _ in 0..count {
        for function in &functions {
            start(function, starts.clone()).await;
            if let Some(fault) = lock(&starts.faults).pop() {
                return Err(fault.into());
            }
        }
    }
    let mut took = lock(&starts.took);
    let inits = |name: &String| (name.clone(), took.remove(name).unwrap_or_default());
    let measured = functions.iter().map(|function| &function.name).map(inits).collect();
    table::lines(measured).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// A host of its own has no warm process. The event is none of anybody's, so the answer is an error and no matter.
async fn start(function: &Function, starts: Arc<Starts>) {
    let host = Host::new(vec![function.clone()], Limits::default(), Retries::default(), starts);
    let _ = host.invoke(&function.name, Bytes::from_static(b"{}")).await;
    host.close();
}

/// What a panic leaves is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn function(text: &str) -> Result<Function, String> {
    let (name, command) = text.split_once('=').ok_or_else(|| format!("{text}: NAME=PROGRAM is expected"))?;
    let mut words = command.split_whitespace();
    let program = words.next().ok_or_else(|| format!("{name} has no program"))?;
    let mut function = Function::new(name, program);
    function.arguments = words.map(Into::into).collect();
    function.task_root = Path::new(".").to_owned();
    let told = std::env::vars().filter(|(key, _)| key.starts_with("TICKERTAPE_") || key.starts_with("AWS_"));
    function.environment = told.collect();
    Ok(function)
}
