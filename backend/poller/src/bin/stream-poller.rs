//! Passes the stream of a DynamoDB table to a Lambda function, as an event source mapping does on AWS.
//!
//! The addresses and credentials are those of the usual environment variables: `AWS_ENDPOINT_URL_DYNAMODB_STREAMS`,
//! `AWS_ENDPOINT_URL_LAMBDA`, `AWS_REGION` and others.

use std::process::ExitCode;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use backend_poller::{Poller, Settings, Start, Stream, Target};
use clap::Parser;

/// Feed the stream of a DynamoDB table to a Lambda function
#[derive(Debug, Parser)]
struct Arguments {
    /// Name of the table
    #[arg(long)]
    table: String,
    /// Name of the function
    #[arg(long)]
    function: String,
    /// Position in the stream to begin at
    #[arg(long, value_enum, default_value = "trim-horizon")]
    from: Start,
    /// Largest number of records in a batch, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = Settings::default().batch_size)]
    batch_size: i32,
    /// Time to wait for a batch to fill, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    window: u64,
    /// Time between two reads of a shard without new records, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 250)]
    every: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stream-poller: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let streams = aws_sdk_dynamodbstreams::Client::new(&config);
    let Some(stream) = Stream::of_table(streams, &arguments.table).await? else {
        return Err(format!("table {} has no stream: enable one in its settings", arguments.table).into());
    };
    let target = Target::new(aws_sdk_lambda::Client::new(&config), arguments.function.as_str());
    Poller::new(stream, target, settings(arguments)).run().await;
    Ok(())
}

fn settings(arguments: &Arguments) -> Settings {
    Settings {
        start: arguments.from,
        batch_size: arguments.batch_size,
        window: Duration::from_millis(arguments.window),
        every: Duration::from_millis(arguments.every),
        ..Settings::default()
    }
}
