use std::pin::Pin;

use apigw_websocket::{
    AuthorizeError, AuthorizerAnswer, AuthorizerEvent, Connections, FunctionError, Functions, HeaderNames,
};
use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest,
};
use tokio::sync::mpsc;

pub type Event = ApiGatewayWebsocketProxyRequest;
type Answer = Result<ApiGatewayProxyResponse, FunctionError>;
type Invoke = dyn Fn(Event, Connections) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;
type Authorize = dyn Fn(&ApiGatewayCustomAuthorizerRequestTypeRequest) -> Result<AuthorizerAnswer, AuthorizeError>
    + Send
    + Sync;

/// Functions for a gateway under test. They are closures that each test supplies.
pub struct Script {
    invoke: Box<Invoke>,
    authorize: Box<Authorize>,
}

impl Default for Script {
    fn default() -> Self {
        Self::new(|_, _| async { ok() })
    }
}

impl Script {
    /// Creates functions that handle every event with `invoke`.
    pub fn new<T: Future<Output = Answer> + Send + 'static>(
        invoke: impl Fn(Event, Connections) -> T + Send + Sync + 'static,
    ) -> Self {
        Self {
            invoke: Box::new(move |event, connections| Box::pin(invoke(event, connections))),
            authorize: Box::new(|_| Err(AuthorizeError::Unauthorized)),
        }
    }

    /// Creates functions that handle every message with `invoke`. `$connect` and `$disconnect` return 200.
    pub fn on_message<T: Future<Output = Answer> + Send + 'static>(
        invoke: impl Fn(Event, Connections) -> T + Send + Sync + Clone + 'static,
    ) -> Self {
        Self::new(move |event, connections| {
            let invoke = invoke.clone();
            async move {
                match event.request_context.event_type.as_deref() {
                    Some("MESSAGE") => invoke(event, connections).await,
                    _ => ok(),
                }
            }
        })
    }

    pub fn authorizing(
        mut self,
        authorize: impl Fn(
            &ApiGatewayCustomAuthorizerRequestTypeRequest,
        ) -> Result<AuthorizerAnswer, AuthorizeError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.authorize = Box::new(authorize);
        self
    }
}

/// Functions that pass each event to `script`, and also send it to a channel that the test reads.
pub struct Recorded {
    pub script: Script,
    pub connections: Connections,
    pub events: mpsc::UnboundedSender<Event>,
    pub authorizations: mpsc::UnboundedSender<ApiGatewayCustomAuthorizerRequestTypeRequest>,
    pub names: mpsc::UnboundedSender<HeaderNames>,
}

impl Functions for Recorded {
    async fn invoke(&self, event: Event) -> Answer {
        let _ = self.events.send(event.clone());
        (self.script.invoke)(event, self.connections.clone()).await
    }

    async fn connect(&self, event: Event, names: HeaderNames) -> Answer {
        let _ = self.names.send(names);
        self.invoke(event).await
    }

    async fn authorize(&self, event: AuthorizerEvent) -> Result<AuthorizerAnswer, AuthorizeError> {
        let answer = (self.script.authorize)(&event.request);
        let _ = self.authorizations.send(event.request);
        answer
    }
}

pub fn ok() -> Answer {
    status(200)
}

pub fn status(code: i64) -> Answer {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = code;
    Ok(response)
}

pub fn body(code: i64, text: &str) -> Answer {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = code;
    response.body = Some(text.into());
    Ok(response)
}
