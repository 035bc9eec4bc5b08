//! What may be typed.

mod args;
pub mod duration;

use clap::{Parser, Subcommand};

pub use args::{
    ClientArgs, CostArgs, FormatArg, FunctionsArg, HistoryArgs, HostArgs, LambdaArgs, MetaArgs, PipeArgs,
    PublishArgs, ServeArgs, Since, TokenArgs, TopicsArgs, WatchArgs,
};

use crate::failure;

/// A live dashboard that never lies about its data.
#[derive(Debug, Parser)]
#[command(name = "tickertape", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  tickertape serve                               a board of this machine on http://127.0.0.1:8080
  tickertape publish kitchen/temp 21.5           one number, and a panel appears
  vmstat 1 | tickertape pipe lab/vmstat          whatever a program prints
  tickertape watch 'host/*'                      the same in a terminal";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server: the board, the WebSocket, the HTTP API and this machine's metrics
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Publish once
    #[command(after_help = publish_help())]
    Publish(PublishArgs),
    /// Publish each line of standard input
    #[command(after_help = pipe_help())]
    Pipe(PipeArgs),
    /// Publish this machine's metrics, every second, to a server somewhere else
    #[command(after_help = host_help())]
    Host(HostArgs),
    /// Print publications as they come
    #[command(after_help = watch_help())]
    Watch(WatchArgs),
    /// List the topics and their last values
    #[command(after_help = topics_help())]
    Topics(TopicsArgs),
    /// Print what a topic remembers
    #[command(after_help = history_help())]
    History(HistoryArgs),
    /// Make a token for a server that asks for them: `serve --auth-secret-file`, or one on AWS
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Estimate what a board costs on AWS, with the arithmetic
    #[command(after_help = COST_EXAMPLES)]
    Cost(CostArgs),
}

const SERVE_EXAMPLES: &str = "\
Examples:
  tickertape serve
  tickertape serve --listen 127.0.0.1:0 --json          any free port; the address as JSON
  tickertape serve --no-host --data-dir ./data          without this machine's metrics
  tickertape serve --listen 0.0.0.0:8080 --auth-secret-file secret.txt --allow-host board.example
  tickertape serve --functions lambda --function-dir target/lambda --function-env tables.env

Without --auth-secret-file whoever reaches the server may read and publish everything, so it then \
listens on this machine only.

Chaos: a JSON file whose fields may all be left out. It is looked at each second and read again when it \
has changed; only time_scale is for the whole run. How often is from 0, never, to 1, always.
  {\"time_scale\": 720,                                  two hours pass in ten seconds: limits and rotation
   \"seed\": 7,                                          the same fate for the nth post to the nth connection
   \"cut\": 0.001,                                       TCP reset in the middle of a frame
   \"freeze\": 0.001,                                    a socket neither read, written nor closed
   \"delay\": {\"probability\": 0.1, \"ms\": [5, 200]},    frames late, and overtaken
   \"duplicate\": {\"probability\": 0.1, \"ms\": [0, 50]}, frames twice
   \"throttle\": {\"probability\": 0.01, \"above_per_second\": 5000},   frames refused with 429
   \"gone_ms\": 50,                                      410 so long after connecting
   \"lost_disconnect\": 0.5,                             the server is not told that a client left
   \"refuse\": {\"probability\": 0.1, \"status\": 503}}    handshakes refused
`/healthz` counts what was done.

With --functions lambda this program is API Gateway and Lambda: it starts the bootstraps in --function-dir, one \
process for each event in flight, and passes on what they print, CloudWatch's metrics left out. Besides what --function-env says they are told \
TICKERTAPE_MANAGEMENT_ENDPOINT, TICKERTAPE_SECRET and AWS_ENDPOINT_URL_LAMBDA. Topics live in their tables then, and \
something has to feed the tables' stream to broadcast; `cargo xtask lambda-local` starts all of it.";

const TOKEN_EXAMPLES: &str = "\
Examples:
  head -c 32 /dev/urandom | base64 > secret.txt
  tickertape token --auth-secret-file secret.txt --sub wall --subscribe '*' --ttl 30d
  tickertape token --auth-secret-file secret.txt --sub web1 --publish 'web1/*' --ttl 365d
  aws ssm get-parameter --name NAME --with-decryption --query Parameter.Value --output text \\
    | tickertape token --auth-secret-file - --subscribe '*'         for a board on AWS

Whoever holds a token is let in until it runs out: there is no list of them to strike one from. Give tokens as \
little and for as short as will do; a new secret ends them all.";

const COST_EXAMPLES: &str = "\
Examples:
  tickertape cost --viewers 50 --rate 1
  tickertape cost --viewers 1000 --rate 10 --bytes 400 --hours 10
  tickertape cost --viewers 50 --rate 0                          everybody looks, nobody publishes
  tickertape cost --viewers 50 --rate 1 --json | jq .usd";

fn publish_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape publish kitchen/temp 21.5 --unit '°C' --every 10s
  tickertape publish kitchen in=21.5 out=4                   one topic, two series
  tickertape publish build/main '{\"state\": \"passed\", \"took_s\": 12.5}'
  df -P / | tail -1 | awk '{print $5+0}' | tickertape publish host/root -

A single word that is not JSON is published as text.",
    )
}

fn pipe_help() -> String {
    with_exit_codes(
        "\
Examples:
  seq 1 100000 | tickertape pipe lab/seq
  ping example.org | tickertape pipe net/ping --unit ms
  vmstat 1 | tickertape pipe lab/vmstat --every 1s
  tail -F app.log | tickertape pipe app/log --format logfmt

The format is told from the first lines; name it with --format if that goes wrong. While the server \
is away, reading stops after some thousand lines and goes on when it is back: nothing is dropped, and \
nothing is published twice.",
    )
}

fn host_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape host --topic web1 --url https://board.example
`tickertape serve` does the same for its own machine, unless it runs with --no-host.",
    )
}

fn watch_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape watch '*'
  tickertape watch 'host/*' --rewind 5m
  tickertape watch lab/seq --json | jq .data
  tickertape watch build/main --count 1        wait for one, then end

With --json each line is {\"topic\", \"epoch\", \"offset\", \"ts\", \"received_at\", \"data\"}. What was \
missed while the server was away is fetched; what could not be fetched is a line \
{\"gap\": {\"topic\", \"from\", \"to\"}}, where \"to\": null means that the topic's log was started anew.",
    )
}

fn topics_help() -> String {
    with_exit_codes("Examples:\n  tickertape topics\n  tickertape topics 'host/*' --json")
}

fn history_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape history host/cpu --limit 10
  tickertape history host/cpu --since 5m --json
  tickertape history host/cpu --since 9f86d081884c:17     after a position, as replies give it",
    )
}

fn with_exit_codes(examples: &str) -> String {
    format!("{examples}\n\n{}", failure::HELP)
}

#[cfg(test)]
mod tests;
