//! A value of a document, with its place.

use crate::dialect;
use crate::place::Place;

/// A value of a YAML or JSON document. CloudFormation's short tags have been written out: `!Ref X` is a map with the
/// key `Ref`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub value: Value,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    /// A string, a number or a boolean. CloudFormation converts between them. Numbers are as they were written, and booleans are `true` or
    /// `false`.
    Text(String, Style),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// The writing of a text, on which its type depends where nothing converts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotation marks: `1` is a number and `true` is a boolean.
    Plain,
    /// With quotation marks, or computed: `"1"` is a string.
    Quoted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub key: String,
    /// Place of the key.
    pub place: Place,
    pub node: Node,
}

impl Node {
    /// Returns a string.
    pub fn text(text: impl Into<String>, place: &Place) -> Self {
        Self::styled(text, Style::Quoted, place)
    }

    pub fn styled(text: impl Into<String>, style: Style, place: &Place) -> Self {
        Self { value: Value::Text(text.into(), style), place: place.clone() }
    }

    pub fn list(items: Vec<Self>, place: &Place) -> Self {
        Self { value: Value::List(items), place: place.clone() }
    }

    pub fn empty_map(place: &Place) -> Self {
        Self { value: Value::Map(Vec::new()), place: place.clone() }
    }

    /// Returns a map, whose keys get the places of their values.
    pub fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>, place: &Place) -> Self {
        let entry =
            |(key, node): (&str, Self)| Entry { key: key.to_owned(), place: node.place.clone(), node };
        Self { value: Value::Map(entries.into_iter().map(entry).collect()), place: place.clone() }
    }

    /// Returns the map `{name: argument}`, which is the call of a function of CloudFormation.
    pub fn call(name: &str, argument: Self) -> Self {
        let place = argument.place.clone();
        Self::map([(name, argument)], &place)
    }

    pub fn reference(id: &str, place: &Place) -> Self {
        Self::call("Ref", Self::text(id, place))
    }

    pub fn attribute(id: &str, name: &str, place: &Place) -> Self {
        let parts = vec![Self::text(id, place), Self::text(name, place)];
        Self::call("Fn::GetAtt", Self::list(parts, place))
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text, _) => Some(text),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Returns the entries of a map, or none for any other value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list, or none for any other value.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the items of a list, none for null, and any other value as the only item.
    pub fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the value of a key of a map. A key whose value is null counts as absent.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let entry = self.entries().iter().find(|entry| dialect::names(key, &entry.key))?;
        (!entry.node.is_null()).then_some(&entry.node)
    }

    /// Sets the value of a key. Values that are no maps are not changed.
    pub fn set(&mut self, key: &str, node: Self) {
        let Value::Map(entries) = &mut self.value else { return };
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.node = node,
            None => entries.push(Entry { key: key.to_owned(), place: node.place.clone(), node }),
        }
    }

    /// Merges another value into this one: maps by their keys and lists by the positions of their items. Any other value is replaced.
    pub fn merge(&mut self, other: &Self) {
        match (&mut self.value, &other.value) {
            (Value::Map(entries), Value::Map(others)) => {
                for other in others {
                    match entries.iter_mut().find(|entry| entry.key == other.key) {
                        Some(entry) => entry.node.merge(&other.node),
                        None => entries.push(other.clone()),
                    }
                }
            }
            (Value::List(items), Value::List(others)) => {
                for (at, other) in others.iter().enumerate() {
                    match items.get_mut(at) {
                        Some(item) => item.merge(other),
                        None => items.push(other.clone()),
                    }
                }
            }
            _ => *self = other.clone(),
        }
    }

    /// Returns the name and the argument of a function of CloudFormation, if this is the call of one.
    pub fn as_call(&self) -> Option<(&str, &Self)> {
        let [entry] = self.entries() else { return None };
        let is_function = entry.key == "Ref" || entry.key.starts_with("Fn::");
        is_function.then_some((entry.key.as_str(), &entry.node))
    }

    /// Returns words for the kind of the value, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Text(..) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Returns the number of values in this one, itself included.
    pub fn count(&self) -> usize {
        let inner: usize = match &self.value {
            Value::List(items) => items.iter().map(Self::count).sum(),
            Value::Map(entries) => entries.iter().map(|entry| entry.node.count()).sum(),
            _ => 0,
        };
        inner.saturating_add(1)
    }

    /// Returns the number of levels below this value. It is 0 for a text.
    pub fn depth(&self) -> usize {
        let inner = match &self.value {
            Value::List(items) => items.iter().map(Self::depth).max(),
            Value::Map(entries) => entries.iter().map(|entry| entry.node.depth()).max(),
            _ => return 0,
        };
        inner.map_or(0, |depth| depth + 1)
    }
}
