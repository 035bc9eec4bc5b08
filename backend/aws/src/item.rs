//! Reading and writing the attributes of an item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use backend_core::ports::Unavailable;

use crate::image::ImageError;

/// An item: attributes by name.
pub type Item = HashMap<String, AttributeValue>;

/// An attribute that is missing, of another kind or beyond its range: written by another version, or by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("attribute {attribute:?} of a stored item: {reason}")]
pub struct Damaged {
    attribute: String,
    reason: String,
}

impl Damaged {
    pub fn new(attribute: &str, reason: impl ToString) -> Self {
        Self { attribute: attribute.into(), reason: reason.to_string() }
    }
}

impl From<Damaged> for Unavailable {
    fn from(damaged: Damaged) -> Self {
        Self::new(damaged)
    }
}

impl From<Damaged> for ImageError {
    fn from(Damaged { attribute, reason }: Damaged) -> Self {
        Self { attribute, reason }
    }
}

/// A string attribute.
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The string called `name`.
pub fn read_text<'a>(item: &'a Item, name: &str) -> Result<&'a str, Damaged> {
    let value = item.get(name).ok_or_else(|| Damaged::new(name, "it is missing"))?;
    value.as_s().map(String::as_str).map_err(|_| Damaged::new(name, "it is not a string"))
}

/// The number called `name`.
pub fn read_number<T: std::str::FromStr>(item: &Item, name: &str) -> Result<T, Damaged> {
    read_optional_number(item, name)?.ok_or_else(|| Damaged::new(name, "it is missing"))
}

/// The number called `name`, if there is one.
pub fn read_optional_number<T: std::str::FromStr>(item: &Item, name: &str) -> Result<Option<T>, Damaged> {
    item.get(name).map(|value| as_number(value).ok_or_else(|| not_a_number(name))).transpose()
}

/// The map called `name`.
pub fn read_map<'a>(item: &'a Item, name: &str) -> Result<&'a Item, Damaged> {
    let value = item.get(name).ok_or_else(|| Damaged::new(name, "it is missing"))?;
    value.as_m().map_err(|_| Damaged::new(name, "it is not a map"))
}

fn as_number<T: std::str::FromStr>(value: &AttributeValue) -> Option<T> {
    value.as_n().ok()?.parse().ok()
}

fn not_a_number(name: &str) -> Damaged {
    Damaged::new(name, "it is not a number of the right range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_of_another_kind_is_named() {
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
            assert!(damaged.unwrap_err().to_string().starts_with("attribute \""));
        }
        assert_eq!(read_optional_number::<u64>(&item, "c"), Ok(None));
    }
}
