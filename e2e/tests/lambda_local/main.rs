//! The AWS topology with the deployed functions: API Gateway and Lambda are emulated, DynamoDB Local is AWS's, the browser
//! is real. Everything that holds for `tickertape serve` must hold here.
//!
//! The tests are in a module of their own, by whose name `cargo xtask test` skips them where only a browser is set up.

mod aws_topology;
#[cfg(target_os = "linux")]
mod poster;
mod viewer;
