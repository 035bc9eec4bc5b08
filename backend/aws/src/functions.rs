//! Invoking other functions.

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;

/// Lambda's functions.
#[derive(Debug, Clone)]
pub struct Functions {
    client: Client,
}

/// Why a function was not invoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The payload is larger than Lambda takes: hand over less at once.
    #[error("a payload of {size_bytes} bytes is more than an invocation takes")]
    TooLarge {
        /// As handed in.
        size_bytes: usize,
    },
    /// Lambda cannot just now, or not in time: try later.
    #[error("{what}")]
    Unavailable {
        /// For the log.
        what: String,
    },
    /// Refused: a missing permission, an unknown function. Trying again does not help.
    #[error("{reason}")]
    Refused {
        /// For the log.
        reason: String,
    },
}

impl Functions {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }

    /// Hands `payload`, JSON, to Lambda's queue for `function` (a name or an ARN), and returns once it is taken; what
    /// comes of it is not told (`InvocationType: Event`; AWS Lambda API Reference, "Invoke").
    ///
    /// # Errors
    ///
    /// [`InvokeError`], after the SDK's own tries.
    pub async fn invoke_async(&self, function: &str, payload: Vec<u8>) -> Result<(), InvokeError> {
        let size_bytes = payload.len();
        let invoke = self
            .client
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
