//! Makes an app of the resources of stacks.

mod api;
mod code;
mod distribution;
mod fields;
mod function;
mod integration;
mod item;
mod mapping;
mod named;
mod parts;
mod qualifiers;
mod queue;
mod response_headers;
mod route;
mod stage;
mod table;

use std::collections::BTreeMap;

use crate::app::{App, Note, NoteKind};
use crate::error::Error;
use crate::evaluate::{Evaluator, Scope};
use crate::known;
use crate::place::Place;
use crate::stack::Resource;
use crate::words;
use fields::Fields;
use item::Item;
use named::Named;

/// Returns the app that the stacks mean.
pub(crate) fn build(all: &Evaluator<'_>) -> Result<App, Error> {
    let items = items(all)?;
    let tables = each(&items, &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"], table::read)?;
    let queues = each(&items, &["AWS::SQS::Queue"], queue::read)?;
    let layers = function::layers(&items)?;
    let functions = each(&items, &["AWS::Lambda::Function"], |item| function::read(item, &layers))?;
    let mut app = App { tables, queues, functions, ..App::default() };
    check_names(&app)?;
    let named = Named::of(&app);
    function::complete(&items, &named, &mut app.functions)?;
    qualifiers::add(all, &named, &mut app.functions)?;
    let mappings = each(&items, &["AWS::Lambda::EventSourceMapping"], |item| mapping::read(item, &named))?;
    app.mappings = mappings.into_iter().flatten().collect();
    app.apis = api::read(&items, &named)?;
    app.distributions = distribution::read(&items, all, &app)?;
    app.buckets = distribution::buckets(all)?.into_iter().map(|(_, id)| id).collect();
    app.outputs = outputs(all)?;
    app.notes = all.notes.borrow().clone();
    app.notes.sort_by(|one, other| one.place.cmp(&other.place));
    Ok(app)
}

/// Returns the resources that become part of the app. The others are noted.
fn items<'a>(all: &'a Evaluator<'a>) -> Result<Vec<Item<'a>>, Error> {
    let mut items = Vec::new();
    for stack in all.stacks {
        let scope = Scope { all, stack };
        for resource in &stack.resources {
            if !scope.exists(resource)? {
                continue;
            }
            if known::is_done(&resource.kind) {
                items.push(Item { scope, resource, fields: Fields::read(scope, resource)? });
            } else if !resource.is_implied {
                check_type(resource)?;
                all.note(other(resource));
            }
        }
    }
    Ok(items)
}

/// Refuses a type that does not exist, if it is a misspelled one or one of SAM.
fn check_type(resource: &Resource) -> Result<(), Error> {
    let Some(similar) = known::similar_types(&resource.kind) else { return Ok(()) };
    let problem = format!("there is no type of resources {}", resource.kind);
    Err(Error::new(&resource.place, problem, words::instead(&resource.kind, similar)))
}

/// Returns the note about a resource that does not become part of the app.
fn other(resource: &Resource) -> Note {
    let kind = &resource.kind;
    let (weight, meaning) = match known::irrelevance(kind) {
        Some(reason) => (NoteKind::Irrelevant, reason.to_owned()),
        None if kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource" => (
            NoteKind::Missing,
            "custom resources are not created, so what they do does not happen".to_owned(),
        ),
        None => {
            let service = kind.split("::").nth(1).unwrap_or(kind);
            (NoteKind::Missing, known::consequence(service))
        }
    };
    let path = format!("{} ({kind})", resource.path);
    Note { kind: weight, path, meaning, place: resource.place.clone() }
}

fn each<'a, 'b, T>(
    items: &'b [Item<'a>],
    kinds: &[&str],
    read: impl Fn(&'b Item<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    items.iter().filter(|item| kinds.contains(&item.resource.kind.as_str())).map(read).collect()
}

/// Checks that no two functions, tables or queues have the same name.
fn check_names(app: &App) -> Result<(), Error> {
    distinct("functions", app.functions.iter().map(|function| (&function.name, &function.place)))?;
    distinct("tables", app.tables.iter().map(|table| (&table.name, &table.place)))?;
    distinct("queues", app.queues.iter().map(|queue| (&queue.name, &queue.place)))
}

fn distinct<'a>(what: &str, names: impl Iterator<Item = (&'a String, &'a Place)>) -> Result<(), Error> {
    let mut known = BTreeMap::new();
    for (name, place) in names {
        if let Some(first) = known.insert(name, place) {
            let problem = format!("two {what} have the name {name}, the other one at {first}");
            return Err(Error::new(place, problem, "give one of them another name"));
        }
    }
    Ok(())
}

fn outputs(all: &Evaluator<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut outputs = BTreeMap::new();
    for stack in all.stacks {
        let scope = Scope { all, stack };
        for entry in stack.outputs.entries() {
            let Some(value) = entry.node.get("Value") else { continue };
            if let Some(condition) = entry.node.get("Condition")
                && !scope.condition(condition)?
            {
                continue;
            }
            let name = match all.stacks.len() {
                1 => entry.key.clone(),
                _ => format!("{}.{}", stack.name, entry.key),
            };
            outputs.insert(name, scope.text(value, "the value of an output")?);
        }
    }
    Ok(outputs)
}
