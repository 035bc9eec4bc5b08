//! Parses YAML with the tags of CloudFormation.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use crate::dialect::Dialect;
use crate::error::Error;
use crate::node::{Entry, Node, Style, Value};
use crate::place::Place;

/// Number of values inside of each other. Templates of CDK have some twenty.
const MAX_DEPTH: usize = 100;
/// Number of values in a document, with those that aliases repeat.
const MAX_VALUES: usize = 200_000;

/// Parses the only document of a file.
pub(super) fn parse(file: &str, text: &str, dialect: Dialect) -> Result<Node, Error> {
    let parser = Parser::new_from_str(text.trim_start_matches('\u{feff}'));
    Loader { parser, file: file.into(), dialect, anchors: HashMap::new(), values: 0 }.document()
}

struct Loader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    file: Arc<str>,
    dialect: Dialect,
    /// Values with an anchor. The key is the number that the parser gives to the anchor.
    anchors: HashMap<usize, Node>,
    values: usize,
}

impl<'a> Loader<'a> {
    fn document(mut self) -> Result<Node, Error> {
        let mut document = None;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(document.unwrap_or(Node { value: Value::Null, place })),
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::DocumentStart(_) if document.is_some() => {
                    let advice = "keep one document in each file";
                    return Err(Error::new(&place, "the file contains a second document", advice));
                }
                Event::DocumentStart(_) => {
                    let (event, place) = self.next()?;
                    document = Some(self.node(event, place, 0)?);
                }
                event => document = Some(self.node(event, place, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Place), Error> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.place(span))),
            Some(Err(error)) => Err(self.mistake(&error)),
            None => Ok((Event::StreamEnd, Place::whole(&self.file))),
        }
    }

    fn place(&self, span: Span) -> Place {
        self.at(span.start.line(), span.start.col())
    }

    fn at(&self, line: usize, column: usize) -> Place {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Place { file: self.file.clone(), line: number(line), column: number(column.saturating_add(1)) }
    }

    fn mistake(&self, error: &ScanError) -> Error {
        let place = self.at(error.marker().line(), error.marker().col());
        Error::new(&place, format!("this is not valid YAML ({})", error.info()), "correct it here")
    }

    fn node(&mut self, event: Event<'a>, place: Place, depth: usize) -> Result<Node, Error> {
        self.charge(1, &place)?;
        deep_enough(depth, &place)?;
        let (value, anchor, tag) = match event {
            Event::Alias(anchor) => return self.alias(anchor, &place, depth),
            Event::Scalar(text, style, anchor, tag) => {
                (self.scalar(&text, style, tag.is_some()), anchor, tag)
            }
            Event::SequenceStart(anchor, tag) => (self.list(depth)?, anchor, tag),
            Event::MappingStart(anchor, tag) => (self.map(depth)?, anchor, tag),
            _ => (Value::Null, 0, None),
        };
        let node = tagged(Node { value, place }, tag.as_deref());
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    /// Returns a single value. The argument of a tag, such as `!Ref On`, is a text.
    fn scalar(&self, text: &str, style: ScalarStyle, is_tagged: bool) -> Value {
        if style != ScalarStyle::Plain {
            return Value::Text(text.to_owned(), Style::Quoted);
        }
        if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            return Value::Null;
        }
        let boolean = self.dialect.boolean(text).filter(|_| !is_tagged);
        Value::Text(boolean.unwrap_or(text).to_owned(), Style::Plain)
    }

    fn charge(&mut self, values: usize, place: &Place) -> Result<(), Error> {
        self.values = self.values.saturating_add(values);
        if self.values <= MAX_VALUES {
            return Ok(());
        }
        let problem =
            format!("the document has more than {MAX_VALUES} values, with those that aliases repeat");
        Err(Error::new(place, problem, "use fewer aliases (`*name`) inside of anchors (`&name`)"))
    }

    fn alias(&mut self, anchor: usize, place: &Place, depth: usize) -> Result<Node, Error> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            let advice = "an alias cannot be inside of the value that it repeats";
            return Err(Error::new(place, "this alias repeats a value that has not ended", advice));
        };
        self.charge(node.count(), place)?;
        deep_enough(depth + node.depth(), place)?;
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Value, Error> {
        let mut items = Vec::new();
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::SequenceEnd | Event::StreamEnd => return Ok(Value::List(items)),
                event => items.push(self.node(event, place, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Error> {
        let (mut entries, mut merged, mut keys) = (Vec::new(), Vec::new(), HashSet::new());
        loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                return Ok(Value::Map(merge(entries, merged, keys)));
            }
            let key = self.key(event, &place, depth)?;
            let (event, value_place) = self.next()?;
            let node = self.node(event, value_place, depth + 1)?;
            if key == "<<" {
                merged.push(node);
            } else if !keys.insert(key.clone()) {
                return Err(Error::new(&place, format!("{key} is given twice"), "keep one of the two"));
            } else {
                entries.push(Entry { key, place, node });
            }
        }
    }

    fn key(&mut self, event: Event<'a>, place: &Place, depth: usize) -> Result<String, Error> {
        // A key is a name, so that `on` stays what it is.
        let written = match &event {
            Event::Scalar(text, ..) => Some(text.to_string()),
            _ => None,
        };
        match self.node(event, place.clone(), depth + 1)?.value {
            Value::Text(text, _) => Ok(written.unwrap_or(text)),
            Value::Null => Ok(String::new()),
            _ => Err(Error::new(place, "a key must be a text", "write the key in quotes")),
        }
    }
}

fn deep_enough(depth: usize, place: &Place) -> Result<(), Error> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    let problem = format!("more than {MAX_DEPTH} values are inside of each other here");
    Err(Error::new(place, problem, "write it with fewer levels"))
}

/// Writes out a short form of CloudFormation: `!Sub x` is `{"Fn::Sub": x}` (AWS CloudFormation User Guide, "Intrinsic
/// function reference").
fn tagged(node: Node, tag: Option<&Tag>) -> Node {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else { return node };
    let name: Cow<'_, str> = match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => name.into(),
        name => format!("Fn::{name}").into(),
    };
    let place = node.place.clone();
    // Without an argument (`!Ref`), the text is empty, so that the function reports what it needs.
    let argument = if node.is_null() { Node::text("", &place) } else { node };
    Node::map([(name.as_ref(), argument)], &place)
}

/// Adds the entries of the values of merge keys (`<<: *defaults`), as far as the map has no such keys of its own.
fn merge(mut entries: Vec<Entry>, merged: Vec<Node>, mut keys: HashSet<String>) -> Vec<Entry> {
    for entry in merged.iter().flat_map(Node::one_or_many).flat_map(Node::entries) {
        if keys.insert(entry.key.clone()) {
            entries.push(entry.clone());
        }
    }
    entries
}
