//! The command line: commands, arguments and their help.

mod args;
pub mod duration;
mod size;

use clap::{Parser, Subcommand};

pub use args::{
    ClientArgs, CostArgs, ForgetArgs, FormatArg, FunctionsArg, HistoryArgs, HostArgs, LambdaArgs, LimitsArg,
    LogArg, MetaArgs, PipeArgs, PublishArgs, SecretArgs, ServeArgs, Since, TokenArgs, TopicsArgs, WatchArgs,
};

use crate::error;

/// A live dashboard that never lies about its data.
#[derive(Debug, Parser)]
#[command(name = "tickertape", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  tickertape serve                               Show this machine's metrics at http://127.0.0.1:8080
  tickertape publish kitchen/temp 21.5           Publish one number; its panel appears on the board
  vmstat 1 | tickertape pipe lab/vmstat          Publish what a program prints
  tickertape watch 'host/*'                      Print this machine's metrics in a terminal";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server, and publish this machine's metrics to it
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Publish one value, or several from standard input
    #[command(after_help = publish_help())]
    Publish(PublishArgs),
    /// Publish each line of standard input
    #[command(after_help = pipe_help())]
    Pipe(PipeArgs),
    /// Publish this machine's metrics to a server every second
    #[command(after_help = host_help())]
    Host(HostArgs),
    /// Print publications as they arrive
    #[command(after_help = watch_help())]
    Watch(WatchArgs),
    /// List topics with their last values
    #[command(after_help = topics_help())]
    Topics(TopicsArgs),
    /// Delete topics with their history
    #[command(after_help = forget_help())]
    Forget(ForgetArgs),
    /// Print the history of a topic
    #[command(after_help = history_help())]
    History(HistoryArgs),
    /// Create a file with a random secret for signing tokens
    #[command(after_help = SECRET_EXAMPLES)]
    Secret(SecretArgs),
    /// Create a token for a server that requires one
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Estimate the monthly cost on AWS, and show the calculation
    #[command(after_help = COST_EXAMPLES)]
    Cost(CostArgs),
}

const SERVE_EXAMPLES: &str = "\
Examples:
  tickertape serve
  tickertape serve --listen 127.0.0.1:0 --json          Choose a free port; print the address as JSON
  tickertape serve --no-host --data-dir ./data          Do not publish this machine's metrics
  tickertape serve --listen 0.0.0.0:8080 --auth-secret-file secret.txt --allow-host board.example
  tickertape serve --functions lambda --function-dir target/lambda --function-env tables.env

Without --auth-secret-file no token is needed, so the server only accepts a loopback address in --listen.

Fault injection: --chaos reads a JSON object from a file. Every field is optional. Probabilities are from 0 \
(never) to 1 (always), for each frame, disconnect or handshake. A change of the file takes effect within a second; a change of time_scale needs a restart. \
`/healthz` reports the number of injected faults.
  \"time_scale\": 720           time passes 720 times as fast
  \"seed\": 7                   repeat the same faults in each run
  \"cut\": 0.001                reset the TCP connection in the middle of a frame
  \"freeze\": 0.001             stop reading and writing, but keep the socket open
  \"lost_disconnect\": 0.5      do not notice that a client has left
  \"gone_ms\": 50               for 50 ms after a client connects, refuse to send to it, with 410
  \"delay\": {\"probability\": 0.1, \"ms\": [5, 200]}
                              send frames late, and so out of order
  \"duplicate\": {\"probability\": 0.1, \"ms\": [0, 50]}
                              send frames twice
  \"throttle\": {\"probability\": 0.01, \"above_per_second\": 5000}
                              refuse to send frames, with 429: at random, and all above this rate
  \"refuse\": {\"probability\": 0.1, \"status\": 503}
                              refuse handshakes with this status

With --functions lambda, this program acts as API Gateway and Lambda. It starts the programs in --function-dir, one \
process for each concurrent event, and prints their logs without the lines of CloudWatch metrics. It adds \
TICKERTAPE_MANAGEMENT_ENDPOINT, TICKERTAPE_SECRET and AWS_ENDPOINT_URL_LAMBDA to the environment from --function-env. \
Topics are stored in the functions' tables. This program does not read the DynamoDB stream of the table of topics: \
run another program that reads it, and that invokes `broadcast` with the records at the Lambda address that this program \
prints after `call`. That address contains a random key, without which nobody can invoke functions or post to \
connections. In a source checkout, `cargo xtask lambda-local` starts all these programs.";

