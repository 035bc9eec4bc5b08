//! Layers of a `serverless.yml`.

use crate::error::Error;
use crate::node::{Entry, Node};
use crate::serverless::naming;
use crate::serverless::service::{Service, resource};
use crate::stack::Resource;

pub(super) fn resources(service: &Service<'_>) -> Result<Vec<Resource>, Error> {
    let layers = service.document.get("layers").map(Node::entries).unwrap_or_default();
    layers.iter().map(layer).collect()
}

fn layer(entry: &Entry) -> Result<Resource, Error> {
    let Entry { key, place, node } = entry;
    let archive = node.get("package").and_then(|package| package.get("artifact"));
    let Some(path) = archive.or_else(|| node.get("path")) else {
        let problem = format!("the layer {key} has no `path`");
        return Err(Error::new(place, problem, "add the folder with its content, such as `path: layer`"));
    };
    let name = node.get("name").cloned().unwrap_or_else(|| Node::text(&**key, place));
    let content = Node::map([("Path", path.clone())], &path.place);
    let properties = Node::map([("Content", content), ("LayerName", name)], place);
    Ok(resource(naming::layer(key), "AWS::Lambda::LayerVersion", format!("layers.{key}"), properties, place))
}
