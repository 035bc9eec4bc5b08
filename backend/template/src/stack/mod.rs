//! One CloudFormation template, taken apart.

mod parameters;
mod sections;

pub(crate) use parameters::values;
pub(crate) use sections::{Source, listed, note_functions, read};

use std::collections::BTreeMap;

use crate::dialect;
use crate::node::Node;
use crate::place::Place;

/// One stack: a template with the values of its parameters. SAM's resources have become CloudFormation's.
#[derive(Debug)]
pub(crate) struct Stack {
    pub name: String,
    /// Folder to which paths of code are relative.
    pub folder: String,
    pub parameters: Vec<(String, Node)>,
    pub mappings: Node,
    pub conditions: Node,
    pub resources: Vec<Resource>,
    pub outputs: Node,
    pub origin: Origin,
}

/// Facts about the folder from which a template was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// Local paths of uploaded code, by the names of the uploaded objects.
    pub assets: BTreeMap<String, String>,
    /// Command that builds the code, or `None` if the template is itself the result of building.
    pub build: Option<&'static str>,
    /// Folder of `sam build`, which contains a folder for each function.
    pub built: Option<String>,
}

/// One resource of a stack.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub id: String,
    pub kind: String,
    pub properties: Node,
    /// Name of the condition on which the resource exists.
    pub condition: Option<Node>,
    pub metadata: Option<Node>,
    /// Path of the resource for notes, such as `Resources.Chat`.
    pub path: String,
    /// Path of the properties, such as `Resources.Chat.Properties`.
    pub properties_path: String,
    pub place: Place,
    /// Properties of SAM's `Globals` that this resource does not take over: `*` or names.
    pub ignored_globals: Option<Node>,
    /// True if another resource of the description implies this one.
    pub is_implied: bool,
}

impl Stack {
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| dialect::names(id, &resource.id))
    }

    pub fn parameter(&self, name: &str) -> Option<&Node> {
        self.parameters.iter().find(|(known, _)| dialect::names(name, known)).map(|(_, value)| value)
    }
}

impl Resource {
    /// Returns a resource that another one implies, such as the table of a `SimpleTable`. It has the other's condition
    /// and paths.
    pub fn implied(&self, id: &str, kind: &str, properties: Node) -> Self {
        Self { id: id.to_owned(), kind: kind.to_owned(), properties, is_implied: true, ..self.clone() }
    }
}
