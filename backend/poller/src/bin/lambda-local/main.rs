//! Runs Tickertape's AWS topology on this machine. It starts DynamoDB Local and `tickertape serve --functions lambda`, with the
//! functions as they are deployed, and passes the stream of the topics table to the function `broadcast`.
//! `cargo xtask lambda-local` starts this program.

mod arguments;
mod dynamodb;
mod error;
mod process;
mod serve;
mod signals;

use std::process::ExitCode;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::config::{Credentials, SharedCredentialsProvider};
use backend_aws::Aws;
use backend_poller::{Poller, Settings, Stream, Target};
use clap::Parser;

use arguments::Arguments;
use dynamodb::{DynamoDb, REGION, TOPICS_TABLE, table_names};
use error::LocalError;
use process::Process;
use serve::Serve;
use signals::Signals;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lambda-local: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts everything, waits for a signal or for the end of a process, and then stops everything. The server is stopped first,
/// because its functions still use the tables while they stop.
async fn run(arguments: &Arguments) -> Result<(), LocalError> {
    let mut signals = Signals::listen(arguments.until_eof)?;
    let started = unless_stopped(&mut signals, DynamoDb::start(arguments)).await?;
    let Some(mut dynamodb) = started else { return Ok(()) };
    let ended = run_over(arguments, &mut dynamodb, &mut signals).await;
    dynamodb.process.end().await;
    ended
}

async fn run_over(
    arguments: &Arguments,
    dynamodb: &mut DynamoDb,
    signals: &mut Signals,
) -> Result<(), LocalError> {
    let started = unless_stopped(signals, start(arguments, &dynamodb.url)).await?;
    let Some((mut serve, mut host)) = started else { return Ok(()) };
    let poller = tokio::spawn(poller(&dynamodb.url, &serve.functions_url).await?.run());
    serve.announce(arguments, &dynamodb.url);
    let ended = tokio::select! {
        () = signals.next() => Ok(()),
        ended = serve.process.ended() => Err(ended),
        ended = dynamodb.process.ended() => Err(ended),
    };
    if let Some(host) = &mut host {
        host.end().await;
    }
    serve.process.end().await;
    poller.abort();
    ended.map_err(Into::into)
}

/// Creates the tables, and starts the processes that need DynamoDB.
async fn start(arguments: &Arguments, dynamodb: &str) -> Result<(Serve, Option<Process>), LocalError> {
    Aws::local(dynamodb).create_tables(&table_names()).await?;
    let serve = Serve::start(arguments, dynamodb).await?;
    let host = host(arguments, &serve)?;
    Ok((serve, host))
}

/// Waits for `starting`. Returns `None` if a signal arrives first; the processes that have been started so far are then killed.
async fn unless_stopped<T>(
    signals: &mut Signals,
    starting: impl Future<Output = Result<T, LocalError>>,
) -> Result<Option<T>, LocalError> {
    tokio::select! {
        started = starting => started.map(Some),
        () = signals.next() => Ok(None),
    }
}

/// Returns a poller that passes the stream of the topics table to the function `broadcast`.
async fn poller(dynamodb: &str, lambda: &str) -> Result<Poller, LocalError> {
    let streams = aws_sdk_dynamodbstreams::Client::new(&config(dynamodb));
    let stream = Stream::of_table(streams, TOPICS_TABLE).await?.ok_or("the topics table has no stream")?;
    let target = Target::new(aws_sdk_lambda::Client::new(&config(lambda)), "broadcast");
    Ok(Poller::new(stream, target, Settings::default()))
}

fn config(endpoint_url: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint_url)
        .build()
}

/// Starts `tickertape host`, which publishes this machine's metrics. It is not started if clients need a token, because it has
/// none.
fn host(arguments: &Arguments, serve: &Serve) -> Result<Option<Process>, LocalError> {
    if arguments.no_host || arguments.asks_for_tokens() {
        return Ok(None);
    }
    let mut command = tokio::process::Command::new(&arguments.tickertape);
    command.args(["host", "--url", &serve.ws]);
    Process::start("tickertape host", &mut command).map(Some)
}
