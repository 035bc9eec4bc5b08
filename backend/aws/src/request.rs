//! What every request has in common: faults as [`Unavailable`], pages, batches.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use backend_core::ports::Unavailable;

/// A request that failed after all tries of the SDK.
pub fn unavailable<E: std::error::Error + 'static>(error: SdkError<E, HttpResponse>) -> Unavailable {
    Unavailable::new(DisplayErrorContext(error))
}
