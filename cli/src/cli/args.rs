//! The arguments of the commands that have no file of their own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use shared::client::Rewind;
use shared::{Filter, Topic, TopicMeta, limits};

use super::instant::{self, Instant};
use super::{duration, size};
use tickertape_inputs::Format;

/// The options of every command that connects to a server.
#[derive(Debug, Clone, Args)]
pub struct ClientArgs {
    /// Address of the server.
    #[arg(
        long,
        value_name = "URL",
        env = "TICKERTAPE_URL",
        hide_env_values = true,
        default_value = "ws://127.0.0.1:8080/ws",
        help = "Address of the server, such as https://board.example, or of its WebSocket, such as wss://board.example/ws"
    )]
    pub url: String,
    /// Token to send, if the server requires one
    #[arg(long, env = "TICKERTAPE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// PEM file of additional CA certificates to trust, such as those of your company
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_CA_FILE", hide_env_values = true)]
    pub ca_file: Option<PathBuf>,
}

/// The metadata that tells boards how to show a topic.
#[derive(Debug, Clone, Default, Args)]
pub struct MetaArgs {
    /// Unit of the numbers, such as %, GiB or °C
    #[arg(long)]
    pub unit: Option<String>,
    /// Short description of the topic, shown on its panel
    #[arg(long)]
    pub label: Option<String>,
    /// Expected time between two publications, such as 10s; if none arrives for twice as long, the panel shows that it is late
    #[arg(long, value_name = "TIME", value_parser = duration::read)]
    pub every: Option<Duration>,
    /// Lower end of the chart's axis
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub min: Option<f64>,
    /// Upper end of the chart's axis
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub max: Option<f64>,
    /// Published words to show as good, separated by commas, such as open,running; the board knows the meaning of words
    /// such as ok, passed, failed and down without this
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub good: Vec<String>,
    /// Published words to show as a warning, such as slow,draining
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub warning: Vec<String>,
    /// Published words to show as bad, such as jammed,leaking
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub bad: Vec<String>,
    /// Published words to show without the colour that the board would give them; for example `down`, if it is the
    /// direction of an elevator
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    pub neutral: Vec<String>,
    /// Kind of panel, or `event` for a topic that marks moments in all charts [default: chosen from the data]
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(panels()))]
    pub panel: Option<String>,
    /// Scale of the chart's axis; a logarithmic one leaves out values of 0 or below, and counts them
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(shared::board::SCALES))]
    pub scale: Option<String>,
    /// Value to reach or to keep below, which a gauge and a list mark
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_negative_numbers = true)]
    pub target: Option<f64>,
}

/// Returns the values of `--panel`.
fn panels() -> impl Iterator<Item = &'static str> {
    shared::board::KINDS.iter().copied().chain([shared::meta::EVENT])
}

/// Arguments of [`super::Command::Publish`].
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Topic to publish to, such as kitchen/temp
    pub topic: Topic,
    /// A JSON value, a text, or one or more KEY=VALUE pairs. Use `-` to publish each JSON value read from standard input
    #[arg(required = true, value_name = "DATA", allow_negative_numbers = true)]
    pub data: Vec<String>,
    /// Time at which the data was measured, in milliseconds since 1970-01-01 UTC [default: now]
    #[arg(long, value_name = "MS")]
    pub ts: Option<i64>,
    /// Print the publication's position in the history as JSON: its epoch and offset, as `history --help` describes them.
    /// `history --since EPOCH:OFFSET` prints what was published after it
    #[arg(long)]
    pub json: bool,
    /// Metadata of the topic.
    #[command(flatten, next_help_heading = "Display on the board")]
    pub meta: MetaArgs,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Pipe`].
#[derive(Debug, Args)]
pub struct PipeArgs {
    /// Topic to publish to, such as lab/vmstat
    pub topic: Topic,
    /// Format of the input
    #[arg(long, value_parser = format_or_auto(), default_value = "auto")]
    pub format: FormatArg,
    /// Column that says which device a line is about, such as the name of a disk; each device gets its own curves
    /// [default: detected from the names of the columns]
    #[arg(long, value_name = "COLUMN")]
    pub key: Option<String>,
    /// Column that contains the time of the line [default: detected from the names and values of the columns]
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// Print the final summary as JSON
    #[arg(long)]
    pub json: bool,
    /// Metadata of the topic.
    #[command(flatten, next_help_heading = "Display on the board")]
    pub meta: MetaArgs,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Host`].
