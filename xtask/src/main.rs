//! What people and CI run: cargo xtask run, dev, test, check, bench.

fn main() {}
