//! The evaluated properties of a resource, or of a map inside of them.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::evaluate::Scope;
use crate::known::{self, Known};
use crate::node::{Entry, Node, Value};
use crate::place::Place;
use crate::stack::Resource;
use crate::words;

/// Properties without functions. Everything in them that is not done has been noted.
pub(super) struct Fields<'a> {
    scope: Scope<'a>,
    node: Node,
    /// Path of the properties for notes, such as `Resources.Jobs.Properties`.
    path: String,
    /// Name of their table, see [`known::property`].
    of: String,
}

impl<'a> Fields<'a> {
    /// Evaluates the properties of a resource that are done, and notes all others.
    pub fn read(scope: Scope<'a>, resource: &Resource) -> Result<Self, Error> {
        let (path, of) = (resource.properties_path.clone(), resource.kind.clone());
        // The properties as a whole may be the result of a function, such as `Fn::If`.
        let properties = match resource.properties.as_call() {
            Some(_) => {
                &scope.evaluate(&resource.properties)?.unwrap_or_else(|| Node::empty_map(&resource.place))
            }
            None => &resource.properties,
        };
        if !properties.is_map() && !properties.is_null() {
            let problem = format!("the properties of {} are {}", resource.id, properties.kind());
            return Err(Error::new(&properties.place, problem, "write a map of names and values"));
        }
        let mut entries = Vec::new();
        for entry in properties.entries() {
            match known::property(&of, &entry.key) {
                Some(Known::Done) => {
                    let node = scope.evaluate(&entry.node)?;
                    entries.extend(node.map(|node| Entry { node, ..entry.clone() }));
                }
                known => note(scope, &path, entry, known),
            }
        }
        let node = Node { value: Value::Map(entries), place: resource.place.clone() };
        Ok(Self { scope, node, path, of })
    }

    pub fn place(&self) -> &Place {
        &self.node.place
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        self.node.get(name)
    }

    pub fn place_of(&self, name: &str) -> &Place {
        self.get(name).map_or(&self.node.place, |node| &node.place)
    }

    /// Returns the properties inside of a property. Those that are not done are noted.
    pub fn inner(&self, name: &str) -> Result<Option<Self>, Error> {
        let Some(node) = self.get(name) else { return Ok(None) };
        if !node.is_map() {
            return Err(self.wrong(name, node, "a map"));
        }
        Ok(Some(self.within(node, name)))
    }

    /// Returns a map inside of a property as properties of their own. Those that are not done are noted.
    fn within(&self, node: &Node, name: &str) -> Self {
        let (path, of) = (format!("{}.{name}", self.path), format!("{}.{name}", self.of));
        let inner = Self { scope: self.scope, node: node.clone(), path, of };
        inner.note_others();
        inner
    }

    fn note_others(&self) {
        for entry in self.node.entries().iter().filter(|_| known::has_table(&self.of)) {
            match known::property(&self.of, &entry.key) {
                Some(Known::Done) => {}
                known => note(self.scope, &self.path, entry, known),
            }
        }
    }

    /// Adds a note that a part of a property is not done.
    pub fn missing(&self, name: &str, meaning: &str) {
        self.scope.missing(self.path_of(name), meaning, self.place_of(name));
    }

    /// Adds a note that an entry of the map in a property is not done.
    pub fn missing_entry(&self, name: &str, entry: &Entry, meaning: &str) {
        self.scope.missing(format!("{}.{}", self.path_of(name), entry.key), meaning, &entry.place);
    }

    pub fn path_of(&self, name: &str) -> String {
        if name.is_empty() { self.path.clone() } else { format!("{}.{name}", self.path) }
    }

    fn wrong(&self, name: &str, node: &Node, wanted: &str) -> Error {
        let found = match node.as_text() {
            Some(text) => format!("`{text}`"),
            None => node.kind().to_owned(),
        };
        let problem = format!("{} is {found}", self.path_of(name));
        Error::new(&node.place, problem, format!("write {wanted}"))
    }

