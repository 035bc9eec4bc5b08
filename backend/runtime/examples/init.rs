//! How long functions take to start: from a process's start to its first request for an event, as Lambda counts an init
//! phase. Each start is a new process, and the functions take turns, so that all meet the same machine.
//!
//! `cargo run --release -p backend-runtime --example init -- STARTS "NAME=PROGRAM ARGUMENTS"…`, with what the functions
//! read (`TICKERTAPE_…`, `AWS_…`) in the environment. Prints the least, the median and the most.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backend_runtime::{Function, Host, Limits, Log, Report, Retries};
use bytes::Bytes;

/// How long each start took, by function.
#[derive(Default)]
struct Starts(Mutex<BTreeMap<String, Vec<Duration>>>);

impl Log for Starts {
    fn line(&self, _function: &str, _line: &str) {}

    fn report(&self, report: &Report) {
        let mut starts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        starts.entry(report.function.clone()).or_default().extend(report.init);
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
        }
    }
    print(&starts);
    Ok(())
}

/// A host of its own has no warm process. The event is none of anybody's, so the answer is an error and no matter.
async fn start(function: &Function, starts: Arc<Starts>) {
    let host = Host::new(vec![function.clone()], Limits::default(), Retries::default(), starts);
    let _ = host.invoke(&function.name, Bytes::from_static(b"{}")).await;
    host.close();
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

fn print(starts: &Starts) {
    let mut starts = starts.0.lock().unwrap_or_else(PoisonError::into_inner);
    for (function, inits) in starts.iter_mut() {
        inits.sort();
        let ms = |at: usize| inits.get(at).map_or(f64::NAN, |init| init.as_secs_f64() * 1000.0);
        let (least, median, most) = (ms(0), ms(inits.len() / 2), ms(inits.len().saturating_sub(1)));
        println!("{function:12} {} starts: {least:.1} / {median:.1} / {most:.1} ms", inits.len());
    }
}
