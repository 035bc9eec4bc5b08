//! Tests the AWS topology with the functions as they are deployed. API Gateway and Lambda are emulated, DynamoDB Local
//! is published by AWS, and the browser is real. The guarantees of `tickertape serve` must hold here as well.

mod aws_topology;
mod database;
#[cfg(target_os = "linux")]
mod poster;
mod viewer;
