//! The AWS services that send a bill.

use serde::Serialize;

/// An AWS service, or data transfer, which has a line of its own on the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Service {
    /// Messages and connections.
    #[serde(rename = "API Gateway")]
    ApiGateway,
    /// Functions.
    Lambda,
    /// Heads, history and connections.
    #[serde(rename = "DynamoDB")]
    DynamoDb,
    /// Logs and metrics.
    CloudWatch,
    /// Data transferred from AWS to the internet.
    #[serde(rename = "data out")]
    DataOut,
}

impl Service {
    /// All services, in the order of the bill.
    pub const ALL: [Self; 5] =
        [Self::ApiGateway, Self::Lambda, Self::DynamoDb, Self::CloudWatch, Self::DataOut];

    /// The name of the service on the bill.
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
