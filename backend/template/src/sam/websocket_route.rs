//! The routes of `AWS::Serverless::WebSocketApi`.

use crate::error::Error;
use crate::node::{Entry, Node};
use crate::stack::Resource;

const INVOKED: &str = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations";
/// Route keys that may contain a dollar sign.
const SPECIAL: [&str; 3] = ["$connect", "$disconnect", "$default"];
/// Settings of a route that belong to its integration.
const OF_INTEGRATION: [&str; 2] = ["FunctionArn", "IntegrationTimeout"];

/// Returns the part of the logical ids of a route's resources that depends on the route key, as SAM's translator makes it
/// (`_sanitize_route_key`): `Ask` for `ask` and `Connect` for `$connect`. All letters but the first become small ones.
pub(super) fn name(route: &Entry) -> Result<String, Error> {
    let key = route.key.as_str();
    let word = if SPECIAL.contains(&key) { key.trim_start_matches('$') } else { key };
    if word.is_empty() || !word.chars().all(char::is_alphanumeric) {
        let problem =
            format!("the route key `{key}` does not consist of letters and digits, so SAM refuses it");
        let advice =
            "write letters and digits only; the only other keys are $connect, $disconnect and $default";
        return Err(Error::new(&route.place, problem, advice));
    }
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    Ok(first.to_uppercase() + &rest.to_lowercase())
}

/// Returns a route and its integration. `name` is the part of their logical ids between the API's id and their kind. `auth` is the
/// property `Auth` of the API.
pub(super) fn expand(
    api: &Resource,
    route: &Entry,
    name: &str,
    auth: Option<&Node>,
) -> Result<Vec<Resource>, Error> {
    let integration_id = format!("{}{name}Integration", api.id);
    let path = format!("{}.Routes.{}", api.properties_path, route.key);
    let implied = |id: &str, kind: &str, properties| Resource {
        path: path.clone(),
        properties_path: path.clone(),
        place: route.place.clone(),
        ..api.implied(id, kind, properties)
    };
    let integration = integration(api, route)?;
    let properties = properties(api, route, auth, &integration_id);
    Ok(vec![
        implied(&format!("{}{name}Route", api.id), "AWS::ApiGatewayV2::Route", properties),
        implied(&integration_id, "AWS::ApiGatewayV2::Integration", integration),
    ])
}

fn integration(api: &Resource, route: &Entry) -> Result<Node, Error> {
    let place = &route.place;
    let Some(function) = route.node.get("FunctionArn") else {
        let problem = format!("the route {} has no function", route.key);
        return Err(Error::new(place, problem, "add `FunctionArn: !GetAtt FUNCTION.Arn`"));
    };
    let mut integration = Node::map(
        [
            ("ApiId", Node::reference(&api.id, place)),
            ("IntegrationType", Node::text("AWS_PROXY", place)),
            ("IntegrationUri", invoked(function)),
        ],
        place,
    );
    if let Some(timeout) = route.node.get("IntegrationTimeout") {
        integration.set("TimeoutInMillis", timeout.clone());
    }
    Ok(integration)
}

fn properties(api: &Resource, route: &Entry, auth: Option<&Node>, integration: &str) -> Node {
    let place = &route.place;
    let parts = vec![Node::text("integrations", place), Node::reference(integration, place)];
    let target = vec![Node::text("/", place), Node::list(parts, place)];
    let mut properties = Node::map(
        [
            ("ApiId", Node::reference(&api.id, place)),
            ("RouteKey", Node::text(&*route.key, place)),
            ("Target", Node::call("Fn::Join", Node::list(target, place))),
        ],
        place,
    );
    let kind = auth.and_then(|auth| auth.get("AuthType")).filter(|_| route.key == "$connect");
    if let Some(kind) = kind {
        authorize(api, kind, &mut properties);
    }
    for entry in route.node.entries().iter().filter(|entry| !OF_INTEGRATION.contains(&&*entry.key)) {
        properties.set(&entry.key, entry.node.clone());
    }
    properties
}

fn authorize(api: &Resource, kind: &Node, properties: &mut Node) {
    let name = kind.as_text().unwrap_or_default().to_uppercase();
    if name == "CUSTOM" {
        properties.set("AuthorizerId", Node::reference(&authorizer_id(api), &kind.place));
    }
    properties.set("AuthorizationType", Node::text(name, &kind.place));
}

/// Returns the logical id of the API's authorizer.
pub(super) fn authorizer_id(resource: &Resource) -> String {
    format!("{}ConnectAuthorizer", resource.id)
}

/// Returns the address by which API Gateway invokes the function with this resource name.
pub(super) fn invoked(function: &Node) -> Node {
    let map = Node::map([("Function", function.clone())], &function.place);
    let arguments = vec![Node::text(INVOKED, &function.place), map];
    Node::call("Fn::Sub", Node::list(arguments, &function.place))
}
