//! Defines the command line with clap: commands, arguments and their help.

mod args;
pub mod duration;
mod serve_args;
mod size;

use clap::{Parser, Subcommand};

pub use args::{
    ClientArgs, CostArgs, ForgetArgs, FormatArg, HistoryArgs, HostArgs, MetaArgs, PipeArgs, PublishArgs,
    SecretArgs, Since, TokenArgs, TopicsArgs, WatchArgs,
};
pub use serve_args::{FunctionsArg, LambdaArgs, LimitsArg, LogArg, ServeArgs};

use crate::error;

/// A live dashboard: programs publish data to a server, and browsers show it as it changes.
#[derive(Debug, Parser)]
#[command(name = "tickertape", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  tickertape serve                           # Show this machine's metrics in a browser
  tickertape publish kitchen/temp 21.5       # Publish one number; it appears on the board
  vmstat 1 | tickertape pipe lab/vmstat      # Publish what a program prints
  tickertape watch 'host/*'                  # Print this machine's metrics in a terminal";

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server and its web page (the board), and publish this machine's metrics to it
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Publish one value to a topic, or several values from standard input
    #[command(after_help = publish_help())]
    Publish(PublishArgs),
    /// Publish each line of standard input, such as the output of a program
    #[command(after_help = pipe_help())]
    Pipe(PipeArgs),
    /// Publish this machine's metrics to a server every second
    #[command(after_help = host_help())]
    Host(HostArgs),
    /// Print publications in the terminal as they arrive
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
    /// Estimate the monthly cost of running the server on AWS, and show the calculation
    #[command(after_help = COST_EXAMPLES)]
    Cost(CostArgs),
}

const SERVE_EXAMPLES: &str = "\
Examples:
  tickertape serve
  tickertape serve --listen 127.0.0.1:0 --json       # Print the address of a free port
  tickertape serve --no-host --data-dir ./data       # Do not publish this machine's metrics
  tickertape serve --listen 0.0.0.0:8080 --auth-secret-file secret.txt --allow-host board.example
  tickertape serve --functions lambda --function-dir target/lambda --function-env tables.env

Without --auth-secret-file, every client is accepted without a token. Then --listen must be an address that only this \
machine can reach, such as 127.0.0.1.

Fault injection: the file of --chaos contains a JSON object with some of the following fields. A frame is one WebSocket \
message to a client. A probability is a number from 0 (never) to 1 (always). When the file changes, the server uses \
the new faults within a second; only time_scale needs a restart. The path /healthz reports how many faults were injected.
  \"time_scale\": 720           shorten time limits by this factor: two hours become ten seconds
  \"seed\": 7                   repeat the same faults in each run
  \"cut\": 0.001                with this probability per frame, reset the TCP connection in the
                              middle of the frame
  \"freeze\": 0.001             with this probability per frame, stop sending and reading on the
                              connection, but keep it open
  \"lost_disconnect\": 0.5      with this probability, do not notice that a client has closed its
                              connection
  \"gone_ms\": 50               for 50 ms after a client connects, what the server sends to it fails, as
                              if API Gateway answered 410 (gone)
  \"delay\": {\"probability\": 0.1, \"ms\": [5, 200]}
                              send some frames 5 to 200 ms late, perhaps after newer ones
  \"duplicate\": {\"probability\": 0.1, \"ms\": [0, 50]}
                              send some frames a second time, 0 to 50 ms later
  \"throttle\": {\"probability\": 0.01, \"above_per_second\": 5000}
                              what the server sends fails, as if API Gateway answered 429 (too many
                              requests): with this probability, and always if there are more than
                              5000 frames per second to all clients together
  \"refuse\": {\"probability\": 0.1, \"status\": 503}
                              refuse some new connections with this HTTP status

With --functions lambda, this program takes the place of API Gateway and Lambda. It starts the functions in \
--function-dir as processes, as many as there are requests at the same time, and prints their logs. It also sets these \
environment variables for the functions: TICKERTAPE_MANAGEMENT_ENDPOINT, TICKERTAPE_SECRET (from --auth-secret-file) \
and AWS_ENDPOINT_URL_LAMBDA. The functions store topics in DynamoDB tables. To start the server, the functions and \
DynamoDB Local together, run `cargo xtask lambda-local` in a copy of the source code.

Without xtask, you also need a program of your own that reads the DynamoDB stream of the topics table and passes its \
records to the function `broadcast`, as an event of Lambda in JSON. It sends them to the URL that `tickertape serve` \
prints on start, in the line `call URL`. Keep this URL secret: whoever knows it can invoke functions and send messages \
to clients.";

const SECRET_EXAMPLES: &str = "\
Examples:
  tickertape secret secret.txt
  tickertape serve --auth-secret-file secret.txt
  tickertape secret --replace secret.txt         # Make all tokens invalid

Only the user who runs this command can read the file. `tickertape serve` refuses a file that others can read. If the \
file is replaced while the server runs, the server uses the new secret within two seconds.";

