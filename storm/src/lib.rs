//! A load test for a Tickertape server over real sockets: one publisher and many viewers, which check that every viewer
//! sees exactly what was published, or is told exactly what is missing. Used by tests of the program
//! (`cli/tests/storm`) and of the AWS topology (`e2e/tests/lambda_local`).
//!
//! # Layout
//!
//! * [`Load`] runs the publisher and the viewers of a [`Plan`]; [`Report`] is its result.
//! * [`Progress`] holds the counters that all tasks share, for instance the acknowledged offsets.
//! * [`Ledger`] checks the deliveries to one viewer and records violations.
//! * [`faults`] writes the settings of `serve --chaos`, and [`Seed`] makes a run repeatable.
//!
//! # Example
//!
//! ```no_run
//! # async fn example() {
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use storm::{Load, Plan, Progress, Seed};
//!
//! let progress = Arc::new(Progress::new(&["storm/1"], 10, 100_000));
//! let (period, arrival) = (Duration::from_millis(20), Duration::from_secs(1));
//! let plan = Plan { seed: Seed::from_env_or_random(), topics: &["storm/1"], period, arrival };
//! let load = Load::start("ws://127.0.0.1:8080/ws", progress, &plan).await;
//! let report = load.finish().await;
//! assert!(report.violations.is_empty(), "{report}");
//! # }
//! ```

#![warn(missing_docs)]
#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

pub use ledger::Ledger;
pub use load::Load;
pub use plan::Plan;
pub use progress::Progress;
pub use report::Report;
pub use seed::Seed;

pub mod faults;
mod ledger;
mod load;
mod plan;
mod progress;
mod publisher;
mod report;
mod seed;
mod viewer;
