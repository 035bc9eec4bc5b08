//! Secrets kept in the Parameter Store.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::DisplayErrorContext;

use crate::aws::Aws;

/// Why a parameter was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// There is none of that name: create it, or correct the name.
    #[error("there is no parameter called {name:?} in the Parameter Store")]
    NotFound {
        /// As asked for.
        name: String,
    },
    /// A missing permission, or the service does not answer.
    #[error("parameter {name:?} could not be read: {reason}")]
    Unreadable {
        /// As asked for.
        name: String,
        /// For the log. Never the parameter's value.
        reason: String,
    },
}

impl Aws {
    /// Reads and decrypts a parameter (AWS Systems Manager API Reference, "GetParameter").
    ///
    /// # Errors
    ///
    /// [`ParameterError`], after the SDK's own tries.
    pub async fn parameter(&self, name: &str) -> Result<String, ParameterError> {
        let get = Client::new(self.config()).get_parameter().name(name).with_decryption(true);
        let answer = get.send().await.map_err(|error| match error.as_service_error() {
            Some(fault) if fault.is_parameter_not_found() => ParameterError::NotFound { name: name.into() },
            Some(_) | None => unreadable(name, DisplayErrorContext(&error)),
        })?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        value.ok_or_else(|| unreadable(name, "it has no value"))
    }
}

fn unreadable(name: &str, reason: impl ToString) -> ParameterError {
    ParameterError::Unreadable { name: name.into(), reason: reason.to_string() }
}
