//! Reads a `serverless.yml` (Serverless Framework, "Serverless.yml Reference") into the resources that it deploys.

mod events;
mod function;
mod keys;
mod layer;
mod naming;
mod plugins;
mod resources;
mod service;
mod variables;
mod websocket;

use crate::app::Note;
use crate::error::Error;
use crate::files::{Files, folder_of};
use crate::node::Node;
use crate::settings::Settings;
use crate::stack::{self, Origin, Resource, Stack};
use service::Service;
use variables::Variables;

/// A stack that a `serverless.yml` describes, with the region that it names.
pub(crate) struct Described {
    pub stack: Stack,
    pub region: String,
}

/// Reads a document. Remarks are added to `notes`.
pub(crate) fn read(
    document: &Node,
    path: &str,
    files: &dyn Files,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Result<Described, Error> {
    plugins::check(document, notes)?;
    let folder = folder_of(path);
    let variables = Variables::new(document, folder, files, settings);
    let resolved = variables.resolve_document()?;
    notes.extend(variables.into_notes());
    let service = Service::read(&resolved, settings)?;
    keys::note_sections(&service, notes);
    let generated = generated(&service, notes)?;
    for part in resolved.get("resources").map(Node::one_or_many).unwrap_or_default() {
        stack::note_functions(part, "resources.", notes);
    }
    let own = resources::Own::read(&service)?;
    let stack = Stack {
        name: service.stack_name(),
        folder: folder.to_owned(),
        parameters: own.parameters(settings, notes)?,
        resources: own.merged_into(generated, notes)?,
        mappings: own.mappings,
        conditions: own.conditions,
        outputs: own.outputs,
        origin: Origin { build: Some("npx serverless package"), ..Origin::default() },
    };
    Ok(Described { stack, region: service.region })
}

/// Returns the resources that the framework generates.
fn generated(service: &Service<'_>, notes: &mut Vec<Note>) -> Result<Vec<Resource>, Error> {
    let mut generated = Vec::new();
    for (name, function) in service.functions()? {
        generated.extend(function::resources(service, name, function, notes)?);
    }
    generated.extend(layer::resources(service)?);
    generated.extend(websocket::api(service));
    generated.extend(resources::implied(service));
    Ok(generated)
}
