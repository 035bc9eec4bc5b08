//! Finds out which kind of description lies at a path.

use crate::dialect::Dialect;
use crate::document;
use crate::error::Error;
use crate::files::{Files, join};
use crate::place::Place;
use crate::words;

/// A description, with the path of its file. The path of a CDK output is a folder.
pub(super) struct Found {
    pub path: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Template,
    Serverless,
    Cdk,
}

const TEMPLATES: [&str; 3] = ["template.yaml", "template.yml", "template.json"];
const SERVERLESS: [&str; 3] = ["serverless.yml", "serverless.yaml", "serverless.json"];
/// Files that are programs, and the command that makes a description of each.
const PROGRAMS: [(&str, &str, &str); 5] = [
    ("serverless.ts", "npx serverless package", ".serverless"),
    ("serverless.js", "npx serverless package", ".serverless"),
    ("serverless.mjs", "npx serverless package", ".serverless"),
    ("serverless.cjs", "npx serverless package", ".serverless"),
    ("cdk.json", "npx cdk synth", "cdk.out"),
];
/// Output of `serverless package`.
const PACKAGED: &str = "cloudformation-template-update-stack.json";
const READABLE: &str = "give the path of a SAM or CloudFormation template, a serverless.yml, cdk.out, .aws-sam/build, or a folder with one of them";

pub(super) fn find(path: &str, files: &dyn Files) -> Result<Found, Error> {
    if let Some(text) = files.text(path) {
        return file(path, &text);
    }
    let names = files.names(path);
    // The folder that contains everything exists, even if it is empty.
    if names.is_empty() && !path.is_empty() {
        return Err(Error::new(&Place::whole(path), "there is no such file or folder", READABLE));
    }
    folder(path, &names, files)
}

fn file(path: &str, text: &str) -> Result<Found, Error> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(refusal) = program(path, name) {
        return Err(refusal);
    }
    let is_serverless = SERVERLESS.contains(&name) || is_serverless(path, text)?;
    let kind = if is_serverless { Kind::Serverless } else { Kind::Template };
    Ok(Found { path: path.to_owned(), kind })
}

/// Returns true if the file looks like a `serverless.yml` with another name.
fn is_serverless(path: &str, text: &str) -> Result<bool, Error> {
    let document = document::parse(path, text, Dialect::Serverless)?;
    Ok(document.get("provider").is_some() && document.get("Resources").is_none())
}

fn program(path: &str, name: &str) -> Option<Error> {
    let (_, command, output) = PROGRAMS.iter().find(|(program, ..)| *program == name)?;
    let advice = format!("run `{command}` beside it, and give the folder {output} that this writes");
    Some(Error::new(&Place::whole(path), format!("{name} is a program and no description"), advice))
}

fn folder(path: &str, names: &[String], files: &dyn Files) -> Result<Found, Error> {
    let has = |name: &str| names.iter().any(|known| known == name);
    let found = |name: &str, kind| Ok(Found { path: join(path, name), kind });
    if let Some(name) = TEMPLATES.iter().find(|name| has(name)) {
        return found(name, Kind::Template);
    }
    if let Some(name) = SERVERLESS.iter().find(|name| has(name)) {
        return found(name, Kind::Serverless);
    }
    if names.iter().any(|name| name.ends_with(".template.json") || name.starts_with("assembly-")) {
        return Ok(Found { path: path.to_owned(), kind: Kind::Cdk });
    }
    if has(PACKAGED) {
        return found(PACKAGED, Kind::Template);
    }
    for output in ["cdk.out", ".aws-sam/build", ".serverless"] {
        let inner = join(path, output);
        let names = files.names(&inner);
        if !names.is_empty() {
            return folder(&inner, &names, files);
        }
    }
    let program = PROGRAMS.iter().find(|(name, ..)| has(name));
    if let Some(refusal) = program.and_then(|(name, ..)| program_error(path, name)) {
        return Err(refusal);
    }
    only_template(path, names, files)
}

fn program_error(path: &str, name: &str) -> Option<Error> {
    program(&join(path, name), name)
}

/// Returns the only file in the folder that has the section `Resources`.
fn only_template(path: &str, names: &[String], files: &dyn Files) -> Result<Found, Error> {
    let is_candidate = |name: &&String| [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    let is_template = |name: &&String| {
        let text = files.text(&join(path, name)).unwrap_or_default();
        document::parse(name, &text, Dialect::Template)
            .is_ok_and(|document| document.get("Resources").is_some())
    };
    let found: Vec<&str> =
        names.iter().filter(is_candidate).filter(is_template).map(String::as_str).collect();
    let place = Place::whole(if path.is_empty() { "." } else { path });
    match found.as_slice() {
        [name] => Ok(Found { path: join(path, name), kind: Kind::Template }),
        [] => Err(Error::new(&place, "the folder contains no description of an app", READABLE)),
        several => {
            let problem = format!("the folder contains several templates: {}", words::list(several, 6));
            Err(Error::new(&place, problem, "give the path of one of them"))
        }
    }
}
