//! The settings of the Lambda functions. Each function reads its environment variables once, when it starts, and
//! reports all invalid ones together.
//!
//! [`VARIABLES`] lists all variables. A test compares that list with the SAM template.

mod read;
mod tokens;
mod variables;

use std::num::NonZeroUsize;

use backend_aws::{LogTables, ManagementEndpoint, Retention};
use backend_core::ROTATE_IN_MS;

use read::Reader;
pub use read::{ConfigError, Fault};
pub use tokens::{TokenSource, Tokens};
pub use variables::{Function, VARIABLES, Variable};

/// Settings of the function `websocket`.
#[derive(Debug, Clone, PartialEq)]
pub struct WebsocketConfig {
    /// Name of the connections table.
    pub connections_table: String,
    /// Names of the tables of the topics' logs, and the retention of publications.
    pub log: LogConfig,
    /// Address of API Gateway's management API, to which messages for clients are posted.
    pub management: ManagementEndpoint,
    /// Time after a subscription at which a client is told to replace its connection, in milliseconds. API Gateway
    /// closes every connection after 2 hours.
    pub rotate_in_ms: u64,
    /// Minimum time between two broadcasts of publications, in milliseconds.
    pub frame_every_ms: u64,
    /// Location of the keys that tokens are checked with, and the claims that a token must have.
    pub tokens: Tokens,
}

/// Settings of the function `authorizer`.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorizerConfig {
    /// Location of the keys that tokens are checked with, and the claims that a token must have.
    pub tokens: Tokens,
}

/// Settings of the function `ingest`.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestConfig {
    /// Names of the tables of the topics' logs, and the retention of publications.
    pub log: LogConfig,
    /// Location of the keys that tokens are checked with, and the claims that a token must have.
    pub tokens: Tokens,
}

/// Settings of the function `broadcast`.
#[derive(Debug, Clone, PartialEq)]
pub struct BroadcastConfig {
    /// Name of the connections table.
    pub connections_table: String,
    /// Names of the tables of the topics' logs, and the retention of publications.
    pub log: LogConfig,
    /// Address of API Gateway's management API, to which publications are posted.
    pub management: ManagementEndpoint,
    /// Maximum number of connections that one invocation posts to. Further invocations post to the others.
    pub shard_size: NonZeroUsize,
    /// Name of this Lambda function, which it needs to invoke itself for further subscribers.
    pub function_name: String,
}

/// Names of the tables of the topics' logs, and the retention of publications.
#[derive(Debug, Clone, PartialEq)]
pub struct LogConfig {
    /// Names of the tables that contain the topics' logs.
    pub tables: LogTables,
    /// Maximum age and number of the publications that are kept of each topic.
    pub retention: Retention,
}

/// Default of the maximum number of connections that one invocation of `broadcast` posts to. An invocation makes some
/// thousand posts per second, so that it needs less than one second for this number.
const SHARD_SIZE: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");

impl WebsocketConfig {
    /// Reads the settings of the function `websocket`. `env` returns the value of an environment variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every variable that is missing or invalid.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let connections_table = reader.required(&variables::CONNECTIONS_TABLE, read::table);
        let log = log(&mut reader);
        let management = reader.required(&variables::MANAGEMENT_ENDPOINT, read::parsed);
        let rotate_in_ms = reader.optional(&variables::ROTATE_IN_MS, read::positive);
        let frame_every_ms = reader.optional(&variables::FRAME_EVERY_MS, read::frame_every_ms);
        let tokens = tokens::read(&mut reader);
        reader.finish(|| {
            Some(Self {
                connections_table: connections_table?,
                log: log?,
                management: management?,
                rotate_in_ms: rotate_in_ms.map_or(ROTATE_IN_MS, i64::unsigned_abs),
                frame_every_ms: frame_every_ms.unwrap_or(0),
                tokens: tokens?,
            })
        })
    }
}

impl AuthorizerConfig {
    /// Reads the settings of the function `authorizer`. `env` returns the value of an environment variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every variable that is missing or invalid.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let tokens = tokens::read(&mut reader);
        reader.finish(|| Some(Self { tokens: tokens? }))
    }
}

impl IngestConfig {
    /// Reads the settings of the function `ingest`. `env` returns the value of an environment variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every variable that is missing or invalid.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let log = log(&mut reader);
        let tokens = tokens::read(&mut reader);
        reader.finish(|| Some(Self { log: log?, tokens: tokens? }))
    }
}

impl BroadcastConfig {
    /// Reads the settings of the function `broadcast`. `env` returns the value of an environment variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every variable that is missing or invalid.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let connections_table = reader.required(&variables::CONNECTIONS_TABLE, read::table);
        let log = log(&mut reader);
        let management = reader.required(&variables::MANAGEMENT_ENDPOINT, read::parsed);
        let shard_size = reader.optional(&variables::SHARD_SIZE, read::parsed).unwrap_or(SHARD_SIZE);
        let function_name = reader.required(&variables::FUNCTION_NAME, read::parsed);
        reader.finish(|| {
            Some(Self {
                connections_table: connections_table?,
                log: log?,
                management: management?,
                shard_size,
                function_name: function_name?,
            })
        })
    }
}

fn log<E: Fn(&str) -> Option<String>>(reader: &mut Reader<E>) -> Option<LogConfig> {
    let topics = reader.required(&variables::TOPICS_TABLE, read::table);
    let history = reader.required(&variables::HISTORY_TABLE, read::table);
    let kept = Retention::default();
    let max_age_ms = reader.optional(&variables::KEEP_AGE_MS, read::positive).unwrap_or(kept.max_age_ms);
    let tables = LogTables { topics: topics?, history: history? };
    Some(LogConfig { tables, retention: Retention { max_age_ms, ..kept } })
}

#[cfg(test)]
mod tests;
