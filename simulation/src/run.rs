//! Runs schedules (simulated runs of clients and server), and shortens a schedule that fails.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::coverage::Coverage;
use crate::observer::Fault;
use crate::plan::{Act, Plan};
use crate::world::World;

/// A schedule (simulated run) in which a promise (guarantee to users) was broken.
#[derive(Debug, Clone)]
pub struct FailedSchedule {
    /// Seed of the schedule (simulated run), with which it can be repeated.
    pub seed: u64,
    /// Description of the promise that was broken.
    pub fault: Fault,
    /// Acts that remain after the schedule was shortened as far as it still fails, each with its delay in milliseconds.
    pub shortest: Vec<(u64, Act)>,
}

impl fmt::Display for FailedSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seed = self.seed;
        writeln!(f, "seed {seed}: {}", self.fault)?;
        writeln!(f, "replay: cargo run -p simulation -- --seed {seed} --trace")?;
        writeln!(f, "shortest, with its trace: cargo run -p simulation -- --seed {seed} --trace --shrink")?;
        let mut acts = self.shortest.iter();
        acts.try_for_each(|(pause_ms, act)| writeln!(f, "  after {pause_ms} ms: {act:?}"))
    }
}

/// Runs the schedules (simulated runs) of these seeds, up to the first one that fails. Returns the counts of all
/// events.
///
/// # Errors
///
/// The schedule that failed, shortened.
pub fn run_all(seeds: impl IntoIterator<Item = u64>) -> Result<Coverage, Box<FailedSchedule>> {
    let mut coverage = Coverage::default();
    for seed in seeds {
        let plan = Plan::draw(seed);
        match run(&plan, false) {
            Ok(one) => coverage += one,
            Err(fault) => {
                let shortest = shrink(plan).acts;
                return Err(Box::new(FailedSchedule { seed, fault, shortest }));
            }
        }
    }
    Ok(coverage)
}

/// Runs the schedule of one plan and returns the counts of its events. A panic counts as a failure. If `is_traced` is
/// true, every event is printed.
///
/// # Errors
///
/// A description of the first promise that was broken.
pub fn run(plan: &Plan, is_traced: bool) -> Result<Coverage, Fault> {
    let ran = catch_unwind(AssertUnwindSafe(|| World::new(plan, is_traced).run()));
    ran.unwrap_or_else(|_| Err("it panicked".into()))
}

/// Removes acts from the plan of a failing schedule for as long as it still fails: first halves, then quarters, down to
/// single acts.
pub fn shrink(mut plan: Plan) -> Plan {
    let mut size = plan.acts.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < plan.acts.len() {
            let shorter = without(&plan, at, size);
            if run(&shorter, false).is_err() {
                plan = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    plan
}

/// Returns the plan without `size` acts, beginning with the act at index `at`. The other acts happen at the same times
/// as before.
fn without(plan: &Plan, at: usize, size: usize) -> Plan {
    let mut shorter = plan.clone();
    let end = (at + size).min(plan.acts.len());
    let left_out_ms: u64 = shorter.acts.drain(at..end).map(|(pause_ms, _)| pause_ms).sum();
    if let Some((pause_ms, _)) = shorter.acts.get_mut(at) {
        *pause_ms += left_out_ms;
    }
    shorter
}
