//! The section `resources`: CloudFormation beside the framework's own resources.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::Node;
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

    /// Returns these resources and the framework's, which the extensions have changed. A resource with the name of one
    /// of the framework's changes it too, as the framework merges both.
    pub fn merged_into(
        &self,
        mut generated: Vec<Resource>,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<Resource>, Error> {
        for extension in self.extensions.entries() {
            let properties = extension.node.get("Properties");
            let found = generated.iter_mut().find(|resource| resource.id == extension.key);
            match (found, properties) {
                (Some(resource), Some(properties)) => replace(resource, properties),
                _ => notes.push(Note {
                    kind: NoteKind::Missing,
                    path: format!("resources.extensions.{}", extension.key),
                    meaning: "there is no resource with this name here, so nothing is changed".to_owned(),
                    place: extension.place.clone(),
                }),
            }
        }
        let template = Node::map([("Resources", self.resources.clone())], &self.resources.place);
        for own in stack::listed(&template)? {
            match generated.iter_mut().find(|resource| resource.id == own.id) {
                Some(resource) => replace(resource, &own.properties),
                None => generated.push(Resource {
                    properties_path: format!("resources.{}", own.properties_path),
                    path: format!("resources.{}", own.path),
                    ..own
                }),
            }
        }
        Ok(distinct(generated))
    }
}

fn replace(resource: &mut Resource, properties: &Node) {
    for entry in properties.entries() {
        resource.properties.set(&entry.key, entry.node.clone());
    }
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
        for entry in part.entries() {
            all.set(&entry.key, entry.node.clone());
        }
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
