//! Metadata of a topic, such as its unit and label, which its publishers set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::board::fields::MOST_DECIMALS;
use crate::board::{Severity, check_thresholds};
use crate::limits::{
    META_SERIES_BYTES, META_STATES, META_STATES_BYTES, META_TEXT_BYTES, META_THRESHOLDS_BYTES, META_UNITS,
    META_UNITS_BYTES,
};
use crate::read::read;

/// Meanings that [`TopicMeta::states`] can give to a state. With the meaning `neutral`, the board shows the state
/// without a colour, even if its word has a colour by default.
pub const MEANINGS: [&str; 4] = ["good", "warning", "bad", "neutral"];

/// Value of [`TopicMeta::panel`] of a topic whose publications are events, such as deploys, which mark a moment in all charts.
pub const EVENT: &str = "event";

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
    /// Kind of panel that shows the topic: `line`, `area`, `stacked`, `bars`, `step`, `number`, `gauge`, `list`, `heatmap`,
    /// `state`, `timeline`, `log` or `table`. If it is absent or unknown, the kind is chosen from the data. With [`EVENT`], each
    /// publication marks a moment in all charts, and the topic itself is shown as a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<String>,
    /// Scale of the value axis of the topic's chart: `linear` or `log`. If it is absent or unknown, it is linear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<String>,
    /// Value to reach or to keep below, which a gauge and a list mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Largest number of decimals with which the topic's numbers are shown. If it is absent, they are shown as they were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u32>,
    /// Values from which a number counts as trouble, as a list of JSON objects that [`crate::board::Threshold`] describes. A newer
    /// list replaces the older one as a whole, and an empty one removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Box<Value>>,
}

read!(TopicMeta {} or default { unit, units, states, label, expect_every_ms, min, max, panel, scale, target, decimals, thresholds });

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
            decimals: newer.decimals.or(self.decimals),
            thresholds: newer.thresholds.or(self.thresholds),
            scale: newer.scale.or(self.scale),
            target: newer.target.or(self.target),
        }
    }

    /// Checks the lengths of texts, the numbers of entries, the meanings of states and the thresholds, and that the expected
    /// time between publications is not 0.
    ///
    /// The size of each field is limited as JSON, so that the merged metadata of a topic is limited, too, and its entry in the answer to
    /// `subscribe` fits into a frame.
    ///
    /// # Errors
    ///
    /// [`MetaError`] for the first field that is not valid.
    pub fn check(&self) -> Result<(), MetaError> {
        let texts =
            [("unit", &self.unit), ("label", &self.label), ("panel", &self.panel), ("scale", &self.scale)];
        for (field, text) in texts {
            let bytes = text.as_ref().map_or(0, String::len);
            if bytes > META_TEXT_BYTES {
                return Err(MetaError::TooLong { field, bytes, limit: META_TEXT_BYTES });
            }
        }
        check_map("units", &self.units, META_UNITS, META_SERIES_BYTES)?;
        check_size("units", &self.units, META_UNITS_BYTES)?;
        check_map("states", &self.states, META_STATES, META_TEXT_BYTES)?;
        check_size("states", &self.states, META_STATES_BYTES)?;
        let unknown = self.states.iter().find(|(_, meaning)| !MEANINGS.contains(&meaning.as_str()));
        if let Some((state, meaning)) = unknown {
            return Err(MetaError::Meaning { state: state.clone(), meaning: meaning.clone() });
        }
        self.check_numbers()?;
        match self.expect_every_ms {
            Some(0) => Err(MetaError::Never),
            Some(_) | None => Ok(()),
        }
    }
}

