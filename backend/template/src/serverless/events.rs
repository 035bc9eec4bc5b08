//! Events of functions of a `serverless.yml`.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::{Entry, Node, Style, Value};
use crate::serverless::service::resource;
use crate::serverless::websocket;
use crate::stack::Resource;

/// Largest number of records of an invocation, if the document says nothing. It is the framework's, for streams too.
const BATCH_SIZE: &str = "10";
/// Keys of `stream` and `sqs` with the same meaning as a property of an event source mapping.
const SAME: [(&str, &str); 10] = [
    ("batchSize", "BatchSize"),
    ("batchWindow", "MaximumBatchingWindowInSeconds"),
    ("bisectBatchOnFunctionError", "BisectBatchOnFunctionError"),
    ("enabled", "Enabled"),
    ("maximumBatchingWindow", "MaximumBatchingWindowInSeconds"),
    ("maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"),
    ("maximumRetryAttempts", "MaximumRetryAttempts"),
    ("parallelizationFactor", "ParallelizationFactor"),
    ("startingPosition", "StartingPosition"),
    ("tumblingWindowInSeconds", "TumblingWindowInSeconds"),
];
/// Keys that this crate converts in another way.
const CONVERTED: [&str; 7] = [
    "arn",
    "consumer",
    "destinations",
    "filterPatterns",
    "functionResponseType",
    "maximumConcurrency",
    "type",
];

/// Returns the resources that the events of a function mean. Events that are not done are noted.
pub(super) fn resources(
    name: &str,
    function: &Node,
    own: &Resource,
    notes: &mut Vec<Note>,
) -> Result<Vec<Resource>, Error> {
    let mut resources = Vec::new();
    let events = function.get("events").map(Node::one_or_many).unwrap_or_default();
    for (at, event) in events.iter().enumerate() {
        let path = format!("functions.{name}.events[{at}]");
        let Some(entry) = event.entries().first() else {
            // An event may be its name alone, such as `- alexaSkill`.
            let kind = event.as_text().unwrap_or_default();
            notes.push(note(&path, kind, event));
            continue;
        };
        let path = format!("{path}.{}", entry.key);
        match entry.key.as_str() {
            "websocket" => resources.extend(websocket::route(&settings(event, entry), own, &path)?),
            "stream" if !is_kinesis(&entry.node) => resources.push(mapping(entry, own, &path, at, notes)?),
            "sqs" => resources.push(mapping(entry, own, &path, at, notes)?),
            kind => notes.push(note(&path, kind, event)),
        }
    }
    Ok(resources)
}

/// Returns the event with its settings. They may stand beside `websocket:`, instead of below it.
fn settings(event: &Node, entry: &Entry) -> Entry {
    match entry.node.is_null() && event.get("route").is_some() {
        true => Entry { node: event.clone(), ..entry.clone() },
        false => entry.clone(),
    }
}

fn note(path: &str, kind: &str, event: &Node) -> Note {
    let words = match kind {
        "http" | "httpApi" => "HTTP requests to an API of API Gateway do",
        "schedule" => "schedules do",
        kind => return other_note(path, kind, event),
    };
    missing(path, format!("{words} not invoke the function here"), event)
}

fn other_note(path: &str, kind: &str, event: &Node) -> Note {
    missing(path, format!("events of the type `{kind}` do not invoke the function here"), event)
}

fn missing(path: &str, meaning: String, node: &Node) -> Note {
    Note { kind: NoteKind::Missing, path: path.to_owned(), meaning, place: node.place.clone() }
}

fn is_kinesis(event: &Node) -> bool {
    let kind = event.get("type").and_then(Node::as_text);
    kind == Some("kinesis") || event.as_text().is_some_and(|arn| arn.contains(":kinesis:"))
}

/// Returns the event source mapping of a `stream` or `sqs` event, which is a resource name or a map with one.
fn mapping(
    entry: &Entry,
    own: &Resource,
    path: &str,
    at: usize,
    notes: &mut Vec<Note>,
) -> Result<Resource, Error> {
    let (event, place) = (&entry.node, &entry.place);
    let is_plain = event.as_text().is_some() || event.as_call().is_some();
    let arn = if is_plain { Some(event) } else { event.get("arn") };
    let Some(arn) = arn else {
        let problem = format!("the event `{}` has no `arn`", entry.key);
        let advice = "add it, such as `arn: { Fn::GetAtt: [Table, StreamArn] }`";
        return Err(Error::new(place, problem, advice));
    };
    let mut properties = Node::map(
        [
            ("EventSourceArn", arn.clone()),
            ("FunctionName", Node::reference(&own.id, place)),
            ("BatchSize", Node::text(BATCH_SIZE, place)),
        ],
        place,
    );
    if !is_plain {
        convert(event, &mut properties);
        notes.extend(unknown(event, path));
    }
    let id = format!("{}EventSourceMapping{at}", own.id);
    let mapping = resource(id, "AWS::Lambda::EventSourceMapping", path.to_owned(), properties, place);
    Ok(Resource { condition: own.condition.clone(), ..mapping })
}

fn convert(event: &Node, properties: &mut Node) {
    let place = &event.place;
    for (key, property) in SAME {
        if let Some(value) = event.get(key) {
            properties.set(property, value.clone());
        }
    }
    if let Some(kind) = event.get("functionResponseType") {
        properties.set("FunctionResponseTypes", Node::list(vec![kind.clone()], place));
    }
    if let Some(most) = event.get("maximumConcurrency") {
        properties.set("ScalingConfig", Node::map([("MaximumConcurrency", most.clone())], place));
    }
    if let Some(patterns) = event.get("filterPatterns") {
        let pattern =
            |node: &Node| Node::map([("Pattern", Node::text(json(node), &node.place))], &node.place);
        let filters = Node::list(patterns.items().iter().map(pattern).collect(), place);
        properties.set("FilterCriteria", Node::map([("Filters", filters)], place));
    }
    if let Some(failure) = event.get("destinations").and_then(|destinations| destinations.get("onFailure")) {
        let target = failure.get("arn").unwrap_or(failure).clone();
        let on_failure = Node::map([("Destination", target)], place);
        properties.set("DestinationConfig", Node::map([("OnFailure", on_failure)], place));
    }
}

/// Returns a note for each key that means nothing to this crate.
fn unknown(event: &Node, path: &str) -> Vec<Note> {
    let is_known = |key: &str| CONVERTED.contains(&key) || SAME.iter().any(|(known, _)| *known == key);
    let unknown = event.entries().iter().filter(|entry| !is_known(&entry.key));
    let note = |entry: &Entry| {
        let path = format!("{path}.{}", entry.key);
        missing(&path, "this key is not known here and changes nothing".to_owned(), &entry.node)
    };
    unknown.map(note).collect()
}

/// Returns a value as JSON. A text without quotation marks that is a number or a boolean in JSON stays one.
fn json(node: &Node) -> String {
    value(node).to_string()
}

fn value(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::List(items) => items.iter().map(value).collect(),
        Value::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), value(&entry.node))).collect(),
        Value::Text(text, Style::Quoted) => text.as_str().into(),
        Value::Text(text, Style::Plain) => match serde_json::from_str(text) {
            Ok(scalar @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_))) => scalar,
            _ => text.as_str().into(),
        },
    }
}
