//! The service that a document describes, with its settings for all functions.

use crate::error::Error;
use crate::node::{Entry, Node};
use crate::place::Place;
use crate::settings::Settings;
use crate::stack::Resource;

/// A document whose variables have been replaced.
pub(super) struct Service<'a> {
    pub document: &'a Node,
    pub name: String,
    pub stage: String,
    pub region: String,
    pub provider: Node,
}

impl<'a> Service<'a> {
    pub fn read(document: &'a Node, settings: &Settings) -> Result<Self, Error> {
        let text = |node: Option<&Node>| node.and_then(Node::as_text).map(str::to_owned);
        let name = document.get("service").and_then(|service| service.get("name").or(Some(service)));
        let Some(name) = text(name) else {
            return Err(Error::new(
                &document.place,
                "`service` is missing",
                "add it, such as `service: chat`",
            ));
        };
        let Some(provider) = document.get("provider") else {
            let advice = "add `provider: { name: aws, runtime: nodejs22.x }`";
            return Err(Error::new(&document.place, "`provider` is missing", advice));
        };
        let cloud = text(provider.get("name")).or_else(|| provider.as_text().map(str::to_owned));
        if cloud.as_deref() != Some("aws") {
            let problem = format!("the provider is `{}`", cloud.unwrap_or_default());
            return Err(Error::new(&provider.place, problem, "only `aws` is read here"));
        }
        let stage = settings.stage.clone().or_else(|| text(provider.get("stage")));
        let region = settings.parameters.get("region").cloned().or_else(|| text(provider.get("region")));
        Ok(Self {
            document,
            name,
            stage: stage.unwrap_or_else(|| "dev".to_owned()),
            region: region.unwrap_or_else(|| settings.surroundings.region.clone()),
            provider: provider.clone(),
        })
    }

    /// Returns the name of the CloudFormation stack.
    pub fn stack_name(&self) -> String {
        let own = self.provider.get("stackName").and_then(Node::as_text);
        own.map_or_else(|| format!("{}-{}", self.name, self.stage), str::to_owned)
    }

    /// Returns the functions. The section may be a list of maps, which are then parts of it.
    pub fn functions(&self) -> Result<Vec<(&'a str, &'a Node)>, Error> {
        let section = self.document.get("functions");
        let parts = section.map(Node::one_or_many).unwrap_or_default();
        let functions: Vec<&Entry> = parts.iter().flat_map(Node::entries).collect();
        let function = |entry: &'a Entry| match entry.node.is_map() {
            true => Ok((entry.key.as_str(), &entry.node)),
            false => {
                let problem = format!("the function {} is {}", entry.key, entry.node.kind());
                Err(Error::new(&entry.place, problem, "write a map with its `handler` and `events`"))
            }
        };
        functions.into_iter().map(function).collect()
    }

    /// Returns a setting of a function, or that of the provider for all functions.
    pub fn setting<'n>(&'n self, function: &'n Node, name: &str) -> Option<&'n Node> {
        function.get(name).or_else(|| self.provider.get(name))
    }
}

/// Returns a resource that a part of a `serverless.yml` means. `path` is the part, such as `functions.chat`.
pub(super) fn resource(id: String, kind: &str, path: String, properties: Node, place: &Place) -> Resource {
    Resource {
        id,
        kind: kind.to_owned(),
        properties,
        condition: None,
        metadata: None,
        properties_path: path.clone(),
        path,
        place: place.clone(),
        ignored_globals: None,
        is_implied: true,
    }
}
