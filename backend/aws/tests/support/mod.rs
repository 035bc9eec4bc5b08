//! What the tests of the tables share.

mod dynamodb_local;
mod streamed;

pub use dynamodb_local::DynamoDbLocal;
pub use streamed::StreamedLog;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};

/// DynamoDB without the adapters, to see and to spoil what they wrote.
pub fn raw(endpoint_url: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint_url);
    Client::from_conf(config.build())
}
