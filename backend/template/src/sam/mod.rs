//! Expands the resources of SAM to those of CloudFormation, as the transform `AWS::Serverless-2016-10-31` does
//! (AWS Serverless Application Model Developer Guide, "Generated CloudFormation resources").

mod events;
mod function;
mod globals;
mod layer;
mod own;
mod table;
mod websocket_api;
mod websocket_route;

use crate::app::Note;
use crate::error::Error;
use crate::node::Node;
use crate::stack::Resource;

/// Returns the resources that SAM's resources mean, and all other resources unchanged.
pub(crate) fn expand(
    resources: Vec<Resource>,
    globals: Option<&Node>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Resource>, Error> {
    globals::check(globals, notes)?;
    let mut expanded: Vec<Resource> = Vec::new();
    let written: Vec<String> = resources.iter().map(|resource| resource.id.clone()).collect();
    for resource in resources {
        let resource = globals::applied(resource, globals);
        let implied = expand_one(resource, notes)?;
        // The first resource is the one that is written down. Another one with the same name would hide it.
        for (at, resource) in implied.into_iter().enumerate() {
            if at == 0 || !(written.contains(&resource.id) || expanded.iter().any(|r| r.id == resource.id)) {
                expanded.push(resource);
            }
        }
    }
    Ok(expanded)
}

fn expand_one(resource: Resource, notes: &mut Vec<Note>) -> Result<Vec<Resource>, Error> {
    match resource.kind.as_str() {
        "AWS::Serverless::Function" => function::expand(resource, notes),
        "AWS::Serverless::WebSocketApi" => websocket_api::expand(resource, notes),
        "AWS::Serverless::SimpleTable" => Ok(vec![table::expand(resource)]),
        "AWS::Serverless::LayerVersion" => Ok(vec![layer::expand(resource, notes)]),
        // `!Ref Api.Stage` is a reference to the stage that SAM creates.
        "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" => {
            let stage = Node::empty_map(&resource.place);
            let stage = resource.implied(&format!("{}.Stage", resource.id), "AWS::ApiGateway::Stage", stage);
            Ok(vec![resource, stage])
        }
        _ => Ok(vec![resource]),
    }
}
