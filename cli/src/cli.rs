//! Defines the command line with clap: commands, arguments and their help.

mod args;
mod check_board_args;
pub mod duration;
mod emulate_args;
pub mod instant;
mod serve_args;
mod size;

use clap::{Parser, Subcommand};

pub use args::{
    ClientArgs, CostArgs, ForgetArgs, FormatArg, HistoryArgs, HostArgs, MetaArgs, PipeArgs, PublishArgs,
    RecordArgs, ReplayArgs, SecretArgs, Since, TokenArgs, TopicsArgs, WatchArgs,
};
pub use check_board_args::{CheckBoardArgs, SaveBoardArgs};
pub use emulate_args::EmulateArgs;
pub use serve_args::{LimitsArg, LogArg, ServeArgs};

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
    /// Run a WebSocket app of API Gateway and Lambda on this machine, from its SAM, CloudFormation, CDK or Serverless Framework
    /// description, and show it live
    #[command(after_help = EMULATE_EXAMPLES)]
    Emulate(EmulateArgs),
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
    /// Record to a file what a board receives, to play it back later
    #[command(after_help = record_help())]
    Record(RecordArgs),
    /// Play a recording back on a board in the browser
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(ReplayArgs),
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
    /// Check board documents in files, and show the line of each fault
    #[command(after_help = CHECK_BOARD_EXAMPLES)]
    CheckBoard(CheckBoardArgs),
    /// Save board documents from files on a server
    #[command(after_help = save_board_help())]
    SaveBoard(SaveBoardArgs),
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
                              refuse some new connections with this HTTP status";

const EMULATE_EXAMPLES: &str = "\
Examples:
  tickertape emulate                                   # The app in this directory
  tickertape emulate template.yaml --param StageName=dev
  tickertape emulate cdk.out --listen 127.0.0.1:0 --json
  tickertape emulate serverless.yml --stage dev --env local.env
  tickertape emulate template.yaml --bucket Site=dist  # With the page that a CloudFront distribution serves
  tickertape emulate --inspect                         # Attach a debugger to Node.js or Python functions

Functions run as they are: Node.js and Python with the interpreters of this machine, all others by a program named \
bootstrap. Their connections to AWS are answered here, also those by HTTPS to the API's own host name, and the \
credentials that they get are invented.";

const REPLAY_EXAMPLES: &str = "\
Examples:
  tickertape replay incident.ttr
  tickertape replay incident.ttr --listen 127.0.0.1:0 --json      # Print the address of a free port

The board shows the recording with the times at which it was made, and never calls it live. It can be played at 1x and \
10x, frame by frame, and from any moment. Lines of the file that are damaged are named and left out, and charts have \
gaps where publications are missing. Without this program, put the file beside the page on any web server and open \
the page with `?demo=incident.ttr`.";

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
  tickertape token --auth-secret-file secret.txt --sub ann --subscribe '*' --edit '*'     # May save boards
  aws ssm get-parameter --name NAME --with-decryption --query Parameter.Value --output text \\
    | tickertape token --auth-secret-file - --subscribe '*'      # For a server on AWS

A single token cannot be revoked: it is valid until it expires. To make all tokens invalid, replace the secret of the \
server with `tickertape secret --replace FILE`.";

