//! The gateway's functions, as processes: events as API Gateway sends them, and what their answers mean.

use apigw_websocket::{
    AuthorizeError, AuthorizerEvent, FunctionError, Functions, authorizer_event_json, event_json,
};
use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};
use bytes::Bytes;
use serde_json::Value;

use crate::{Host, InvokeError};

/// The largest answer of an authorizer ("Quotas for configuring and running a WebSocket API": 8 KB).
const AUTHORIZER_BYTES: usize = 8 * 1024;

/// Invokes one function for every route, and perhaps another for handshakes.
#[derive(Clone)]
pub struct GatewayFunctions {
    host: Host,
    routes: String,
    authorizer: Option<String>,
}

impl GatewayFunctions {
    /// `routes` handles CONNECT, MESSAGE and DISCONNECT; `authorizer` decides about handshakes, if the API has one.
    pub fn new(host: Host, routes: impl Into<String>, authorizer: Option<String>) -> Self {
        Self { host, routes: routes.into(), authorizer }
    }

    async fn decide(&self, event: &Value) -> Result<Bytes, AuthorizeError> {
        let function = self.authorizer.as_deref().ok_or_else(|| failed("there is no authorizer"))?;
        let invoked = self.host.invoke(function, event.to_string().into()).await;
        let answer = invoked.map_err(|error| match error {
            InvokeError::Function(failure) if failure.message == "Unauthorized" => {
                AuthorizeError::Unauthorized
            }
            other => failed(other),
        })?;
        if answer.len() > AUTHORIZER_BYTES {
            return Err(failed(format!("its answer of {} bytes is beyond {AUTHORIZER_BYTES}", answer.len())));
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
            // Only a handshake needs an answer; what a message's function returns is thrown away.
            Err(_) if !is_connect => Ok(ApiGatewayProxyResponse::default()),
            Err(error) => Err(function_error(format!("what $connect returned is no response: {error}"))),
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
    FunctionError { message: error.to_string() }
}

fn failed(error: impl std::fmt::Display) -> AuthorizeError {
    AuthorizeError::Failed { message: error.to_string() }
}
