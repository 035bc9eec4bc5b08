//! Invokes Lambda functions.

use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;

/// A client that invokes Lambda functions.
#[derive(Debug, Clone)]
pub struct Functions {
    config: SdkConfig,
    /// Created when the first function is invoked, because only broadcasts to very many viewers invoke any.
    client: Arc<OnceLock<Client>>,
}

/// The reason why a function could not be invoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The payload is larger than Lambda accepts. The caller has to divide it among several invocations.
    #[error(
        "the payload has {size_bytes} bytes, which is more than Lambda accepts: divide it among several invocations"
    )]
    TooLarge {
        /// Size of the payload, in bytes.
        size_bytes: usize,
    },
    /// Lambda is overloaded, cannot be reached or did not answer in time. The caller may try again later.
    #[error("Lambda could not accept the invocation: {what}; try again later")]
    Unavailable {
        /// Description of the error, for the log.
        what: String,
    },
    /// Lambda refused the request, because a permission is missing or the function does not exist. Trying again does
    /// not help.
    #[error(
        "Lambda refused the invocation: {reason}; check that the function exists and that this function's role may invoke it"
    )]
    Refused {
        /// Description of the error, for the log.
        reason: String,
    },
}

impl Functions {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self { config: config.clone(), client: Arc::default() }
    }

    /// Queues an invocation of `function` (a name or an ARN) with a JSON `payload`. Returns as soon as Lambda has
    /// accepted the invocation; the function's result is not reported (`InvocationType: Event`; AWS Lambda API
    /// Reference, "Invoke").
    ///
    /// # Errors
    ///
    /// [`InvokeError`] if Lambda has not accepted the invocation after all retries of the SDK.
    pub async fn invoke_async(&self, function: &str, payload: Vec<u8>) -> Result<(), InvokeError> {
        let size_bytes = payload.len();
        let invoke = self
            .client
            .get_or_init(|| Client::new(&self.config))
            .invoke()
            .function_name(function)
            .invocation_type(InvocationType::Event)
            .payload(Blob::new(payload));
        invoke.send().await.map(drop).map_err(|error| {
            let words = DisplayErrorContext(&error).to_string();
            match error.raw_response().map(|response| response.status().as_u16()) {
                Some(413) => InvokeError::TooLarge { size_bytes },
                Some(429 | 500..) | None => InvokeError::Unavailable { what: words },
                Some(_) => InvokeError::Refused { reason: words },
            }
        })
    }
}
