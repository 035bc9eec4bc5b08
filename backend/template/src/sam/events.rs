//! Events of `AWS::Serverless::Function`.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::{Entry, Node, Value};
use crate::stack::Resource;
use crate::words;

/// Types of events, each with words for what does not invoke the function, or none if the type is done.
const TYPES: [(&str, &str); 17] = [
    ("AlexaSkill", "Alexa does"),
    ("Api", "HTTP requests to an API of API Gateway do"),
    ("CloudWatchEvent", "events of EventBridge do"),
    ("CloudWatchLogs", "log lines do"),
    ("Cognito", "Cognito does"),
    ("DocumentDB", "changes in DocumentDB do"),
    ("DynamoDB", ""),
    ("EventBridgeRule", "events of EventBridge do"),
    ("HttpApi", "HTTP requests to an API of API Gateway do"),
    ("IoTRule", "messages of IoT do"),
    ("Kinesis", "records of Kinesis do"),
    ("MQ", "messages of Amazon MQ do"),
    ("MSK", "messages of Kafka do"),
    ("S3", "changes in a bucket do"),
    ("SNS", "notifications of SNS do"),
    ("SQS", ""),
    ("SelfManagedKafka", "messages of Kafka do"),
];
/// Types for schedules.
const SCHEDULES: [&str; 2] = ["Schedule", "ScheduleV2"];

/// Returns the resources that one event of a function means. An event that is not done is noted.
pub(super) fn expand(
    function: &Resource,
    event: &Entry,
    notes: &mut Vec<Note>,
) -> Result<Vec<Resource>, Error> {
    let path = format!("{}.Events.{}", function.properties_path, event.key);
    let Some(kind) = event.node.get("Type").and_then(Node::as_text) else {
        let problem = format!("the event {} has no `Type`", event.key);
        return Err(Error::new(&event.place, problem, "add its type, such as `Type: SQS`"));
    };
    let empty = Node::empty_map(&event.place);
    let properties = event.node.get("Properties").unwrap_or(&empty);
    match kind {
        "DynamoDB" => Ok(vec![mapping(function, event, properties, "Stream", path)]),
        "SQS" => Ok(vec![mapping(function, event, properties, "Queue", path)]),
        kind => {
            let meaning = format!("{} not invoke the function here", subject(kind, event)?);
            notes.push(Note {
                kind: NoteKind::Missing,
                path: format!("{path} ({kind})"),
                meaning,
                place: event.place.clone(),
            });
            Ok(implicit_api(function, kind))
        }
    }
}

fn subject(kind: &str, event: &Entry) -> Result<&'static str, Error> {
    if SCHEDULES.contains(&kind) {
        return Ok("schedules do");
    }
    if let Some((_, subject)) = TYPES.iter().find(|(name, _)| *name == kind) {
        return Ok(subject);
    }
    let problem = format!("SAM has no event type {kind}");
    let advice = match kind {
        "WebSocket" | "Websocket" | "WebSocketApi" => {
            "name the function in `Routes` of a resource with the type AWS::Serverless::WebSocketApi"
                .to_owned()
        }
        kind => words::instead(kind, TYPES.iter().map(|(name, _)| *name)),
    };
    Err(Error::new(&event.place, problem, advice))
}

fn mapping(function: &Resource, event: &Entry, properties: &Node, source: &str, path: String) -> Resource {
    let renamed = |entry: &Entry| match entry.key.as_str() {
        key if key == source => Entry { key: "EventSourceArn".to_owned(), ..entry.clone() },
        _ => entry.clone(),
    };
    let entries = properties.entries().iter().map(renamed).collect();
    let mut properties = Node { value: Value::Map(entries), place: event.place.clone() };
    properties.set("FunctionName", Node::reference(&function.id, &event.place));
    let id = format!("{}{}", function.id, event.key);
    Resource {
        properties_path: format!("{path}.Properties"),
        path,
        place: event.place.clone(),
        ..function.implied(&id, "AWS::Lambda::EventSourceMapping", properties)
    }
}

/// Returns the API that SAM creates for events without one, because outputs often contain its address.
fn implicit_api(function: &Resource, kind: &str) -> Vec<Resource> {
    let implied = |id: &str, kind: &str| function.implied(id, kind, Node::empty_map(&function.place));
    match kind {
        "Api" => vec![
            implied("ServerlessRestApi", "AWS::ApiGateway::RestApi"),
            implied("ServerlessRestApiProdStage", "AWS::ApiGateway::Stage"),
        ],
        "HttpApi" => vec![implied("ServerlessHttpApi", "AWS::ApiGateway::HttpApi")],
        _ => Vec::new(),
    }
}
