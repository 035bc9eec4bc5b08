//! How an invocation can go wrong, in Lambda's words.

use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

/// Why an invocation has no answer, named by what the caller should do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// There is no such function: 404 `ResourceNotFoundException`.
    #[error("there is no function {function:?}")]
    NotFound {
        /// Who was asked for.
        function: String,
    },
    /// As many invocations are in flight as may be: 429 `TooManyRequestsException`. Try again.
    #[error("{limit} invocations of {function:?} are in flight already")]
    Throttled {
        /// Which function.
        function: String,
        /// How many there may be.
        limit: usize,
    },
    /// The payload is too large: 413 `RequestTooLargeException`.
    #[error("a payload of {size_bytes} bytes is beyond {limit_bytes}")]
    TooLarge {
        /// The payload's.
        size_bytes: usize,
        /// What is allowed.
        limit_bytes: usize,
    },
    /// The function was asked, and failed: 200 with `X-Amz-Function-Error`.
    #[error(transparent)]
    Function(#[from] Failure),
}

/// What a function, or its process, died of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {message}")]
pub struct Failure {
    /// `errorType`: the handler's own, or one of Lambda's such as `Sandbox.Timedout`.
    pub error_type: String,
    /// `errorMessage`.
    pub message: String,
    /// What the caller of the function gets: a JSON object with both, and with a stack trace if there is one.
    pub payload: Bytes,
}

impl Failure {
    /// As the runtime reported it ("Lambda runtime API": invocation error, initialization error). What is no
    /// error object is told as one, with the type of the header.
    pub(crate) fn reported(header: Option<&str>, body: Bytes) -> Self {
        let object = serde_json::from_slice(&body).ok().filter(Value::is_object);
        let text = |key: &str| object.as_ref().and_then(|object| object[key].as_str()).map(str::to_owned);
        let error_type = text("errorType").or(header.map(str::to_owned)).unwrap_or("Runtime.Unknown".into());
        let message = text("errorMessage").unwrap_or_default();
        match object {
            Some(_) => Self { error_type, message, payload: body },
            None => Self::new(error_type, String::from_utf8_lossy(&body).into_owned()),
        }
    }

    /// The invocation took longer than the function may.
    pub(crate) fn timed_out(request_id: &str, limit: Duration) -> Self {
        let seconds = limit.as_secs_f64();
        Self::of_host("Sandbox.Timedout", request_id, format!("Task timed out after {seconds:.2} seconds"))
    }

    /// The process ended with an invocation, or its init, unfinished.
    pub(crate) fn exited(request_id: &str, status: Option<ExitStatus>) -> Self {
        let what = match status {
            Some(status) if !status.success() => format!("Runtime exited with error: {}", in_words(status)),
            Some(_) | None => "Runtime exited without providing a reason".to_owned(),
        };
        Self::of_host("Runtime.ExitError", request_id, what)
    }

    /// The program could not be started at all.
    pub(crate) fn not_started(request_id: &str, program: &str, error: &std::io::Error) -> Self {
        let what = format!("fork/exec {program}: {error}");
        Self::of_host("Runtime.InvalidEntrypoint", request_id, what)
    }

    /// The answer is beyond what a function may answer.
    pub(crate) fn response_too_large(limit_bytes: usize) -> Self {
        let what =
            format!("Response payload size exceeded maximum allowed payload size ({limit_bytes} bytes).");
        Self::new("Function.ResponseSizeTooLarge".into(), what)
    }

    /// The host itself failed; Lambda would answer 500 `ServiceException`.
    pub(crate) fn of_service(message: String) -> Self {
        Self::new("ServiceException".into(), message)
    }

    fn of_host(error_type: &str, request_id: &str, what: String) -> Self {
        Self::new(error_type.into(), format!("RequestId: {request_id} Error: {what}"))
    }

    fn new(error_type: String, message: String) -> Self {
        let payload = json!({"errorType": error_type, "errorMessage": message}).to_string().into();
        Self { error_type, message, payload }
    }
}

#[cfg(unix)]
fn in_words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(6)) => "signal: aborted".to_owned(),
        (None, Some(9)) => "signal: killed".to_owned(),
        (None, Some(11)) => "signal: segmentation fault".to_owned(),
        (None, Some(signal)) => format!("signal: {signal}"),
        (None, None) => status.to_string(),
    }
}

#[cfg(not(unix))]
fn in_words(status: ExitStatus) -> String {
    status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_out_is_told_in_lambdas_words() {
        let failure = Failure::timed_out("id-1", Duration::from_secs(3));
        assert_eq!(failure.error_type, "Sandbox.Timedout");
        assert_eq!(failure.message, "RequestId: id-1 Error: Task timed out after 3.00 seconds");
    }

    #[test]
    fn what_the_runtime_reports_is_passed_on_as_it_is() {
        let body = r#"{"errorType":"Bad","errorMessage":"no","stackTrace":["a"]}"#;
        let failure = Failure::reported(Some("Header.Type"), body.into());
        assert_eq!((failure.error_type.as_str(), failure.message.as_str()), ("Bad", "no"));
        assert_eq!(failure.payload, body);
    }

    #[test]
    fn a_report_that_is_no_object_becomes_one() {
        let failure = Failure::reported(Some("Runtime.Odd"), "words".into());
        assert_eq!(failure.payload, r#"{"errorType":"Runtime.Odd","errorMessage":"words"}"#);
    }
}
