//! The arguments of each command.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use shared::client::Rewind;
use shared::{Filter, Topic, TopicMeta, limits};

use super::duration;
use crate::pipe::Format;

/// See [`super::Command::Serve`].
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where topics and history are kept [default: this user's data directory]
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Serve the page from this directory instead of the one built in
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Do not publish this machine's metrics
    #[arg(long)]
    pub no_host: bool,
    /// Origins whose pages may ask.
    #[arg(
        long,
        value_name = "ORIGIN",
        value_parser = origin,
        help = "Let pages of this origin in, such as https://board.example; may be given again"
    )]
    pub allow_origin: Vec<String>,
    /// Answer under this host name as well; may be given again
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Ask for tokens signed with the secret in this file, or piped in for -; `tickertape token` makes them
    #[arg(long, value_name = "FILE")]
    pub auth_secret_file: Option<PathBuf>,
    /// Print the address as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Forget publications older than this [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = duration::read)]
    pub keep_age: Option<Duration>,
    /// Keep at most so many publications of a topic [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_count: Option<u64>,
    /// Make things go wrong as this file says, to see what boards do then; see below
    #[arg(long, value_name = "FILE")]
    pub chaos: Option<PathBuf>,
    /// Who answers.
    #[command(flatten, next_help_heading = "As on AWS")]
    pub lambda: LambdaArgs,
}

/// Real functions instead of those built in.
#[derive(Debug, Args)]
pub struct LambdaArgs {
    /// Who answers events: this program itself, or real Lambda functions
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub functions: FunctionsArg,
    /// Where they are: DIR/websocket/bootstrap, and the same for authorizer, ingest and broadcast
    #[arg(long, value_name = "DIR")]
    pub function_dir: Option<PathBuf>,
    /// Their environment, as lines of NAME=VALUE
    #[arg(long, value_name = "FILE")]
    pub function_env: Option<PathBuf>,
}

/// Whose functions answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FunctionsArg {
    /// This program's own, over its own store.
    #[default]
    Embedded,
    /// Programs that speak Lambda's Runtime API, over tables of their own.
    Lambda,
}

/// What every client needs to know.
#[derive(Debug, Clone, Args)]
pub struct ClientArgs {
    /// Where the server is.
    #[arg(
        long,
        value_name = "URL",
        env = "TICKERTAPE_URL",
        default_value = "ws://127.0.0.1:8080/ws",
        help = "The board's address, such as https://board.example, or its server's WebSocket"
    )]
    pub url: String,
    /// The token to show, if the server asks for one
    #[arg(long, env = "TICKERTAPE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Trust the certificates in this file as well, such as a company's own; in PEM
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

/// How a topic wants to be shown.
#[derive(Debug, Clone, Default, Args)]
pub struct MetaArgs {
    /// The unit of its numbers, as printed: %, GiB, °C
    #[arg(long)]
    pub unit: Option<String>,
    /// A few words for people
    #[arg(long)]
    pub label: Option<String>,
    /// How often it will speak, such as 10s: later than that, the panel says so
    #[arg(long, value_name = "TIME", value_parser = duration::read)]
    pub every: Option<Duration>,
    /// The lowest value its axis shows
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub min: Option<f64>,
    /// The highest value its axis shows
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub max: Option<f64>,
    /// The kind of panel [default: chosen from the data]
    #[arg(long, value_parser = ["line", "number", "state", "log", "table"])]
    pub panel: Option<String>,
}

/// See [`super::Command::Publish`].
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Where to, such as kitchen/temp
    pub topic: Topic,
    /// JSON, or KEY=VALUE pairs, or - to read JSON from standard input
    #[arg(required = true, value_name = "DATA", allow_negative_numbers = true)]
    pub data: Vec<String>,
    /// How the topic is shown.
    #[command(flatten)]
    pub meta: MetaArgs,
    /// When it happened, in milliseconds since 1970 [default: now]
    #[arg(long, value_name = "MS")]
    pub ts: Option<i64>,
    /// Print the position as JSON
    #[arg(long)]
    pub json: bool,
    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::Pipe`].
#[derive(Debug, Args)]
pub struct PipeArgs {
    /// Where to, such as lab/vmstat
    pub topic: Topic,
    /// How lines are read [default: told from the first of them]
    #[arg(long, value_parser = format_or_auto(), default_value = "auto", hide_default_value = true)]
    pub format: FormatArg,
    /// How the topic is shown.
    #[command(flatten)]
    pub meta: MetaArgs,
    /// Print the count at the end as JSON
    #[arg(long)]
    pub json: bool,
    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::Host`].
