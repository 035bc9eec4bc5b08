//! The tree of a pattern.

use serde_json::{Map, Value};

use super::rule::Rule;

/// Maximum depth of a pattern.
const DEEPEST: usize = 32;

/// A pattern, or a part of one.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    /// All of these match: fields of an object, and alternatives.
    All(Vec<Part>),
    /// One of the rules matches the value.
    Leaf(Vec<Rule>),
}

/// A part of an object pattern.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Field(String, Pattern),
    /// One of the patterns matches (`$or`).
    Or(Vec<Pattern>),
}

impl Pattern {
    /// Parses a whole pattern, which is an object.
    pub fn parse(json: &Value) -> Result<Self, String> {
        match json {
            Value::Object(fields) => object(fields, "", 0),
            _ => Err("it has to be a JSON object, such as {\"eventName\": [\"INSERT\"]}".into()),
        }
    }

    /// Returns true if the pattern matches the value.
    pub fn matches(&self, value: &Value) -> bool {
        self.matches_at(Some(value))
    }

    /// Returns true if the pattern matches the value, or the absence of one. An array matches if one of its elements does.
    fn matches_at(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Leaf(rules), Some(Value::Array(elements))) => {
                elements.iter().any(|element| rules.iter().any(|rule| rule.matches(Some(element))))
            }
            (Self::Leaf(rules), value) => rules.iter().any(|rule| rule.matches(value)),
            (Self::All(_), Some(Value::Array(elements))) => {
                elements.iter().any(|element| self.matches_at(Some(element)))
            }
            (Self::All(parts), None) => parts.iter().all(|part| part.matches(None)),
            (Self::All(parts), Some(Value::Object(fields))) => {
                parts.iter().all(|part| part.matches(Some(fields)))
            }
            // A pattern with fields does not match text or a number.
            (Self::All(_), Some(_)) => false,
        }
    }
}

impl Part {
    fn matches(&self, fields: Option<&Map<String, Value>>) -> bool {
        match self {
            Self::Field(name, pattern) => pattern.matches_at(fields.and_then(|fields| fields.get(name))),
            Self::Or(patterns) => patterns.iter().any(|pattern| match pattern {
                Pattern::All(parts) => parts.iter().all(|part| part.matches(fields)),
                Pattern::Leaf(_) => false,
            }),
        }
    }
}

fn object(fields: &Map<String, Value>, path: &str, depth: usize) -> Result<Pattern, String> {
    if fields.is_empty() {
        return Err(format!("{} is empty: name a field in it", shown(path)));
    }
    if depth >= DEEPEST {
        return Err(format!("{} is nested more than {DEEPEST} levels deep", shown(path)));
    }
    let parts = fields.iter().map(|(name, value)| {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match (name.as_str(), value) {
            ("$or", Value::Array(alternatives)) => or(alternatives, &path, depth),
            (_, Value::Object(inner)) => Ok(Part::Field(name.clone(), object(inner, &path, depth + 1)?)),
            (_, Value::Array(rules)) => Ok(Part::Field(name.clone(), leaf(rules, &path)?)),
            _ => Err(format!("{path} has to be an array of values, such as {{\"{name}\": [{value}]}}")),
        }
    });
    parts.collect::<Result<_, _>>().map(Pattern::All)
}

fn or(alternatives: &[Value], path: &str, depth: usize) -> Result<Part, String> {
    let parse = |alternative: &Value| match alternative {
        Value::Object(fields) => object(fields, path, depth + 1),
        _ => Err(format!("{path} has to be an array of objects")),
    };
    if alternatives.len() < 2 {
        return Err(format!("{path} needs two alternatives at least"));
    }
    alternatives.iter().map(parse).collect::<Result<_, _>>().map(Part::Or)
}

fn leaf(rules: &[Value], path: &str) -> Result<Pattern, String> {
    if rules.is_empty() {
        return Err(format!("{path} is an empty array, which matches nothing: write a value into it"));
    }
    let rules = rules.iter().map(|rule| Rule::parse(rule).map_err(|problem| format!("{path}: {problem}")));
    rules.collect::<Result<_, _>>().map(Pattern::Leaf)
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "it" } else { path }
}
