//! The function that the records are passed to.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use serde_json::Value;

use crate::Outcome;

/// A function that is invoked by the action `Invoke` of the Lambda API.
#[derive(Debug, Clone)]
pub struct Target {
    client: Client,
    function: String,
}

impl Target {
    /// Creates a target that invokes the function of this name.
    pub fn new(client: Client, function: impl Into<String>) -> Self {
        Self { client, function: function.into() }
    }

    /// Invokes the function with an event and waits for its response. If the invocation fails, the reason is passed to `log`.
    pub(crate) async fn invoke(&self, event: &Value, log: impl Fn(String)) -> Outcome {
        let payload = Blob::new(event.to_string());
        let invoked = self.client.invoke().function_name(&self.function).payload(payload).send().await;
        match invoked {
            Ok(output) if output.function_error().is_none() => Outcome::of(&answer(&output)),
            Ok(output) => {
                log(format!("{} failed: {}", self.function, answer(&output)));
                Outcome::Failed
            }
            Err(error) => {
                log(format!("{} was not reached: {}", self.function, DisplayErrorContext(error)));
                Outcome::Failed
            }
        }
    }
}

fn answer(output: &InvokeOutput) -> Value {
    let payload = output.payload().map(Blob::as_ref).unwrap_or_default();
    serde_json::from_slice(payload).unwrap_or_default()
}
