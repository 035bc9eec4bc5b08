//! The sources of variables.

use std::borrow::Cow;

use crate::app::{Note, NoteKind};
use crate::dialect::Dialect;
use crate::document;
use crate::error::Error;
use crate::files::join;
use crate::node::{Node, Style, Value};
use crate::place::Place;
use crate::serverless::variables::Variables;

/// Sources that need an account, with words for them.
const REMOTE: [(&str, &str); 5] = [
    ("cf", "outputs of stacks in an account"),
    ("s3", "objects of S3"),
    ("secrets", "secrets of an account"),
    ("ssm", "the parameter store of an account"),
    ("git", "the state of the repository"),
];

impl Variables<'_> {
    /// Returns the value of a source, such as `opt:stage` or `'dev'`. It is `None` if the source has no value.
    pub(super) fn source(&self, name: &str, is_last: bool, place: &Place) -> Result<Option<Node>, Error> {
        if let Some(literal) = literal(name, place) {
            return Ok(Some(literal));
        }
        if let Some(argument) = name.strip_prefix("file(") {
            return self.file(argument, place);
        }
        if let Some(argument) = name.strip_prefix("strToBool(").and_then(|rest| rest.strip_suffix(')')) {
            return boolean(argument, place).map(Some);
        }
        let Some((kind, address)) = name.split_once(':') else {
            let problem = format!("`{name}` is not the source of a variable");
            let advice = format!("write `'{name}'` for a text, or a source such as `self:{name}`");
            return Err(Error::new(place, problem, advice));
        };
        let text = |text: Option<String>| Ok(text.map(|text| Node::text(text, place)));
        match kind.split('(').next().unwrap_or_default() {
            "self" => self.own(address, place),
            "opt" => text(self.option(address)),
            "env" => text(self.settings.environment.get(address).cloned()),
            "param" => self.parameter(address, place),
            "sls" if address == "stage" => self.stage(place).map(Some),
            "sls" if address == "instanceId" => text(Some("emulated".to_owned())),
            "aws" if address == "accountId" => text(Some(self.settings.surroundings.account.clone())),
            "aws" if address == "region" => self.region(place).map(Some),
            kind => self.remote(kind, name, is_last, place),
        }
    }

    fn option(&self, name: &str) -> Option<String> {
        let stage = self.settings.stage.clone().filter(|_| name == "stage");
        stage.or_else(|| self.settings.parameters.get(name).cloned())
    }

    /// Returns the value at an address of the document, such as `custom.table`. The framework adds the stage and the
    /// region to the provider.
    fn own(&self, address: &str, place: &Place) -> Result<Option<Node>, Error> {
        let value = self.walk(self.document, address, place)?;
        match (value, address) {
            (None, "provider.stage") => self.stage(place).map(Some),
            (None, "provider.region") => self.region(place).map(Some),
            (value, _) => Ok(value),
        }
    }

    /// Returns a value without variables by its address, which has names and indexes between dots.
    fn walk(&self, start: &Node, address: &str, place: &Place) -> Result<Option<Node>, Error> {
        let mut found = Cow::Borrowed(start);
        for key in address.split('.').filter(|key| !key.is_empty()) {
            self.budget.charge(1, place)?;
            // A value on the way may itself be a variable, such as `custom: ${file(custom.yml)}`.
            if found.as_text().is_some() {
                found = Cow::Owned(self.resolve(&found)?);
            }
            let inner = match found {
                Cow::Borrowed(node) => step(node, key).map(Cow::Borrowed),
                Cow::Owned(ref node) => step(node, key).cloned().map(Cow::Owned),
            };
            let Some(inner) = inner else { return Ok(None) };
            found = inner;
        }
        self.resolve(&found).map(Some)
    }

    /// Returns the stage: that of the command line, otherwise the provider's.
    fn stage(&self, place: &Place) -> Result<Node, Error> {
        let given = self.option("stage").map(|stage| Node::text(stage, place));
        let own = || self.walk(self.document, "provider.stage", place);
        let stage = given.map_or_else(own, |given| Ok(Some(given)))?;
        Ok(stage.unwrap_or_else(|| Node::text("dev", place)))
    }

    fn region(&self, place: &Place) -> Result<Node, Error> {
        let given = self.option("region").map(|region| Node::text(region, place));
        let own = || self.walk(self.document, "provider.region", place);
        let region = given.map_or_else(own, |given| Ok(Some(given)))?;
        Ok(region.unwrap_or_else(|| Node::text(self.settings.surroundings.region.clone(), place)))
    }

    /// Returns a parameter: of the command line, of the stage, or the default of all stages.
    fn parameter(&self, name: &str, place: &Place) -> Result<Option<Node>, Error> {
        if let Some(given) = self.settings.parameters.get(name) {
            return Ok(Some(Node::text(given, place)));
        }
        let stage = self.stage(place)?;
        for stage in [stage.as_text().unwrap_or_default(), "default"] {
            for address in [format!("params.{stage}.{name}"), format!("stages.{stage}.params.{name}")] {
                if let Some(value) = self.walk(self.document, &address, place)? {
                    return Ok(Some(value));
                }
            }
        }
        Ok(None)
    }

    /// Returns a file or a part of one, from `PATH)` or `PATH):ADDRESS`.
    fn file(&self, argument: &str, place: &Place) -> Result<Option<Node>, Error> {
        let (path, address) = argument.split_once(')').unwrap_or((argument, ""));
        let path = join(self.folder, path.trim().trim_start_matches("~/"));
        let ending = path.rsplit('.').next().unwrap_or_default();
        if ["cjs", "js", "mjs", "ts"].contains(&ending) {
            let problem = format!("{path} is a program, and programs are not run for variables");
            let advice = "run `npx serverless package`, and give the folder .serverless that this writes";
            return Err(Error::new(place, problem, advice));
        }
        let Some(text) = self.files.text(&path) else { return Ok(None) };
        self.budget.charge(text.len() / 16, place)?;
        if !["json", "yaml", "yml"].contains(&ending) {
            return Ok(Some(Node::text(text.trim_end(), place)));
        }
        let document = document::parse(&path, &text, Dialect::Serverless)?;
        self.walk(&document, address.trim_start_matches(':'), place)
    }

    /// Notes a source that needs an account. Without an alternative, its value is an empty text.
    fn remote(&self, kind: &str, name: &str, is_last: bool, place: &Place) -> Result<Option<Node>, Error> {
        let Some((_, words)) = REMOTE.iter().find(|(known, _)| *known == kind) else {
            let problem = format!("`{kind}` is not a source of variables");
            let advice = "write one of aws, env, file, opt, param, self, sls, strToBool";
            return Err(Error::new(place, problem, advice));
        };
        if !is_last {
            return Ok(None);
        }
        let meaning = format!(
            "{words} are not read, so the value is an empty text; add a default, as in ${{{name}, 'VALUE'}}"
        );
        let path = format!("${{{name}}}");
        self.note(Note { kind: NoteKind::Missing, path, meaning, place: place.clone() });
        Ok(Some(Node::text("", place)))
    }
}

/// Returns the value of a key of a map, or of an index of a list.
fn step<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::List(items) => items.get(key.parse::<usize>().ok()?),
        _ => node.get(key),
    }
}

/// Returns a value that is written down: a text in quotes, a number, a boolean or null.
fn literal(name: &str, place: &Place) -> Option<Node> {
    let quoted = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(text) = quoted('\'').or_else(|| quoted('"')) {
        return Some(Node::text(text, place));
    }
    if name == "null" {
        return Some(Node { value: Value::Null, place: place.clone() });
    }
    let is_plain = matches!(name, "true" | "false") || name.parse::<f64>().is_ok();
    is_plain.then(|| Node::styled(name, Style::Plain, place))
}

fn boolean(argument: &str, place: &Place) -> Result<Node, Error> {
    match argument.trim().trim_matches(['\'', '"']) {
        "true" | "1" => Ok(Node::styled("true", Style::Plain, place)),
        "false" | "0" | "" => Ok(Node::styled("false", Style::Plain, place)),
        other => {
            let problem = format!("`{other}` is neither true nor false");
            Err(Error::new(place, problem, "write true, false, 1 or 0"))
        }
    }
}