const SECRET_EXAMPLES: &str = "\
Examples:
  tickertape secret secret.txt
  tickertape serve --auth-secret-file secret.txt
  tickertape secret --replace secret.txt         Make all tokens invalid

Only the user who runs this command can read the file. `tickertape serve` refuses a file that others can read. A \
running server notices within two seconds that the file was replaced.";

const TOKEN_EXAMPLES: &str = "\
Examples:
  tickertape secret secret.txt
  tickertape token --auth-secret-file secret.txt --sub wall --subscribe '*' --ttl 30d
  tickertape token --auth-secret-file secret.txt --sub web1 --publish 'web1/*' --ttl 365d
  aws ssm get-parameter --name NAME --with-decryption --query Parameter.Value --output text \\
    | tickertape token --auth-secret-file - --subscribe '*'         For a server on AWS

A single token cannot be revoked: it is valid until it expires. Changing the server's secret invalidates all \
tokens: `tickertape secret --replace`.";

const COST_EXAMPLES: &str = "\
Examples:
  tickertape cost --viewers 50 --rate 1
  tickertape cost --viewers 1000 --rate 10 --bytes 400 --hours 10
  tickertape cost --viewers 50 --rate 0                          Viewers, but no publications
  tickertape cost --viewers 50 --rate 1 --json | jq .usd";

fn publish_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape publish kitchen/temp 21.5 --unit '°C' --every 10s
  tickertape publish kitchen in=21.5 out=4                   One topic with two series
  tickertape publish build/main '{\"state\": \"passed\", \"took_s\": 12.5}'
  df -P / | tail -1 | awk '{print $5+0}' | tickertape publish host/root -

DATA that is neither JSON nor KEY=VALUE is published as text.",
    )
}

fn pipe_help() -> String {
    with_exit_codes(
        "\
Examples:
  seq 1 100000 | tickertape pipe lab/seq
  ping example.org | tickertape pipe net/ping --unit ms
  vmstat 1 | tickertape pipe lab/vmstat --every 1s
  tail -F app.log | tickertape pipe app/log --format pairs
  nvidia-smi --query-gpu=timestamp,index,utilization.gpu --format=csv -l 1 | tickertape pipe gpu --key index
  journalctl -f -o json | tickertape pipe host/journal

The format is detected from the first lines, and again if later lines do not match it. --format turns detection off.

Each line is published, skipped as structure (headers, comments, separators, averages), skipped as blank, or \
reported as unreadable with its line number and the reason. The summary counts all four, and the exit code is 1 if \
a line was unreadable. A line of text between lines of another format, such as a warning, is published to TOPIC/log.

Numbers are published as they are written, without rounding. A unit after a number becomes the unit of its series. \
The suffixes K, M and G without a unit mean 1024, 1024² and 1024³. A time without a zone is in the time zone of this machine. Entries of journald are published without \
journald's own bookkeeping fields, such as __CURSOR.

While the server cannot be reached, pipe keeps some thousand lines, then stops reading until the server is back. No \
line is lost, and none is published twice.",
    )
}

fn host_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape host --topic web1 --url https://board.example

`tickertape serve` publishes the metrics of its own machine, unless it was started with --no-host.",
    )
}

fn watch_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape watch '*'
  tickertape watch 'host/*' --rewind 5m
  tickertape watch lab/seq --json | jq .data
  tickertape watch build/main --count 1        Wait for one publication, then exit

With --json, each line is {\"topic\", \"epoch\", \"offset\", \"ts\", \"received_at\", \"data\"}. Publications \
that were missed while the server was unreachable are fetched. If they were deleted in the meantime, a line \
{\"gap\": {\"topic\", \"from\", \"to\"}} names the position before and the position after them; \"to\": null means that \
the topic's log was replaced by a new one.",
    )
}

fn topics_help() -> String {
    with_exit_codes("Examples:\n  tickertape topics\n  tickertape topics 'host/*' --json")
}

fn forget_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape forget kitchen/temp
  tickertape forget 'old/*' --yes

If the server requires tokens, use one that permits deleting: tickertape token --forget 'old/*' …

The panels of deleted topics disappear from all boards. Publishing to a deleted topic creates it again, with an empty \
history.",
    )
}

fn history_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape history host/cpu --limit 10
  tickertape history host/cpu --since 5m --json
  tickertape history host/cpu --since 9f86d081884c:17     After the position EPOCH:OFFSET",
    )
}

fn with_exit_codes(examples: &str) -> String {
    format!("{examples}\n\n{}", error::HELP)
}

#[cfg(test)]
mod tests;