impl TopicMeta {
    fn check_numbers(&self) -> Result<(), MetaError> {
        if let Some(decimals) = self.decimals.filter(|decimals| u64::from(*decimals) > MOST_DECIMALS) {
            return Err(MetaError::Decimals { decimals });
        }
        let Some(thresholds) = &self.thresholds else { return Ok(()) };
        let bytes = thresholds.to_string().len();
        if bytes > META_THRESHOLDS_BYTES {
            return Err(MetaError::TooLong { field: "thresholds", bytes, limit: META_THRESHOLDS_BYTES });
        }
        let mut faults = check_thresholds(thresholds).into_iter();
        match faults.find(|fault| fault.severity == Severity::Error) {
            Some(fault) => Err(MetaError::Thresholds { fault: fault.to_string() }),
            None => Ok(()),
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

/// Checks that a map in the metadata has at most `limit` bytes as JSON. That is more than its texts have, because some characters are
/// escaped: `\u0001` needs six bytes.
fn check_size(field: &'static str, map: &BTreeMap<String, String>, limit: usize) -> Result<(), MetaError> {
    let bytes = 1 + map.iter().map(|(key, value)| entry_bytes(key, value)).sum::<usize>();
    if bytes > limit { Err(MetaError::TooLarge { field, bytes, limit }) } else { Ok(()) }
}

/// Returns the size of an entry of [`TopicMeta::units`] or [`TopicMeta::states`] as JSON, with the comma or the brace after it, in bytes.
/// The opening brace of the map adds one byte to the sum of its entries.
pub fn entry_bytes(key: &str, value: &str) -> usize {
    let text_bytes = |text: &str| serde_json::to_string(text).map_or(0, |json| json.len());
    text_bytes(key) + 1 + text_bytes(value) + 1
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
    /// A map is larger as JSON than [`META_UNITS_BYTES`] or [`META_STATES_BYTES`].
    #[error(
        "meta.{field} has {bytes} bytes of JSON, and the limit is {limit}: send fewer or shorter entries"
    )]
    TooLarge {
        /// Name of the metadata field that is too large.
        field: &'static str,
        /// Size of the map, in bytes of JSON.
        bytes: usize,
        /// Maximum size of the map, in bytes of JSON.
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
    /// More decimals are asked for than [`MOST_DECIMALS`].
    #[error("meta.decimals is {decimals}: send a whole number from 0 to {MOST_DECIMALS}")]
    Decimals {
        /// The number that the publisher sent.
        decimals: u32,
    },
    /// The thresholds are not a list of thresholds.
    #[error("meta.{fault}")]
    Thresholds {
        /// The place of the first fault, and what to send instead.
        fault: String,
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
    fn units_and_states_are_limited_by_their_size_as_json() {
        // The number of entries, the number of bytes of each name, and the character that follows the digits of a name.
        for (entries, bytes, filler, fits) in [
            (200, 20, "x", true),
            (META_UNITS, META_SERIES_BYTES, "x", false),
            (70, 64, "x", true),
            (70, META_SERIES_BYTES, "\u{1}", false),
            (60, META_SERIES_BYTES, "\"", false),
            (60, 100, "é", true),
        ] {
            let name = |n: usize| format!("{n:03}{}", filler.repeat((bytes - 3) / filler.len()));
            let units = (0..entries).map(|n| (name(n), "12345678".to_owned())).collect();
            let units = TopicMeta { units, ..TopicMeta::default() };
            let json_bytes = serde_json::to_string(&units.units).unwrap().len();
            match units.check() {
                Ok(()) => assert!(fits && json_bytes <= META_UNITS_BYTES, "{entries} {bytes} {filler:?}"),
                Err(error) => {
                    let limit = META_UNITS_BYTES;
                    assert_eq!(error, MetaError::TooLarge { field: "units", bytes: json_bytes, limit });
                    assert!(!fits, "{entries} {bytes} {filler:?}");
                }
            }
        }
        let states = |filler: &str| {
            let states = (0..META_STATES).map(|n| (format!("{n:02}{}", filler.repeat(40)), "bad".to_owned()));
            TopicMeta { states: states.collect(), ..TopicMeta::default() }
        };
        assert_eq!(states("x").check(), Ok(()));
        assert!(matches!(states("\u{1}").check(), Err(MetaError::TooLarge { field: "states", .. })));
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
    fn thresholds_are_checked_as_those_of_a_board_and_replaced_as_a_whole() {
        let meta = |text: &str| serde_json::from_str::<TopicMeta>(text).unwrap();
        let old =
            meta(r#"{"thresholds": [{"above": 70, "means": "warning"}, {"above": 90}], "decimals": 1}"#);
        assert_eq!(old.check(), Ok(()));
        let kept = old.clone().merged(meta(r#"{"unit": "%"}"#));
        assert_eq!((&kept.thresholds, kept.decimals), (&old.thresholds, Some(1)));
        assert_eq!(
            old.merged(meta(r#"{"thresholds": []}"#)).thresholds.as_deref(),
            Some(&serde_json::json!([]))
        );
        for (text, words) in [
            (r#"{"thresholds": {}}"#, "meta.thresholds is an object: write a list"),
            (r#"{"thresholds": [{"above": "70"}]}"#, "meta.thresholds[0].above is a text: write a number"),
            (r#"{"thresholds": [{"means": "bad"}]}"#, "meta.thresholds[0] has 0 of the fields"),
            (r#"{"decimals": 16}"#, "meta.decimals is 16: send a whole number from 0 to 15"),
        ] {
            let error = meta(text).check().unwrap_err().to_string();
            assert!(error.starts_with(words), "{text}: {error}");
        }
        let long = meta(&format!(r#"{{"thresholds": [{{"above": 1, "note": "{}"}}]}}"#, "x".repeat(5_000)));
        assert!(matches!(long.check(), Err(MetaError::TooLong { field: "thresholds", .. })));
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
