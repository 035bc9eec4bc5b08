//! Reads secrets from SSM's Parameter Store.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::DisplayErrorContext;

use crate::aws::Aws;

/// The reason why a parameter could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Parameter Store contains no parameter of this name. The user has to create it or to correct the name.
    #[error("there is no parameter {name:?} in SSM's Parameter Store: create it, or correct the name")]
    NotFound {
        /// Name of the parameter.
        name: String,
    },
    /// The parameter could not be read, because a permission is missing or the service did not answer.
    #[error(
        "SSM parameter {name:?} could not be read: {reason}; check that this function's role may call ssm:GetParameter"
    )]
    Unreadable {
        /// Name of the parameter.
        name: String,
        /// Description of the error, for the log. It never contains the parameter's value.
        reason: String,
    },
}

impl Aws {
    /// Reads and decrypts a parameter of SSM's Parameter Store (AWS Systems Manager API Reference, "GetParameter").
    ///
    /// # Errors
    ///
    /// [`ParameterError`] if the parameter could not be read after all retries of the SDK.
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
