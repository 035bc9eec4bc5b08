//! The values of a template's parameters.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::{Entry, Node};
use crate::words;

/// Beginning of the name of the stored parameter that each template of CDK has, and only a rule reads.
const CDK_BOOTSTRAP: &str = "/cdk-bootstrap/";

/// Returns the value of each parameter: the given one, otherwise the default. The value of a list is a list.
pub(crate) fn values(
    section: &Node,
    given: &dyn Fn(&str) -> Option<String>,
    notes: &mut Vec<Note>,
) -> Result<Vec<(String, Node)>, Error> {
    section.entries().iter().map(|entry| Ok((entry.key.clone(), value(entry, given, notes)?))).collect()
}

fn value(
    entry: &Entry,
    given: &dyn Fn(&str) -> Option<String>,
    notes: &mut Vec<Note>,
) -> Result<Node, Error> {
    let (name, place) = (&entry.key, &entry.place);
    let text = match (given(name), entry.node.get("Default")) {
        (Some(given), _) => Node::text(given, place),
        (None, Some(default)) => default.clone(),
        (None, None) => {
            let problem = format!("the parameter {name} has no default");
            return Err(Error::new(place, problem, format!("give it a value: --param {name}=VALUE")));
        }
    };
    let Some(text) = text.as_text() else {
        let problem = format!("the default of the parameter {name} is {}", text.kind());
        return Err(Error::new(&text.place, problem, "write a text; a list is a text with commas"));
    };
    let kind = entry.node.get("Type").and_then(Node::as_text).unwrap_or("String");
    notes.extend(unchecked(entry, kind, text, given(name).is_some()));
    let items = items(kind, text);
    for item in &items {
        check(entry, kind, item)?;
    }
    if is_list(kind) {
        return Ok(Node::list(items.into_iter().map(|item| Node::text(item, place)).collect(), place));
    }
    Ok(Node::text(text, place))
}

fn is_list(kind: &str) -> bool {
    kind == "CommaDelimitedList" || kind.contains("List<")
}

fn items<'a>(kind: &str, text: &'a str) -> Vec<&'a str> {
    if !is_list(kind) {
        return vec![text];
    }
    if text.is_empty() { Vec::new() } else { text.split(',').map(str::trim).collect() }
}

/// Returns a note about what this crate does not know about a parameter: a value of the parameter store, or if a value
/// matches a pattern.
fn unchecked(entry: &Entry, kind: &str, value: &str, is_given: bool) -> Option<Note> {
    let note = |kind, path: String, meaning: String| Note { kind, path, meaning, place: entry.place.clone() };
    let name = &entry.key;
    if value.starts_with(CDK_BOOTSTRAP) {
        let meaning = "the version of CDK's own stack in an account".to_owned();
        return Some(note(NoteKind::Irrelevant, format!("Parameters.{name}"), meaning));
    }
    if kind.starts_with("AWS::SSM::Parameter::Value") && !is_given {
        let meaning = format!(
            "the parameter store is not read, so the value is the name of the stored parameter; choose another with --param {name}=VALUE"
        );
        return Some(note(NoteKind::Missing, format!("Parameters.{name}"), meaning));
    }
    let is_unchecked = is_given && entry.node.get("AllowedPattern").is_some();
    is_unchecked.then(|| {
        let meaning = "the given value is not compared with the pattern".to_owned();
        note(NoteKind::Irrelevant, format!("Parameters.{name}.AllowedPattern"), meaning)
    })
}

fn check(entry: &Entry, kind: &str, value: &str) -> Result<(), Error> {
    let refuse = |reason: &str, advice: String| {
        let problem = format!("the value `{value}` of the parameter {} {reason}", entry.key);
        Err(Error::new(&entry.place, problem, advice))
    };
    let number = value.trim().parse::<f64>().ok();
    if matches!(kind, "Number" | "List<Number>") && number.is_none() {
        return refuse("is not a number", "give it a number".to_owned());
    }
    if let Some(allowed) = entry.node.get("AllowedValues") {
        let allowed: Vec<&str> = allowed.items().iter().filter_map(Node::as_text).collect();
        if !allowed.contains(&value) {
            return refuse("is not allowed", format!("give it one of {}", words::list(&allowed, 12)));
        }
    }
    match exceeded(entry, value, number) {
        Some(bound) => refuse(&format!("is outside of its {bound}"), "give it another one".to_owned()),
        None => Ok(()),
    }
}

/// Returns the first bound that the value is outside of, such as `MaxValue, 5`.
fn exceeded(entry: &Entry, value: &str, number: Option<f64>) -> Option<String> {
    let length = Some(value.chars().count() as f64);
    let bounds = [
        ("MinValue", true, number),
        ("MaxValue", false, number),
        ("MinLength", true, length),
        ("MaxLength", false, length),
    ];
    bounds.into_iter().find_map(|(bound, is_lower, measure)| {
        let limit: f64 = entry.node.get(bound)?.as_text()?.parse().ok()?;
        let is_outside = if is_lower { measure? < limit } else { measure? > limit };
        is_outside.then(|| format!("{bound}, {limit}"))
    })
}
