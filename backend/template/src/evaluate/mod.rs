//! Evaluates CloudFormation's functions.

mod attributes;
mod conditions;
mod functions;
mod names;
mod references;
mod sub;

use std::cell::RefCell;

use crate::app::{Note, NoteKind};
use crate::budget::{Bounds, Budget};
use crate::error::Error;
use crate::node::{Entry, Node, Value};
use crate::place::Place;
use crate::stack::Stack;
use crate::surroundings::Surroundings;

const BOUNDS: Bounds = Bounds {
    depth: 200,
    nested: "functions and references",
    values: 1_000_000,
    too_many: "the functions of the template produce too much text or too many values",
    remedy: "use the results of functions in fewer places",
};

/// All stacks of an app, with the state of their evaluation.
pub(crate) struct Evaluator<'a> {
    pub stacks: &'a [Stack],
    pub surroundings: &'a Surroundings,
    pub notes: RefCell<Vec<Note>>,
    /// Conditions, names and exports that are being evaluated, to find those that depend on themselves.
    active: RefCell<Vec<String>>,
    budget: Budget,
}

/// One of the stacks, in which names are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub all: &'a Evaluator<'a>,
    pub stack: &'a Stack,
}

impl<'a> Evaluator<'a> {
    pub fn new(stacks: &'a [Stack], surroundings: &'a Surroundings, notes: Vec<Note>) -> Self {
        Self {
            stacks,
            surroundings,
            notes: RefCell::new(notes),
            active: RefCell::default(),
            budget: Budget::new(&BOUNDS),
        }
    }

    /// Adds a note, unless there is the same one.
    pub fn note(&self, note: Note) {
        note.add_to(&self.notes);
    }

    /// Runs `evaluation` of the thing with this name, unless the thing is being evaluated already.
    fn once<T>(
        &self,
        name: String,
        place: &Place,
        evaluation: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.active.borrow().contains(&name) {
            let problem = format!("{name} depends on itself");
            return Err(Error::new(place, problem, "remove one of the references of this circle"));
        }
        self.active.borrow_mut().push(name);
        let result = evaluation();
        self.active.borrow_mut().pop();
        result
    }
}

impl Scope<'_> {
    /// Returns the value without functions. It is `None` if the value is `AWS::NoValue`.
    pub fn evaluate(self, node: &Node) -> Result<Option<Node>, Error> {
        self.all.budget.deeper(&node.place, || self.value_of(node))
    }

    fn value_of(self, node: &Node) -> Result<Option<Node>, Error> {
        let size = node.as_text().map_or(0, str::len);
        self.all.budget.charge(1 + size / 16, &node.place)?;
        if let Some((name, argument)) = node.as_call() {
            return self.call(name, argument);
        }
        let value = match &node.value {
            Value::Text(text, style) => {
                self.note_dynamic_reference(text, &node.place);
                Value::Text(text.clone(), *style)
            }
            Value::Null => Value::Null,
            Value::List(items) => Value::List(self.evaluate_all(items)?),
            Value::Map(entries) => Value::Map(self.evaluate_entries(entries)?),
        };
        Ok(Some(Node { value, place: node.place.clone() }))
    }

    fn evaluate_all(self, items: &[Node]) -> Result<Vec<Node>, Error> {
        items.iter().filter_map(|item| self.evaluate(item).transpose()).collect()
    }

    fn evaluate_entries(self, entries: &[Entry]) -> Result<Vec<Entry>, Error> {
        let evaluated = |entry: &Entry| {
            let node = self.evaluate(&entry.node).transpose()?;
            Some(node.map(|node| Entry { node, ..entry.clone() }))
        };
        entries.iter().filter_map(evaluated).collect()
    }

    /// Returns the value as a text. `wanted` names the value in the error of another kind of value.
    pub fn text(self, node: &Node, wanted: &str) -> Result<String, Error> {
        let value = self.evaluate(node)?;
        match value.map(|node| node.value) {
            Some(Value::Text(text, _)) => Ok(text),
            other => {
                let kind =
                    other.map_or("AWS::NoValue", |value| Node { value, place: node.place.clone() }.kind());
                let problem = format!("{wanted} is {kind}");
                Err(Error::new(&node.place, problem, "write a single value, or a function that returns one"))
            }
        }
    }

    fn note_dynamic_reference(self, text: &str, place: &Place) {
        if !text.contains("{{resolve:") {
            return;
        }
        self.missing(
            text.to_owned(),
            "parameters and secrets of an account are not read, so the text stays as it is",
            place,
        );
    }

    pub fn missing(self, path: String, meaning: &str, place: &Place) {
        let (meaning, place) = (meaning.to_owned(), place.clone());
        self.all.note(Note { kind: NoteKind::Missing, path, meaning, place });
    }
}
