//! Support for the tests over DynamoDB Local.

mod dynamodb_local;
mod streamed;

pub use dynamodb_local::DynamoDbLocal;
pub use streamed::StreamedLog;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// Returns a plain DynamoDB client, with which a test reads or changes the items that the adapters wrote.
pub fn raw(endpoint_url: &str) -> Client {
    Client::new(&config(endpoint_url))
}

fn config(endpoint_url: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint_url)
        .build()
}
