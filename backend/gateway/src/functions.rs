//! The interface of the functions behind a gateway, which are its Lambda functions.

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayCustomAuthorizerResponse,
    ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext,
};

/// The functions of one API. The gateway drops the future of an invocation that takes longer than
/// [`Limits::integration`](crate::Limits::integration).
///
/// See the [crate documentation](crate) for an example.
pub trait Functions: Send + Sync + 'static {
    /// Handles a CONNECT, MESSAGE or DISCONNECT event. `event.request_context.route_key` is the selected route.
    ///
    /// # Errors
    ///
    /// [`FunctionError`]: the handshake is answered with 502, or the message with "Internal server error".
    fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send;

    /// Decides about a handshake. Called only if the API has an [`Authorizer`](crate::Authorizer). The default
    /// implementation fails.
    ///
    /// # Errors
    ///
    /// [`AuthorizeError`]: the handshake is answered with 401 or 500.
    fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> impl Future<Output = Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError>> + Send {
        drop(event);
        async {
            Err(AuthorizeError::Failed {
                message: "the API has an authorizer, but `Functions::authorize` is not implemented".into(),
            })
        }
    }
}

/// Makes [`Functions`] of one asynchronous closure that handles every event; there is no authorizer.
///
/// See the [crate documentation](crate) for an example.
pub fn functions_fn<H, T>(handle: H) -> FunctionsFn<H>
where
    H: Fn(ApiGatewayWebsocketProxyRequest) -> T + Send + Sync + 'static,
    T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send,
{
    FunctionsFn(handle)
}

/// The [`Functions`] that [`functions_fn`] makes of a closure.
#[derive(Clone, Copy, Debug)]
pub struct FunctionsFn<H>(H);

impl<H, T> Functions for FunctionsFn<H>
where
    H: Fn(ApiGatewayWebsocketProxyRequest) -> T + Send + Sync + 'static,
    T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send,
{
    fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send {
        (self.0)(event)
    }
}

/// The event of an authorizer.
#[derive(Clone, Debug)]
pub struct AuthorizerEvent {
    /// The event as `aws_lambda_events` types it.
    pub request: ApiGatewayCustomAuthorizerRequestTypeRequest,
    /// The `requestContext` as API Gateway sends it. The one in `request` is typed for REST APIs and lacks the connection.
    pub context: ApiGatewayWebsocketProxyRequestContext,
}

/// A function threw, crashed, or returned something that is not a response. The client is not told the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function failed: {message}")]
#[non_exhaustive]
pub struct FunctionError {
    /// Text for the log.
    pub message: String,
}

impl FunctionError {
    /// Creates an error with a text for the log.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// An authorizer threw instead of returning a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizeError {
    /// The authorizer threw exactly `Unauthorized`: the handshake is answered with 401.
    #[error("unauthorized")]
    Unauthorized,
    /// The authorizer threw something else: the handshake is answered with 500.
    #[error("the authorizer failed: {message}")]
    Failed {
        /// Text for the log.
        message: String,
    },
}