const CHECK_BOARD_EXAMPLES: &str = "\
Examples:
  tickertape check-board boards/*.json
  tickertape check-board --strict boards/*.json        # In a repository, before each commit
  tickertape check-board --json shop-floor.json | jq -r .message

A board document decides which topics stand where on a board, in which kind of panel, and with which thresholds. Its \
fields are described in docs/board.schema.json, which editors can use. The name of the file, without .json, is the \
name of the board.

Exit codes:
  0  all documents can be used
  2  the command line is not valid
  1  a document has an error, or a warning with --strict, or a file cannot be read";

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
skipped. Every other line is published, or counted as a line that could not be published; the exit code is then 1. The \
first five of these are reported on standard error, each with its number and the reason. Text between lines of another \
format, such as a warning, is published to the topic TOPIC/log. A summary at the end counts all lines.

Numbers keep their digits. A unit after a number (`37 %`, `120MiB`, `12ms`) becomes the unit of its series, and later \
values are converted exactly into it. `K`, `M` and `G` alone, as `df -h` prints them, are powers of 1024. The board \
shows the unit beside the number. A time without a time zone is read as the local time of this machine, or of the \
zone in the variable TZ. If the time in a line is more than an hour in the future or more than 366 days ago, the time \
of reading is used instead, and the time in the line is published as a field. Words before key=value pairs are read as \
a time, as a level with a message (`WARN disk is slow ms=12`), or else as a name: `eth0: rx=5` is published as \
{\"eth0\": {\"rx\": 5}}. Fields that journald uses internally, such as __CURSOR, are not published.

While the server cannot be reached, pipe keeps at least the next 1,000 lines in memory. When its memory is full, it \
stops reading until the server is back, and the program that writes the lines has to wait. No line is lost. None \
is published twice, unless the server could not be reached for more than ten minutes after it had received the line, or \
for more than 30 seconds after the last lines of the input.",
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
{\"gap\": {\"topic\": …, \"from\": …, \"to\": …}} shows two positions: `from` is the one before the missing publications, \
and `to` that of the last missing one. If `to` is null, the topic's history has been restarted, for example because \
the topic was deleted.",
    )
}

fn record_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape record incident.ttr
  tickertape record incident.ttr 'shop/*' --for 10m
  tickertape record incident.ttr --rewind 15m --force      # Begin with data of the last 15 minutes; replace the file

Press Ctrl-C to end the recording. It contains every frame of the server byte for byte, with the time at which it was \
received, the beginnings and ends of connections, and gaps. It contains no token. Play it back with `tickertape replay`.",
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

If the server requires tokens, use one that permits deleting: tickertape token --forget kitchen/temp …
To delete all topics that match a filter, it must also permit reading their names: tickertape token --subscribe 'old/*' \
--forget 'old/*' …

The panels of deleted topics disappear from all boards. If a program publishes to a deleted topic, the topic is created \
again, with an empty history.",
    )
}

fn save_board_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape save-board boards/*.json
  tickertape save-board --replace boards/*.json --url https://board.example

All files are checked before the first one is saved, as by `tickertape check-board`. If the server requires tokens, use \
one that permits saving: tickertape token --edit '*' …

Boards that should only be changed in files need not be saved: `tickertape serve --boards DIR` reads them.",
    )
}

fn history_help() -> String {
    with_exit_codes(
        "\
Examples:
  tickertape history host/cpu --limit 10
  tickertape history host/cpu --since 5m --json
  tickertape history host/cpu --since 9f86d081884c:17     # After the position EPOCH:OFFSET
  tickertape history host/cpu --from '2h ago' --to '1h ago'
  tickertape history host/cpu --from 2026-11-29T14:20:00Z --step 1m
  tickertape history host/cpu --from '24h ago' --step 10m --json | jq 'select(.series == \"all\") | .max'

A position is an epoch and an offset. The epoch is an identifier that changes when the topic's history is restarted; the \
offset is the number of the publication within that epoch.

If requested publications can no longer be read, because they were deleted or lost, a note on standard error says so. With \
--json, a line with the field `gap` stands in their place, as `tickertape watch --help` describes it. If it is uncertain \
whether they belong to the period of --since TIME or --from, the note names the time before which they are missing, also \
with --json.

With --step, the values of each field of the data are reduced to buckets, one for each stretch of this length, and a line \
is printed for each bucket. `n` is the number of values, and `first`, `last`, `min` and `max` are values as they were \
published. A bucket is longer than --step if there would be more than 2,000. A value is in the bucket of the \
time at which it was measured, if it was sent later. Publications without values, such as lines of a log, are only \
counted. Publications that are no longer kept, not even in a bucket, are printed as lost. With --json, a line has either \
the fields of a bucket (`series`, `first_ms`, `last_ms`, `count`, `changes`, `first`, `last`, `min`, `max`, `others`), \
which PROTOCOL.md describes, or the field `lines` or `lost`.",
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
