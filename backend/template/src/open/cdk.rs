//! The output of `cdk synth`: a template for each stack, and lists of their assets (AWS CDK, "Cloud assembly").

use crate::app::Note;
use crate::dialect::Dialect;
use crate::document;
use crate::error::Error;
use crate::files::{Files, join};
use crate::node::Node;
use crate::open::{assets, parameters};
use crate::settings::Settings;
use crate::stack::{self, Origin, Source, Stack};

const TEMPLATE: &str = ".template.json";
const NESTED: &str = ".nested.template.json";

struct Synthesized {
    /// Name of the artifact, which is the file's name without its ending.
    artifact: String,
    folder: String,
    template: Node,
}

/// Reads all stacks of a CDK output, with those of its stages (`assembly-…`). Nested stacks are no stacks of their own.
pub(super) fn stacks(
    folder: &str,
    files: &dyn Files,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Result<Vec<Stack>, Error> {
    let mut templates = Vec::new();
    for folder in folders(folder, files) {
        templates.extend(synthesized(&folder, files)?);
    }
    let all: Vec<&Node> = templates.iter().map(|synthesized| &synthesized.template).collect();
    parameters::check(settings, &all)?;
    templates.iter().map(|synthesized| stack(synthesized, files, settings, notes)).collect()
}

fn folders(folder: &str, files: &dyn Files) -> Vec<String> {
    let names = files.names(folder).into_iter();
    let stages = names.filter(|name| name.starts_with("assembly-")).map(|name| join(folder, &name));
    std::iter::once(folder.to_owned()).chain(stages).collect()
}

fn synthesized(folder: &str, files: &dyn Files) -> Result<Vec<Synthesized>, Error> {
    let mut found = Vec::new();
    for name in files.names(folder) {
        let Some(artifact) = name.strip_suffix(TEMPLATE).filter(|_| !name.ends_with(NESTED)) else {
            continue;
        };
        let path = join(folder, &name);
        let template = document::parse(&path, &files.text(&path).unwrap_or_default(), Dialect::Template)?;
        found.push(Synthesized { artifact: artifact.to_owned(), folder: folder.to_owned(), template });
    }
    Ok(found)
}

fn stack(
    synthesized: &Synthesized,
    files: &dyn Files,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Result<Stack, Error> {
    let Synthesized { artifact, folder, template } = synthesized;
    let assets = assets::listed(&join(folder, &format!("{artifact}.assets.json")), files)?;
    let source = Source {
        template,
        name: name(folder, artifact, files)?,
        folder: folder.clone(),
        origin: Origin { assets, build: None, built: None },
    };
    stack::read(source, &|name| settings.parameters.get(name).cloned(), notes)
}

/// Returns the name of a stack from the manifest. Without a manifest it is the name of the artifact.
fn name(folder: &str, artifact: &str, files: &dyn Files) -> Result<String, Error> {
    let path = join(folder, "manifest.json");
    let Some(text) = files.text(&path) else { return Ok(artifact.to_owned()) };
    let manifest = document::parse(&path, &text, Dialect::Template)?;
    let properties = manifest.get("artifacts").and_then(|all| all.get(artifact)?.get("properties"));
    let name = properties.and_then(|properties| properties.get("stackName")?.as_text());
    Ok(name.unwrap_or(artifact).to_owned())
}
