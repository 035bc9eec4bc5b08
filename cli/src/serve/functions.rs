//! The functions behind the gateway, called in process: the same conversions and the same service as Lambda's.

use std::sync::Arc;

use apigw_websocket::{AuthorizeError, AuthorizerEvent, FunctionError, Functions};
use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};
use backend_edge::AuthorizerError;

use super::App;
use crate::client::clock::wall_ms;

/// Hands events to the service.
pub struct Handlers {
    app: Arc<App>,
}

impl Handlers {
    /// Of this service.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

impl Functions for Handlers {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let event =
            backend_edge::event(event).map_err(|error| FunctionError { message: error.to_string() })?;
        Ok(backend_edge::response(self.app.handle(event, wall_ms()).await))
    }

    async fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError> {
        let decision = backend_edge::authorize(&event.request, &self.app.settings().access, wall_ms());
        decision.map_err(|error| match error {
            AuthorizerError::Unauthorized => AuthorizeError::Unauthorized,
            AuthorizerError::MethodArn { .. } => AuthorizeError::Failed { message: error.to_string() },
        })
    }
}
