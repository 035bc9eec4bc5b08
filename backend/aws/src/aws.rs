//! The AWS configuration from which all clients of AWS services are created.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{
    Builder, Credentials, SharedCredentialsProvider, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector, http_client_fn};

use crate::boards::DynamoBoards;
use crate::connections::DynamoConnections;
use crate::functions::Functions;
use crate::local;
use crate::log::{DynamoLog, LogTables, Retention};
use crate::management::{ApiGatewayManagement, ManagementEndpoint};

/// Time limit of opening a connection to AWS.
const CONNECT: Duration = Duration::from_millis(3_100);
/// Time limit of one attempt of a request to AWS. A healthy table answers within milliseconds, so an attempt that takes
/// longer is aborted and made again.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Time limit of a request to AWS with all its attempts. It is shorter than the 29 seconds after which API Gateway
/// stops waiting for a function.
const OPERATION: Duration = Duration::from_secs(15);
/// Time limit of a request to DynamoDB Local, which may have a thousand requests waiting on a small machine.
const LOCAL_OPERATION: Duration = Duration::from_secs(60);

/// A loaded AWS configuration: region, credentials and endpoints. Cloning is cheap, and all clones share their
/// connections to AWS.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    /// The HTTP connections of all clients.
    connector: SharedHttpConnector,
    dynamodb: Client,
}

impl Aws {
    /// Loads the configuration from the environment variables that every AWS SDK reads: `AWS_REGION`, the credentials,
    /// `AWS_ENDPOINT_URL_DYNAMODB` and others.
    pub async fn load() -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION);
        let connector = connector();
        let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client(&connector));
        let config = loader.timeout_config(timeouts.build()).load().await;
        Self { dynamodb: Client::new(&config), connector, config }
    }

    /// Returns a configuration that sends every request to one address on this machine, with invented credentials. It
    /// is for DynamoDB Local and for tests.
    pub fn local(endpoint_url: &str) -> Self {
        let connector = connector();
        let credentials = Credentials::new("local", "local", None, None, "local");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client(&connector))
            .timeout_config(TimeoutConfig::builder().operation_timeout(LOCAL_OPERATION).build())
            .retry_config(RetryConfig::standard())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .endpoint_url(endpoint_url)
            .build();
        let dynamodb = Builder::from(&config).http_client(local::http_client()).build();
        Self { config, connector, dynamodb: Client::from_conf(dynamodb) }
    }

    /// Returns an implementation of the trait `Connections` that stores connections and subscriptions in this DynamoDB
    /// table.
    pub fn connections(&self, table: &str) -> DynamoConnections {
        DynamoConnections::new(self.dynamodb.clone(), table)
    }

    /// Returns an implementation of the trait `Boards` that stores board documents in this DynamoDB table, the one of topics.
    pub fn boards(&self, topics: &str) -> DynamoBoards {
        DynamoBoards::new(self.dynamodb.clone(), topics)
    }

    /// Returns an implementation of the trait `TopicLog` that stores the topics' logs in these DynamoDB tables.
    pub fn log(&self, tables: LogTables, retention: Retention) -> DynamoLog {
        DynamoLog::new(self.dynamodb.clone(), tables, retention)
    }

    /// Returns an implementation of the trait `Management` that posts messages to the connections of the API Gateway
    /// stage at `endpoint`.
    pub fn management(&self, endpoint: &ManagementEndpoint) -> ApiGatewayManagement {
        ApiGatewayManagement::new(&self.config, self.connector.clone(), endpoint)
    }

    /// Returns a client that invokes Lambda functions.
    pub fn functions(&self) -> Functions {
        Functions::new(&self.config)
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn dynamodb(&self) -> &Client {
        &self.dynamodb
    }
}

/// Returns an HTTP client that makes all requests with one connector, so that the trusted certificates are read once and all
/// clients share their connections.
fn http_client(connector: &SharedHttpConnector) -> SharedHttpClient {
    let connector = connector.clone();
    http_client_fn(move |_settings, _components| connector.clone())
}

/// Returns the connector of all clients. For TLS it uses the crate `ring`, which needs no C compiler when the functions
/// are cross-compiled. Requests to an `http://` address are sent without TLS.
fn connector() -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
    let tls = Provider::Rustls(CryptoMode::Ring);
    SharedHttpConnector::new(Connector::builder().connector_settings(settings).tls_provider(tls).build())
}
