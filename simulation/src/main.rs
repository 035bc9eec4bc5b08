//! Runs simulations of clients and server (schedules) from the command line.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use simulation::plan::Plan;
use simulation::run;

/// Simulates clients and a server on a simulated clock, in random sequences of events (schedules), to find errors
#[derive(Debug, Parser)]
struct Arguments {
    /// Number of schedules to run
    #[arg(long, default_value_t = 10_000)]
    schedules: u64,
    /// Seed of the first schedule; each further one has the next higher seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run only the schedule of this seed
    #[arg(long)]
    seed: Option<u64>,
    /// Print every event of the schedule
    #[arg(long, requires = "seed")]
    trace: bool,
    /// If the schedule fails, shorten it to the acts that are needed for the failure
    #[arg(long, requires = "seed")]
    shrink: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.seed {
        Some(seed) => one(seed, arguments.trace, arguments.shrink),
        None => many(arguments.from, arguments.schedules),
    }
}

fn one(seed: u64, is_traced: bool, shrinks: bool) -> ExitCode {
    let mut plan = Plan::draw(seed);
    if shrinks && run::run(&plan, false).is_err() {
        plan = run::shrink(plan);
    }
    match run::run(&plan, is_traced) {
        Ok(coverage) => {
            println!("{coverage}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("seed {seed}: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn many(from: u64, schedules: u64) -> ExitCode {
    let began = Instant::now();
    match run::run_all(from..from + schedules) {
        Ok(coverage) => {
            println!("{coverage}");
            let per_second = schedules as f64 / began.elapsed().as_secs_f64();
            println!("{per_second:>12.0} schedules a second");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
