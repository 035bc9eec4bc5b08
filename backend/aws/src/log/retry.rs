//! A retry policy for requests that must not be executed twice.

use aws_sdk_dynamodb::config::interceptors::InterceptorContext;
use aws_sdk_dynamodb::config::retry::{ClassifyRetry, RetryAction};

/// Permits a retry only if DynamoDB has certainly not executed the request, which is the case if it answered 4xx
/// (throttling, for example). After a time-out, a lost connection or a 5xx, the request may have been executed. A retry
/// of an append could then add the publications twice, if the append has no producer whose numbers would reveal the
/// repetition.
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
