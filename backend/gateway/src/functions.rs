//! The interface of the functions that a gateway invokes. They correspond to the Lambda functions of an API.

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
    ApiGatewayWebsocketProxyRequestContext,
};

use crate::authorizer_answer::{AuthorizerAnswer, MalformedAnswer};
use crate::header_names::HeaderNames;

/// The functions that a gateway invokes for one WebSocket API. They correspond to the API's Lambda functions. If an
/// invocation takes longer than [`Limits::integration`](crate::Limits::integration), the gateway drops its future.
///
/// See the [crate documentation](crate) for an example.
pub trait Functions: Send + Sync + 'static {
    /// Handles a CONNECT, MESSAGE or DISCONNECT event. `event.request_context.route_key` is the selected route.
    ///
    /// # Errors
    ///
    /// [`FunctionError`] if the function fails. A handshake is then answered with 502, and a message with the frame
    /// "Internal server error".
    fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send;

    /// Handles a CONNECT event, and gets the names of the client's headers as the client wrote them, which the event does not
    /// keep. By default, calls [`invoke`](Self::invoke) without them.
    ///
    /// # Errors
    ///
    /// The same as those of [`invoke`](Self::invoke).
    fn connect(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
        names: HeaderNames,
    ) -> impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send {
        drop(names);
        self.invoke(event)
    }

    /// Allows or refuses a handshake. The gateway calls it only if the API has an [`Authorizer`](crate::Authorizer).
    /// The default implementation returns an error.
    ///
    /// # Errors
    ///
    /// [`AuthorizeError`] if the authorizer returns no valid answer. The handshake is then answered with 401 or 500.
    fn authorize(
        &self,
        event: AuthorizerEvent,
    ) -> impl Future<Output = Result<AuthorizerAnswer, AuthorizeError>> + Send {
        drop(event);
        async {
            Err(AuthorizeError::Failed {
                message: "the API has an authorizer, but `Functions::authorize` is not implemented".into(),
            })
        }
    }
}

/// Converts an asynchronous closure to [`Functions`]. The closure handles every event; there is no authorizer.
///
/// See the [crate documentation](crate) for an example.
pub fn functions_fn<H, T>(handle: H) -> FunctionsFn<H>
where
    H: Fn(ApiGatewayWebsocketProxyRequest) -> T + Send + Sync + 'static,
    T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send,
{
    FunctionsFn(handle)
}

/// The implementation of [`Functions`] that [`functions_fn`] returns. It handles every event with one closure.
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

/// The event that an authorizer receives for each WebSocket handshake.
#[derive(Clone, Debug)]
pub struct AuthorizerEvent {
    /// The event, as the type that `aws_lambda_events` has for it.
    pub request: ApiGatewayCustomAuthorizerRequestTypeRequest,
    /// The `requestContext` that API Gateway sends. The field of the same name in `request` has a type for REST APIs,
    /// which lacks the fields of a WebSocket connection.
    pub context: ApiGatewayWebsocketProxyRequestContext,
    /// The names of the client's headers as the client wrote them. `request` has them in lower case.
    pub header_names: HeaderNames,
}

/// The error of a function that threw an error, crashed, or returned something that is not a response. Its message is
/// not sent to the client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function failed: {message}")]
#[non_exhaustive]
pub struct FunctionError {
    /// Description of the error, for the log.
    pub message: String,
}

impl FunctionError {
    /// Creates an error. `message` is for the log and is not sent to the client.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// The error of an authorizer that threw an error instead of returning a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizeError {
    /// The authorizer threw an error with the message `Unauthorized`. The handshake is answered with 401.
    #[error("the authorizer did not accept the credentials of the client: send valid ones")]
    Unauthorized,
    /// The authorizer threw another error. The handshake is answered with 500.
    #[error("the authorizer failed: {message}")]
    Failed {
        /// Description of the error, for the log.
        message: String,
    },
}

impl From<MalformedAnswer> for AuthorizeError {
    fn from(error: MalformedAnswer) -> Self {
        Self::Failed { message: error.to_string() }
    }
}
