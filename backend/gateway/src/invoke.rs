//! Invokes functions with a time limit, and prevents a panic in a function from ending the gateway's task.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};

use crate::authorizer_answer::AuthorizerAnswer;
use crate::functions::{AuthorizeError, AuthorizerEvent, FunctionError, Functions};
use crate::header_names::HeaderNames;
use crate::route::CONNECT;

/// The result of invoking a function: it returned a response, it failed, or it exceeded the time limit.
pub(crate) enum Outcome {
    Returned(Box<ApiGatewayProxyResponse>),
    Failed,
    TimedOut,
}

/// Invokes the function of a route. The event is boxed, because it has kilobytes, and each future between the caller and the
/// function would reserve space for it.
pub(crate) async fn invoke<F: Functions>(
    functions: &F,
    event: Box<ApiGatewayWebsocketProxyRequest>,
    limit: Duration,
) -> Outcome {
    let route_key = event.request_context.route_key.clone().unwrap_or_default();
    outcome(Box::pin(functions.invoke(*event)), &route_key, limit).await
}

/// Invokes the function of `$connect`.
pub(crate) async fn connect<F: Functions>(
    functions: &F,
    event: ApiGatewayWebsocketProxyRequest,
    names: HeaderNames,
    limit: Duration,
) -> Outcome {
    outcome(Box::pin(functions.connect(event, names)), CONNECT, limit).await
}

async fn outcome(
    invoked: Pin<Box<impl Future<Output = Result<ApiGatewayProxyResponse, FunctionError>>>>,
    route_key: &str,
    limit: Duration,
) -> Outcome {
    match tokio::time::timeout(limit, CatchPanic(invoked)).await {
        Ok(Some(Ok(response))) => Outcome::Returned(Box::new(response)),
        Ok(Some(Err(error))) => {
            tracing::warn!(route_key, %error, "a function failed");
            Outcome::Failed
        }
        Ok(None) => {
            tracing::error!(route_key, "a function panicked");
            Outcome::Failed
        }
        Err(_) => {
            tracing::warn!(route_key, ?limit, "a function timed out");
            Outcome::TimedOut
        }
    }
}

pub(crate) async fn authorize<F: Functions>(
    functions: &F,
    event: AuthorizerEvent,
    limit: Duration,
) -> Result<AuthorizerAnswer, AuthorizeError> {
    let failed = |message: &str| AuthorizeError::Failed { message: message.to_owned() };
    match tokio::time::timeout(limit, CatchPanic(Box::pin(functions.authorize(event)))).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(failed("panicked")),
        Err(_) => Err(failed("timed out")),
    }
}

/// A future that returns `None` if the inner future panics, so that a panic in one function affects nothing else.
struct CatchPanic<T>(Pin<Box<T>>);

impl<T: Future> Future for CatchPanic<T> {
    type Output = Option<T::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // This is unwind-safe: the future is not polled again after a panic, so that nothing can see its inconsistent
        // state.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    }
}
