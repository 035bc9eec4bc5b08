//! WebSocket APIs of API Gateway.

use std::collections::BTreeMap;

use crate::place::Place;

/// A WebSocket API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSocketApi {
    /// Identifier, which is part of the API's address and of events (`apiId`): ten letters and digits.
    pub id: String,
    /// Name in the description.
    pub logical_id: String,
    /// Property `Name`.
    pub name: String,
    /// Expression that selects the route of a message, such as `$request.body.action`.
    pub route_selection_expression: String,
    /// Routes, each key once.
    pub routes: Vec<Route>,
    /// Stages. There is one at least.
    pub stages: Vec<Stage>,
    /// Custom domains that lead to the API.
    pub domains: Vec<Domain>,
    /// Place of the API.
    pub place: Place,
}

/// A custom domain of an API, or a path of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Name of the domain.
    pub name: String,
    /// First part of the path, if the domain leads to several APIs.
    pub path: Option<String>,
    /// Name of the stage.
    pub stage: String,
}

/// A deployed stage of an API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stage {
    /// Name, which is the path of the API's address.
    pub name: String,
    /// Stage variables, which are part of events.
    pub variables: BTreeMap<String, String>,
    /// Limits of each route without limits of its own.
    pub default_limits: RouteLimits,
    /// Limits of single routes, by their keys.
    pub limits: BTreeMap<String, RouteLimits>,
}

/// Limits for the messages of a route, of all connections together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RouteLimits {
    /// Messages that may arrive at once.
    pub burst: Option<u32>,
    /// Messages a second. Fractions of AWS's value are rounded up.
    pub per_second: Option<u32>,
}

/// A route of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Route key: `$connect`, `$disconnect`, `$default`, or a value of the route selection expression.
    pub key: String,
    /// Requirement for calling the route. Only `$connect` can have one.
    pub authorization: Authorization,
    /// Handler of the route's messages.
    pub integration: Integration,
    /// True if the answer of the integration is sent to the client (a two-way route).
    pub replies: bool,
    /// Place of the route.
    pub place: Place,
}

/// A requirement for calling a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// None.
    None,
    /// A signature of AWS (`AWS_IAM`). A note says that it is not checked.
    Iam,
    /// The permission of a Lambda authorizer.
    Lambda(Authorizer),
}

/// A Lambda authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorizer {
    /// Property `Name`.
    pub name: String,
    /// Name of the function that decides.
    pub function: String,
    /// Places in a request that must not be empty, such as `route.request.querystring.token`.
    pub identity_sources: Vec<String>,
}

/// A handler of a route's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Integration {
    /// A Lambda function that gets the whole event (`AWS_PROXY`).
    Function {
        /// Name of the function.
        name: String,
        /// Version or alias, if the description names one.
        qualifier: Option<String>,
        /// Time after which the gateway no longer waits, in milliseconds.
        timeout_ms: u32,
    },
    /// A fixed answer of the gateway (`MOCK`).
    Mock(Mock),
    /// A request to a service of AWS, which mapping templates make of the message (`AWS`).
    Service(ServiceCall),
    /// Anything else. The route exists, and a note says that it is not done.
    Unsupported {
        /// Name of the integration, such as `AWS sqs SendMessage` or `HTTP_PROXY https://example.com`.
        name: String,
    },
}

/// A request to a service of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCall {
    /// Receiver of the request.
    pub target: ServiceTarget,
    /// Name of the integration, such as `AWS sqs SendMessage`.
    pub name: String,
    /// Expression that selects the request template.
    pub template_selection: Option<String>,
    /// Templates of the request's body, by their keys. Without any, the message is the body.
    pub request_templates: BTreeMap<String, String>,
    /// Treatments of the service's answer, in the order of the description.
    pub responses: Vec<IntegrationResponse>,
    /// Time after which the gateway no longer waits, in milliseconds.
    pub timeout_ms: u32,
}

/// The receiver of a request to a service of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceTarget {
    /// A function of the app, which gets the body as its event.
    Function {
        /// Name of the function.
        name: String,
        /// Version or alias, if the description names one.
        qualifier: Option<String>,
    },
    /// An action of DynamoDB, such as `PutItem`.
    DynamoDb {
        /// Name of the action.
        action: String,
    },
    /// SQS: an action, or all actions of one queue.
    Sqs {
        /// Path of the request: that of a queue, or `/`.
        path: String,
        /// Name of the action, if the body does not name it.
        action: Option<String>,
    },
}

/// A `MOCK` integration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mock {
    /// Expression that selects the request template.
    pub template_selection: Option<String>,
    /// Request templates, by their keys. The selected one produces a JSON object with `statusCode`.
    pub request_templates: BTreeMap<String, String>,
    /// Answers, in the order of the description.
    pub responses: Vec<IntegrationResponse>,
}

/// An answer of a `MOCK` integration, or the treatment of a service's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationResponse {
    /// Key, such as `$default` or `/200/`.
    pub key: String,
    /// Expression that selects the response template.
    pub template_selection: Option<String>,
    /// Response templates, by their keys.
    pub templates: BTreeMap<String, String>,
}
