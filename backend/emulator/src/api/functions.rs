//! The handlers of an API's events: functions of the host, fixed answers, and refusals.

use std::collections::BTreeMap;
use std::sync::Arc;

use apigw_websocket::events::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use apigw_websocket::{
    AuthorizeError, AuthorizerAnswer, AuthorizerEvent, FunctionError, Functions, HeaderNames,
};
use lambda_host::{GatewayFunctions, Host};
use serverless_app::{Authorization, Integration, Mock, ServiceCall, ServiceTarget, WebSocketApi};

use crate::api::{mock, service_call};
use crate::data::Services;
use crate::watcher::Watcher;

/// Handles the events of an API by the integrations of its routes.
pub struct RouteFunctions {
    routes: BTreeMap<String, Handler>,
    authorizer: Option<GatewayFunctions>,
    watcher: Arc<dyn Watcher>,
}

/// The handler of a route's events. Functions are here with their names.
enum Handler {
    Function(GatewayFunctions, String),
    /// A function whose program cannot be made to connect to this process instead of AWS. Its events have this `domainName`, which is
    /// the last field.
    Elsewhere(GatewayFunctions, String, String),
    Mock(Mock),
    /// A request to a service, with what it needs.
    Service(ServiceCall, Host, Services),
    /// An integration that is not done, by its name.
    Unsupported(String),
    /// A function that cannot run, with the reason.
    Broken(String),
}

impl RouteFunctions {
    /// Creates the handlers of an API. `broken` has the reasons why functions cannot run, by the functions' names. `domains` has the
    /// `domainName` of the events of those that cannot be made to connect to this process instead of AWS.
    pub fn new(
        api: &WebSocketApi,
        host: &Host,
        broken: &BTreeMap<String, String>,
        domains: &BTreeMap<String, String>,
        services: &Services,
        watcher: &Arc<dyn Watcher>,
    ) -> Self {
        let handler = |integration: &Integration| match integration {
            Integration::Function { name, qualifier, .. } => match broken.get(name) {
                Some(reason) => Handler::Broken(format!("{name} cannot run: {reason}")),
                None => {
                    let qualified = qualifier.as_ref().map(|qualifier| format!("{name}:{qualifier}"));
                    let functions =
                        GatewayFunctions::new(host.clone(), qualified.unwrap_or(name.clone()), None);
                    match domains.get(name) {
                        Some(domain) => Handler::Elsewhere(functions, name.clone(), domain.clone()),
                        None => Handler::Function(functions, name.clone()),
                    }
                }
            },
            Integration::Service(call) => match &call.target {
                ServiceTarget::Function { name, .. } if broken.contains_key(name) => {
                    Handler::Broken(format!("{name} cannot run: {}", broken[name]))
                }
                _ => Handler::Service(call.clone(), host.clone(), services.clone()),
            },
            Integration::Mock(mock) => Handler::Mock(mock.clone()),
            Integration::Unsupported { name } => Handler::Unsupported(name.clone()),
        };
        let routes =
            api.routes.iter().map(|route| (route.key.clone(), handler(&route.integration))).collect();
        let authorizer = authorizer_of(api)
            .map(|authorizer| GatewayFunctions::new(host.clone(), "", Some(authorizer.function.clone())));
        Self { routes, authorizer, watcher: watcher.clone() }
    }

    /// Refuses an event whose integration is not done: a handshake with 501, a message with an error frame.
    fn refuse(
        &self,
        event: &ApiGatewayWebsocketProxyRequest,
        name: &str,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let key = event.request_context.route_key.as_deref().unwrap_or_default();
        let reason = format!("501: the route {key} has the integration {name}, which is not done here");
        self.watcher.notice(&reason);
        if event.request_context.event_type.as_deref() != Some("CONNECT") {
            return Err(FunctionError::new(reason));
        }
        let mut response = ApiGatewayProxyResponse::default();
        response.status_code = 501;
        Ok(response)
    }
}

/// Returns the authorizer of the route `$connect`, if it has one.
pub fn authorizer_of(api: &WebSocketApi) -> Option<&serverless_app::Authorizer> {
    let connect = api.routes.iter().find(|route| route.key == "$connect")?;
    match &connect.authorization {
        Authorization::Lambda(authorizer) => Some(authorizer),
        Authorization::None | Authorization::Iam => None,
    }
}

/// Names the route, the connection and the request of an event.
fn origin(event: &ApiGatewayWebsocketProxyRequest) -> String {
    let context = &event.request_context;
    let [route, connection, request] = [&context.route_key, &context.connection_id, &context.request_id]
        .map(|id| id.as_deref().unwrap_or("-"));
    format!("route {route}, connection {connection}, request {request}")
}

impl Functions for RouteFunctions {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        self.handle(event, None).await
    }

    async fn connect(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
        names: HeaderNames,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        self.handle(event, Some(names)).await
    }

    async fn authorize(&self, event: AuthorizerEvent) -> Result<AuthorizerAnswer, AuthorizeError> {
        let Some(authorizer) = &self.authorizer else {
            return Err(AuthorizeError::Failed { message: "the API has no authorizer".into() });
        };
        let answer = authorizer.authorize(event).await;
        if let Err(error @ AuthorizeError::Failed { .. }) = &answer {
            self.watcher.notice(&error.to_string());
        }
        answer
    }
}

impl RouteFunctions {
    /// Handles an event. `names` are those of the client's headers, if the event is CONNECT.
    async fn handle(
        &self,
        mut event: ApiGatewayWebsocketProxyRequest,
        names: Option<HeaderNames>,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let key = event.request_context.route_key.as_deref().unwrap_or_default();
        let handler = self.routes.get(key);
        if let Some(Handler::Elsewhere(.., domain)) = handler {
            event.request_context.domain_name = Some(domain.clone());
        }
        let key = event.request_context.route_key.as_deref().unwrap_or_default();
        let failed = match handler {
            Some(Handler::Function(functions, name) | Handler::Elsewhere(functions, name, _)) => {
                let origin = origin(&event);
                let answer = match names {
                    Some(names) => functions.connect(event, names).await,
                    None => functions.invoke(event).await,
                };
                // The log of the function tells its own errors, but not that its answer is malformed.
                if let Err(error) = answer.as_ref()
                    && error.message.starts_with("malformed")
                {
                    self.watcher.notice(&format!("{name}: {} ({origin})", error.message));
                }
                return answer;
            }
            Some(Handler::Mock(mock)) => match mock::answer(mock, &event) {
                Ok(answer) => return Ok(answer),
                Err(error) => FunctionError::new(format!("{key}: {error}")),
            },
            Some(Handler::Service(call, host, services)) => {
                match service_call::answer(call, &event, names.as_ref(), host, services).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => FunctionError::new(format!("{key}: {error}")),
                }
            }
            Some(Handler::Unsupported(name)) => return self.refuse(&event, name),
            Some(Handler::Broken(reason)) => FunctionError::new(reason),
            None => FunctionError::new(format!("there is no route {key}")),
        };
        self.watcher.notice(&failed.message);
        Err(failed)
    }
}
