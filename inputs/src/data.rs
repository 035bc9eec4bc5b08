//! The data of a publication. Every number is stored as the text in which it was written.

/// The data of a publication. Numbers are stored as text and not converted to binary numbers, so that they are
/// published with the digits that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// A number, as the text of a JSON number.
    Number(String),
    /// A boolean, true or false.
    Bool(bool),
    /// A text.
    Text(String),
    /// JSON text that is published unchanged. It must be valid.
    Json(String),
    /// Named fields, in the order in which they were read. Names must be unique.
    Object(Vec<(String, Data)>),
}

impl Data {
    /// Returns the data as JSON text.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    /// Returns true if the data is an object without fields. Such data is not published.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Object(fields) if fields.is_empty())
    }

    /// Returns a text, or the digits of a number; `None` for other data.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(text.clone()),
            Self::Json(json) => serde_json::from_str(json).ok().or_else(|| Some(json.clone())),
            Self::Bool(_) | Self::Object(_) => None,
        }
    }

    fn write(&self, json: &mut String) {
        match self {
            Self::Number(text) | Self::Json(text) => json.push_str(text),
            Self::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
            Self::Text(text) => json.push_str(&quoted(text)),
            Self::Object(fields) => {
                json.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    json.push_str(&quoted(name));
                    json.push(':');
                    value.write(json);
                }
                json.push('}');
            }
        }
    }
}

/// Returns a text as a JSON string, with quotes and escapes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_fields_their_order() {
        let data = Data::Object(vec![
            ("b".into(), Data::Number("2.50".into())),
            ("a \"x\"".into(), Data::Text("é\n".into())),
            ("c".into(), Data::Json("[1.0, 2]".into())),
        ]);
        assert_eq!(data.to_json(), r#"{"b":2.50,"a \"x\"":"é\n","c":[1.0, 2]}"#);
    }
}
