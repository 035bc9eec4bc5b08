//! Parses items in the JSON format of DynamoDB's streams.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::item::{AttributeError, Item};

/// The item after a change (`NewImage` of a stream record), in DynamoDB's JSON: `{"offset": {"N": "1"}, …}`. Lambda
/// events and the answers of `GetRecords` contain it in this form (Amazon DynamoDB API Reference, "AttributeValue").
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(from = "HashMap<String, Typed>")]
pub struct Image(Item);

impl Image {
    pub(crate) fn item(&self) -> &Item {
        &self.0
    }
}

impl From<HashMap<String, Typed>> for Image {
    fn from(attributes: HashMap<String, Typed>) -> Self {
        Self(attributes.into_iter().map(|(name, value)| (name, value.into())).collect())
    }
}

/// The error for an item in a stream record that this version cannot read, because another version of Tickertape or
/// another program wrote the item. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read attribute {attribute:?} of a stream record: {reason}; if a newer version wrote it, update this program"
)]
pub struct ImageError {
    /// Name of the attribute that cannot be read.
    pub attribute: String,
    /// Description of the fault, for example that the attribute is missing.
    pub reason: String,
}

impl From<AttributeError> for ImageError {
    fn from(AttributeError { attribute, reason }: AttributeError) -> Self {
        Self { attribute, reason }
    }
}

#[derive(Deserialize)]
enum Typed {
    S(String),
    N(String),
    #[serde(rename = "BOOL")]
    Bool(bool),
    M(HashMap<String, Typed>),
    L(Vec<Typed>),
    // Types of attributes that Tickertape never writes. If another program has added such an attribute to an item, the
    // item can still be parsed.
    #[serde(rename = "NULL", alias = "B", alias = "BS", alias = "NS", alias = "SS")]
    Other(IgnoredAny),
}

impl From<Typed> for AttributeValue {
    fn from(value: Typed) -> Self {
        match value {
            Typed::S(text) => Self::S(text),
            Typed::N(number) => Self::N(number),
            Typed::Bool(flag) => Self::Bool(flag),
            Typed::M(map) => Self::M(map.into_iter().map(|(name, value)| (name, value.into())).collect()),
            Typed::L(list) => Self::L(list.into_iter().map(Self::from).collect()),
            Typed::Other(_) => Self::Null(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_of_attribute_is_read_and_those_not_stored_here_become_null() {
        let image: Image = serde_json::from_value(json!({
            "pk": {"S": "T#x"},
            "offset": {"N": "17"},
            "flag": {"BOOL": true},
            "meta": {"M": {"unit": {"S": "\"%\""}}},
            "list": {"L": [{"N": "1"}]},
            "blob": {"B": "AAEC"},
            "set": {"SS": ["a", "b"]},
            "nothing": {"NULL": true},
        }))
        .unwrap();
        let item = image.item();
        assert_eq!(item["offset"], AttributeValue::N("17".into()));
        assert_eq!(item["meta"].as_m().unwrap()["unit"], AttributeValue::S("\"%\"".into()));
        assert_eq!(item["blob"], AttributeValue::Null(true));
        assert_eq!(item.len(), 8);
    }

    #[test]
    fn json_that_is_not_dynamodb_json_is_refused() {
        for wrong in [json!({"a": 1}), json!({"a": {"X": "1"}}), json!({"a": {"N": 1}}), json!([])] {
            assert!(serde_json::from_value::<Image>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
