//! The authorizer of `$connect`, which decides who may open a connection.

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayCustomAuthorizerResponse,
};
use backend_edge::AuthorizerError;
use lambda_runtime::Diagnostic;
use serde_json::Value;
use shared::Millis;

use crate::event::{diagnostic, read};
use crate::keys::{FetchKeys, Guard};

/// Handler of the Lambda function `authorizer`, which API Gateway calls for each WebSocket handshake to allow or refuse
/// it.
#[derive(Debug)]
pub struct Authorizer<F> {
    guard: Guard<F>,
}

impl<F: FetchKeys> Authorizer<F> {
    /// Creates the handler of the function `authorizer`. It checks tokens with the keys of `guard`.
    pub fn new(guard: Guard<F>) -> Self {
        Self { guard }
    }

    /// Allows or refuses one WebSocket handshake.
    ///
    /// # Errors
    ///
    /// An error of type `Unauthorized` if the client has no valid token. Its message must be exactly this word, too:
    /// only then does API Gateway answer the client with 401. An error of type `Event` if `payload` is not an event for
    /// an authorizer, and of type `Keys` if the keys for checking the token cannot be fetched.
    pub async fn handle(
        &self,
        payload: Value,
        now: Millis,
    ) -> Result<ApiGatewayCustomAuthorizerResponse, Diagnostic> {
        let request: ApiGatewayCustomAuthorizerRequestTypeRequest = read(payload)?;
        let fetched = self.guard.fetch_if_unknown(backend_edge::token(&request).as_deref(), now).await;
        fetched.map_err(|error| diagnostic("Keys", error))?;
        let decision = backend_edge::authorize(&request, &self.guard.access(), now);
        decision.map_err(|error| match error {
            AuthorizerError::Unauthorized => diagnostic("Unauthorized", error),
            AuthorizerError::MethodArn { .. } => diagnostic("Event", error),
        })
    }
}
