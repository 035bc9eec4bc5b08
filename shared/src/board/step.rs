//! The steps by which a board document computes series from others.

use serde_json::{Map, Value};

use super::fault::{Fault, Path};
use super::json;

/// A step of a derivation. Exactly one of `rate`, `moving_average_ms`, `percentile` and `combine` is present, unless a newer program
/// has written a step that this one does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeriveStep {
    /// Rate of a counter for each `second`, `minute` or `hour`.
    pub rate: Option<String>,
    /// Mean of the values of this many milliseconds before each value.
    pub moving_average_ms: Option<u64>,
    /// Value that so many percent of the values do not exceed.
    pub percentile: Option<f64>,
    /// Time over which a percentile is computed, in milliseconds; `None` for the length of the window that the page shows.
    pub over_ms: Option<u64>,
    /// One series from several: `sum` or `difference`.
    pub combine: Option<String>,
    /// The fields that this program does not know.
    pub other: Map<String, Value>,
}

impl DeriveStep {
    /// Takes the steps out of an object. A value that is not a list of objects stays in the object.
    pub(super) fn take_list(fields: &mut Map<String, Value>, path: &Path) -> Result<Vec<Self>, Fault> {
        let is_list_of_objects =
            |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_object));
        match fields.get("derive") {
            Some(steps) if is_list_of_objects(steps) => {
                json::take_list(fields, "derive", path, Self::from_value)
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, Fault> {
        let mut other = json::object(value, path)?;
        Ok(Self {
            rate: json::take(&mut other, "rate", json::text),
            moving_average_ms: json::take(&mut other, "moving_average_ms", Value::as_u64),
            percentile: json::take(&mut other, "percentile", Value::as_f64),
            over_ms: json::take(&mut other, "over_ms", Value::as_u64),
            combine: json::take(&mut other, "combine", json::text),
            other,
        })
    }

    /// Returns the step as JSON, with the fields that this program does not know.
    pub fn to_value(&self) -> Value {
        let mut fields = Map::new();
        json::put(&mut fields, "rate", self.rate.clone());
        json::put(&mut fields, "moving_average_ms", self.moving_average_ms);
        json::put(&mut fields, "percentile", self.percentile.map(json::number));
        json::put(&mut fields, "over_ms", self.over_ms);
        json::put(&mut fields, "combine", self.combine.clone());
        json::with_other(fields, &self.other)
    }
}
