//! The AWS topology with the deployed functions: API Gateway and Lambda are emulated, DynamoDB Local is AWS's, the browser
//! is real. Everything that holds for `tickertape serve` must hold here.

mod aws_topology;
#[cfg(target_os = "linux")]
mod poster;
mod viewer;
