//! The arguments of each command.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use shared::client::Rewind;
use shared::{Filter, Topic, TopicMeta, limits};

use super::{duration, size};
use tickertape_inputs::Format;

/// See [`super::Command::Serve`].
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Directory where topics and history are stored [default: a directory of this user]
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Serve the page from this directory instead of the built-in page
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Do not publish this machine's metrics
    #[arg(long)]
    pub no_host: bool,
    /// Further origins whose pages may connect.
    #[arg(
        long,
        value_name = "ORIGIN",
        value_parser = origin,
        help = "Accept requests from web pages of this origin, such as https://board.example; may be given several times"
    )]
    pub allow_origin: Vec<String>,
    /// Also accept requests whose Host header has this name, besides the address in --listen; may be given several times
    #[arg(long, value_name = "HOST", value_parser = host)]
    pub allow_host: Vec<String>,
    /// Trust the client address that this reverse proxy sends in X-Forwarded-For or Forwarded; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub trust_proxy: Vec<IpAddr>,
    /// Limits to enforce on connections and requests [default: machine; aws with --chaos or --functions lambda]
    #[arg(long, value_enum, value_name = "KIND")]
    pub limits: Option<LimitsArg>,
    /// Require tokens signed with the secret in FILE, or - for standard input; see `tickertape token`
    #[arg(long, value_name = "FILE")]
    pub auth_secret_file: Option<PathBuf>,
    /// Serve HTTPS with the certificates in this PEM file, which is read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Key of the certificate, a PEM file that only this user can read
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Log messages of this level and above to standard error
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    pub log: LogArg,
    /// Print the address as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Delete publications older than this, such as 30m or 7d [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = duration::read)]
    pub keep_age: Option<Duration>,
    /// Keep at most this many publications of each topic [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_count: Option<u64>,
    /// Maximum size of topics and history on the disk, such as 500MB or 2GB; the oldest publications are deleted first
    /// [default: a tenth of the disk, at most half of what is free]
    #[arg(long, value_name = "SIZE", value_parser = size::read)]
    pub keep_bytes: Option<u64>,
    /// Inject faults as described in this file, to test boards; see below
    #[arg(long, value_name = "FILE")]
    pub chaos: Option<PathBuf>,
    /// Options for running Lambda functions instead of the built-in ones.
    #[command(flatten, next_help_heading = "Lambda functions")]
    pub lambda: LambdaArgs,
}

/// The least level of messages that the server logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogArg {
    /// Errors of the server itself
    Error,
    /// Also problems that an operator should check
    #[default]
    Warn,
    /// Also connections and refused requests, with the name in the token
    Info,
    /// Also the reason why each HTTP connection was closed
    Debug,
}

/// Options for running Lambda functions instead of the built-in ones.
#[derive(Debug, Args)]
pub struct LambdaArgs {
    /// Functions that handle requests and WebSocket messages
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub functions: FunctionsArg,
    /// Directory of the functions: DIR/websocket/bootstrap, and the same for authorizer, ingest and broadcast
    #[arg(long, value_name = "DIR")]
    pub function_dir: Option<PathBuf>,
    /// Environment of the functions, as lines of NAME=VALUE
    #[arg(long, value_name = "FILE")]
    pub function_env: Option<PathBuf>,
}

/// The platform whose limits a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LimitsArg {
    /// Connections end after 30 days, and each client may use a part of what this machine can do (see PROTOCOL.md)
    Machine,
    /// The limits of API Gateway: connections end after two hours, and at most 500 are made in a second
    Aws,
}

/// The functions that process events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FunctionsArg {
    /// The built-in functions, with this program's store
    #[default]
    Embedded,
    /// Lambda functions in --function-dir, which store data in DynamoDB tables
    Lambda,
}

/// The options of every command that connects to a server.
#[derive(Debug, Clone, Args)]
pub struct ClientArgs {
    /// Address of the server.
    #[arg(
        long,
        value_name = "URL",
        env = "TICKERTAPE_URL",
        default_value = "ws://127.0.0.1:8080/ws",
        help = "Address of the server, such as https://board.example, or of its WebSocket"
    )]
    pub url: String,
    /// Token to send, if the server requires one
    #[arg(long, env = "TICKERTAPE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Also trust the CA certificates in this PEM file, such as those of a company
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

