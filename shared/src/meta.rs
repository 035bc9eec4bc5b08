//! Metadata of a topic, such as its unit and label, which its publishers set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::{META_SERIES_BYTES, META_STATES, META_TEXT_BYTES, META_UNITS};

/// Meanings that [`TopicMeta::states`] can give to a state. With the meaning `neutral`, the board shows the state
/// without a colour, even if its word has a colour by default.
pub const MEANINGS: [&str; 4] = ["good", "warning", "bad", "neutral"];

/// Metadata of a topic: how the board shows it, and how often something is published to it. Every field may be absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TopicMeta {
    /// Unit of the topic's numbers, as it is printed: `%`, `GiB`, `°C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units of individual series (named values of the topic), by the path of each series, such as `disk.free`. They
    /// are for a topic whose numbers have different units. A series that is not in this map has [`TopicMeta::unit`]. A
    /// newer map replaces the older one as a whole, so a publisher has to send all units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, String>,
    /// Meaning of each state that the topic can have, such as `"open": "bad"`. A meaning is one of [`MEANINGS`], and
    /// takes precedence over the meaning that some words have by default. Upper and lower case of a state are not
    /// distinguished. A newer map replaces the older one as a whole, so a publisher has to send all meanings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub states: BTreeMap<String, String>,
    /// Short description for people, shown beside the topic's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Expected time between publications, in milliseconds. If it is absent, the time is learned from the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect_every_ms: Option<u64>,
    /// Lowest value of the axis of the topic's chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Highest value of the axis of the topic's chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Kind of panel that shows the topic: `line`, `number`, `state`, `log` or `table`. If it is absent or unknown, the
    /// kind is chosen from the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<String>,
}

impl TopicMeta {
    /// Returns true if no field is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the metadata after an update: every field that is present in `newer` replaces the one in `self`.
    #[must_use]
    pub fn merged(self, newer: Self) -> Self {
        Self {
            unit: newer.unit.or(self.unit),
            units: if newer.units.is_empty() { self.units } else { newer.units },
            states: if newer.states.is_empty() { self.states } else { newer.states },
            label: newer.label.or(self.label),
            expect_every_ms: newer.expect_every_ms.or(self.expect_every_ms),
            min: newer.min.or(self.min),
            max: newer.max.or(self.max),
            panel: newer.panel.or(self.panel),
        }
    }

    /// Checks the lengths of texts, the numbers of entries, and the meanings of states, and that the expected time
    /// between publications is not 0.
    ///
    /// # Errors
    ///
    /// [`MetaError`] for the first field that is not valid.
    pub fn check(&self) -> Result<(), MetaError> {
        for (field, text) in [("unit", &self.unit), ("label", &self.label), ("panel", &self.panel)] {
            let bytes = text.as_ref().map_or(0, String::len);
            if bytes > META_TEXT_BYTES {
                return Err(MetaError::TooLong { field, bytes, limit: META_TEXT_BYTES });
            }
        }
        check_map("units", &self.units, META_UNITS, META_SERIES_BYTES)?;
        check_map("states", &self.states, META_STATES, META_TEXT_BYTES)?;
        let unknown = self.states.iter().find(|(_, meaning)| !MEANINGS.contains(&meaning.as_str()));
        if let Some((state, meaning)) = unknown {
            return Err(MetaError::Meaning { state: state.clone(), meaning: meaning.clone() });
        }
        match self.expect_every_ms {
            Some(0) => Err(MetaError::Never),
            Some(_) | None => Ok(()),
        }
    }
}

/// Checks that a map in the metadata has no more than `most` entries, and that its keys and values are not too long.
fn check_map(
    field: &'static str,
    map: &BTreeMap<String, String>,
    most: usize,
    key_bytes: usize,
) -> Result<(), MetaError> {
    if map.len() > most {
        return Err(MetaError::TooMany { field, found: map.len(), limit: most });
    }
    let keys = map.keys().map(|key| (key.len(), key_bytes));
    let values = map.values().map(|value| (value.len(), META_TEXT_BYTES));
    match keys.chain(values).find(|(bytes, limit)| bytes > limit) {
        Some((bytes, limit)) => Err(MetaError::TooLong { field, bytes, limit }),
        None => Ok(()),
    }
}

/// Reason for which a topic's metadata is not valid. The publisher has to correct the metadata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetaError {
    /// A text is longer than [`META_TEXT_BYTES`], or the name of a series is longer than [`META_SERIES_BYTES`].
    #[error("meta.{field} has {bytes} bytes, and the limit is {limit}: send a shorter text")]
    TooLong {
        /// Name of the metadata field that contains the text.
        field: &'static str,
        /// Length of the text, in bytes.
        bytes: usize,
        /// Maximum length of the text, in bytes.
        limit: usize,
    },
    /// A map has more entries than [`META_UNITS`] or [`META_STATES`].
    #[error("meta.{field} has {found} entries, and the limit is {limit}: send fewer")]
    TooMany {
        /// Name of the metadata field with too many entries.
        field: &'static str,
        /// Number of entries that the map has.
        found: usize,
        /// Maximum number of entries of the map.
        limit: usize,
    },
    /// The meaning that the metadata gives to a state is not one of [`MEANINGS`].
    #[error("meta.states gives {state:?} the meaning {meaning:?}: send good, warning, bad or neutral")]
    Meaning {
        /// Name of the state, such as `open`.
        state: String,
        /// The meaning that the publisher sent for the state.
        meaning: String,
    },
    /// The expected time between publications is 0.
    #[error("meta.expect_every_ms is 0: send at least 1")]
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
        let many = (0..=META_UNITS).map(|n| (n.to_string(), "%".to_owned())).collect();
        let many = TopicMeta { units: many, ..TopicMeta::default() };
        assert!(matches!(many.check(), Err(MetaError::TooMany { field: "units", .. })));
        for (series, unit) in [("x".repeat(300), "%".to_owned()), ("x".to_owned(), "%".repeat(70))] {
            let long = TopicMeta { units: [(series, unit)].into(), ..TopicMeta::default() };
            assert!(matches!(long.check(), Err(MetaError::TooLong { field: "units", .. })));
        }
    }

    #[test]
    fn states_are_replaced_as_a_whole_and_have_one_of_four_meanings() {
        let states = |text: &str| serde_json::from_str::<TopicMeta>(text).unwrap();
        let old = states("{\"states\": {\"open\": \"bad\", \"ajar\": \"warning\"}}");
        assert_eq!(old.check(), Ok(()));
        let newer = old.clone().merged(states("{\"states\": {\"open\": \"good\"}}"));
        assert_eq!(newer.states, [("open".to_owned(), "good".to_owned())].into());
        assert_eq!(old.clone().merged(states("{\"unit\": \"%\"}")).states, old.states);
        let red = states("{\"states\": {\"open\": \"red\"}}");
        assert!(matches!(red.check(), Err(MetaError::Meaning { .. })));
        let long = TopicMeta { states: [("x".repeat(65), "bad".to_owned())].into(), ..TopicMeta::default() };
        assert!(matches!(long.check(), Err(MetaError::TooLong { field: "states", .. })));
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
