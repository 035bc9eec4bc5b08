//! `AWS::Serverless::WebSocketApi`.

use std::collections::HashSet;

use crate::app::Note;
use crate::error::Error;
use crate::node::{Entry, Node};
use crate::sam::websocket_route::{authorizer_id, invoked};
use crate::sam::{own, websocket_route};
use crate::stack::Resource;

/// Name of the stage if the template names none (SAM's translator, `DefaultStageName`).
const STAGE: &str = "default";
/// Properties of the API that belong to its stage.
const OF_STAGE: [&str; 4] = ["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"];

pub(super) fn expand(mut resource: Resource, notes: &mut Vec<Note>) -> Result<Vec<Resource>, Error> {
    let own = own::take(&mut resource, notes);
    let (api_properties, stage_properties): (Vec<Entry>, Vec<Entry>) =
        resource.properties.entries().iter().cloned().partition(|entry| !OF_STAGE.contains(&&*entry.key));
    let api = with_entries(&resource, api_properties);
    let mut expanded = vec![api_resource(&resource, api)];
    expanded.push(stage(&resource, with_entries(&resource, stage_properties), &own));
    expanded.extend(domain(&resource, &own));
    let routes = own.get("Routes").map(Node::entries).unwrap_or_default();
    if routes.is_empty() {
        let problem = format!("the API {} has no routes", resource.id);
        let advice = "add `Routes: { $default: { FunctionArn: !GetAtt FUNCTION.Arn } }` to its properties";
        return Err(Error::new(&resource.place, problem, advice));
    }
    let authorizer = authorizer(&resource, &own)?;
    let mut names = HashSet::new();
    for route in routes {
        let mut name = websocket_route::name(route)?;
        // SAM gives `send` and `Send` the same ids. Here both routes exist, so the second one has ids of its own.
        while !names.insert(name.clone()) {
            name.push('_');
        }
        expanded.extend(websocket_route::expand(&resource, route, &name, own.get("Auth"))?);
    }
    expanded.extend(authorizer);
    Ok(expanded)
}

fn with_entries(resource: &Resource, entries: Vec<Entry>) -> Node {
    let mut node = Node::empty_map(&resource.properties.place);
    for entry in entries {
        node.set(&entry.key, entry.node);
    }
    node
}

fn api_resource(resource: &Resource, mut properties: Node) -> Resource {
    let text = |text: &str| Node::text(text, &resource.place);
    if properties.get("Name").is_none() {
        properties.set("Name", text(&resource.id));
    }
    properties.set("ProtocolType", text("WEBSOCKET"));
    Resource { kind: "AWS::ApiGatewayV2::Api".to_owned(), properties, ..resource.clone() }
}

/// Returns the stage, to which a template refers as `API.Stage`.
fn stage(resource: &Resource, mut properties: Node, own: &Node) -> Resource {
    let name = own.get("StageName").cloned();
    properties.set("StageName", name.unwrap_or_else(|| Node::text(STAGE, &resource.place)));
    properties.set("ApiId", Node::reference(&resource.id, &resource.place));
    resource.implied(&format!("{}.Stage", resource.id), "AWS::ApiGatewayV2::Stage", properties)
}

fn domain(resource: &Resource, own: &Node) -> Vec<Resource> {
    let Some((domain, name)) = own.get("Domain").and_then(|domain| Some((domain, domain.get("DomainName")?)))
    else {
        return Vec::new();
    };
    let place = &domain.place;
    let id = format!("{}Domain", resource.id);
    let of_domain = Node::map([("DomainName", name.clone())], place);
    let paths = domain.get("BasePath").map(Node::one_or_many).unwrap_or_default();
    let keys: Vec<Option<&Node>> =
        if paths.is_empty() { vec![None] } else { paths.iter().map(Some).collect() };
    let mapping = |(at, key): (usize, Option<&Node>)| {
        let mut properties = Node::map(
            [
                ("ApiId", Node::reference(&resource.id, place)),
                ("DomainName", Node::reference(&id, place)),
                ("Stage", Node::reference(&format!("{}.Stage", resource.id), place)),
            ],
            place,
        );
        if let Some(key) = key.filter(|key| key.as_text() != Some("/")) {
            properties.set("ApiMappingKey", key.clone());
        }
        resource.implied(&format!("{id}Mapping{at}"), "AWS::ApiGatewayV2::ApiMapping", properties)
    };
    let mappings = keys.into_iter().enumerate().map(mapping);
    std::iter::once(resource.implied(&id, "AWS::ApiGatewayV2::DomainName", of_domain))
        .chain(mappings)
        .collect()
}

fn authorizer(resource: &Resource, own: &Node) -> Result<Option<Resource>, Error> {
    let Some(auth) = own.get("Auth") else { return Ok(None) };
    let kind = auth.get("AuthType").and_then(Node::as_text).unwrap_or_default().to_uppercase();
    match (kind.as_str(), auth.get("AuthArn")) {
        ("NONE" | "AWS_IAM", _) => Ok(None),
        ("CUSTOM", Some(function)) => {
            let id = authorizer_id(resource);
            let name = auth.get("Name").cloned().unwrap_or_else(|| Node::text(&*id, &auth.place));
            let mut properties = Node::map(
                [
                    ("ApiId", Node::reference(&resource.id, &auth.place)),
                    ("AuthorizerType", Node::text("REQUEST", &auth.place)),
                    ("AuthorizerUri", invoked(function)),
                    ("Name", name),
                ],
                &auth.place,
            );
            if let Some(source) = auth.get("IdentitySource") {
                properties.set("IdentitySource", source.clone());
            }
            let properties_path = format!("{}.Auth", resource.properties_path);
            let authorizer = resource.implied(&id, "AWS::ApiGatewayV2::Authorizer", properties);
            Ok(Some(Resource { properties_path, ..authorizer }))
        }
        ("CUSTOM", None) => {
            let advice = "add `AuthArn: !GetAtt FUNCTION.Arn`";
            Err(Error::new(&auth.place, "a custom authorizer needs `AuthArn`", advice))
        }
        (kind, _) => {
            let problem = format!("`AuthType` is `{kind}`");
            Err(Error::new(&auth.place, problem, "write NONE, AWS_IAM or CUSTOM"))
        }
    }
}
