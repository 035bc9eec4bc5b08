//! A retry policy that only retries requests that were certainly not executed.

use aws_sdk_dynamodb::config::interceptors::InterceptorContext;
use aws_sdk_dynamodb::config::retry::{ClassifyRetry, RetryAction};

/// Forbids a retry unless DynamoDB refused the request with a 4xx (throttling is one of them). An append without a
/// producer would otherwise be added twice after a time-out, a broken connection or a 5xx.
#[derive(Debug)]
pub struct RetryIfRefused;

impl ClassifyRetry for RetryIfRefused {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let status = context.response().map(|response| response.status().as_u16());
        match status {
            _ if !context.is_failed() => RetryAction::NoActionIndicated,
            Some(400..=499) => RetryAction::NoActionIndicated,
            Some(_) | None => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "retry if refused"
    }
}
