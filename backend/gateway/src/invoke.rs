//! Calling functions: bounded in time, and unharmed by their panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};

use crate::{AuthorizeError, AuthorizerEvent, Functions};

/// What became of an invocation.
pub(crate) enum Outcome {
    Returned(Box<ApiGatewayProxyResponse>),
    Failed,
    TimedOut,
}

pub(crate) async fn invoke<F: Functions>(
    functions: &F,
    event: ApiGatewayWebsocketProxyRequest,
    limit: Duration,
) -> Outcome {
    let route_key = event.request_context.route_key.clone().unwrap_or_default();
    match tokio::time::timeout(limit, CatchPanic(Box::pin(functions.invoke(event)))).await {
        Ok(Some(Ok(response))) => Outcome::Returned(Box::new(response)),
        Ok(Some(Err(error))) => {
            tracing::warn!(route_key, %error, "function failed");
            Outcome::Failed
        }
        Ok(None) => {
            tracing::error!(route_key, "function panicked");
            Outcome::Failed
        }
        Err(_) => {
            tracing::warn!(route_key, ?limit, "function timed out");
            Outcome::TimedOut
        }
    }
}

pub(crate) async fn authorize<F: Functions>(
    functions: &F,
    event: AuthorizerEvent,
    limit: Duration,
) -> Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError> {
    let failed = |message: &str| AuthorizeError::Failed { message: message.to_owned() };
    match tokio::time::timeout(limit, CatchPanic(Box::pin(functions.authorize(event)))).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(failed("panicked")),
        Err(_) => Err(failed("timed out")),
    }
}

/// A future whose panic is `None`: a function that crashes takes nobody along.
struct CatchPanic<T>(Pin<Box<T>>);

impl<T: Future> Future for CatchPanic<T> {
    type Output = Option<T::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The future is not polled again after a panic, so nobody sees what it left half done.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    }
}
