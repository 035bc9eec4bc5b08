//! An API whose functions are closures of this process.

use std::sync::Arc;

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};

use crate::api::Api;
use crate::authorizer::{Authorizer, IdentitySource};
use crate::connections::Connections;
use crate::environment::SystemEnvironment;
use crate::functions::{AuthorizeError, AuthorizerEvent, FunctionError};
use crate::gateway::Gateway;
use crate::observer::Observer;
use crate::route::{ReservedRouteKey, Route, Routes};
use crate::route_functions::RouteFunctions;

/// Builds a [`Gateway`] from closures, one for each route. A closure gets the event, and the [`Connections`] with which it posts
/// to clients.
///
/// ```
/// use apigw_websocket::{App, reply};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gateway = App::new("prod")
///     .authorizer(["route.request.querystring.token".parse()?], |_| async { Ok(reply::allow("ann")) })
///     .route("$connect", |_, _| async { Ok(reply::status(200)) })
///     .two_way("echo", |event, _| async { Ok(reply::text(event.body.unwrap_or_default())) })
///     .configure(|api| api.limits.connections = 500)
///     .build()?;
/// // Messages that begin from now on are handled by the new closure.
/// assert!(gateway.functions().replace("echo", |_, _| async { Ok(reply::text("new")) }));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct App {
    api: Api,
    functions: RouteFunctions,
    observer: Option<Arc<dyn Observer>>,
    /// The first route key that is not allowed.
    refused: Option<ReservedRouteKey>,
}

impl App {
    /// Creates an app without routes. `stage` is the first segment of its paths: `ws://host/{stage}`.
    pub fn new(stage: impl Into<String>) -> Self {
        let api = Api::new(stage, Routes::default());
        Self { api, functions: RouteFunctions::default(), observer: None, refused: None }
    }

    /// Adds a route: `$connect`, `$disconnect`, `$default`, or the value of a message's field `action`. The body that its closure
    /// returns is discarded.
    pub fn route<H, T>(self, key: impl Into<String>, handler: H) -> Self
    where
        H: Fn(ApiGatewayWebsocketProxyRequest, Connections) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send + 'static,
    {
        self.add(key.into(), Route::default(), handler)
    }

    /// Adds a route as [`route`](Self::route) does. The body that its closure returns is sent to the client.
    pub fn two_way<H, T>(self, key: impl Into<String>, handler: H) -> Self
    where
        H: Fn(ApiGatewayWebsocketProxyRequest, Connections) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send + 'static,
    {
        self.add(key.into(), Route::two_way(), handler)
    }

    /// Adds an authorizer, which allows or refuses each handshake that has all of `sources`.
    pub fn authorizer<H, T>(mut self, sources: impl IntoIterator<Item = IdentitySource>, authorize: H) -> Self
    where
        H: Fn(AuthorizerEvent) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayCustomAuthorizerResponse, AuthorizeError>> + Send + 'static,
    {
        self.api.authorizer = Some(Authorizer::new(sources));
        self.functions.set_authorizer(authorize);
        self
    }

    /// Sets the observer of handshakes, messages, posts and ends of connections.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Changes other settings of the API, such as its limits or its route selection expression.
    pub fn configure(mut self, change: impl FnOnce(&mut Api)) -> Self {
        change(&mut self.api);
        self
    }

    /// Builds the gateway. Pass it to [`serve`](crate::serve).
    ///
    /// # Errors
    ///
    /// [`ReservedRouteKey`] if a route key begins with `$` and is not `$connect`, `$disconnect` or `$default`.
    ///
    /// # Panics
    ///
    /// Panics if it is called outside a tokio runtime.
    pub fn build(self) -> Result<Gateway<RouteFunctions>, ReservedRouteKey> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let environment = Arc::new(SystemEnvironment::default());
        let connections = match self.observer {
            Some(observer) => Connections::observed(&self.api.limits, environment, observer),
            None => Connections::new(&self.api.limits, environment),
        };
        Ok(Gateway::new(self.api, self.functions.posting_to(connections.clone()), connections))
    }

    fn add<H, T>(mut self, key: String, route: Route, handler: H) -> Self
    where
        H: Fn(ApiGatewayWebsocketProxyRequest, Connections) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ApiGatewayProxyResponse, FunctionError>> + Send + 'static,
    {
        match self.api.routes.insert(key.as_str(), route) {
            Ok(()) => self.functions.set(key, handler),
            Err(refused) => drop(self.refused.get_or_insert(refused)),
        }
        self
    }
}
