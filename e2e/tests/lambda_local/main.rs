//! The AWS topology with the functions that are deployed: API Gateway and Lambda are ours, DynamoDB is AWS's own, the
//! browser is a real one. What holds for `tickertape serve` has to hold here.
//!
//! The tests have a module, by whose name `cargo xtask test` leaves them out where only a browser is set up.

mod aws_topology;
#[cfg(target_os = "linux")]
mod poster;
mod viewer;