const TOKEN_EXAMPLES: &str = "\
Examples:
  tickertape secret secret.txt
  tickertape token --auth-secret-file secret.txt --sub wall --subscribe '*' --ttl 30d
  tickertape token --auth-secret-file secret.txt --sub web1 --publish 'web1/*' --ttl 365d
  aws ssm get-parameter --name NAME --with-decryption --query Parameter.Value --output text \\
    | tickertape token --auth-secret-file - --subscribe '*'      # For a server on AWS

A single token cannot be revoked: it is valid until it expires. To make all tokens invalid, replace the secret of the \
server with `tickertape secret --replace FILE`.";

const COST_EXAMPLES: &str = "\
Examples:
  tickertape cost --viewers 50 --rate 1
  tickertape cost --viewers 1000 --rate 10 --bytes 400 --hours 10
  tickertape cost --viewers 50 --rate 0                     # Viewers, but no publications
  tickertape cost --viewers 50 --rate 1 --json | jq .usd";

fn publish_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape publish kitchen/temp 21.5 --unit '°C' --every 10s
  tickertape publish kitchen in=21.5 out=4           # Two numbers, shown as two curves
  tickertape publish build/main '{\"state\": \"passed\", \"took_s\": 12.5}'
  df -P / | tail -1 | awk '{print $5+0}' | tickertape publish host/root -

DATA that is neither JSON nor KEY=VALUE is published as text.",
    )
}

fn pipe_help() -> String {
    with_these_exit_codes(
        "\
Examples:
  seq 1 100000 | tickertape pipe lab/seq
  ping example.org | tickertape pipe net/ping --unit ms
  vmstat 1 | tickertape pipe lab/vmstat --every 1s
  tail -F app.log | tickertape pipe app/log --format pairs
  nvidia-smi --query-gpu=index,utilization.gpu --format=csv -l 1 | tickertape pipe gpu
  journalctl -f -o json | tickertape pipe host/journal

Headers, comments, separators, blank lines and the lines with averages that programs such as sar print at the end are \
skipped. Every other line is published, or reported on standard error with its number and the reason why it could not \
be published; the exit code is then 1. Text between lines of another format, such as a warning, is published to the \
topic TOPIC/log. A summary at the end counts all lines.

Numbers are not rounded. A number with the suffix K, M or G and no unit is multiplied by 1024, 1024² or 1024³; other \
numbers are published exactly as written. A unit after a number is shown beside it on the board. A time without a \
time zone is read as the local time of this machine, or of the zone in the variable TZ. If the time in a line is more \
than an hour in the future or more than 366 days ago, the time of reading is used instead, and the time in the line is \
published as a field. Words before key=value pairs are read as a time, as a level with a message (`WARN disk is slow \
ms=12`), or else as a name: `eth0: rx=5` is published as {\"eth0\": {\"rx\": 5}}. \
Fields that journald uses internally, such as __CURSOR, are not published.

While the server cannot be reached, pipe keeps at least the next 1,000 lines in memory. When its memory is full, it \
stops reading until the server is back, and the program that writes the lines has to wait. No line is lost, and none \
is published twice.",
        error::HELP_OF_PIPE,
    )
}

fn host_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape host --topic web1 --url https://board.example

This command is not needed on the machine of the server: `tickertape serve` publishes the metrics of its own machine, \
unless it was started with --no-host.",
    )
}

fn watch_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape watch '*'
  tickertape watch 'host/*' --rewind 5m
  tickertape watch lab/seq --json | jq .data
  tickertape watch build/main --count 1       # Wait for one publication, then exit

With --json, each line is an object with the fields topic, epoch, offset, ts, received_at and data. `epoch` and \
`offset` are the publication's position (see `tickertape history --help`), `ts` is the time of measurement and \
`received_at` the time of arrival at the server, both in milliseconds since 1970-01-01 UTC. Publications that \
were missed while the server could not be reached are fetched later. If they have been deleted by then, the line \
{\"gap\": {\"topic\": …, \"from\": …, \"to\": …}} shows the positions before and after the missing publications. If \"to\" is \
null, the topic's history has been restarted, for example because the topic was deleted.",
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

The panels of deleted topics disappear from all boards. If a program publishes to a deleted topic, the topic is created \
again, with an empty history.",
    )
}

fn history_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape history host/cpu --limit 10
  tickertape history host/cpu --since 5m --json
  tickertape history host/cpu --since 9f86d081884c:17     # After the position EPOCH:OFFSET

A position is an epoch and an offset. The epoch is an identifier that changes when the topic's history is restarted; the \
offset is the number of the publication within that epoch.",
    )
}

fn with_exit_codes(examples: &str) -> String {
    with_these_exit_codes(examples, error::HELP)
}

fn with_these_exit_codes(examples: &str, exit_codes: &str) -> String {
    format!("{examples}\n\n{exit_codes}")
}

#[cfg(test)]
mod tests;
