//! The function `Fn::Sub`.

use crate::error::Error;
use crate::evaluate::Scope;
use crate::node::{Node, Value};
use crate::place::Place;

impl Scope<'_> {
    /// Replaces `${NAME}`, `${RESOURCE.ATTRIBUTE}` and the names of the map. `${!NAME}` becomes `${NAME}`.
    pub(super) fn sub(self, argument: &Node) -> Result<Node, Error> {
        let (pattern, map) = match &argument.value {
            Value::List(items) if items.len() == 2 => (&items[0], Some(&items[1])),
            Value::List(items) if items.len() == 1 => (&items[0], None),
            _ => (argument, None),
        };
        let Some(pattern) = pattern.as_text() else {
            let problem = format!("the text of `Sub` is {}", pattern.kind());
            let advice = "write `!Sub 'TEXT ${NAME}'` or `!Sub ['TEXT ${NAME}', {NAME: VALUE}]`";
            return Err(Error::new(&argument.place, problem, advice));
        };
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, name, after)) = next_variable(rest) {
            text.push_str(before);
            match name.strip_prefix('!') {
                Some(literal) => text.push_str(&format!("${{{literal}}}")),
                None => text.push_str(&self.substitute(name.trim(), map, &argument.place)?),
            }
            self.all.budget.charge(1 + text.len() / 1024, &argument.place)?;
            rest = after;
        }
        text.push_str(rest);
        self.produced(text, &argument.place)
    }

    fn substitute(self, name: &str, map: Option<&Node>, place: &Place) -> Result<String, Error> {
        let named = map.and_then(|map| map.entries().iter().find(|entry| entry.key == name));
        if let Some(entry) = named {
            return self.text(&entry.node, &format!("the value of `{name}` in `Sub`"));
        }
        let is_reference = self.stack.resource(name).is_some() || !name.contains('.');
        let value = match name.split_once('.') {
            Some((id, attribute)) if !is_reference => Node::attribute(id, attribute, place),
            _ => Node::reference(name, place),
        };
        self.text(&value, &format!("`${{{name}}}`")).map_err(|error| Error {
            advice: format!("{}; write ${{!{name}}} if the text itself is meant", error.advice),
            ..error
        })
    }
}

/// Returns the text before the next variable, its name, and the text after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
