//! Code that every Lambda function runs when it starts: it sets up logging, and reports an error if the function cannot
//! start.

use std::fmt::Display;
use std::io;

use lambda_runtime::Error;
use lambda_runtime_api_client::{Client, body::Body};
use serde_json::json;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Returns the value of an environment variable of this process.
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Sets up logging as JSON, one object per line. Each line contains the ids of the request and the connection that it
/// belongs to.
///
/// `AWS_LAMBDA_LOG_LEVEL` sets the lowest level ("Log-level filtering", AWS Lambda developer guide). Lines below `INFO`
/// are logged only for the project's own crates: at those levels libraries log whole requests, some of which contain a
/// token.
pub fn logs() {
    let level = env("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_writer(io::stdout)
        .with_filter(targets(level));
    tracing_subscriber::registry().with(lines).init();
}

fn targets(level: Level) -> Targets {
    Targets::new()
        .with_default(LevelFilter::from(level).min(LevelFilter::INFO))
        .with_target("backend_", level)
}

/// Returns the handler in `wired` if it was set up without an error and Lambda has started this program. Otherwise
/// writes the error to the log, reports it to Lambda, and ends the process with status 1. Lambda shows the error to a
/// user who tests the function.
pub async fn or_exit<T>(wired: Result<T, Error>) -> T {
    match wired.and_then(|function| require_lambda(env(RUNTIME_API)).map(|()| function)) {
        Ok(function) => function,
        Err(fault) => {
            tracing::error!(%fault, "the function cannot start");
            if let Err(error) = report(&fault).await {
                tracing::warn!(%error, "the error could not be reported to Lambda");
            }
            std::process::exit(1);
        }
    }
}

/// The environment variable with the address of Lambda's Runtime API, from which a function fetches events (AWS Lambda
/// developer guide, "Defined runtime environment variables").
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Returns an error if the program was not started by Lambda. Without Lambda it has no Runtime API to fetch events
/// from.
fn require_lambda(runtime_api: Option<String>) -> Result<(), Error> {
    let words = format!(
        "{RUNTIME_API} is not set: this program is a Lambda function and has to be started by Lambda. \
         To run it on this machine, type `cargo xtask lambda-local`"
    );
    runtime_api.map(drop).ok_or_else(|| words.into())
}

/// Reports to Lambda that the function cannot start (AWS Lambda developer guide, "Using the Lambda runtime API",
/// "Initialization error").
async fn report(fault: &impl Display) -> Result<(), Error> {
    if env(RUNTIME_API).is_none() {
        return Ok(());
    }
    let report = json!({"errorType": KIND, "errorMessage": fault.to_string(), "stackTrace": []});
    let request = http::Request::post("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", KIND)
        .body(Body::from(report.to_string()))?;
    Client::builder().build()?.call(request).await?;
    Ok(())
}

/// Type of the error that is reported to Lambda if a function cannot start. It has Lambda's form: category and name.
const KIND: &str = "Function.CannotStart";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_started_by_hand_says_how_to_start_it() {
        assert!(require_lambda(Some("127.0.0.1:9001".into())).is_ok());
        let words = require_lambda(None).unwrap_err().to_string();
        assert!(words.contains("AWS_LAMBDA_RUNTIME_API") && words.contains("cargo xtask lambda-local"));
    }

    #[test]
    fn below_info_only_the_projects_own_crates_log() {
        let verbose = targets(Level::TRACE);
        assert!(verbose.would_enable("backend_aws::request", &Level::TRACE));
        assert!(verbose.would_enable("lambda_runtime", &Level::INFO));
        for library in ["lambda_runtime", "lambda_runtime::runtime", "aws_smithy_runtime", "hyper"] {
            assert!(!verbose.would_enable(library, &Level::DEBUG), "{library}");
        }
        let quiet = targets(Level::ERROR);
        assert!(!quiet.would_enable("backend_lambda", &Level::WARN));
        assert!(!quiet.would_enable("lambda_runtime", &Level::WARN));
    }
}
