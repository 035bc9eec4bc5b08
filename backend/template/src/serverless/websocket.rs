//! `websocket` events, and the API to which they belong.

use crate::error::Error;
use crate::node::{Entry, Node};
use crate::place::Place;
use crate::serverless::naming;
use crate::serverless::service::{Service, resource};
use crate::stack::Resource;

/// Logical id of the API.
pub(super) const API: &str = "WebsocketsApi";
const STAGE: &str = "WebsocketsDeploymentStage";
const EXPRESSION: &str = "$request.body.action";
/// Identity source of an authorizer for which the document names none.
const IDENTITY_SOURCE: &str = "route.request.header.Auth";
const INVOKED: &str = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations";

/// Returns the API and its stage, if a function has a `websocket` event.
pub(super) fn api(service: &Service<'_>) -> Vec<Resource> {
    let functions = service.functions().unwrap_or_default();
    let events = functions.iter().flat_map(|(_, function)| events(function));
    let Some(event) = events.into_iter().next() else { return Vec::new() };
    let place = &event.place;
    let text = |text: &str| Node::text(text, place);
    let setting = |name: &str| service.provider.get(name).cloned();
    let expression = setting("websocketsApiRouteSelectionExpression").unwrap_or_else(|| text(EXPRESSION));
    let name = setting("websocketsApiName");
    let name = name.unwrap_or_else(|| text(&format!("{}-{}-websockets", service.stage, service.name)));
    let of_api =
        [("Name", name), ("ProtocolType", text("WEBSOCKET")), ("RouteSelectionExpression", expression)];
    let of_stage = [("ApiId", Node::reference(API, place)), ("StageName", text(&service.stage))];
    let path = || "provider".to_owned();
    vec![
        resource(API.to_owned(), "AWS::ApiGatewayV2::Api", path(), Node::map(of_api, place), place),
        resource(STAGE.to_owned(), "AWS::ApiGatewayV2::Stage", path(), Node::map(of_stage, place), place),
    ]
}

fn events(function: &Node) -> Vec<&Entry> {
    let events = function.get("events").map(Node::items).unwrap_or_default();
    events.iter().flat_map(Node::entries).filter(|entry| entry.key == "websocket").collect()
}

/// Returns the route of an event, with its integration, its authorizer and its response.
pub(super) fn route(event: &Entry, own: &Resource, path: &str) -> Result<Vec<Resource>, Error> {
    let place = &event.place;
    let Some(key) = event.node.as_text().or_else(|| event.node.get("route")?.as_text()) else {
        let advice = "write `websocket: $default` or `websocket: { route: $default }`";
        return Err(Error::new(place, "a `websocket` event has no route", advice));
    };
    let part = naming::route(key);
    let (id, integration) = (format!("{part}WebsocketsRoute"), format!("{}WebsocketsIntegration", own.id));
    let mut properties = properties(key, &integration, place);
    let with = |kind: &str, id: String, properties| resource(id, kind, path.to_owned(), properties, place);
    let mut resources = Vec::new();
    if let Some(expression) = event.node.get("routeResponseSelectionExpression") {
        properties.set("RouteResponseSelectionExpression", expression.clone());
        let response = response(&id, place);
        resources.push(with("AWS::ApiGatewayV2::RouteResponse", format!("{id}Response"), response));
    }
    if let Some(authorizer) = event.node.get("authorizer") {
        resources.extend(authorize(authorizer, path, &mut properties)?);
    }
    resources.push(with("AWS::ApiGatewayV2::Route", id, properties));
    resources.push(with("AWS::ApiGatewayV2::Integration", integration, integration_of(own, place)));
    Ok(resources)
}

fn properties(key: &str, integration: &str, place: &Place) -> Node {
    let target = vec![Node::text("integrations/", place), Node::reference(integration, place)];
    let join = Node::list(vec![Node::text("", place), Node::list(target, place)], place);
    Node::map(
        [
            ("ApiId", Node::reference(API, place)),
            ("RouteKey", Node::text(key, place)),
            ("Target", Node::call("Fn::Join", join)),
        ],
        place,
    )
}

fn response(route: &str, place: &Place) -> Node {
    Node::map(
        [
            ("ApiId", Node::reference(API, place)),
            ("RouteId", Node::reference(route, place)),
            ("RouteResponseKey", Node::text("$default", place)),
        ],
        place,
    )
}

fn integration_of(own: &Resource, place: &Place) -> Node {
    Node::map(
        [
            ("ApiId", Node::reference(API, place)),
            ("IntegrationType", Node::text("AWS_PROXY", place)),
            ("IntegrationUri", invoked(Node::attribute(&own.id, "Arn", place))),
        ],
        place,
    )
}

fn invoked(function: Node) -> Node {
    let place = function.place.clone();
    let arguments = vec![Node::text(INVOKED, &place), Node::map([("Function", function)], &place)];
    Node::call("Fn::Sub", Node::list(arguments, &place))
}

/// Adds the authorization to the properties of a route, and returns the authorizer, if it is a function. It is the name
/// or the resource name of a function, or a map with one of them.
fn authorize(node: &Node, path: &str, properties: &mut Node) -> Result<Option<Resource>, Error> {
    let place = &node.place;
    let name =
        node.as_text().or_else(|| node.get("name")?.as_text()).filter(|name| !name.starts_with("arn:"));
    if name.is_some_and(|name| name.eq_ignore_ascii_case("aws_iam")) {
        properties.set("AuthorizationType", Node::text("AWS_IAM", place));
        return Ok(None);
    }
    let function = authorizing_function(node, name)?;
    let name = name.unwrap_or("authorizer");
    let id = format!("{}WebsocketsAuthorizer", naming::normalized(name));
    properties.set("AuthorizationType", Node::text("CUSTOM", place));
    properties.set("AuthorizerId", Node::reference(&id, place));
    let sources = node.get("identitySource").cloned();
    let authorizer = Node::map(
        [
            ("ApiId", Node::reference(API, place)),
            ("AuthorizerType", Node::text("REQUEST", place)),
            ("AuthorizerUri", invoked(function)),
            ("IdentitySource", sources.unwrap_or_else(|| Node::text(IDENTITY_SOURCE, place))),
            ("Name", Node::text(name, place)),
        ],
        place,
    );
    let path = format!("{path}.authorizer");
    Ok(Some(resource(id, "AWS::ApiGatewayV2::Authorizer", path, authorizer, place)))
}

fn authorizing_function(node: &Node, name: Option<&str>) -> Result<Node, Error> {
    let text = node.as_text().filter(|_| name.is_none()).map(|_| node);
    match (name, node.get("arn").or(text)) {
        (_, Some(arn)) => Ok(arn.clone()),
        (Some(name), None) => Ok(Node::attribute(&naming::function(name), "Arn", &node.place)),
        (None, None) => {
            let advice = "write the name of a function, such as `authorizer: { name: authorizer }`";
            Err(Error::new(&node.place, "the authorizer has no name", advice))
        }
    }
}
