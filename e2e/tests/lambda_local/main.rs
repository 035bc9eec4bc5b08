//! Tests the AWS topology with the deployed functions. API Gateway and Lambda are emulated, DynamoDB Local is that of AWS, and
//! the browser is real. The guarantees of `tickertape serve` must hold for the topology as well.

mod aws_topology;
#[cfg(target_os = "linux")]
mod poster;
mod viewer;
