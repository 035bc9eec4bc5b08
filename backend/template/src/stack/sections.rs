//! Reads the sections of a template.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::{Entry, Node};
use crate::place::Place;
use crate::sam;
use crate::stack::{Origin, Resource, Stack, parameters};
use crate::words;

const SAM_TRANSFORM: &str = "AWS::Serverless-2016-10-31";
/// Each of its functions is evaluated or noted where it is used, so the transform itself needs no note.
const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";
/// Sections of a template (AWS CloudFormation User Guide, "Template sections"; `Globals` is SAM's).
const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];
/// Sections to which functions may add entries.
const EXTENSIBLE: [&str; 4] = ["Conditions", "Mappings", "Outputs", "Resources"];
/// Entries of a resource beside its type and properties that change nothing on one machine.
const ATTRIBUTES: [&str; 10] = [
    "Type",
    "Properties",
    "Condition",
    "Metadata",
    "DependsOn",
    "CreationPolicy",
    "DeletionPolicy",
    "Description",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

/// A template to read, with the name and the folder of its stack.
pub(crate) struct Source<'a> {
    pub template: &'a Node,
    pub name: String,
    pub folder: String,
    pub origin: Origin,
}

/// Reads a template. `given` returns the value that the user chose for a parameter. Remarks are added to `notes`.
pub(crate) fn read(
    source: Source<'_>,
    given: &dyn Fn(&str) -> Option<String>,
    notes: &mut Vec<Note>,
) -> Result<Stack, Error> {
    let template = source.template;
    check_sections(template, notes)?;
    let is_sam = transforms(template, notes);
    note_functions(template, "", notes);
    let section = |name| template.get(name).cloned().unwrap_or_else(|| Node::empty_map(&template.place));
    let mut resources = listed(template)?;
    if let Some(resource) = resources.iter().find(|r| !is_sam && r.kind.starts_with("AWS::Serverless::")) {
        let problem = format!("{} needs the transform of SAM", resource.kind);
        let advice = format!("add the line `Transform: {SAM_TRANSFORM}` at the top of the template");
        return Err(Error::new(&resource.place, problem, advice));
    }
    if is_sam {
        resources = sam::expand(resources, template.get("Globals"), notes)?;
    }
    Ok(Stack {
        name: source.name,
        folder: source.folder,
        parameters: parameters::values(&section("Parameters"), given, notes)?,
        mappings: section("Mappings"),
        conditions: section("Conditions"),
        resources,
        outputs: section("Outputs"),
        origin: source.origin,
    })
}

fn check_sections(template: &Node, notes: &mut Vec<Note>) -> Result<(), Error> {
    if let Some(entry) = template.entries().iter().find(|entry| !SECTIONS.contains(&entry.key.as_str())) {
        let problem = format!("{} is not a section of a template", entry.key);
        return Err(Error::new(&entry.place, problem, words::instead(&entry.key, SECTIONS)));
    }
    let meanings = [
        (
            "Rules",
            "the rules for parameters are not checked here; CloudFormation checks them when it deploys",
        ),
        ("Hooks", "hooks are for deployments"),
    ];
    for (name, meaning) in meanings {
        notes.extend(template.entries().iter().filter(|entry| entry.key == name).map(|entry| Note {
            kind: NoteKind::Irrelevant,
            path: name.to_owned(),
            meaning: meaning.to_owned(),
            place: entry.place.clone(),
        }));
    }
    Ok(())
}

/// Returns true if the template has SAM's transform. Other transforms are noted.
fn transforms(template: &Node, notes: &mut Vec<Note>) -> bool {
    let Some(transform) = template.get("Transform") else { return false };
    let named = |node: &Node| node.as_text().or_else(|| node.get("Name")?.as_text()).map(str::to_owned);
    let all: Vec<(String, Place)> = transform
        .one_or_many()
        .iter()
        .map(|node| (named(node).unwrap_or_default(), node.place.clone()))
        .collect();
    let others = all.iter().filter(|(name, _)| name != SAM_TRANSFORM && name != LANGUAGE_EXTENSIONS);
    notes.extend(others.map(|(name, place)| {
        Note {
            kind: NoteKind::Missing,
            path: format!("Transform {name}"),
            meaning: "macros run in an account, so the template is read as if this transform changed nothing"
                .to_owned(),
            place: place.clone(),
        }
    }));
    all.iter().any(|(name, _)| name == SAM_TRANSFORM)
}

/// Notes the functions that would add entries to sections. `prefix` precedes the names of the sections in the notes.
pub(crate) fn note_functions(template: &Node, prefix: &str, notes: &mut Vec<Note>) {
    for name in EXTENSIBLE {
        let section = template.get(name).map(Node::entries).unwrap_or_default();
        notes.extend(section.iter().filter(|entry| is_function(entry)).map(|entry| Note {
            kind: NoteKind::Missing,
            path: format!("{prefix}{name}.{}", entry.key),
            meaning: "this function is not evaluated, and what it would add to this section does not exist here"
                .to_owned(),
            place: entry.place.clone(),
        }));
    }
}

fn is_function(entry: &Entry) -> bool {
    entry.key.starts_with("Fn::")
}

/// Returns the resources in the section `Resources`, without those that functions would add.
pub(crate) fn listed(template: &Node) -> Result<Vec<Resource>, Error> {
    let Some(section) = template.get("Resources") else {
        let advice = "give the path of a SAM or CloudFormation template, whose section `Resources` lists what it deploys";
        return Err(Error::new(&template.place, "the template has no section `Resources`", advice));
    };
    if !section.is_map() {
        let problem = format!("`Resources` is {}", section.kind());
        return Err(Error::new(&section.place, problem, "write a map of names and resources"));
    }
    section.entries().iter().filter(|entry| !is_function(entry)).map(resource).collect()
}

fn resource(entry: &Entry) -> Result<Resource, Error> {
    let Entry { key, place, node } = entry;
    let Some(kind) = node.get("Type").and_then(Node::as_text) else {
        let problem = format!("the resource {key} has no `Type`");
        return Err(Error::new(place, problem, "add its type, such as `Type: AWS::SQS::Queue`"));
    };
    let unknown = node.entries().iter().find(|entry| !ATTRIBUTES.contains(&entry.key.as_str()));
    // Connectors of SAM are permissions.
    if let Some(entry) = unknown.filter(|entry| entry.key != "Connectors" && entry.key != "IgnoreGlobals") {
        let problem = format!("{} is not an entry of a resource", entry.key);
        let advice = match words::instead(&entry.key, ATTRIBUTES) {
            advice if advice.starts_with("did") => advice,
            _ => format!("move it below `Properties:` of {key}, or remove it"),
        };
        return Err(Error::new(&entry.place, problem, advice));
    }
    let path = format!("Resources.{key}");
    Ok(Resource {
        id: key.clone(),
        kind: kind.to_owned(),
        properties: node.get("Properties").cloned().unwrap_or_else(|| Node::empty_map(place)),
        condition: node.get("Condition").cloned(),
        metadata: node.get("Metadata").cloned(),
        properties_path: format!("{path}.Properties"),
        path,
        place: place.clone(),
        ignored_globals: node.get("IgnoreGlobals").cloned(),
        is_implied: false,
    })
}
