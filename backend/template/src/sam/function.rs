//! `AWS::Serverless::Function`.

use crate::app::Note;
use crate::error::Error;
use crate::node::Node;
use crate::sam::{events, own};
use crate::stack::Resource;

pub(super) fn expand(mut resource: Resource, notes: &mut Vec<Note>) -> Result<Vec<Resource>, Error> {
    let own = own::take(&mut resource, notes);
    resource.kind = "AWS::Lambda::Function".to_owned();
    if let Some(code) = code_of(&own) {
        resource.properties.set("Code", code);
    }
    let mut implied = Vec::new();
    if resource.properties.get("Role").is_none() {
        let role = Node::empty_map(&resource.place);
        implied.push(resource.implied(&format!("{}Role", resource.id), "AWS::IAM::Role", role));
    }
    implied.extend(own.get("FunctionUrlConfig").map(|config| url(&resource, config)));
    if let Some(config) = own.get("EventInvokeConfig") {
        implied.extend(invoke_config(&resource, config));
    }
    if let Some(name) = own.get("AutoPublishAlias") {
        implied.extend(alias(&resource, name));
    }
    for event in own.get("Events").map(Node::entries).unwrap_or_default() {
        implied.extend(events::expand(&resource, event, notes)?);
    }
    implied.insert(0, resource);
    Ok(implied)
}

fn code_of(own: &Node) -> Option<Node> {
    if let Some(text) = own.get("InlineCode") {
        return Some(Node::map([("ZipFile", text.clone())], &text.place));
    }
    if let Some(image) = own.get("ImageUri") {
        return Some(Node::map([("ImageUri", image.clone())], &image.place));
    }
    own.get("CodeUri").map(own::code)
}

fn url(function: &Resource, config: &Node) -> Resource {
    let mut properties = config.clone();
    properties.set("TargetFunctionArn", Node::reference(&function.id, &config.place));
    within(
        function.implied(&format!("{}Url", function.id), "AWS::Lambda::Url", properties),
        "FunctionUrlConfig",
    )
}

/// Returns the settings of asynchronous invocations, and the queues that SAM creates for destinations without an address.
fn invoke_config(function: &Resource, config: &Node) -> Vec<Resource> {
    let mut properties = config.clone();
    properties.set("FunctionName", Node::reference(&function.id, &config.place));
    let mut created = Vec::new();
    let mut destinations = config.get("DestinationConfig").cloned();
    for name in ["OnFailure", "OnSuccess"] {
        let Some(destinations) = &mut destinations else { continue };
        let Some(destination) = destinations.get(name).cloned() else { continue };
        let kind = destination.get("Type").and_then(Node::as_text);
        if kind == Some("SQS") && destination.get("Destination").is_none() {
            let id = format!("{}EventInvokeConfig{name}Queue", function.id);
            let mut with_address = destination.clone();
            with_address.set("Destination", Node::attribute(&id, "Arn", &destination.place));
            destinations.set(name, with_address);
            created.push(function.implied(&id, "AWS::SQS::Queue", Node::empty_map(&destination.place)));
        }
    }
    if let Some(destinations) = destinations {
        properties.set("DestinationConfig", destinations);
    }
    let id = format!("{}EventInvokeConfig", function.id);
    let config = function.implied(&id, "AWS::Lambda::EventInvokeConfig", properties);
    created.insert(0, within(config, "EventInvokeConfig"));
    created
}

/// Returns the alias and the version of the function, to which a template may refer as `FUNCTION.Alias` and
/// `FUNCTION.Version`.
fn alias(function: &Resource, name: &Node) -> Vec<Resource> {
    let place = &name.place;
    let of_function = || ("FunctionName", Node::reference(&function.id, place));
    let alias = Node::map([of_function(), ("Name", name.clone())], place);
    let version = Node::map([of_function()], place);
    let literal = name.as_text().unwrap_or_default();
    vec![
        function.implied(&format!("{}.Alias", function.id), "AWS::Lambda::Alias", alias.clone()),
        function.implied(&format!("{}Alias{literal}", function.id), "AWS::Lambda::Alias", alias),
        function.implied(&format!("{}.Version", function.id), "AWS::Lambda::Version", version),
    ]
}

/// Sets the path of a resource whose properties are in a property of another resource.
fn within(mut resource: Resource, property: &str) -> Resource {
    resource.properties_path = format!("{}.{property}", resource.properties_path);
    resource
}
