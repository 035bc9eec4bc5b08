//! Tests random schedules of faults (lost connections, lost and repeated messages, lost logs and more) against a small
//! model of the server. Each subscriber must receive the log once and in order, except for the losses that are
//! announced to it.
//!
//! A schedule that fails prints its seed. The environment variables `SCHEDULES` and `SEED` choose other schedules.

mod server;
mod viewer;
mod world;

use world::World;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Number of random schedules in an ordinary run of the tests. It is smaller in WebAssembly, where only the arithmetic
/// may differ.
const SCHEDULES: u64 = if cfg!(target_arch = "wasm32") { 100 } else { 2_000 };

fn environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    world.disturb();
    world.calm_down();
    world.judge();
}

#[test]
fn whatever_happens_the_log_is_shown_once_and_in_order_or_its_gaps_are_named() {
    if let Some(seed) = environment("SEED") {
        return run(seed);
    }
    for seed in 0..environment("SCHEDULES").unwrap_or(SCHEDULES) {
        let guard = SeedPrinter(seed);
        run(seed);
        std::mem::forget(guard);
    }
}

/// Prints the seed of a schedule when it is dropped. A schedule that succeeds does not drop it, so the seed is only
/// printed after a panic.
struct SeedPrinter(u64);

impl Drop for SeedPrinter {
    fn drop(&mut self) {
        eprintln!("replay this schedule with SEED={}", self.0);
    }
}
