//! The beginning of every function.

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

/// The environment of this process.
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Writes logs as JSON, one object a line, each with the request and the connection it belongs to.
///
/// `AWS_LAMBDA_LOG_LEVEL` says from which level on ("Log-level filtering", AWS Lambda developer guide). Below `INFO` it
/// is only our own crates that speak: libraries tell whole requests there, and some of those hold a token.
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

/// What was set up, or the end of the process: the fault goes to the log, and to Lambda, which shows it to whoever
/// tests the function.
pub async fn or_end<T>(wired: Result<T, Error>) -> T {
    match wired.and_then(|function| in_lambda(env(RUNTIME_API)).map(|()| function)) {
        Ok(function) => function,
        Err(fault) => {
            tracing::error!(%fault, "the function cannot start");
            if let Err(error) = report(&fault).await {
                tracing::warn!(%error, "Lambda was not told why");
            }
            std::process::exit(1);
        }
    }
}

/// Where events come from ("Defined runtime environment variables").
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Somebody has started the program as any other.
fn in_lambda(runtime_api: Option<String>) -> Result<(), Error> {
    let words = format!(
        "{RUNTIME_API} is not set: this is a Lambda function, and nobody is here to invoke it; \
         `cargo xtask lambda-local` starts it with what it needs"
    );
    runtime_api.map(drop).ok_or_else(|| words.into())
}

/// "Initialization error" (AWS Lambda developer guide, "Using the Lambda runtime API").
async fn report(fault: &impl Display) -> Result<(), Error> {
    if env(RUNTIME_API).is_none() {
        return Ok(());
    }
    let told = json!({"errorType": KIND, "errorMessage": fault.to_string(), "stackTrace": []});
    let request = http::Request::post("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", KIND)
        .body(Body::from(told.to_string()))?;
    Client::builder().build()?.call(request).await?;
    Ok(())
}

/// As Lambda's error types are named: who, and what.
const KIND: &str = "Function.CannotStart";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_started_by_hand_says_what_starts_it() {
        assert!(in_lambda(Some("127.0.0.1:9001".into())).is_ok());
        let words = in_lambda(None).unwrap_err().to_string();
        assert!(words.contains("AWS_LAMBDA_RUNTIME_API") && words.contains("cargo xtask lambda-local"));
    }

    #[test]
    fn below_info_only_our_own_crates_speak() {
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