#[derive(Debug, Args)]
pub struct HostArgs {
    /// Prefix of the topics: with web1, the load of the CPU is published to the topic web1/cpu
    #[arg(long, value_name = "TOPIC", default_value = "host")]
    pub topic: Topic,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Watch`].
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Topics to watch: a topic, a prefix such as 'host/*', or '*' for all
    pub filter: Filter,
    /// Print earlier publications first: the last N of each topic, such as 100, or those of the last TIME, such as 5m. These are
    /// at most 300 of each topic, and fewer if topics are many or publications are large; `history` prints all
    #[arg(long, value_name = "N|TIME", value_parser = rewind)]
    pub rewind: Option<Rewind>,
    /// Exit after this number of publications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Record`].
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// File to write, such as incident.ttr
    pub file: PathBuf,
    /// Topics to record: a topic, a prefix such as 'host/*', or '*' for all [default: *]
    #[arg(default_value = "*", hide_default_value = true)]
    pub filter: Filter,
    /// End the recording after this time, such as 10m
    #[arg(long = "for", value_name = "TIME", value_parser = duration::read)]
    pub duration: Option<Duration>,
    /// End the recording before the file becomes larger than this, such as 10MB; at most 256MiB, because a longer recording
    /// cannot be played
    #[arg(long, value_name = "SIZE", value_parser = size::recording, default_value = "64MB")]
    pub max_bytes: u64,
    /// Begin with earlier publications: the last N of each topic, such as 100, or those of the last TIME, such as 5m. These are at
    /// most 300 of each topic, and fewer if topics are many or publications are large
    #[arg(long, value_name = "N|TIME", value_parser = rewind)]
    pub rewind: Option<Rewind>,
    /// Replace the file if it exists
    #[arg(long)]
    pub force: bool,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Replay`].
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// File that `tickertape record` or the board has written
    pub file: PathBuf,
    /// Address to listen on, which only this machine can reach
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    pub listen: SocketAddr,
    /// Directory with the files of the page [default: the built-in page]
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Print the address as JSON
    #[arg(long)]
    pub json: bool,
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
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Forget`].
#[derive(Debug, Args)]
pub struct ForgetArgs {
    /// Topics to delete: a topic, a prefix such as 'host/*', or '*' for all
    pub filter: Filter,
    /// Delete all topics that match; without this flag, nothing is deleted if several match
    #[arg(long)]
    pub yes: bool,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::History`].
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Topic whose history is printed
    pub topic: Topic,
    /// Print only the publications of the last TIME, such as 5m, or those after the position EPOCH:OFFSET;
    /// `publish --json` prints the epoch and the offset
    #[arg(long, value_name = "POSITION|TIME", value_parser = since)]
    pub since: Option<Since>,
    /// Print only what the server received at this time or later: an age such as '2h ago', a date such as
    /// 2026-11-29T14:20:00Z, or milliseconds since 1970-01-01 UTC
    #[arg(long, value_name = "TIME", value_parser = instant::read, conflicts_with = "since")]
    pub from: Option<Instant>,
    /// Print only what the server received before this time, which is written as for --from [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant::read, conflicts_with = "since")]
    pub to: Option<Instant>,
    /// Print the values in buckets of this length, such as 1m, instead of publications; without --from, all that is kept
    #[arg(long, value_name = "TIME", value_parser = step, conflicts_with_all = ["since", "limit"])]
    pub step: Option<Duration>,
    /// Print at most this many publications: the newest of those that match, or with a position the oldest
    /// [default: 100; with --since or --from no limit]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Options of the connection.
    #[command(flatten, next_help_heading = "Connection")]
    pub client: ClientArgs,
}

/// Arguments of [`super::Command::Token`].
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// File with the secret of the server. Use `-` to read the secret from standard input
    #[arg(long, value_name = "FILE")]
    pub auth_secret_file: PathBuf,
    /// Name of the person or program that gets the token (JWT claim `sub`). It appears in the server's log. Clients with
    /// the same name and the same IP address count as one client for the limits
    #[arg(long, value_name = "NAME", default_value = "token")]
    pub sub: String,
    /// Allow reading these topics, such as 'host/*', on the board and with the commands `watch`, `topics` and `history`;
    /// may be given several times
    #[arg(long, value_name = "FILTER")]
    pub subscribe: Vec<Filter>,
    /// Allow publishing to these topics, such as 'web1/*'; may be given several times
    #[arg(long, value_name = "FILTER")]
    pub publish: Vec<Filter>,
    /// Allow deleting these topics, such as 'old/*'; may be given several times. The command `forget` needs --subscribe as
    /// well, unless it names a single topic
    #[arg(long, value_name = "FILTER")]
    pub forget: Vec<Filter>,
    /// Allow saving and deleting these boards, such as shop-floor or '*'; may be given several times
    #[arg(long, value_name = "FILTER")]
    pub edit: Vec<Filter>,
    /// Time until the token expires, such as 12h or 30d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = ttl)]
    pub ttl: Duration,
    /// Issuer (JWT claim `iss`): needed only for a server on AWS that was deployed with an issuer
    #[arg(long, value_name = "NAME")]
    pub issuer: Option<String>,
    /// Audience (JWT claim `aud`): needed only for a server on AWS that was deployed with an audience
    #[arg(long, value_name = "NAME")]
    pub audience: Option<String>,
}

/// Arguments of [`super::Command::Secret`].
#[derive(Debug, Args)]
pub struct SecretArgs {
    /// File to create; other users will not be able to read it
    pub file: PathBuf,
    /// Replace the file if it exists; tokens that were signed with the former secret become invalid
    #[arg(long)]
    pub replace: bool,
}

/// Arguments of [`super::Command::Cost`].
#[derive(Debug, Args)]
pub struct CostArgs {
    /// Number of open boards; each of them is assumed to watch every topic
    #[arg(long, value_name = "N")]
    pub viewers: u64,
    /// Number of publications per second to all topics together
    #[arg(long, value_name = "HZ", value_parser = rate, allow_negative_numbers = true)]
    pub rate: f64,
    /// Size of the data of one publication as JSON, in bytes
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=limits::PUBLICATION_BYTES as u64))]
    pub bytes: u64,
    /// Number of hours of use per day
    #[arg(long, value_name = "N", default_value = "24", value_parser = hours)]
    pub hours: f64,
    /// Minimum time between two frames with publications for a viewer, such as 5s: the parameter FrameEveryMs of a
    /// deployment. Publications in between are sent together
    #[arg(long, value_name = "TIME", value_parser = duration::frame_every)]
    pub every: Option<Duration>,
    /// Also say which time between two frames fits this amount of US dollars per month
    #[arg(long, value_name = "USD", value_parser = budget, allow_negative_numbers = true)]
    pub budget: Option<f64>,
    /// Print every item of the estimate, with its price and the source of the price, as JSON
    #[arg(long)]
    pub json: bool,
}

/// The value of `pipe --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatArg {
    /// Detect the format from the first lines of the input.
    Auto,
    /// Read the input in this format.
    Named(Format),
}

/// The value of `history --since`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// Print the publications after this position.
    Position(shared::Position),
    /// Print the publications that the server received within this time before now.
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
            decimals: None,
            thresholds: None,
            scale: self.scale.clone(),
            target: self.target,
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
        .help("Detect the format from the first lines, and again if later lines do not match it");
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

fn budget(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|usd| *usd > 0.0).ok_or_else(|| "expected an amount above 0, such as 100".into())
}

