//! The AWS services that appear on the bill.

use serde::Serialize;

/// A service of AWS, or data transfer, which has its own part of the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Service {
    /// API Gateway, which bills messages and connections.
    #[serde(rename = "API Gateway")]
    ApiGateway,
    /// Lambda, which bills the invocations and the running time of functions.
    Lambda,
    /// DynamoDB, which bills reads, writes and storage of topics, history and connections.
    #[serde(rename = "DynamoDB")]
    DynamoDb,
    /// CloudWatch, which bills logs and metrics.
    CloudWatch,
    /// Data that is transferred from AWS to the internet.
    #[serde(rename = "data out")]
    DataOut,
}

impl Service {
    /// All services, in the order in which they appear on the bill.
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
