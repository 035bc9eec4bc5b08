//! Choices about how an app runs.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use apigw_websocket::ChaosFile;

/// Choices about how an app runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Address at which clients connect to the WebSocket APIs.
    pub listen: SocketAddr,
    /// Directory for what is kept between two runs: the authority of certificates, and packages of the runtimes.
    pub data_dir: PathBuf,
    /// True to keep the items of tables in `data_dir`. Otherwise tables begin empty in each run.
    pub keeps_tables: bool,
    /// Environment variables of functions. They take precedence over those of the description.
    pub environment: FunctionEnvironment,
    /// AWS account id of twelve digits, as in the references of the description.
    pub account: String,
    /// Credentials that functions get.
    pub credentials: Credentials,
    /// True to refuse web pages of other origins, also those of servers on this machine. AWS checks no origin.
    pub checks_origin: bool,
    /// Origins of pages that may connect, besides those of this machine, such as `http://192.168.1.5:3000`. `*` allows all.
    pub allowed_origins: Vec<String>,
    /// True to start Node.js and Python functions under their debuggers, one process each and without time-outs.
    pub inspect: bool,
    /// Faults to inject, and the factor by which time limits are shorter. The file may change while the app runs.
    pub chaos: Option<ChaosFile>,
    /// Folders or archives with the code of functions, instead of the code that the description names, such as programs that were
    /// built for this machine. The keys are names of functions, or their names in the description.
    pub code: BTreeMap<String, PathBuf>,
    /// Folders with the objects of buckets, which distributions serve. The keys are names of buckets in the description.
    pub buckets: BTreeMap<String, PathBuf>,
    /// True to start a process of each function when the app is ready, so that the first connection waits for none. Otherwise they are
    /// started by the first invocations, as on Lambda.
    pub starts_ahead: bool,
    /// Interval at which the files of functions are looked at for changes.
    pub reload_every: Duration,
}

impl Settings {
    /// Creates settings without special choices. `data_dir` is the directory for what is kept between two runs.
    pub fn new(listen: SocketAddr, data_dir: PathBuf) -> Self {
        Self {
            listen,
            data_dir,
            keeps_tables: false,
            environment: FunctionEnvironment::default(),
            account: "123456789012".to_owned(),
            credentials: Credentials::Invented,
            checks_origin: false,
            allowed_origins: Vec::new(),
            inspect: false,
            chaos: None,
            code: BTreeMap::new(),
            buckets: BTreeMap::new(),
            starts_ahead: true,
            reload_every: Duration::from_millis(500),
        }
    }
}

/// Environment variables from outside of the description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionEnvironment {
    /// Variables of all functions.
    pub all: BTreeMap<String, String>,
    /// Variables of single functions, by the function's name or its name in the description.
    pub single: BTreeMap<String, BTreeMap<String, String>>,
}

/// Credentials that functions get.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Invented ones. Each request to AWS is answered by the emulator.
    #[default]
    Invented,
    /// Those of a person. Requests go to AWS, except those to the app's own APIs, and to each of Lambda, DynamoDB and SQS if the app
    /// has a function, a table or a queue.
    Real {
        /// Access key id.
        access_key_id: String,
        /// Secret access key.
        secret_access_key: String,
        /// Session token, if the credentials are temporary.
        session_token: Option<String>,
    },
}

/// Does not print the secret.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Invented => "Invented",
            Self::Real { .. } => "Real",
        })
    }
}
