//! The functions behind the gateway, called in this process. They use the conversions and the service that the Lambda
//! functions use.

use std::sync::Arc;

use apigw_websocket::{AuthorizeError, AuthorizerEvent, FunctionError, Functions};
use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};
use backend_edge::AuthorizerError;

use crate::app::App;
use crate::clock::now_ms;

/// Passes the gateway's events to the service.
pub struct Handlers {
    app: Arc<App>,
}

impl Handlers {
    /// Handlers of this service.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

impl Functions for Handlers {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let event = backend_edge::event(event).map_err(|error| FunctionError::new(error.to_string()))?;
        Ok(backend_edge::response(self.app.handle(event, now_ms(&self.app)).await))
    }

    async fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError> {
        let decision =
            backend_edge::authorize(&event.request, &self.app.settings().access, now_ms(&self.app));
        decision.map_err(|error| match error {
            AuthorizerError::Unauthorized => AuthorizeError::Unauthorized,
            AuthorizerError::MethodArn { .. } => AuthorizeError::Failed { message: error.to_string() },
        })
    }
}
