//! The properties that only SAM has.

use crate::app::{Note, NoteKind};
use crate::known::{self, Known};
use crate::node::{Node, Value};
use crate::stack::Resource;

/// Removes the properties that only SAM has, and returns them. Those that are not done are noted.
pub(super) fn take(resource: &mut Resource, notes: &mut Vec<Note>) -> Node {
    let place = resource.properties.place.clone();
    let Value::Map(entries) = &mut resource.properties.value else { return Node::empty_map(&place) };
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for entry in std::mem::take(entries) {
        let (kind, meaning) = match known::property(&resource.kind, &entry.key) {
            None => {
                others.push(entry);
                continue;
            }
            Some(Known::Done) => {
                own.push(entry);
                continue;
            }
            Some(Known::Irrelevant(reason)) => (NoteKind::Irrelevant, reason),
            Some(Known::Missing(meaning)) => (NoteKind::Missing, meaning),
        };
        let path = format!("{}.{}", resource.properties_path, entry.key);
        notes.push(Note { kind, path, meaning: meaning.to_owned(), place: entry.place });
    }
    *entries = others;
    Node { value: Value::Map(own), place }
}

/// Returns the location of code as the property `Code` of Lambda. A path becomes `{Path: …}`, which is no property of
/// CloudFormation; `aws cloudformation package` replaces it before a deployment.
pub(super) fn code(uri: &Node) -> Node {
    let object = [("S3Bucket", "Bucket"), ("S3Key", "Key"), ("S3ObjectVersion", "Version")];
    if uri.is_map() && uri.as_call().is_none() {
        let parts = object.iter().filter_map(|(long, short)| Some((*long, uri.get(short)?.clone())));
        return Node::map(parts, &uri.place);
    }
    Node::map([("Path", uri.clone())], &uri.place)
}
