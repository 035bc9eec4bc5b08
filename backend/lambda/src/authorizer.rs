//! Who may connect.

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayCustomAuthorizerResponse,
};
use backend_edge::AuthorizerError;
use lambda_runtime::Diagnostic;
use serde_json::Value;
use shared::Millis;

use crate::event::{failure, read};
use crate::keys::{FetchKeys, Guard};

/// The function.
#[derive(Debug)]
pub struct Authorizer<F> {
    guard: Guard<F>,
}

impl<F: FetchKeys> Authorizer<F> {
    /// With these keys.
    pub fn new(guard: Guard<F>) -> Self {
        Self { guard }
    }

    /// Decides about one handshake.
    ///
    /// # Errors
    ///
    /// Exactly `Unauthorized` where API Gateway is to answer 401.
    pub async fn handle(
        &self,
        payload: Value,
        now: Millis,
    ) -> Result<ApiGatewayCustomAuthorizerResponse, Diagnostic> {
        let request: ApiGatewayCustomAuthorizerRequestTypeRequest = read(payload)?;
        self.guard.learn(backend_edge::token(&request).as_deref(), now).await;
        let decision = backend_edge::authorize(&request, &self.guard.access(), now);
        decision.map_err(|error| match error {
            AuthorizerError::Unauthorized => failure("Unauthorized", error),
            AuthorizerError::MethodArn { .. } => failure("Event", error),
        })
    }
}
