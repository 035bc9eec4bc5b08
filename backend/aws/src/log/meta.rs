//! Stores a topic's metadata (unit, label and others) as a map with an attribute for each field, so that an update can
//! replace single fields.

use serde_json::Value;
use shared::TopicMeta;

use super::names::META;
use crate::item::{AttributeError, Item, text};

/// Encodes the metadata fields that are set. Each becomes a JSON text, because DynamoDB's numbers cannot represent
/// every JSON number.
pub fn fields(meta: &TopicMeta) -> Item {
    let Ok(Value::Object(fields)) = serde_json::to_value(meta) else { return Item::new() };
    fields.into_iter().map(|(name, value)| (name, text(value.to_string()))).collect()
}

/// Decodes a topic's metadata from the map of attributes in which it is stored.
pub fn read(fields: &Item) -> Result<TopicMeta, AttributeError> {
    let json = |(name, value): (&String, &aws_sdk_dynamodb::types::AttributeValue)| {
        let text = value.as_s().map_err(|_| AttributeError::new(name, "it is not a string"))?;
        let value: Value = serde_json::from_str(text).map_err(|error| AttributeError::new(name, error))?;
        Ok((name.clone(), value))
    };
    let fields: serde_json::Map<_, _> = fields.iter().map(json).collect::<Result<_, _>>()?;
    serde_json::from_value(Value::Object(fields)).map_err(|error| AttributeError::new(META, error))
}

/// Returns true if the stored metadata already contains every field that is set in `newer`, with the same value.
pub fn contains(stored: &Item, newer: &TopicMeta) -> bool {
    fields(newer).iter().all(|(name, value)| stored.get(name) == Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_back_whatever_its_numbers() {
        let meta = TopicMeta {
            unit: Some("%".into()),
            units: [("disk.free".to_owned(), "GiB".to_owned())].into(),
            states: [("open".to_owned(), "bad".to_owned())].into(),
            label: Some("é \"x\"".into()),
            expect_every_ms: Some(u64::MAX),
            min: Some(f64::MIN),
            max: Some(0.1),
            panel: None,
            decimals: Some(2),
            thresholds: Some(Box::new(serde_json::json!([{"above": 0.1, "means": "warning"}]))),
            scale: Some("log".into()),
            target: Some(-0.0625),
        };
        let fields = fields(&meta);
        assert_eq!(fields.len(), 11, "a field that is not set takes no room");
        assert_eq!(read(&fields).unwrap(), meta);
        assert_eq!(read(&Item::new()).unwrap(), TopicMeta::default());
    }

    #[test]
    fn metadata_with_fewer_or_the_same_fields_is_not_new() {
        let unit = TopicMeta { unit: Some("%".into()), ..TopicMeta::default() };
        let both = TopicMeta { max: Some(1.0), ..unit.clone() };
        assert!(contains(&fields(&both), &unit));
        assert!(!contains(&fields(&unit), &both));
    }
}
