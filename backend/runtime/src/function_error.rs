//! The errors of an invocation, with the error types and texts that Lambda uses.

use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

/// The reason why an invocation returned no answer. Each variant has the status and the error type that Lambda's Invoke
/// API answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvokeError {
    /// The host has no function of this name: 404 `ResourceNotFoundException`.
    #[error("there is no Lambda function with the name {function:?}")]
    NotFound {
        /// Name of the Lambda function that is invoked.
        function: String,
    },
    /// The maximum number of invocations of the function is in flight, or the host is closed: 429
    /// `TooManyRequestsException`. The caller may try again later.
    #[error(
        "the function {function:?} already handles {limit} invocations, which is the maximum: try again later"
    )]
    Throttled {
        /// Name of the Lambda function that is invoked.
        function: String,
        /// Maximum number of invocations in flight.
        limit: usize,
    },
    /// The payload is larger than the limit: 413 `RequestTooLargeException`.
    #[error("the payload has {size_bytes} bytes, and the limit is {limit_bytes}: send a smaller one")]
    TooLarge {
        /// Size of the payload, in bytes.
        size_bytes: usize,
        /// Maximum size of a payload, in bytes.
        limit_bytes: usize,
    },
    /// The function was invoked and failed: 200 with the header `X-Amz-Function-Error`.
    #[error(transparent)]
    Function(#[from] FunctionError),
}

/// The failure of an invocation: the handler returned an error, or the process exited, could not start or took too
/// long.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {message}")]
#[non_exhaustive]
pub struct FunctionError {
    /// The field `errorType` of the payload. It is the type that the function's handler reported, or a type of Lambda,
    /// such as `Sandbox.Timedout`.
    pub error_type: String,
    /// The field `errorMessage` of the payload.
    pub message: String,
    /// The response to the caller: a JSON object with the error's type, its message and, if there is one, its stack
    /// trace.
    pub payload: Bytes,
}

impl FunctionError {
    /// Builds the error from a report that a process sent to the Runtime API ("Lambda runtime API": invocation error,
    /// initialization error). If the body is not a JSON object, the body becomes the message, and the header becomes
    /// the type.
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

    /// Builds the error of an invocation that took longer than the function's time-out.
    pub(crate) fn timed_out(request_id: &str, limit: Duration) -> Self {
        let seconds = limit.as_secs_f64();
        Self::of_host("Sandbox.Timedout", request_id, format!("Task timed out after {seconds:.2} seconds"))
    }

    /// Builds the error of a process that exited during an invocation or in its init phase.
    pub(crate) fn exited(request_id: &str, status: Option<ExitStatus>) -> Self {
        let message = match status {
            Some(status) if !status.success() => format!("Runtime exited with error: {}", describe(status)),
            Some(_) | None => "Runtime exited without providing a reason".to_owned(),
        };
        Self::of_host("Runtime.ExitError", request_id, message)
    }

    /// Builds the error of a program that could not be started.
    pub(crate) fn not_started(request_id: &str, program: &str, error: &std::io::Error) -> Self {
        let message = format!("fork/exec {program}: {error}");
        Self::of_host("Runtime.InvalidEntrypoint", request_id, message)
    }

    /// Builds the error of a function whose answer is too large.
    pub(crate) fn response_too_large(limit_bytes: usize) -> Self {
        let message =
            format!("Response payload size exceeded maximum allowed payload size ({limit_bytes} bytes).");
        Self::new("Function.ResponseSizeTooLarge".into(), message)
    }

    /// Builds the error of a failure in the host itself, for which Lambda answers 500 `ServiceException`.
    pub(crate) fn of_service(message: String) -> Self {
        Self::new("ServiceException".into(), message)
    }

    /// Returns true if the process did not report the error, but was found to have exited, not started or taken too long.
    pub(crate) fn is_of_host(&self) -> bool {
        ["Sandbox.Timedout", "Runtime.ExitError", "Runtime.InvalidEntrypoint"]
            .contains(&self.error_type.as_str())
    }

    fn of_host(error_type: &str, request_id: &str, message: String) -> Self {
        Self::new(error_type.into(), format!("RequestId: {request_id} Error: {message}"))
    }

    fn new(error_type: String, message: String) -> Self {
        let payload = json!({"errorType": error_type, "errorMessage": message}).to_string().into();
        Self { error_type, message, payload }
    }
}

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
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
fn describe(status: ExitStatus) -> String {
    status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_out_has_lambdas_error_type_and_message() {
        let error = FunctionError::timed_out("id-1", Duration::from_secs(3));
        assert_eq!(error.error_type, "Sandbox.Timedout");
        assert_eq!(error.message, "RequestId: id-1 Error: Task timed out after 3.00 seconds");
    }

    #[test]
    fn an_error_that_the_runtime_reports_is_returned_unchanged() {
        let body = r#"{"errorType":"Bad","errorMessage":"no","stackTrace":["a"]}"#;
        let error = FunctionError::reported(Some("Header.Type"), body.into());
        assert_eq!((error.error_type.as_str(), error.message.as_str()), ("Bad", "no"));
        assert_eq!(error.payload, body);
    }

    #[test]
    fn an_error_report_that_is_not_an_object_becomes_one() {
        let error = FunctionError::reported(Some("Runtime.Odd"), "words".into());
        assert_eq!(error.payload, r#"{"errorType":"Runtime.Odd","errorMessage":"words"}"#);
    }
}
