//! Metadata of a topic, which its publishers set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Metadata of a topic: how to show it, and how often it publishes. Every field may be absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TopicMeta {
    /// Unit of the topic's numbers, as it is printed: `%`, `GiB`, `°C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units of single series, by the path of each series (`disk.free`), for a topic whose numbers have different units. A series
    /// that is not in this map has [`TopicMeta::unit`]. A newer map replaces the older one as a whole, so a publisher has to send
    /// all units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, String>,
    /// Short description for people, shown beside the topic's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Expected time between publications, in milliseconds. If it is absent, it is learned from the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect_every_ms: Option<u64>,
    /// Lowest value of the chart's axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Highest value of the chart's axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Kind of panel: `line`, `number`, `state`, `log` or `table`. If it is absent or unknown, the kind is chosen from the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<String>,
}

impl TopicMeta {
    /// Returns true if every field is absent.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns this metadata with every field replaced that is present in `newer`.
    #[must_use]
    pub fn merged(self, newer: Self) -> Self {
        Self {
            unit: newer.unit.or(self.unit),
            units: if newer.units.is_empty() { self.units } else { newer.units },
            label: newer.label.or(self.label),
            expect_every_ms: newer.expect_every_ms.or(self.expect_every_ms),
            min: newer.min.or(self.min),
            max: newer.max.or(self.max),
            panel: newer.panel.or(self.panel),
        }
    }

    /// Checks that the texts are short enough to be stored with the topic, and that the expected time is not 0.
    ///
    /// # Errors
    ///
    /// [`MetaError`] for the first field that is not valid.
    pub fn check(&self) -> Result<(), MetaError> {
        for (field, text) in [("unit", &self.unit), ("label", &self.label), ("panel", &self.panel)] {
            let bytes = text.as_ref().map_or(0, String::len);
            if bytes > crate::limits::META_TEXT_BYTES {
                return Err(MetaError::TooLong { field, bytes, limit: crate::limits::META_TEXT_BYTES });
            }
        }
        if self.units.len() > crate::limits::META_UNITS {
            return Err(MetaError::TooManyUnits {
                found: self.units.len(),
                limit: crate::limits::META_UNITS,
            });
        }
        let long_unit =
            self.units.values().map(String::len).find(|bytes| *bytes > crate::limits::META_TEXT_BYTES);
        if let Some(bytes) = long_unit {
            return Err(MetaError::TooLong { field: "units", bytes, limit: crate::limits::META_TEXT_BYTES });
        }
        let long_name =
            self.units.keys().map(String::len).find(|bytes| *bytes > crate::limits::META_SERIES_BYTES);
        if let Some(bytes) = long_name {
            return Err(MetaError::TooLong {
                field: "units",
                bytes,
                limit: crate::limits::META_SERIES_BYTES,
            });
        }
        match self.expect_every_ms {
            Some(0) => Err(MetaError::Never),
            Some(_) | None => Ok(()),
        }
    }
}

/// Reason for which metadata is not valid. The publisher has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetaError {
    /// A text is longer than [`crate::limits::META_TEXT_BYTES`].
    #[error("meta.{field} has {bytes} bytes; the limit is {limit}")]
    TooLong {
        /// Name of the field.
        field: &'static str,
        /// Length of the text, in bytes.
        bytes: usize,
        /// Maximum length, in bytes.
        limit: usize,
    },
    /// The map of units has more series than [`crate::limits::META_UNITS`].
    #[error("meta.units names {found} series; the limit is {limit}")]
    TooManyUnits {
        /// Number of series in the map.
        found: usize,
        /// Maximum number of series.
        limit: usize,
    },
    /// The expected time between publications is 0.
    #[error("meta.expect_every_ms must be at least 1")]
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn merging_keeps_what_the_newer_leaves_out() {
        let old = TopicMeta { unit: Some("%".into()), min: Some(0.0), ..TopicMeta::default() };
        let newer = TopicMeta { unit: Some("GiB".into()), ..TopicMeta::default() };
        let merged = old.merged(newer);
        assert_eq!((merged.unit.as_deref(), merged.min), (Some("GiB"), Some(0.0)));
    }

    #[test]
    fn units_of_series_are_replaced_as_a_whole_and_kept_if_none_are_sent() {
        let units = |text: &str| serde_json::from_str::<TopicMeta>(text).unwrap();
        let old = units("{\"units\": {\"a\": \"ms\", \"b\": \"%\"}}");
        assert_eq!(old.clone().merged(units("{\"units\": {\"a\": \"s\"}}")).units.get("b"), None);
        assert_eq!(old.clone().merged(units("{\"label\": \"x\"}")).units, old.units);
    }

    #[test]
    fn too_many_or_too_long_units_of_series_are_refused() {
        let many = (0..=crate::limits::META_UNITS).map(|n| (n.to_string(), "%".to_owned())).collect();
        let many = TopicMeta { units: many, ..TopicMeta::default() };
        assert!(matches!(many.check(), Err(MetaError::TooManyUnits { .. })));
        for (series, unit) in [("x".repeat(300), "%".to_owned()), ("x".to_owned(), "%".repeat(70))] {
            let long = TopicMeta { units: [(series, unit)].into(), ..TopicMeta::default() };
            assert!(matches!(long.check(), Err(MetaError::TooLong { field: "units", .. })));
        }
    }

    #[test]
    fn empty_metadata_is_an_empty_object() {
        assert_eq!(serde_json::to_string(&TopicMeta::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<TopicMeta>("{\"later\": 1}").unwrap().is_empty());
    }

    #[test]
    fn a_long_text_and_a_zero_cadence_are_refused() {
        let long = TopicMeta { unit: Some("x".repeat(200)), ..TopicMeta::default() };
        assert!(matches!(long.check(), Err(MetaError::TooLong { field: "unit", .. })));
        let never = TopicMeta { expect_every_ms: Some(0), ..TopicMeta::default() };
        assert_eq!(never.check(), Err(MetaError::Never));
    }
}
