//! The functions of a gateway, as processes of a host: writing events as API Gateway sends them, and reading answers.

use apigw_websocket::{
    AuthorizeError, AuthorizerEvent, FunctionError, Functions, authorizer_event_json, event_json,
};
use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};
use bytes::Bytes;
use serde_json::Value;

use crate::function_error::InvokeError;
use crate::host::Host;

/// Size of the largest answer of an authorizer ("Quotas for configuring and running a WebSocket API": 8 KB).
const AUTHORIZER_BYTES: usize = 8 * 1024;

/// The [`Functions`] of an `apigw_websocket::Gateway`: one function for every route, and optionally an authorizer.
#[derive(Clone)]
pub struct GatewayFunctions {
    host: Host,
    routes: String,
    authorizer: Option<String>,
}

impl GatewayFunctions {
    /// Creates the functions of a gateway from two functions of `host`: `routes` handles CONNECT, MESSAGE and DISCONNECT
    /// events; `authorizer` decides about handshakes, if the API has an authorizer.
    pub fn new(host: Host, routes: impl Into<String>, authorizer: Option<String>) -> Self {
        Self { host, routes: routes.into(), authorizer }
    }

    async fn decide(&self, event: &Value) -> Result<Bytes, AuthorizeError> {
        let function = self
            .authorizer
            .as_deref()
            .ok_or_else(|| failed("the API has an authorizer, but no function is named for it"))?;
        let invoked = self.host.invoke(function, event.to_string().into()).await;
        let answer = invoked.map_err(|error| match error {
            InvokeError::Function(error) if error.message == "Unauthorized" => AuthorizeError::Unauthorized,
            other => failed(other),
        })?;
        if answer.len() > AUTHORIZER_BYTES {
            return Err(failed(format!(
                "its answer of {} bytes exceeds the limit of {AUTHORIZER_BYTES}",
                answer.len()
            )));
        }
        Ok(answer)
    }
}

impl Functions for GatewayFunctions {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let is_connect = event.request_context.event_type.as_deref() == Some("CONNECT");
        let payload = event_json(&event).to_string().into();
        let answer = self.host.invoke(&self.routes, payload).await.map_err(function_error)?;
        match serde_json::from_slice(&answer) {
            Ok(response) => Ok(response),
            // Only a handshake needs an answer; the one to a message is discarded.
            Err(_) if !is_connect => Ok(ApiGatewayProxyResponse::default()),
            Err(error) => {
                Err(function_error(format!("$connect returned something that is not a response: {error}")))
            }
        }
    }

    async fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError> {
        let answer = self.decide(&authorizer_event_json(&event)).await?;
        serde_json::from_slice(&answer).map_err(failed)
    }
}

fn function_error(error: impl std::fmt::Display) -> FunctionError {
    FunctionError::new(error.to_string())
}

fn failed(error: impl std::fmt::Display) -> AuthorizeError {
    AuthorizeError::Failed { message: error.to_string() }
}
