//! The input of a template.

use serde_json::{Map, Value};

use super::json_path;

/// The input of a template: a request of a client, or the answer of an integration.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The body, `$input.body`.
    pub body: &'a str,
    /// The event as a function would get it, with `requestContext`, `headers`, `queryStringParameters` and `stageVariables`.
    pub event: &'a Value,
}

impl Input<'_> {
    /// Returns what `$context` or `$stageVariables` stands for.
    pub fn variables(&self, name: &str) -> Option<Value> {
        let field = match name {
            "context" => "requestContext",
            "stageVariables" => "stageVariables",
            _ => return None,
        };
        Some(self.event.get(field).cloned().unwrap_or_else(|| Value::Object(Map::new())))
    }

    /// Returns the value at a path in the body, `$input.path(…)`.
    pub fn path(&self, path: &str) -> Value {
        let body = serde_json::from_str(self.body).unwrap_or(Value::Null);
        json_path::find(&body, path).cloned().unwrap_or(Value::Null)
    }

    /// Returns the JSON of the value at a path in the body, `$input.json(…)`. If there is none, it is an empty text.
    pub fn json(&self, path: &str) -> String {
        match self.path(path) {
            Value::Null => "\"\"".to_owned(),
            value => value.to_string(),
        }
    }

    /// Returns all parameters of the request, `$input.params()`.
    pub fn parameters(&self) -> Value {
        let field = |name: &str| self.event.get(name).cloned().unwrap_or_else(|| Value::Object(Map::new()));
        serde_json::json!({"path": {}, "querystring": field("queryStringParameters"), "header": field("headers")})
    }

    /// Returns one parameter of the request: a query parameter, or else a header.
    pub fn parameter(&self, name: &str) -> Value {
        let of = |field: &str| self.event.get(field)?.get(name).cloned();
        of("queryStringParameters").or_else(|| of("headers")).unwrap_or_else(|| "".into())
    }
}
