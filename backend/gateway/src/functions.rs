//! The functions behind a gateway: what Lambda is to API Gateway.

use std::sync::Arc;

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayCustomAuthorizerResponse,
    ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext,
};

/// Answers the events of one API. A future that is dropped was beyond the integration time-out.
pub trait Functions: Send + Sync + 'static {
    /// Handles CONNECT, MESSAGE and DISCONNECT; `requestContext.routeKey` says which route was selected.
    fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send;

    /// Decides about a handshake. Called only if the API has an [`Authorizer`](crate::Authorizer).
    fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> impl Future<Output = Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError>> + Send {
        drop(event);
        async {
            Err(AuthorizeError::Failed { message: "the API has an authorizer and no function for it".into() })
        }
    }
}

impl<F: Functions> Functions for Arc<F> {
    fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send {
        (**self).invoke(event)
    }

    fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> impl Future<Output = Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError>> + Send {
        (**self).authorize(event)
    }
}

/// What an authorizer is asked.
#[derive(Clone, Debug)]
pub struct AuthorizerEvent {
    /// The event as `aws_lambda_events` types it.
    pub request: ApiGatewayCustomAuthorizerRequestTypeRequest,
    /// Its `requestContext` as API Gateway sends it. The typed one is that of REST APIs, without a connection.
    pub context: ApiGatewayWebsocketProxyRequestContext,
}

/// A function threw, crashed or returned what is no response. The client learns only that it happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function failed: {message}")]
pub struct FunctionError {
    /// For the log.
    pub message: String,
}

/// An authorizer decided nothing, or refused by throwing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// It threw exactly `Unauthorized`: the handshake is answered with 401.
    #[error("unauthorized")]
    Unauthorized,
    /// It threw something else: the handshake is answered with 500.
    #[error("the authorizer failed: {message}")]
    Failed {
        /// For the log.
        message: String,
    },
}