/// The metadata that tells boards how to show a topic.
#[derive(Debug, Clone, Default, Args)]
pub struct MetaArgs {
    /// Unit of the numbers, such as %, GiB or °C
    #[arg(long)]
    pub unit: Option<String>,
    /// Short description, shown on the panel
    #[arg(long)]
    pub label: Option<String>,
    /// Expected time between publications, such as 10s; the panel shows when one is late
    #[arg(long, value_name = "TIME", value_parser = duration::read)]
    pub every: Option<Duration>,
    /// Lower end of the axis
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub min: Option<f64>,
    /// Upper end of the axis
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub max: Option<f64>,
    /// States that are good, such as open,running; may be given several times
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub good: Vec<String>,
    /// States that are a warning
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub warning: Vec<String>,
    /// States that are bad
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub bad: Vec<String>,
    /// States that are neither good nor bad, although their words usually are, such as down for a lift
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub neutral: Vec<String>,
    /// Kind of panel [default: chosen from the data]
    #[arg(long, value_parser = ["line", "number", "state", "log", "table"])]
    pub panel: Option<String>,
}

/// Arguments of [`super::Command::Publish`].
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Topic to publish to, such as kitchen/temp
    pub topic: Topic,
    /// Data: JSON, text, KEY=VALUE pairs, or - to read JSON values from standard input and publish each
    #[arg(required = true, value_name = "DATA", allow_negative_numbers = true)]
    pub data: Vec<String>,
    /// Metadata of the topic.
    #[command(flatten)]
    pub meta: MetaArgs,
    /// Time of the event, in milliseconds since 1970-01-01 UTC [default: now]
    #[arg(long, value_name = "MS")]
    pub ts: Option<i64>,
    /// Print the publication's position (epoch and offset) as JSON
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::Pipe`].
#[derive(Debug, Args)]
pub struct PipeArgs {
    /// Topic to publish to, such as lab/vmstat
    pub topic: Topic,
    /// Format of the input
    #[arg(long, value_parser = format_or_auto(), default_value = "auto", hide_default_value = true)]
    pub format: FormatArg,
    /// Column that identifies the device; each device gets its own series [default: detected from column names]
    #[arg(long, value_name = "COLUMN")]
    pub key: Option<String>,
    /// Column that contains the time [default: detected from names and values]
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// Metadata of the topic.
    #[command(flatten)]
    pub meta: MetaArgs,
    /// Print the summary at the end as JSON
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Host`].
#[derive(Debug, Args)]
pub struct HostArgs {
    /// Prefix of the topics: with web1, the CPU is published to web1/cpu
    #[arg(long, value_name = "TOPIC", default_value = "host")]
    pub topic: Topic,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Watch`].
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Topics to watch: a topic, a prefix such as 'host/*', or '*' for all
    pub filter: Filter,
    /// Print earlier publications first: the last N of each topic, or those of the last TIME, such as 5m
    #[arg(long, value_name = "N|TIME", value_parser = rewind)]
    pub rewind: Option<Rewind>,
    /// Exit after this number of publications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Topics`].
#[derive(Debug, Args)]
pub struct TopicsArgs {
    /// Topics to list: a topic, a prefix such as 'host/*', or '*' for all [default: *]
    #[arg(default_value = "*", hide_default_value = true)]
    pub filter: Filter,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Forget`].
#[derive(Debug, Args)]
pub struct ForgetArgs {
    /// Topics to delete: a topic, a prefix such as 'host/*', or '*' for all
    pub filter: Filter,
    /// Delete several topics without confirmation
    #[arg(long)]
    pub yes: bool,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::History`].
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Topic whose history is printed
    pub topic: Topic,
    /// Print publications after the position EPOCH:OFFSET, or those of the last TIME, such as 5m
    #[arg(long, value_name = "POSITION|TIME", value_parser = since)]
    pub since: Option<Since>,
    /// Print at most this many publications [default: 100, or no limit with --since]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Token`].
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// File with the server's secret; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub auth_secret_file: PathBuf,
    /// Name of the token's holder; used for rate limits, and shown in the server's log
    #[arg(long, value_name = "NAME", default_value = "token")]
    pub sub: String,
    /// Allow subscribing to this filter, such as 'host/*'; may be given several times
    #[arg(long, value_name = "FILTER")]
    pub subscribe: Vec<Filter>,
    /// Allow publishing to this filter, such as 'web1/*'; may be given several times
    #[arg(long, value_name = "FILTER")]
    pub publish: Vec<Filter>,
    /// Allow deleting the topics of this filter; may be given several times
    #[arg(long, value_name = "FILTER")]
    pub forget: Vec<Filter>,
    /// Time until the token expires, such as 12h or 30d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration::read)]
    pub ttl: Duration,
    /// Issuer (iss), if the server was configured with one (TICKERTAPE_JWT_ISSUER on AWS)
    #[arg(long, value_name = "NAME")]
    pub issuer: Option<String>,
    /// Audience (aud), if the server was configured with one (TICKERTAPE_JWT_AUDIENCE on AWS)
    #[arg(long, value_name = "NAME")]
    pub audience: Option<String>,
}

