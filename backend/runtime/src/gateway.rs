//! Connects a WebSocket gateway to Lambda functions of a host. It writes events in API Gateway's format, and parses the
//! functions' answers.

use std::collections::BTreeMap;

use apigw_websocket::{
    AuthorizeError, AuthorizerAnswer, AuthorizerEvent, FunctionError, Functions, HeaderNames,
    authorizer_event_json, connect_event_json, event_json,
};
use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use bytes::Bytes;
use serde_json::Value;

use crate::function_error::InvokeError;
use crate::host::Host;
use crate::proxy_response::proxy_response;

/// The [`Functions`] of an `apigw_websocket::Gateway`: one function for all routes, functions for single routes, and optionally an
/// authorizer.
///
/// ```no_run
/// # fn with(host: lambda_host::Host) {
/// use lambda_host::GatewayFunctions;
///
/// let functions = GatewayFunctions::new(host, "chat", Some("login".into())).route("report", "reports");
/// # drop(functions);
/// # }
/// ```
#[derive(Clone)]
pub struct GatewayFunctions {
    host: Host,
    routes: String,
    /// Functions of single routes, by the route keys.
    by_route: BTreeMap<String, String>,
    authorizer: Option<String>,
}

impl GatewayFunctions {
    /// Creates the [`Functions`] from functions of `host`, by their names. `routes` handles the events CONNECT, MESSAGE
    /// and DISCONNECT. `authorizer` allows or refuses handshakes; it is `None` if the API has no authorizer.
    pub fn new(host: Host, routes: impl Into<String>, authorizer: Option<String>) -> Self {
        Self { host, routes: routes.into(), by_route: BTreeMap::new(), authorizer }
    }

    /// Makes another function handle the events of one route. Its function is named as in [`Host::invoke`].
    #[must_use]
    pub fn route(mut self, key: impl Into<String>, function: impl Into<String>) -> Self {
        self.by_route.insert(key.into(), function.into());
        self
    }

    async fn respond(&self, event: &Value) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let payload = event.to_string().into();
        let key = event["requestContext"]["routeKey"].as_str().unwrap_or_default();
        let function = self.by_route.get(key).unwrap_or(&self.routes);
        let answer = self.host.invoke(function, payload).await.map_err(function_error)?;
        proxy_response(&answer)
            .map_err(|reason| function_error(format!("malformed Lambda proxy response: {reason}")))
    }

    async fn decide(&self, event: &Value) -> Result<Bytes, AuthorizeError> {
        let function = self
            .authorizer
            .as_deref()
            .ok_or_else(|| failed("the API has an authorizer, but no function is named for it"))?;
        let invoked = self.host.invoke(function, event.to_string().into()).await;
        invoked.map_err(|error| match error {
            InvokeError::Function(error) if error.message == "Unauthorized" => AuthorizeError::Unauthorized,
            other => failed(other),
        })
    }
}

impl Functions for GatewayFunctions {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        self.respond(&event_json(&event)).await
    }

    async fn connect(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
        names: HeaderNames,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        self.respond(&connect_event_json(&event, &names)).await
    }

    async fn authorize(&self, event: AuthorizerEvent) -> Result<AuthorizerAnswer, AuthorizeError> {
        let answer = self.decide(&authorizer_event_json(&event)).await?;
        Ok(AuthorizerAnswer::from_json(&answer)?)
    }
}

fn function_error(error: impl std::fmt::Display) -> FunctionError {
    FunctionError::new(error.to_string())
}

fn failed(error: impl std::fmt::Display) -> AuthorizeError {
    AuthorizeError::Failed { message: error.to_string() }
}