fn hours(text: &str) -> Result<f64, String> {
    finite(text)
        .ok()
        .filter(|hours| (0.0..=24.0).contains(hours))
        .ok_or_else(|| "expected a number from 0 to 24".into())
}

fn rewind(text: &str) -> Result<Rewind, String> {
    if let Ok(count) = text.parse::<u32>() {
        let most = limits::REPLAY_ITEMS;
        if count as usize > most {
            return Err(format!(
                "the server sends at most {most} earlier publications of each topic; `tickertape history` prints more"
            ));
        }
        return Ok(Rewind::Count(count));
    }
    let span =
        duration::read(text).map_err(|_| "expected a number such as 100, or a time such as 5m".to_owned())?;
    Ok(Rewind::Ms(duration::ms(span)))
}

fn step(text: &str) -> Result<Duration, String> {
    duration::read(text).and_then(|step| match step.is_zero() {
        true => Err("the length of a bucket has to be at least 1ms".into()),
        false => Ok(step),
    })
}

/// Parses the time until a token expires. Tokens contain the moment in whole seconds.
fn ttl(text: &str) -> Result<Duration, String> {
    duration::read(text).and_then(|ttl| match ttl.as_secs() {
        0 => Err("the token would expire at once: give at least 1s".into()),
        _ => Ok(ttl),
    })
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
