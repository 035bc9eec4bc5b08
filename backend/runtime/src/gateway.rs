//! Connects a WebSocket gateway to Lambda functions of a host. It writes events in API Gateway's format, and parses the
//! functions' answers.

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

/// Maximum size of an authorizer's answer ("Quotas for configuring and running a WebSocket API": 8 KB).
const AUTHORIZER_BYTES: usize = 8 * 1024;

/// The [`Functions`] of an `apigw_websocket::Gateway`: one function for all routes, and optionally an authorizer.
#[derive(Clone)]
pub struct GatewayFunctions {
    host: Host,
    routes: String,
    authorizer: Option<String>,
}

impl GatewayFunctions {
    /// Creates the [`Functions`] from functions of `host`, by their names. `routes` handles the events CONNECT, MESSAGE
    /// and DISCONNECT. `authorizer` allows or refuses handshakes; it is `None` if the API has no authorizer.
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
                "the answer of the authorizer has {} bytes, and the limit is {AUTHORIZER_BYTES}",
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
        match proxy_response(&answer) {
            Ok(response) => Ok(response),
            // Only the answer to a handshake is used; the answer to a message is discarded.
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
        authorizer_response(&answer).map_err(failed)
    }
}

/// Parses the answer of a function that handles an event of the gateway. Like AWS, it also accepts a `statusCode` that
/// is text, such as `"200"`.
fn proxy_response(answer: &[u8]) -> Result<ApiGatewayProxyResponse, serde_json::Error> {
    serde_json::from_slice(answer).or_else(|_| {
        let mut response: Value = serde_json::from_slice(answer)?;
        if let Some(status) = response.get_mut("statusCode")
            && let Some(number) = status.as_str().and_then(|text| text.parse::<u16>().ok())
        {
            *status = number.into();
        }
        serde_json::from_value(response)
    })
}

/// Parses the answer of an authorizer. `Statement` in its policy may be a single statement instead of a list, as IAM's
/// grammar allows.
fn authorizer_response(answer: &[u8]) -> Result<ApiGatewayCustomAuthorizerResponse, serde_json::Error> {
    serde_json::from_slice(answer).or_else(|_| {
        let mut response: Value = serde_json::from_slice(answer)?;
        if let Some(statement) = response.pointer_mut("/policyDocument/Statement").filter(|s| s.is_object()) {
            *statement = Value::Array(vec![statement.take()]);
        }
        serde_json::from_value(response)
    })
}

fn function_error(error: impl std::fmt::Display) -> FunctionError {
    FunctionError::new(error.to_string())
}

fn failed(error: impl std::fmt::Display) -> AuthorizeError {
    AuthorizeError::Failed { message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_may_be_text() {
        for (answer, status) in [(r#"{"statusCode":"200"}"#, 200), (r#"{"statusCode":403}"#, 403)] {
            assert_eq!(
                proxy_response(answer.as_bytes()).map(|response| response.status_code).ok(),
                Some(status)
            );
        }
        for answer in [r#"{"statusCode":"two hundred"}"#, r#"{"statusCode":"-1"}"#, "null"] {
            assert!(proxy_response(answer.as_bytes()).is_err(), "{answer}");
        }
    }

    #[test]
    fn a_policy_may_have_a_single_statement_without_brackets() {
        let statement = r#"{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}"#;
        for statements in [statement.to_owned(), format!("[{statement}]")] {
            let policy = format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#);
            let answer = format!(r#"{{"principalId":"me","policyDocument":{policy}}}"#);
            let read = authorizer_response(answer.as_bytes()).expect("a policy");
            assert_eq!(read.policy_document.statement.len(), 1);
        }
    }
}
