//! The AWS configuration from which all clients of AWS services are created.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{
    Builder, Credentials, SharedCredentialsProvider, StalledStreamProtectionConfig,
};

use crate::boards::DynamoBoards;
use crate::connections::DynamoConnections;
use crate::connector;
use crate::functions::Functions;
use crate::local;
use crate::log::{DynamoLog, LogTables, Retention};
use crate::management::{ApiGatewayManagement, ManagementEndpoint};

/// Time limit of one attempt of a request to AWS. A healthy table answers within milliseconds, so an attempt that takes
/// longer is aborted and made again.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Time limit of a request to AWS with all its attempts. It is shorter than the 29 seconds after which API Gateway
/// stops waiting for a function.
const OPERATION: Duration = Duration::from_secs(15);
/// Time limit of a request to DynamoDB Local, which may have a thousand requests waiting for one item on a small and busy machine.
const LOCAL_OPERATION: Duration = Duration::from_secs(300);
/// The environment variables in which every Lambda function has its credentials.
const CREDENTIALS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// A loaded AWS configuration: region, credentials and endpoints. Cloning is cheap, and all clones share their
/// connections to AWS. Clients and connections are created when they are needed, because each takes some time and no function
/// needs all of them when it starts.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    dynamodb: Arc<OnceLock<Client>>,
}

impl Aws {
    /// Loads the configuration from the environment variables that every AWS SDK reads: `AWS_REGION`, the credentials,
    /// `AWS_ENDPOINT_URL_DYNAMODB` and others.
    pub async fn load() -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION);
        let mut loader =
            aws_config::defaults(BehaviorVersion::latest()).http_client(connector::http_client());
        if CREDENTIALS.iter().all(|name| std::env::var_os(name).is_some()) {
            // The first provider of the SDK's chain. To create the others takes longer than the rest of this function.
            loader = loader.credentials_provider(EnvironmentVariableCredentialsProvider::new());
        }
        let config = loader.timeout_config(timeouts.build()).load().await;
        Self { config, dynamodb: Arc::default() }
    }

    /// Returns a configuration that sends every request to one address on this machine, with invented credentials. It
    /// is for DynamoDB Local and for tests.
    pub fn local(endpoint_url: &str) -> Self {
        let credentials = Credentials::new("local", "local", None, None, "local");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(connector::http_client())
            .timeout_config(TimeoutConfig::builder().operation_timeout(LOCAL_OPERATION).build())
            .retry_config(RetryConfig::standard())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .endpoint_url(endpoint_url)
            .build();
        let dynamodb = Builder::from(&config).http_client(local::http_client()).build();
        Self { config, dynamodb: Arc::new(OnceLock::from(Client::from_conf(dynamodb))) }
    }

    /// Returns an implementation of the trait `Connections` that stores connections and subscriptions in this DynamoDB
    /// table.
    pub fn connections(&self, table: &str) -> DynamoConnections {
        DynamoConnections::new(self.dynamodb().clone(), table)
    }

    /// Returns an implementation of the trait `Boards` that stores board documents in this DynamoDB table, the one of topics.
    pub fn boards(&self, topics: &str) -> DynamoBoards {
        DynamoBoards::new(self.dynamodb().clone(), topics)
    }

    /// Returns an implementation of the trait `TopicLog` that stores the topics' logs in these DynamoDB tables.
    pub fn log(&self, tables: LogTables, retention: Retention) -> DynamoLog {
        DynamoLog::new(self.dynamodb().clone(), tables, retention)
    }

    /// Returns an implementation of the trait `Management` that posts messages to the connections of the API Gateway
    /// stage at `endpoint`.
    pub fn management(&self, endpoint: &ManagementEndpoint) -> ApiGatewayManagement {
        ApiGatewayManagement::new(&self.config, endpoint)
    }

    /// Returns a client that invokes Lambda functions.
    pub fn functions(&self) -> Functions {
        Functions::new(&self.config)
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn dynamodb(&self) -> &Client {
        self.dynamodb.get_or_init(|| Client::new(&self.config))
    }
}
