//! Finds the description at a path, and reads its stacks.

mod assets;
mod cdk;
mod find;
mod parameters;

use crate::app::{App, Note};
use crate::build::build;
use crate::dialect::Dialect;
use crate::document;
use crate::error::Error;
use crate::evaluate::Evaluator;
use crate::files::{Files, folder_of, join};
use crate::node::Node;
use crate::place::Place;
use crate::serverless;
use crate::settings::Settings;
use crate::stack::{self, Origin, Source, Stack};
use crate::surroundings::Surroundings;
use find::{Found, Kind};

/// Folder in which `sam build` leaves its output, beside the template.
const SAM_BUILD: &str = ".aws-sam/build";

/// Reads a description. `path` is a SAM or CloudFormation template, a `serverless.yml`, or a folder that contains one of
/// them, the output of `sam build`, of `cdk synth` or of `serverless package`.
///
/// # Errors
///
/// If nothing at `path` can be read, or the description contains a mistake.
pub fn read(path: &str, files: &dyn Files, settings: &Settings) -> Result<App, Error> {
    let mut notes = Vec::new();
    let found = find::find(&join("", path), files)?;
    let mut around = settings.surroundings.clone();
    let stacks = match found.kind {
        Kind::Serverless => {
            let document = text_of(&found, files)?;
            let stack = serverless::read(&document, &found.path, files, settings, &mut notes)?;
            around.region = stack.region;
            vec![stack.stack]
        }
        Kind::Cdk => cdk::stacks(&found.path, files, settings, &mut notes)?,
        Kind::Template => vec![template(&found, files, settings, &mut notes)?],
    };
    app(&stacks, &around, notes)
}

fn app(stacks: &[Stack], around: &Surroundings, notes: Vec<Note>) -> Result<App, Error> {
    let mut app = build(&Evaluator::new(stacks, around, notes))?;
    app.region.clone_from(&around.region);
    Ok(app)
}

fn text_of(found: &Found, files: &dyn Files) -> Result<Node, Error> {
    let dialect = match found.kind {
        Kind::Serverless => Dialect::Serverless,
        Kind::Template | Kind::Cdk => Dialect::Template,
    };
    document::parse(&found.path, &files.text(&found.path).unwrap_or_default(), dialect)
}

fn template(
    found: &Found,
    files: &dyn Files,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Result<Stack, Error> {
    let template = text_of(found, files)?;
    if template.is_null() {
        let advice = "give the path of a SAM or CloudFormation template or of a serverless.yml";
        return Err(Error::new(&Place::whole(&found.path), "the file is empty", advice));
    }
    parameters::check(settings, &[&template])?;
    let folder = folder_of(&found.path).to_owned();
    let source = Source {
        template: &template,
        name: settings.surroundings.stack_name.clone(),
        origin: origin(&folder, files),
        folder,
    };
    stack::read(source, &|name| settings.parameters.get(name).cloned(), notes)
}

fn origin(folder: &str, files: &dyn Files) -> Origin {
    let is_output = folder.ends_with(SAM_BUILD) || folder.ends_with(".serverless");
    let built = join(folder, SAM_BUILD);
    let is_built = ["template.yaml", "template.yml", "template.json"]
        .iter()
        .any(|name| files.text(&join(&built, name)).is_some());
    Origin {
        assets: assets::archives(folder, files),
        build: (!is_output).then_some("sam build"),
        built: (is_built && !is_output).then_some(built),
    }
}
