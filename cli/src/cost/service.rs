//! The AWS services that send a bill.

use serde::Serialize;

/// An AWS service, or data transfer, with a part of its own on the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Service {
    /// Bills messages and connections.
    #[serde(rename = "API Gateway")]
    ApiGateway,
    /// Bills invocations and running time of functions.
    Lambda,
    /// Bills reads, writes and storage of heads, history and connections.
    #[serde(rename = "DynamoDB")]
    DynamoDb,
    /// Bills logs and metrics.
    CloudWatch,
    /// Data that is transferred from AWS to the internet.
    #[serde(rename = "data out")]
    DataOut,
}

impl Service {
    /// All services, in the order in which they are on the bill.
    pub const ALL: [Self; 5] =
        [Self::ApiGateway, Self::Lambda, Self::DynamoDb, Self::CloudWatch, Self::DataOut];

    /// Returns the name of the service on the bill.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiGateway => "API Gateway",
            Self::Lambda => "Lambda",
            Self::DynamoDb => "DynamoDB",
            Self::CloudWatch => "CloudWatch",
            Self::DataOut => "data out",
        }
    }
}
