//! The function that is fed.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use serde_json::Value;

use crate::Outcome;

/// A function, invoked by Lambda's own API.
#[derive(Debug, Clone)]
pub struct Target {
    client: Client,
    function: String,
}

impl Target {
    /// This function.
    pub fn new(client: Client, function: impl Into<String>) -> Self {
        Self { client, function: function.into() }
    }

    /// Hands an event over, and waits until the function has answered. Why it failed, if it did, goes to `tell`.
    pub(crate) async fn invoke(&self, event: &Value, tell: impl Fn(String)) -> Outcome {
        let payload = Blob::new(event.to_string());
        let invoked = self.client.invoke().function_name(&self.function).payload(payload).send().await;
        match invoked {
            Ok(output) if output.function_error().is_none() => Outcome::of(&answer(&output)),
            Ok(output) => {
                tell(format!("{} failed: {}", self.function, answer(&output)));
                Outcome::Failed
            }
            Err(error) => {
                tell(format!("{} was not reached: {}", self.function, DisplayErrorContext(error)));
                Outcome::Failed
            }
        }
    }
}

fn answer(output: &InvokeOutput) -> Value {
    let payload = output.payload().map(Blob::as_ref).unwrap_or_default();
    serde_json::from_slice(payload).unwrap_or_default()
}
