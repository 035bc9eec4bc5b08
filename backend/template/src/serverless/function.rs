//! Functions of a `serverless.yml`.

use crate::app::Note;
use crate::error::Error;
use crate::node::Node;
use crate::serverless::service::{Service, resource};
use crate::serverless::{events, keys, naming};
use crate::stack::Resource;

/// Settings with the same meaning as a property of CloudFormation.
const SAME: [(&str, &str); 4] = [
    ("handler", "Handler"),
    ("runtime", "Runtime"),
    ("timeout", "Timeout"),
    ("reservedConcurrency", "ReservedConcurrentExecutions"),
];
/// Defaults of the framework, which differ from those of Lambda.
const TIMEOUT_S: &str = "6";
const MEMORY_MB: &str = "1024";

/// Returns the resources that a function means: itself, and those of its events.
pub(super) fn resources(
    service: &Service<'_>,
    name: &str,
    function: &Node,
    notes: &mut Vec<Note>,
) -> Result<Vec<Resource>, Error> {
    let path = format!("functions.{name}");
    keys::note_function(function, &path, notes);
    let id = naming::function(name);
    let place = &function.place;
    let own =
        resource(id.clone(), "AWS::Lambda::Function", path, properties(service, name, function)?, place);
    let own = Resource { condition: function.get("condition").cloned(), is_implied: false, ..own };
    let mut resources = vec![own.clone()];
    resources.extend(url(&own, function));
    resources.extend(invoke_config(&own, function));
    let logs = format!("{}LogGroup", naming::normalized(name));
    resources.push(own.implied(&logs, "AWS::Logs::LogGroup", Node::empty_map(place)));
    resources.extend(events::resources(name, function, &own, notes)?);
    Ok(resources)
}

fn properties(service: &Service<'_>, name: &str, function: &Node) -> Result<Node, Error> {
    let place = &function.place;
    let text = |text: &str| Node::text(text, place);
    let full_name = function.get("name").cloned();
    let full_name = full_name.unwrap_or_else(|| text(&format!("{}-{}-{name}", service.name, service.stage)));
    let memory = service.setting(function, "memorySize").cloned();
    let mut properties = Node::map(
        [
            ("FunctionName", full_name),
            ("Code", code(service, function)),
            ("Timeout", text(TIMEOUT_S)),
            ("MemorySize", memory.unwrap_or_else(|| text(MEMORY_MB))),
            ("Environment", Node::map([("Variables", environment(service, function))], place)),
        ],
        place,
    );
    if let Some(image) = function.get("image") {
        let uri = image.get("uri").cloned().unwrap_or_else(|| image.clone());
        properties.set("Code", Node::map([("ImageUri", uri)], place));
        properties.set("PackageType", text("Image"));
    }
    for (key, property) in SAME {
        if let Some(value) = service.setting(function, key) {
            properties.set(property, value.clone());
        }
    }
    if let Some(architecture) = service.setting(function, "architecture") {
        properties.set("Architectures", Node::list(vec![architecture.clone()], place));
    }
    if let Some(layers) = service.setting(function, "layers") {
        properties.set("Layers", layers.clone());
    }
    Ok(properties)
}

fn environment(service: &Service<'_>, function: &Node) -> Node {
    let mut variables = Node::empty_map(&function.place);
    for part in [service.provider.get("environment"), function.get("environment")].into_iter().flatten() {
        for entry in part.entries() {
            variables.set(&entry.key, entry.node.clone());
        }
    }
    variables
}

/// Returns the location of the code: an archive that somebody made, or the folder of the document.
fn code(service: &Service<'_>, function: &Node) -> Node {
    let artifact = |node: &Node| node.get("package")?.get("artifact").cloned();
    let archive = artifact(function).or_else(|| artifact(service.document));
    Node::map([("Path", archive.unwrap_or_else(|| Node::text(".", &function.place)))], &function.place)
}