#[derive(Debug, Args)]
pub struct HostArgs {
    /// Below which topic
    #[arg(long, value_name = "TOPIC", default_value = "host")]
    pub topic: Topic,
    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::Watch`].
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// A topic, a prefix such as host/*, or * for all
    pub filter: Filter,
    /// Begin so far back: a count such as 100, or a time such as 5m
    #[arg(long, value_name = "N|TIME", value_parser = rewind)]
    pub rewind: Option<Rewind>,
    /// End after so many publications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::Topics`].
#[derive(Debug, Args)]
pub struct TopicsArgs {
    /// Only those that match
    #[arg(default_value = "*", hide_default_value = true)]
    pub filter: Filter,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::History`].
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Whose
    pub topic: Topic,
    /// After a position EPOCH:OFFSET, or not older than a time such as 5m
    #[arg(long, value_name = "POSITION|TIME", value_parser = since)]
    pub since: Option<Since>,
    /// At most so many [default: 100, or with --since all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// See [`super::Command::Token`].
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// The server's secret; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub auth_secret_file: PathBuf,
    /// Whose token it is: appears in the server's log, counts against its own limits
    #[arg(long, value_name = "NAME", default_value = "token")]
    pub sub: String,
    /// May watch this; may be given again
    #[arg(long, value_name = "FILTER")]
    pub subscribe: Vec<Filter>,
    /// May publish there; may be given again
    #[arg(long, value_name = "FILTER")]
    pub publish: Vec<Filter>,
    /// For how long
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration::read)]
    pub ttl: Duration,
    /// Who makes it (iss), for functions that were told TICKERTAPE_JWT_ISSUER
    #[arg(long, value_name = "NAME")]
    pub issuer: Option<String>,
    /// Which server it is for (aud), for functions that were told TICKERTAPE_JWT_AUDIENCE
    #[arg(long, value_name = "NAME")]
    pub audience: Option<String>,
}

/// See [`super::Command::Cost`].
#[derive(Debug, Args)]
pub struct CostArgs {
    /// Pages open at once, each watching everything
    #[arg(long, value_name = "N")]
    pub viewers: u64,
    /// Publications a second, all topics together
    #[arg(long, value_name = "HZ", value_parser = rate, allow_negative_numbers = true)]
    pub rate: f64,
    /// The data of one publication, as JSON
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=limits::PUBLICATION_BYTES as u64))]
    pub bytes: u64,
    /// The hours of a day in which that is so
    #[arg(long, value_name = "N", default_value = "24", value_parser = hours)]
    pub hours: f64,
    /// Print every line, with its price and who says so, as JSON
    #[arg(long)]
    pub json: bool,
}

/// A format, or the wish to have it recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatArg {
    /// Told from the first lines.
    Auto,
    /// As named.
    Named(Format),
}

/// Where history begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// After this place.
    Position(shared::Position),
    /// So long ago.
    Ago(Duration),
}

impl MetaArgs {
    /// As it travels; `None` if nothing is said.
    pub fn to_meta(&self) -> Option<TopicMeta> {
        let meta = TopicMeta {
            unit: self.unit.clone(),
            label: self.label.clone(),
            expect_every_ms: self.every.map(duration::ms),
            min: self.min,
            max: self.max,
            panel: self.panel.clone(),
        };
        (!meta.is_empty()).then_some(meta)
    }
}

fn format_or_auto() -> impl clap::builder::TypedValueParser<Value = FormatArg> {
    use clap::ValueEnum;
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let auto = PossibleValue::new("auto").help("Told from the first lines");
    let named = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    PossibleValuesParser::new(std::iter::once(auto).chain(named))
        .map(|name| Format::from_str(&name, false).map_or(FormatArg::Auto, FormatArg::Named))
}

fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "a number is expected".into())
}

fn rate(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|rate| *rate >= 0.0).ok_or_else(|| "a rate is a number from 0 on".into())
}

fn hours(text: &str) -> Result<f64, String> {
    finite(text)
        .ok()
        .filter(|hours| (0.0..=24.0).contains(hours))
        .ok_or_else(|| "a day has 0 to 24 hours".into())
}

/// `scheme://host[:port]` and nothing after it, as browsers send it.
fn origin(text: &str) -> Result<String, String> {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match authority {
        Some(authority) if !authority.is_empty() && !authority.contains('/') => Ok(text.to_owned()),
        _ => Err("an origin is a scheme, a host and perhaps a port, such as https://board.example".into()),
    }
}

fn rewind(text: &str) -> Result<Rewind, String> {
    if let Ok(count) = text.parse() {
        return Ok(Rewind::Count(count));
    }
    let span =
        duration::read(text).map_err(|_| "write a count such as 100, or a time such as 5m".to_owned())?;
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
        .map_err(|_| "write a position such as 9f86d081884c:17, or a time such as 5m".into())
}
