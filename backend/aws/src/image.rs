//! An item as DynamoDB's streams tell it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::item::Item;

/// A `NewImage` in DynamoDB's JSON, `{"offset": {"N": "1"}, …}`: what a Lambda event and `GetRecords` both carry
/// (Amazon DynamoDB API Reference, "AttributeValue").
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

/// An image that is not one of ours: the table holds what this version does not understand. Trying again does not
/// help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("attribute {attribute:?}: {reason}")]
pub struct ImageError {
    /// Which attribute.
    pub attribute: String,
    /// What is wrong with it.
    pub reason: String,
}

#[derive(Deserialize)]
enum Typed {
    S(String),
    N(String),
    #[serde(rename = "BOOL")]
    Bool(bool),
    M(HashMap<String, Typed>),
    L(Vec<Typed>),
    // Kinds that no item of ours has; they are no reason to refuse the rest.
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
    fn every_kind_of_attribute_is_read_and_those_we_do_not_store_are_passed_over() {
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
    fn what_is_not_dynamodb_json_is_refused() {
        for wrong in [json!({"a": 1}), json!({"a": {"X": "1"}}), json!({"a": {"N": 1}}), json!([])] {
            assert!(serde_json::from_value::<Image>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
