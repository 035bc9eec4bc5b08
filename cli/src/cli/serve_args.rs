//! The arguments of `tickertape serve`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{duration, size};

/// Arguments of [`super::Command::Serve`].
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Directory for the stored topics and their history [default: ~/.local/share/tickertape; on macOS
    /// ~/Library/Application Support/tickertape; on Windows %LOCALAPPDATA%\tickertape]
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_DATA_DIR", hide_env_values = true)]
    pub data_dir: Option<PathBuf>,
    /// Directory with another version of the web page (index.html and its files), to serve instead of the built-in one
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Directory with boards in files NAME.json, such as a directory of a repository: everybody can open them, and nobody
    /// can change them in the browser; changed files are read again. See `tickertape check-board`
    #[arg(long, value_name = "DIR")]
    pub boards: Option<PathBuf>,
    /// Do not publish the metrics of this machine (CPU, memory, network and others)
    #[arg(long)]
    pub no_host: bool,
    /// Origins of other web pages that may connect to this server.
    #[arg(
        long,
        value_name = "ORIGIN",
        value_parser = origin,
        help = "Also accept requests from web pages of this origin, such as https://board.example; may be given several times"
    )]
    pub allow_origin: Vec<String>,
    /// Origins of other web pages that may embed the page of this server.
    #[arg(
        long,
        value_name = "ORIGIN",
        value_parser = embedder,
        help = "Let web pages of this origin, such as https://wiki.example, show the board or one of its panels in a frame; may be given several times"
    )]
    pub allow_embed: Vec<String>,
    /// Also accept requests whose Host header is this name, such as board.example. The address of --listen and local
    /// names such as localhost are always accepted; may be given several times
    #[arg(long, value_name = "HOST", value_parser = host)]
    pub allow_host: Vec<String>,
    /// IP address of a reverse proxy in front of this server: for requests that it passes on, the address of the client
    /// is taken from the header X-Forwarded-For or Forwarded; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub trust_proxy: Vec<IpAddr>,
    /// Set of limits for connections and requests [default: machine, but aws with --chaos]
    #[arg(long, value_enum, value_name = "KIND")]
    pub limits: Option<LimitsArg>,
    /// Require every client to send a token that was signed with the secret in this file. Use `-` to read the secret from
    /// standard input. See `tickertape secret` and `tickertape token`
    #[arg(long, value_name = "FILE")]
    pub auth_secret_file: Option<PathBuf>,
    /// Serve HTTPS with the certificates in this PEM file, which is read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// PEM file with the private key for --tls-cert; other users must not be able to read it (chmod 600)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Log messages of this level and above to standard error
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    pub log: LogArg,
    /// Print the address of the server as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Delete publications older than this, such as 30m or 7d [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = duration::read)]
    pub keep_age: Option<Duration>,
    /// Keep at most this many publications of each topic [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_count: Option<u64>,
    /// Maximum size of topics and history on the disk, such as 500MB or 2GB; when it is reached, the oldest publications
    /// are deleted [default: a tenth of the disk, but at most half of what is free or already used by the topics]
    #[arg(long, value_name = "SIZE", value_parser = size::store)]
    pub keep_bytes: Option<u64>,
    /// Minimum time between two frames with publications, such as 5s; at most 30s. Publications in between are collected and sent
    /// together, which is cheaper where many watch [default: 0, publications are sent at once]
    #[arg(long, value_name = "TIME", value_parser = duration::frame_every)]
    pub frame_every: Option<Duration>,
    /// Inject the faults that this JSON file describes, to test how clients react; its fields are explained below
    #[arg(long, value_name = "FILE")]
    pub chaos: Option<PathBuf>,
}

/// The lowest level of messages that the server logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogArg {
    /// Only errors of the server itself
    Error,
    /// Also problems that an operator should check
    #[default]
    Warn,
    /// Also connections and refused requests, each with the name in the client's token
    Info,
    /// Also the reason why each HTTP connection was closed
    Debug,
}

/// The set of limits that the server enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LimitsArg {
    /// For a server of your own: a connection is closed after 30 days, and each client gets only a share of the
    /// connections and of the requests per second. All limits are listed in PROTOCOL.md in the source code
    Machine,
    /// Limits of AWS API Gateway, to test clients before the server moves to AWS: a connection is closed after two
    /// hours, and at most 500 connections are accepted per second
    Aws,
}

/// Checks that `text` is a host name or an address, with or without a port, as in a `Host` header. The value `*` is
/// valid as well.
fn host(text: &str) -> Result<String, String> {
    let is_host = !text.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "/@?#,".contains(c));
    if is_host { Ok(text.to_owned()) } else { Err("expected a host name, such as board.example".into()) }
}

/// Checks that `text` is an origin without characters that have a meaning in a content security policy, which contains it.
fn embedder(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/.-[]_".contains(c);
    match origin(text) {
        Ok(text) if text.chars().all(is_plain) => Ok(text),
        _ => Err("expected scheme://host or scheme://host:port, such as https://wiki.example".into()),
    }
}

/// Checks that `text` has the form `scheme://host[:port]`, in which browsers send an origin.
fn origin(text: &str) -> Result<String, String> {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match authority {
        Some(authority) if !authority.is_empty() && !authority.contains('/') => Ok(text.to_owned()),
        _ => Err("expected scheme://host or scheme://host:port, such as https://board.example".into()),
    }
}
