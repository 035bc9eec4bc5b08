//! The section `resources`: CloudFormation beside the framework's own resources.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::{Entry, Node, Value};
use crate::place::Place;
use crate::serverless::service::{Service, resource};
use crate::settings::Settings;
use crate::stack::{self, Resource};

/// The section `resources`. It may be a list of parts.
pub(super) struct Own {
    resources: Node,
    extensions: Node,
    parameters: Node,
    pub mappings: Node,
    pub conditions: Node,
    pub outputs: Node,
}

impl Own {
    pub fn read(service: &Service<'_>) -> Result<Self, Error> {
        let section = service.document.get("resources");
        let place = section.map_or(&service.document.place, |section| &section.place);
        let parts = section.map(Node::one_or_many).unwrap_or_default();
        let merged = |name: &str| merged(parts, name, place);
        Ok(Self {
            resources: merged("Resources")?,
            extensions: merged("extensions")?,
            parameters: merged("Parameters")?,
            mappings: merged("Mappings")?,
            conditions: merged("Conditions")?,
            outputs: merged("Outputs")?,
        })
    }

    pub fn parameters(
        &self,
        settings: &Settings,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<(String, Node)>, Error> {
        stack::values(&self.parameters, &|name| settings.parameters.get(name).cloned(), notes)
    }

    /// Returns these resources and the framework's. A resource with the name of one of the framework's is merged into it, and then
    /// the extensions replace properties, as the framework does both.
    pub fn merged_into(
        &self,
        mut generated: Vec<Resource>,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<Resource>, Error> {
        let resources = with_types(&self.resources, &generated);
        let template = Node::map([("Resources", resources)], &self.resources.place);
        for own in stack::listed(&template)? {
            match generated.iter_mut().find(|resource| resource.id == own.id) {
                Some(resource) => merge(resource, own),
                None => generated.push(Resource {
                    properties_path: format!("resources.{}", own.properties_path),
                    path: format!("resources.{}", own.path),
                    ..own
                }),
            }
        }
        for extension in self.extensions.entries() {
            match generated.iter_mut().find(|resource| resource.id == extension.key) {
                Some(resource) => extend(resource, &extension.node),
                None => notes.push(Note {
                    kind: NoteKind::Missing,
                    path: format!("resources.extensions.{}", extension.key),
                    meaning: "there is no resource with this name here, so nothing is changed".to_owned(),
                    place: extension.place.clone(),
                }),
            }
        }
        Ok(distinct(generated))
    }
}

/// Returns resources with the types of the framework's resources that they change, because they need none of their own.
fn with_types(resources: &Node, generated: &[Resource]) -> Node {
    let mut resources = resources.clone();
    if let Value::Map(entries) = &mut resources.value {
        for Entry { key, place, node } in entries.iter_mut().filter(|entry| entry.node.get("Type").is_none())
        {
            if let Some(changed) = generated.iter().find(|resource| resource.id == *key) {
                node.set("Type", Node::text(changed.kind.as_str(), place));
            }
        }
    }
    resources
}

fn merge(resource: &mut Resource, own: Resource) {
    resource.kind = own.kind;
    resource.properties.merge(&own.properties);
    resource.condition = own.condition.or(resource.condition.take());
    resource.metadata = own.metadata.or(resource.metadata.take());
}

/// Changes a resource as an extension says. The other attributes of an extension have no effect on one machine.
fn extend(resource: &mut Resource, extension: &Node) {
    for entry in extension.get("Properties").map(Node::entries).unwrap_or_default() {
        resource.properties.set(&entry.key, entry.node.clone());
    }
    resource.condition = extension.get("Condition").cloned().or(resource.condition.take());
}

/// Leaves out repeated resources: two routes of a function have the same integration, and two events the same
/// authorizer.
fn distinct(resources: Vec<Resource>) -> Vec<Resource> {
    const SHARED: [&str; 2] = ["AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Integration"];
    let mut kept: Vec<Resource> = Vec::new();
    for resource in resources {
        let is_repeated = SHARED.contains(&&*resource.kind) && kept.iter().any(|kept| kept.id == resource.id);
        if !is_repeated {
            kept.push(resource);
        }
    }
    kept
}

fn merged(parts: &[Node], name: &str, place: &Place) -> Result<Node, Error> {
    let mut all = Node::empty_map(place);
    for part in parts.iter().filter_map(|part| part.get(name)) {
        if !part.is_map() {
            let problem = format!("`{name}` is {}", part.kind());
            return Err(Error::new(&part.place, problem, "write a map of names and values"));
        }
        all.place = part.place.clone();
        all.merge(part);
    }
    Ok(all)
}

/// Returns resources of the framework that mean nothing here, because a document may refer to them.
pub(super) fn implied(service: &Service<'_>) -> Vec<Resource> {
    let place = &service.document.place;
    let implied = |id: &str, kind: &str| {
        resource(id.to_owned(), kind, "provider".to_owned(), Node::empty_map(place), place)
    };
    vec![
        implied("IamRoleLambdaExecution", "AWS::IAM::Role"),
        implied("ServerlessDeploymentBucket", "AWS::S3::Bucket"),
        implied("ApiGatewayRestApi", "AWS::ApiGateway::RestApi"),
        implied("HttpApi", "AWS::ApiGateway::HttpApi"),
    ]
}