/// Arguments of [`super::Command::Secret`].
#[derive(Debug, Args)]
pub struct SecretArgs {
    /// File to create; only this user can read it
    pub file: PathBuf,
    /// Replace the file if it exists; tokens that were signed with the former secret become invalid
    #[arg(long)]
    pub replace: bool,
}

/// Arguments of [`super::Command::Cost`].
#[derive(Debug, Args)]
pub struct CostArgs {
    /// Number of open pages, each watching every topic
    #[arg(long, value_name = "N")]
    pub viewers: u64,
    /// Publications per second, of all topics together
    #[arg(long, value_name = "HZ", value_parser = rate, allow_negative_numbers = true)]
    pub rate: f64,
    /// Size of the data of one publication as JSON, in bytes
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=limits::PUBLICATION_BYTES as u64))]
    pub bytes: u64,
    /// Hours of use per day
    #[arg(long, value_name = "N", default_value = "24", value_parser = hours)]
    pub hours: f64,
    /// Print every item of the estimate, with its price and the source of the price, as JSON
    #[arg(long)]
    pub json: bool,
}

/// The value of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatArg {
    /// Detect the format from the first lines.
    Auto,
    /// Use this format.
    Named(Format),
}

/// The value of `history --since`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// Publications after this position.
    Position(shared::Position),
    /// Publications received within this time.
    Ago(Duration),
}

impl MetaArgs {
    /// Returns the metadata to send with a publication, or `None` if no option was given.
    pub fn to_meta(&self) -> Option<TopicMeta> {
        let meta = TopicMeta {
            unit: self.unit.clone(),
            units: std::collections::BTreeMap::new(),
            states: self.states(),
            label: self.label.clone(),
            expect_every_ms: self.every.map(duration::ms),
            min: self.min,
            max: self.max,
            panel: self.panel.clone(),
        };
        (!meta.is_empty()).then_some(meta)
    }

    fn states(&self) -> std::collections::BTreeMap<String, String> {
        let given = [&self.good, &self.warning, &self.bad, &self.neutral];
        let meanings = shared::meta::MEANINGS.into_iter().zip(given);
        let named = |(meaning, states): (&str, &Vec<String>)| {
            let states = states.iter().map(|state| state.trim()).filter(|state| !state.is_empty());
            states.map(|state| (state.to_owned(), meaning.to_owned())).collect::<Vec<_>>()
        };
        meanings.flat_map(named).collect()
    }
}

fn format_or_auto() -> impl clap::builder::TypedValueParser<Value = FormatArg> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let auto = PossibleValue::new("auto")
        .help("Detected from the first lines, and again if later lines do not match");
    let named = Format::ALL.map(|format| {
        PossibleValue::new(format.name()).aliases(format.aliases().iter().copied()).help(format.about())
    });
    PossibleValuesParser::new(std::iter::once(auto).chain(named)).map(|name| {
        let is_named = |format: &Format| format.name() == name || format.aliases().contains(&name.as_str());
        Format::ALL.into_iter().find(is_named).map_or(FormatArg::Auto, FormatArg::Named)
    })
}

fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "expected a number".into())
}

fn rate(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|rate| *rate >= 0.0).ok_or_else(|| "expected a number from 0 up".into())
}

fn hours(text: &str) -> Result<f64, String> {
    finite(text)
        .ok()
        .filter(|hours| (0.0..=24.0).contains(hours))
        .ok_or_else(|| "expected a number from 0 to 24".into())
}

/// Checks that `text` is a host name or an address, with a port or without, as it stands in the header `Host`; or `*`.
fn host(text: &str) -> Result<String, String> {
    let is_host = !text.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "/@?#,".contains(c));
    if is_host { Ok(text.to_owned()) } else { Err("expected a host name, such as board.example".into()) }
}

/// Checks that `text` is `scheme://host[:port]` without a path, as browsers send an origin.
fn origin(text: &str) -> Result<String, String> {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match authority {
        Some(authority) if !authority.is_empty() && !authority.contains('/') => Ok(text.to_owned()),
        _ => Err("expected scheme://host or scheme://host:port, such as https://board.example".into()),
    }
}

fn rewind(text: &str) -> Result<Rewind, String> {
    if let Ok(count) = text.parse() {
        return Ok(Rewind::Count(count));
    }
    let span =
        duration::read(text).map_err(|_| "expected a number such as 100, or a time such as 5m".to_owned())?;
    Ok(Rewind::Ms(duration::ms(span)))
}

fn since(text: &str) -> Result<Since, String> {
    if text.contains(':') {
        return text
            .parse()
            .map(Since::Position)
            .map_err(|error: shared::position::PositionError| error.to_string());
    }
    duration::read(text)
        .map(Since::Ago)
        .map_err(|_| "expected a position such as 9f86d081884c:17, or a time such as 5m".into())
}
