//! Closures that are the functions of an API, one for each route.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};

use crate::authorizer_answer::AuthorizerAnswer;
use crate::connections::Connections;
use crate::functions::{AuthorizeError, AuthorizerEvent, FunctionError, Functions};
use crate::lock::RwLock;

type Answer<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;
type Handler = dyn Fn(ApiGatewayWebsocketProxyRequest, Connections) -> Answer<ApiGatewayProxyResponse, FunctionError>
    + Send
    + Sync;
type AuthorizeHandler =
    dyn Fn(AuthorizerEvent) -> Answer<ApiGatewayCustomAuthorizerResponse, AuthorizeError> + Send + Sync;

/// The functions of an [`App`](crate::App): a closure for each route. [`Gateway::functions`](crate::Gateway::functions) returns
/// them, to replace one of them while the gateway runs.
#[derive(Default)]
pub struct RouteFunctions {
    handlers: RwLock<BTreeMap<String, Arc<Handler>>>,
    authorizer: Option<Box<AuthorizeHandler>>,
    connections: Connections,
}

impl RouteFunctions {
    /// Replaces the closure of a route. Messages that are being handled are not affected. Returns false and changes nothing if the
    /// app has no route with this key.
    pub fn replace<H, T>(&self, key: &str, handler: H) -> bool
    where
        H: Fn(ApiGatewayWebsocketProxyRequest, Connections) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send + 'static,
    {
        match self.handlers.write().get_mut(key) {
            Some(former) => {
                *former = boxed(handler);
                true
            }
            None => false,
        }
    }

    /// Sets the closure of a route.
    pub(crate) fn set<H, T>(&self, key: String, handler: H)
    where
        H: Fn(ApiGatewayWebsocketProxyRequest, Connections) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send + 'static,
    {
        self.handlers.write().insert(key, boxed(handler));
    }

    /// Sets the closure that decides about handshakes.
    pub(crate) fn set_authorizer<H, T>(&mut self, authorize: H)
    where
        H: Fn(AuthorizerEvent) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError>> + Send + 'static,
    {
        self.authorizer = Some(Box::new(move |event| Box::pin(authorize(event))));
    }

    /// Sets the connections that closures post to.
    pub(crate) fn posting_to(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self
    }
}

fn boxed<H, T>(handler: H) -> Arc<Handler>
where
    H: Fn(ApiGatewayWebsocketProxyRequest, Connections) -> T + Send + Sync + 'static,
    T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send + 'static,
{
    Arc::new(move |event, connections| Box::pin(handler(event, connections)))
}

impl Functions for RouteFunctions {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let key = event.request_context.route_key.as_deref().unwrap_or_default();
        let handler = self.handlers.read().get(key).cloned();
        match handler {
            Some(handler) => handler(event, self.connections.clone()).await,
            None => Err(FunctionError::new(format!("there is no function for the route {key}"))),
        }
    }

    async fn authorize(&self, event: AuthorizerEvent) -> Result<AuthorizerAnswer, AuthorizeError> {
        match &self.authorizer {
            Some(authorize) => Ok(authorize(event).await?.try_into()?),
            None => Err(AuthorizeError::Failed {
                message:
                    "the API has an authorizer, but the app has no closure for it: call `App::authorizer`"
                        .into(),
            }),
        }
    }
}
