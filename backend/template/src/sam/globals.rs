//! The section `Globals` (AWS Serverless Application Model Developer Guide, "Globals section").

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::{Node, Value};
use crate::stack::Resource;
use crate::words;

/// Parts of the section. The types are `AWS::Serverless::` and the name of the part.
const PARTS: [&str; 8] = [
    "Api",
    "CapacityProvider",
    "Function",
    "HttpApi",
    "LayerVersion",
    "SimpleTable",
    "StateMachine",
    "WebSocketApi",
];
const DONE: [&str; 4] = ["Function", "LayerVersion", "SimpleTable", "WebSocketApi"];

pub(super) fn check(globals: Option<&Node>, notes: &mut Vec<Note>) -> Result<(), Error> {
    for entry in globals.map(Node::entries).unwrap_or_default() {
        if !PARTS.contains(&entry.key.as_str()) {
            let problem = format!("SAM has no globals for {}", entry.key);
            return Err(Error::new(&entry.place, problem, words::instead(&entry.key, PARTS)));
        }
        if !DONE.contains(&entry.key.as_str()) {
            notes.push(Note {
                kind: NoteKind::Missing,
                path: format!("Globals.{}", entry.key),
                meaning: "resources of this type are not started".to_owned(),
                place: entry.place.clone(),
            });
        }
    }
    Ok(())
}

/// Returns the resource with the properties that it takes over from the globals of its type.
pub(super) fn applied(mut resource: Resource, globals: Option<&Node>) -> Resource {
    let part = resource.kind.strip_prefix("AWS::Serverless::");
    let Some(shared) = part.and_then(|part| globals?.get(part)) else { return resource };
    let shared = without(shared, resource.ignored_globals.as_ref());
    resource.properties = merged(&shared, &resource.properties);
    resource
}

fn without(shared: &Node, ignored: Option<&Node>) -> Node {
    let names: Vec<&str> =
        ignored.map(Node::one_or_many).into_iter().flatten().filter_map(Node::as_text).collect();
    let kept = shared.entries().iter().filter(|entry| !names.contains(&"*") && !names.contains(&&*entry.key));
    Node { value: Value::Map(kept.cloned().collect()), place: shared.place.clone() }
}

/// Merges maps key by key and appends lists. Any other value of the resource replaces the global one.
fn merged(shared: &Node, own: &Node) -> Node {
    let is_plain_map = |node: &Node| node.is_map() && node.as_call().is_none();
    if is_plain_map(shared) && is_plain_map(own) {
        let mut all = shared.clone();
        for entry in own.entries() {
            let node = match shared.get(&entry.key) {
                Some(shared) => merged(shared, &entry.node),
                None => entry.node.clone(),
            };
            all.set(&entry.key, node);
        }
        return Node { place: own.place.clone(), ..all };
    }
    if let (Value::List(first), Value::List(rest)) = (&shared.value, &own.value) {
        return Node::list(first.iter().chain(rest).cloned().collect(), &own.place);
    }
    own.clone()
}
