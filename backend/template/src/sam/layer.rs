//! `AWS::Serverless::LayerVersion`.

use crate::app::Note;
use crate::node::Node;
use crate::sam::own;
use crate::stack::Resource;

/// Returns the layer that SAM's layer means. Without a name, it is named after its logical id.
pub(super) fn expand(mut resource: Resource, notes: &mut Vec<Note>) -> Resource {
    let own = own::take(&mut resource, notes);
    resource.kind = "AWS::Lambda::LayerVersion".to_owned();
    if let Some(uri) = own.get("ContentUri") {
        resource.properties.set("Content", own::code(uri));
    }
    if resource.properties.get("LayerName").is_none() {
        let name = Node::text(&*resource.id, &resource.place);
        resource.properties.set("LayerName", name);
    }
    resource
}