    pub fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(node) = self.get(name) else { return Ok(None) };
        match node.as_text() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(self.wrong(name, node, "a single value")),
        }
    }

    /// Returns a property that has to be there. `example` is a value for the error.
    pub fn required(&self, name: &str, example: &str) -> Result<String, Error> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| {
            let problem = format!("{} is missing", self.path_of(name));
            Error::new(self.place_of(name), problem, format!("add it, such as `{name}: {example}`"))
        })
    }

    /// Returns a whole number between `least` and `most`.
    pub fn number(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Error> {
        let Some(node) = self.get(name) else { return Ok(None) };
        let number = node.as_text().and_then(|text| text.trim().parse::<u32>().ok());
        match number.filter(|number| (least..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(name, node, &format!("a whole number from {least} to {most}"))),
        }
    }

    /// Returns true or false, and `default` if the property is absent.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Error> {
        let Some(node) = self.get(name) else { return Ok(default) };
        match node.as_text().map(str::to_lowercase).as_deref() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(self.wrong(name, node, "true or false")),
        }
    }

    /// Returns one of the values in `known`.
    pub fn choice(&self, name: &str, known: &[&str]) -> Result<Option<String>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if known.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let problem = format!("{} is `{text}`", self.path_of(name));
        Err(Error::new(self.place_of(name), problem, words::instead(&text, known.iter().copied())))
    }

    /// Returns the texts of a list. A single text is a list of one.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Error> {
        let items = self.get(name).map(Node::one_or_many).unwrap_or_default();
        let text = |item: &Node| item.as_text().map(str::to_owned);
        items.iter().map(|item| text(item).ok_or_else(|| self.wrong(name, item, "a single value"))).collect()
    }

    /// Returns the texts of a list whose items are in `known`.
    pub fn choice_of_each(&self, name: &str, known: &[&str]) -> Result<Vec<String>, Error> {
        let texts = self.texts(name)?;
        match texts.iter().find(|text| !known.contains(&text.as_str())) {
            None => Ok(texts),
            Some(text) => {
                let problem = format!("{} contains `{text}`", self.path_of(name));
                Err(Error::new(self.place_of(name), problem, words::instead(text, known.iter().copied())))
            }
        }
    }

    /// Returns the properties in each map of a list.
    pub fn list(&self, name: &str) -> Result<Vec<Self>, Error> {
        let items = self.get(name).map(Node::one_or_many).unwrap_or_default();
        let inner = |item: &Node| match item.is_map() {
            true => Ok(self.within(item, name)),
            false => Err(self.wrong(name, item, "a list of maps")),
        };
        items.iter().map(inner).collect()
    }

    /// Returns the texts of a map, with their keys.
    pub fn map<C: FromIterator<(String, String)>>(&self, name: &str) -> Result<C, Error> {
        let Some(node) = self.get(name) else { return Ok(C::from_iter([])) };
        if !node.is_map() {
            return Err(self.wrong(name, node, "a map of names and values"));
        }
        let text = |entry: &Entry| match &entry.node.value {
            Value::Text(text, _) => Ok((entry.key.clone(), text.clone())),
            _ => Err(self.within(node, name).wrong(&entry.key, &entry.node, "a single value")),
        };
        node.entries().iter().filter(|entry| !entry.node.is_null()).map(text).collect()
    }

    /// Returns the keys of a map, with the properties inside of each.
    pub fn maps(&self, name: &str) -> Result<Vec<(String, Self)>, Error> {
        let Some(inner) = self.inner(name)? else { return Ok(Vec::new()) };
        let fields = |entry: &Entry| {
            let (path, of) = (format!("{}.{}", inner.path, entry.key), format!("{}.*", inner.of));
            let fields = Self { scope: self.scope, node: entry.node.clone(), path, of };
            fields.note_others();
            (entry.key.clone(), fields)
        };
        Ok(inner.node.entries().iter().map(fields).collect())
    }
}

fn note(scope: Scope<'_>, path: &str, entry: &Entry, known: Option<Known>) {
    let (kind, meaning) = match known {
        Some(Known::Irrelevant(reason)) => (NoteKind::Irrelevant, reason),
        Some(Known::Missing(meaning)) => (NoteKind::Missing, meaning),
        _ => (NoteKind::Missing, "this property is not known here and changes nothing"),
    };
    // A property that is switched off or that a false condition removes needs no note. If it cannot be evaluated, it is noted as it stands.
    let is_off = entry.node.as_text() == Some("false");
    if entry.node.is_null() || is_off || matches!(scope.evaluate(&entry.node), Ok(None)) {
        return;
    }
    let path = format!("{path}.{}", entry.key);
    scope.all.note(Note { kind, path, meaning: meaning.to_owned(), place: entry.place.clone() });
}