/// Returns the address of a function, from `url: true` or `url: { authorizer: …, cors: …, invokeMode: … }`.
fn url(own: &Resource, function: &Node) -> Option<Resource> {
    let url = function.get("url").filter(|url| url.as_text() != Some("false"))?;
    let place = &url.place;
    let needs_iam = url.get("authorizer").and_then(Node::as_text) == Some("aws_iam");
    let auth = if needs_iam { "AWS_IAM" } else { "NONE" };
    let mut properties = Node::map(
        [("TargetFunctionArn", Node::reference(&own.id, place)), ("AuthType", Node::text(auth, place))],
        place,
    );
    if let Some(mode) = url.get("invokeMode") {
        properties.set("InvokeMode", mode.clone());
    }
    if let Some(cors) = url.get("cors").filter(|cors| cors.as_text() != Some("false")) {
        properties.set("Cors", cors_settings(cors));
    }
    Some(within(own, "url", own.implied(&format!("{}Url", own.id), "AWS::Lambda::Url", properties)))
}

/// Returns the settings with the names of CloudFormation. `true` means those of the framework.
fn cors_settings(cors: &Node) -> Node {
    const NAMES: [(&str, &str); 6] = [
        ("allowCredentials", "AllowCredentials"),
        ("allowedHeaders", "AllowHeaders"),
        ("allowedMethods", "AllowMethods"),
        ("allowedOrigins", "AllowOrigins"),
        ("exposedResponseHeaders", "ExposeHeaders"),
        ("maxAge", "MaxAge"),
    ];
    const HEADERS: [&str; 6] = [
        "Content-Type",
        "X-Amz-Date",
        "Authorization",
        "X-Api-Key",
        "X-Amz-Security-Token",
        "X-Amzn-Trace-Id",
    ];
    let place = &cors.place;
    let list =
        |texts: &[&str]| Node::list(texts.iter().map(|text| Node::text(*text, place)).collect(), place);
    let mut settings = Node::map(
        [("AllowOrigins", list(&["*"])), ("AllowHeaders", list(&HEADERS)), ("AllowMethods", list(&["*"]))],
        place,
    );
    for (key, property) in NAMES {
        if let Some(value) = cors.get(key) {
            settings.set(property, value.clone());
        }
    }
    settings
}

fn invoke_config(own: &Resource, function: &Node) -> Option<Resource> {
    let names =
        [("maximumEventAge", "MaximumEventAgeInSeconds"), ("maximumRetryAttempts", "MaximumRetryAttempts")];
    let place = &function.place;
    let numbers = names.iter().filter_map(|(key, property)| Some((*property, function.get(key)?.clone())));
    let mut properties = Node::map(numbers.collect::<Vec<_>>(), place);
    if let Some(destinations) = function.get("destinations") {
        let names = [("onFailure", "OnFailure"), ("onSuccess", "OnSuccess")];
        let given = names.iter().filter_map(|(key, name)| Some((*name, destination(destinations.get(key)?))));
        let given = Node::map(given.collect::<Vec<_>>(), &destinations.place);
        properties.set("DestinationConfig", given);
    }
    if properties.entries().is_empty() {
        return None;
    }
    properties.set("FunctionName", Node::reference(&own.id, place));
    Some(own.implied(&format!("{}EvConf", own.id), "AWS::Lambda::EventInvokeConfig", properties))
}

/// Returns a destination, which is the name of a function of the document, a resource name, or a map with one.
fn destination(node: &Node) -> Node {
    let target = node.get("arn").unwrap_or(node);
    let target = match target.as_text().filter(|text| !text.starts_with("arn:")) {
        Some(function) => Node::attribute(&naming::function(function), "Arn", &node.place),
        None => target.clone(),
    };
    Node::map([("Destination", target)], &node.place)
}

fn within(own: &Resource, key: &str, resource: Resource) -> Resource {
    Resource { properties_path: format!("{}.{key}", own.properties_path), ..resource }
}
