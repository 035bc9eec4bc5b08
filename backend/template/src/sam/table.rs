//! `AWS::Serverless::SimpleTable`.

use crate::node::Node;
use crate::stack::Resource;

/// Returns the table that a simple table means. Without a primary key, the key is the text `id`.
pub(super) fn expand(mut resource: Resource) -> Resource {
    let place = resource.place.clone();
    let text = |text: &str| Node::text(text, &place);
    let key = resource.properties.get("PrimaryKey").cloned();
    let part = |name| key.as_ref().and_then(|key| key.get(name)).cloned();
    let name = part("Name").unwrap_or_else(|| text("id"));
    let kind = match part("Type").as_ref().and_then(Node::as_text) {
        Some("Number") => "N",
        Some("Binary") => "B",
        _ => "S",
    };
    let attribute = [("AttributeName", name.clone()), ("AttributeType", text(kind))];
    let hash = [("AttributeName", name), ("KeyType", text("HASH"))];
    let list = |item: [(&str, Node); 2]| Node::list(vec![Node::map(item, &place)], &place);
    let others = resource.properties.entries().iter().filter(|entry| entry.key != "PrimaryKey");
    let others = others.map(|entry| (entry.key.as_str(), entry.node.clone()));
    let own = [("AttributeDefinitions", list(attribute)), ("KeySchema", list(hash))];
    resource.properties = Node::map(others.chain(own).collect::<Vec<_>>(), &place);
    resource.kind = "AWS::DynamoDB::Table".to_owned();
    resource
}
