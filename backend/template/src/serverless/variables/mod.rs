//! Variables of a `serverless.yml`: `${self:custom.table}`, `${opt:stage, 'dev'}` and others (Serverless Framework,
//! "Variables").

mod absent;
mod source;
mod syntax;

use std::cell::{Cell, RefCell};

use crate::app::Note;
use crate::error::Error;
use crate::files::Files;
use crate::node::{Entry, Node, Value};
use crate::place::Place;
use crate::settings::Settings;
use syntax::Piece;

/// Number of values and variables that may be inside of each other.
const MAX_DEPTH: usize = 150;
/// Number of values that may be produced. A text counts once for each 16 bytes, so that it also bounds the memory.
const MAX_COST: usize = 500_000;

/// A document whose variables are to be replaced.
pub(super) struct Variables<'a> {
    document: &'a Node,
    folder: &'a str,
    files: &'a dyn Files,
    settings: &'a Settings,
    notes: RefCell<Vec<Note>>,
    /// Variables that are being replaced, to find those that depend on themselves.
    active: RefCell<Vec<String>>,
    depth: Cell<usize>,
    cost: Cell<usize>,
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
            depth: Cell::new(0),
            cost: Cell::new(0),
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
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    fn charge(&self, cost: usize, place: &Place) -> Result<(), Error> {
        self.cost.set(self.cost.get().saturating_add(cost));
        if self.cost.get() <= MAX_COST {
            return Ok(());
        }
        let problem = "the variables of the document produce too much text or too many values";
        Err(Error::new(place, problem, "use the values of variables in fewer places"))
    }
    /// Returns `node` with every variable in it replaced by its value.
    fn resolve(&self, node: &Node) -> Result<Node, Error> {
        self.deeper(&node.place, || self.resolved(node))
    }

    /// Replaces variables that are inside of others, unless too many are inside of each other.
    fn deeper<T>(&self, place: &Place, replacing: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let depth = self.depth.get() + 1;
        if depth > MAX_DEPTH {
            let problem = format!("more than {MAX_DEPTH} values and variables are inside of each other");
            return Err(Error::new(place, problem, "write it with fewer levels"));
        }
        self.depth.set(depth);
        let result = replacing();
        self.depth.set(depth - 1);
        result
    }

    fn resolved(&self, node: &Node) -> Result<Node, Error> {
        self.charge(1, &node.place)?;
        let value = match &node.value {
            Value::Null => Value::Null,
            Value::Text(text) => return self.resolve_text(text, &node.place),
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?)
            }
            Value::Map(entries) => {
                let entry = |entry: &Entry| {
                    let key = self.resolve_text(&entry.key, &entry.place)?;
                    let key = key.as_text().unwrap_or(&entry.key).to_owned();
                    Ok(Entry { key, place: entry.place.clone(), node: self.resolve(&entry.node)? })
                };
                Value::Map(entries.iter().map(entry).collect::<Result<_, Error>>()?)
            }
        };
        Ok(Node { value, place: node.place.clone() })
    }

    /// Replaces the variables of a text. A text that is one variable may become any value.
    fn resolve_text(&self, text: &str, place: &Place) -> Result<Node, Error> {
        self.charge(text.len() / 16, place)?;
        let pieces = syntax::pieces(text);
        if let [Piece::Variable(inner)] = pieces.as_slice() {
            return self.required(inner, place);
        }
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
        self.charge(joined.len() / 16, place)?;
        Ok(Node::text(joined, place))
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
                [Piece::Variable(inner)] => self.deeper(place, || self.variable(inner, place))?,
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
