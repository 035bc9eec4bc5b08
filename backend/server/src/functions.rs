//! Handles the events of the gateway in this process, in place of Lambda functions. Uses the same conversions and the
//! same service as the Lambda functions.

use std::sync::Arc;

use apigw_websocket::{AuthorizeError, AuthorizerAnswer, AuthorizerEvent, FunctionError, Functions};
use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use backend_core::ports::ConnectionId;
use backend_core::{GatewayEvent, Principal};
use backend_edge::AuthorizerError;

use crate::app::App;
use crate::clock::now_ms;

/// Passes the gateway's events to the core's service, and returns its replies.
pub struct Handlers {
    app: Arc<App>,
}

impl Handlers {
    /// Creates the handlers of the functions, which call the service of `app`.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

impl Functions for Handlers {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let peer = event.request_context.identity.source_ip.clone().unwrap_or_default();
        let event = backend_edge::event(event).map_err(|error| FunctionError::new(error.to_string()))?;
        let connecting = connecting(&event);
        let reply = self.app.handle(event, now_ms(&self.app)).await;
        if let Some((sub, connection)) = connecting {
            tracing::info!(sub, %connection, peer, status = reply.status, "a client connects");
        }
        Ok(backend_edge::response(reply))
    }

    async fn authorize(&self, event: AuthorizerEvent) -> Result<AuthorizerAnswer, AuthorizeError> {
        let decision =
            backend_edge::authorize(&event.request, &self.app.settings().access, now_ms(&self.app));
        let answer = decision.map_err(|error| match error {
            AuthorizerError::Unauthorized => {
                tracing::info!("a client without a valid token was refused");
                AuthorizeError::Unauthorized
            }
            AuthorizerError::MethodArn { .. } => AuthorizeError::Failed { message: error.to_string() },
        })?;
        Ok(answer.try_into()?)
    }
}

/// Returns the name of the principal and the id of the connection if the event is `$connect`, otherwise `None`.
fn connecting(event: &GatewayEvent) -> Option<(String, ConnectionId)> {
    let GatewayEvent::Connect(connect) = event else { return None };
    let sub = connect
        .principal
        .as_ref()
        .map_or_else(|| Principal::local().name, |principal| principal.name.clone());
    Some((sub, connect.connection.clone()))
}
