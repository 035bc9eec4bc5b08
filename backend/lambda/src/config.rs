//! Settings, from the environment: read once, when a function starts, and every fault told at once.
//!
//! [`VARIABLES`] is the one list; the template is compared with it by a test.

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

/// What `websocket` has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct WebsocketConfig {
    /// The table of connections.
    pub connections_table: String,
    /// Where the logs are.
    pub log: LogConfig,
    /// Where clients are answered.
    pub management: ManagementEndpoint,
    /// When clients are told to replace their connection, in milliseconds after they subscribe.
    pub rotate_in_ms: u64,
    /// Who may speak.
    pub tokens: Tokens,
}

/// What `authorizer` has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorizerConfig {
    /// Who may speak.
    pub tokens: Tokens,
}

/// What `ingest` has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestConfig {
    /// Where the logs are.
    pub log: LogConfig,
    /// Who may speak.
    pub tokens: Tokens,
}

/// What `broadcast` has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct BroadcastConfig {
    /// The table of connections.
    pub connections_table: String,
    /// Where the logs are.
    pub log: LogConfig,
    /// Where clients are posted to.
    pub management: ManagementEndpoint,
    /// To how many connections one invocation posts.
    pub shard_size: NonZeroUsize,
    /// Itself, for further invocations.
    pub function_name: String,
}

/// Tables of the logs, and how long they remember.
#[derive(Debug, Clone, PartialEq)]
pub struct LogConfig {
    /// The tables.
    pub tables: LogTables,
    /// What is kept.
    pub retention: Retention,
}

/// To how many connections one invocation posts unless told: some thousand posts go out in a second, so this is done in
/// a fraction of one.
const SHARD_SIZE: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");

impl WebsocketConfig {
    /// From an environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with everything that is missing or wrong.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let connections_table = reader.required(&variables::CONNECTIONS_TABLE, read::table);
        let log = log(&mut reader);
        let management = reader.required(&variables::MANAGEMENT_ENDPOINT, read::parsed);
        let rotate_in_ms = reader.optional(&variables::ROTATE_IN_MS, read::positive);
        let tokens = tokens::read(&mut reader);
        reader.finish(|| {
            Some(Self {
                connections_table: connections_table?,
                log: log?,
                management: management?,
                rotate_in_ms: rotate_in_ms.map_or(ROTATE_IN_MS, i64::unsigned_abs),
                tokens: tokens?,
            })
        })
    }
}

impl AuthorizerConfig {
    /// From an environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with everything that is missing or wrong.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let tokens = tokens::read(&mut reader);
        reader.finish(|| Some(Self { tokens: tokens? }))
    }
}

impl IngestConfig {
    /// From an environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with everything that is missing or wrong.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env);
        let log = log(&mut reader);
        let tokens = tokens::read(&mut reader);
        reader.finish(|| Some(Self { log: log?, tokens: tokens? }))
    }
}

impl BroadcastConfig {
    /// From an environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with everything that is missing or wrong.
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
