//! The settings of a server.

use std::net::IpAddr;
use std::path::PathBuf;

use backend_core::Access;
use backend_store::Retention;

use crate::limits::LimitsOf;
use crate::notify::Notify;
use crate::secret_file::SecretFile;

/// The settings of a server over the embedded store.
#[derive(Debug)]
pub struct Config {
    /// The directory in which topics and history are stored.
    pub data_dir: PathBuf,
    /// Limits of the history that is kept.
    pub retention: Retention,
    /// Maximum number of bytes that topics and history may take on the disk. `None` means that the maximum is a part of the disk.
    pub keep_bytes: Option<u64>,
    /// The clients that may connect: everybody, or holders of tokens.
    pub access: Access,
    /// The file of the secret, if [`Config::access`] has its verifier. When the file changes, every client is told to sign in
    /// again, and tokens that were signed with the former secret are not accepted any more.
    pub secret_file: Option<SecretFile>,
    /// True to publish this machine's metrics below the topic `host`.
    pub publish_host: bool,
    /// The page, and the origins and host names that are allowed.
    pub page: PageConfig,
}

/// The settings that concern the page, browsers and the front of the server.
#[derive(Debug, Clone)]
pub struct PageConfig {
    /// The directory that holds the page; `None` for the page that the program was built with.
    pub site: Option<PathBuf>,
    /// Host names under which the server answers, besides the address it is bound to and loopback.
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may connect, such as `https://board.example`.
    pub allowed_origins: Vec<String>,
    /// Addresses of reverse proxies that are trusted to name the client of a request.
    pub trusted_proxies: Vec<IpAddr>,
    /// The platform whose limits the server enforces.
    pub limits: LimitsOf,
    /// A JSON file of faults to inject, read again whenever it changes.
    pub chaos: Option<PathBuf>,
    /// Receives messages for the operator while the server runs.
    pub notify: Notify,
}
