//! The settings of a server.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use backend_core::Access;
use backend_store::Retention;

use crate::limits::LimitsOf;
use crate::notify::Notify;
use crate::secret_file::SecretFile;

/// The settings of a server with the embedded store.
#[derive(Debug)]
pub struct Config {
    /// The directory in which topics and history are stored.
    pub data_dir: PathBuf,
    /// Maximum age and number of the publications that are kept of each topic.
    pub retention: Retention,
    /// Maximum number of bytes that topics and history may take on the disk. With `None`, the maximum is computed from
    /// the size of the disk and its free space.
    pub keep_bytes: Option<u64>,
    /// The clients that may connect: everybody, or holders of tokens.
    pub access: Access,
    /// The file with the secret that signs tokens. It is set if [`Config::access`] verifies tokens with this secret.
    /// When the file changes, every client is told to sign in again, and tokens that were signed with the former secret
    /// are not accepted any more.
    pub secret_file: Option<SecretFile>,
    /// Minimum time between two broadcasts of publications. The publications in between are collected and sent together. Zero sends
    /// them at once. Clients are told the time, so that they do not call data late that is still being collected.
    pub frame_every: Duration,
    /// True to publish the metrics of this machine (CPU, memory and others) to topics below `host`.
    pub publish_host: bool,
    /// The directory with boards in files `NAME.json`, which clients can read and not change. It is read again when it changes.
    /// `None` if all boards are those that clients have saved.
    pub boards_dir: Option<PathBuf>,
    /// The web page, and the origins, host names and limits that apply to clients.
    pub page: PageConfig,
}

/// The settings of what clients reach: the web page, the clients that are accepted, the limits, and the faults to inject.
#[derive(Debug, Clone)]
pub struct PageConfig {
    /// The directory that contains the page. `None` means the page that is built into the program.
    pub site: Option<PathBuf>,
    /// Host names in the `Host` header that are accepted, besides the address that the server is bound to and the
    /// loopback addresses.
    pub allowed_hosts: Vec<String>,
    /// Origins of other web pages that may connect, such as `https://board.example`.
    pub allowed_origins: Vec<String>,
    /// Origins of other web pages that may embed the page in a frame, such as `https://wiki.example`.
    pub embedders: Vec<String>,
    /// Addresses of reverse proxies. The address of a client is read from the `Forwarded` or `X-Forwarded-For` header
    /// of these proxies.
    pub trusted_proxies: Vec<IpAddr>,
    /// The set of limits that the server enforces: those of this machine or those of AWS.
    pub limits: LimitsOf,
    /// A JSON file that describes faults to inject. It is read again whenever it changes.
    pub chaos: Option<PathBuf>,
    /// Receives messages for the operator while the server runs.
    pub notify: Notify,
}
