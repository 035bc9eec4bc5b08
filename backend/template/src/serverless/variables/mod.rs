//! Variables of a `serverless.yml`: `${self:custom.table}`, `${opt:stage, 'dev'}` and others (Serverless Framework,
//! "Variables").

mod absent;
mod source;
mod syntax;

use std::cell::RefCell;

use crate::app::Note;
use crate::budget::{Bounds, Budget};
use crate::error::Error;
use crate::files::Files;
use crate::node::{Entry, Node, Style, Value};
use crate::place::Place;
use crate::settings::Settings;
use syntax::Piece;

const BOUNDS: Bounds = Bounds {
    depth: 150,
    nested: "values and variables",
    values: 500_000,
    too_many: "the variables of the document produce too much text or too many values",
    remedy: "use the values of variables in fewer places",
};

/// A document whose variables are to be replaced.
pub(super) struct Variables<'a> {
    document: &'a Node,
    folder: &'a str,
    files: &'a dyn Files,
    settings: &'a Settings,
    notes: RefCell<Vec<Note>>,
    /// Variables that are being replaced, to find those that depend on themselves.
    active: RefCell<Vec<String>>,
    budget: Budget,
}

impl<'a> Variables<'a> {
    pub fn new(document: &'a Node, folder: &'a str, files: &'a dyn Files, settings: &'a Settings) -> Self {
        Self {
            document,
            folder,
            files,
            settings,
            notes: RefCell::default(),
            active: RefCell::default(),
            budget: Budget::new(&BOUNDS),
        }
    }

    /// Returns the document without variables.
    pub fn resolve_document(&self) -> Result<Node, Error> {
        self.resolve(self.document)
    }

    pub fn into_notes(self) -> Vec<Note> {
        self.notes.into_inner()
    }

    fn note(&self, note: Note) {
        note.add_to(&self.notes);
    }

    /// Returns `node` with every variable in it replaced by its value.
    fn resolve(&self, node: &Node) -> Result<Node, Error> {
        self.budget.deeper(&node.place, || self.resolved(node))
    }

    fn resolved(&self, node: &Node) -> Result<Node, Error> {
        self.budget.charge(1, &node.place)?;
        let value = match &node.value {
            Value::Null => Value::Null,
            Value::Text(text, style) => return self.resolve_text(text, *style, &node.place),
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?)
            }
            Value::Map(entries) => {
                let entry = |entry: &Entry| {
                    let key = self.resolve_text(&entry.key, Style::Quoted, &entry.place)?;
                    let key = key.as_text().unwrap_or(&entry.key).to_owned();
                    Ok(Entry { key, place: entry.place.clone(), node: self.resolve(&entry.node)? })
                };
                Value::Map(entries.iter().map(entry).collect::<Result<_, Error>>()?)
            }
        };
        Ok(Node { value, place: node.place.clone() })
    }

    /// Replaces the variables of a text. A text that is one variable may become any value, and a text with variables and other
    /// characters becomes a string. A text without variables keeps its style.
    fn resolve_text(&self, text: &str, style: Style, place: &Place) -> Result<Node, Error> {
        self.budget.charge(text.len() / 16, place)?;
        let pieces = syntax::pieces(text);
        let style = match pieces.as_slice() {
            [Piece::Variable(inner)] => return self.required(inner, place),
            [Piece::Text(_)] => style,
            _ => Style::Quoted,
        };
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => joined.push_str(text),
                Piece::Variable(inner) => {
                    let value = self.required(inner, place)?;
                    joined.push_str(self.as_text(&value, inner, place)?);
                }
            }
        }
        self.budget.charge(joined.len() / 16, place)?;
        Ok(Node::styled(joined, style, place))
    }

    fn as_text<'n>(&self, value: &'n Node, inner: &str, place: &Place) -> Result<&'n str, Error> {
        value.as_text().ok_or_else(|| {
            let problem = format!("`${{{inner}}}` is {} inside of a text", value.kind());
            Error::new(place, problem, "use a variable with a single value here")
        })
    }

    /// Returns the value of the variable `${inner}`, which has to have one.
    fn required(&self, inner: &str, place: &Place) -> Result<Node, Error> {
        self.variable(inner, place)?.ok_or_else(|| {
            let sources = syntax::alternatives(inner);
            absent::error(sources.first().copied().unwrap_or_default(), inner, place)
        })
    }

    /// Returns the value of the variable `${inner}`: that of the first of its sources that has one.
    fn variable(&self, inner: &str, place: &Place) -> Result<Option<Node>, Error> {
        let key = format!("${{{inner}}}");
        if self.active.borrow().contains(&key) {
            let problem = format!("`{key}` depends on itself");
            return Err(Error::new(place, problem, "remove one of the variables of this circle"));
        }
        self.active.borrow_mut().push(key);
        let result = self.first_of(inner, place);
        self.active.borrow_mut().pop();
        result
    }

    fn first_of(&self, inner: &str, place: &Place) -> Result<Option<Node>, Error> {
        let sources = syntax::alternatives(inner);
        for (at, source) in sources.iter().enumerate() {
            let is_last = at + 1 == sources.len();
            let value = match syntax::pieces(source).as_slice() {
                [Piece::Variable(inner)] => self.budget.deeper(place, || self.variable(inner, place))?,
                _ => self.named(source, is_last, place)?,
            };
            if value.is_some() {
                return Ok(value);
            }
        }
        Ok(None)
    }

    /// Returns the value of a source, whose name may contain variables.
    fn named(&self, source: &str, is_last: bool, place: &Place) -> Result<Option<Node>, Error> {
        let name = self.resolve(&Node::text(source, place))?;
        let name = self.as_text(&name, source, place)?;
        self.source(name.trim(), is_last, place)
    }
}
