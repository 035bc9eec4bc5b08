//! Reads and writes the attributes of a DynamoDB item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use backend_core::ports::Unavailable;

/// A DynamoDB item: its attributes by name.
pub type Item = HashMap<String, AttributeValue>;

/// The error for an attribute of a stored item that is missing, has another type or is out of range. The cause is that
/// another version of Tickertape or another program wrote the item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read attribute {attribute:?} of a stored item: {reason}; if a newer version wrote it, update this program"
)]
pub struct AttributeError {
    pub attribute: String,
    pub reason: String,
}

impl AttributeError {
    pub fn new(attribute: &str, reason: impl ToString) -> Self {
        Self { attribute: attribute.into(), reason: reason.to_string() }
    }
}

impl From<AttributeError> for Unavailable {
    fn from(error: AttributeError) -> Self {
        Self::new(error)
    }
}

/// Creates a string attribute.
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// Creates a number attribute.
pub fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Reads the string attribute `name`.
pub fn read_text<'a>(item: &'a Item, name: &str) -> Result<&'a str, AttributeError> {
    let value = item.get(name).ok_or_else(|| AttributeError::new(name, "it is missing"))?;
    value.as_s().map(String::as_str).map_err(|_| AttributeError::new(name, "it is not a string"))
}

/// Reads the number attribute `name`.
pub fn read_number<T: std::str::FromStr>(item: &Item, name: &str) -> Result<T, AttributeError> {
    read_optional_number(item, name)?.ok_or_else(|| AttributeError::new(name, "it is missing"))
}

/// Reads the number attribute `name`, or returns `None` if it does not exist.
pub fn read_optional_number<T: std::str::FromStr>(
    item: &Item,
    name: &str,
) -> Result<Option<T>, AttributeError> {
    item.get(name).map(|value| as_number(value).ok_or_else(|| not_a_number(name))).transpose()
}

/// Reads the map attribute `name`.
pub fn read_map<'a>(item: &'a Item, name: &str) -> Result<&'a Item, AttributeError> {
    let value = item.get(name).ok_or_else(|| AttributeError::new(name, "it is missing"))?;
    value.as_m().map_err(|_| AttributeError::new(name, "it is not a map"))
}

fn as_number<T: std::str::FromStr>(value: &AttributeValue) -> Option<T> {
    value.as_n().ok()?.parse().ok()
}

fn not_a_number(name: &str) -> AttributeError {
    AttributeError::new(name, "it is not a number, or is out of range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_that_is_missing_or_of_another_type_is_named() {
        let item = Item::from([("a".into(), text("x")), ("b".into(), number(-1))]);
        assert_eq!(read_text(&item, "a"), Ok("x"));
        assert_eq!(read_number::<i64>(&item, "b"), Ok(-1));
        for damaged in [
            read_text(&item, "b").map(drop),
            read_text(&item, "c").map(drop),
            read_number::<u64>(&item, "b").map(drop),
            read_number::<u64>(&item, "c").map(drop),
            read_map(&item, "a").map(drop),
        ] {
            assert!(damaged.unwrap_err().to_string().starts_with("cannot read attribute \""));
        }
        assert_eq!(read_optional_number::<u64>(&item, "c"), Ok(None));
    }
}
