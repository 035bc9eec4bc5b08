//! The program `fuzz SECONDS [TARGET]`, which `cargo xtask fuzz` runs. A target is one parser. The program fuzzes each
//! target, or only the named one, with mutated inputs for this number of seconds.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fuzz::shrink::shrink;
use fuzz::{Failure, Fuzzer, Target, files, targets};

/// Time after which a parser that has not finished an input is considered to hang.
const TOO_LONG: Duration = Duration::from_secs(20);
const USAGE: &str = "usage: fuzz SECONDS [TARGET]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (seconds, targets) = match words.as_slice() {
        [seconds] => (seconds.parse(), targets::ALL.to_vec()),
        [seconds, name] => (seconds.parse(), targets::named(name).into_iter().collect()),
        _ => return usage(),
    };
    let Ok(seconds) = seconds else { return usage() };
    if targets.is_empty() {
        return usage();
    }
    // The message of a panic is not printed here: a failing input is reported after it was made smaller.
    std::panic::set_hook(Box::new(|_| {}));
    let failed =
        targets.into_iter().filter(|target| !fuzz_for(*target, Duration::from_secs(seconds))).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    let names: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
    eprintln!("{USAGE}\ntargets: {}", names.join(", "));
    ExitCode::from(2)
}

/// Fuzzes one target for this time and prints the result. Returns true if no input made the target fail.
fn fuzz_for(target: Target, time: Duration) -> bool {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    let mut fuzzer = Fuzzer::new(target, seed);
    let watched = watch(target);
    match search(&mut fuzzer, target, time, &watched) {
        Ok(()) => {
            println!(
                "{:15} {:9} inputs, {:5} ways, nothing found",
                target.name,
                fuzzer.runs(),
                fuzzer.signatures()
            );
            true
        }
        Err(failure) => {
            let smallest = shrink(target, failure.input);
            println!("{:15} FAILED: {}", target.name, failure.message);
            match files::keep(target, &smallest) {
                Ok(path) => println!("{:15} kept as {}", "", path.display()),
                Err(error) => println!("{:15} could not be kept ({error}): {smallest:?}", ""),
            }
            false
        }
    }
}

fn search(fuzzer: &mut Fuzzer, target: Target, time: Duration, watched: &Watched) -> Result<(), Failure> {
    for (_, input) in files::inputs(target).unwrap_or_default() {
        watched.begin(&input);
        fuzzer.seed(input)?;
    }
    let began = Instant::now();
    while began.elapsed() < time {
        let input = fuzzer.input();
        watched.begin(&input);
        fuzzer.step(input)?;
    }
    watched.end();
    Ok(())
}

/// An input that is being run, and the time at which its run began.
type RunningInput = (Instant, Vec<u8>);

/// The input that is being run now, or `None` between two runs. The fuzzer writes it, and the watching thread reads it.
#[derive(Clone, Default)]
struct Watched(Arc<Mutex<Option<RunningInput>>>);

impl Watched {
    fn begin(&self, input: &[u8]) {
        self.set(Some((Instant::now(), input.to_vec())));
    }

    fn end(&self) {
        self.set(None);
    }

    fn set(&self, running: Option<RunningInput>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = running;
    }

    fn too_long(&self) -> Option<Vec<u8>> {
        let running = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        running.as_ref().filter(|(since, _)| since.elapsed() > TOO_LONG).map(|(_, input)| input.clone())
    }
}

/// Starts a thread that stores the input and exits the process if a run takes longer than [`TOO_LONG`]. A run that does
/// not end cannot be interrupted in another way.
fn watch(target: Target) -> Watched {
    let watched = Watched::default();
    let seen = watched.clone();
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            if let Some(input) = seen.too_long() {
                println!("{:15} FAILED: an input takes more than {} s", target.name, TOO_LONG.as_secs());
                println!("{:15} kept as {:?}", "", files::keep(target, &input));
                std::process::exit(1);
            }
        }
    });
    watched
}
