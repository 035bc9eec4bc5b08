//! Metadata of the only topic of a panel, as far as it applies to the series that the panel shows. Depends on [`super::flow`] and
//! [`super::plan`].

use serde_json::Value;
use shared::TopicMeta;

use super::flow::Input;
use super::plan::Plan;
use crate::chart::Unit;
use crate::chart::axes::given_factor;
use crate::kind::Kind;

/// Returns the unit of a topic, in which the ends of its axis and its thresholds are meant; `None` if none of the series that are shown
/// has a unit into which it can be converted. `shown` are their units.
pub(super) fn unit<'a>(input: Input<'a>, shown: &[&str]) -> Option<&'a str> {
    let unit = input.stream.meta().unit.as_deref().unwrap_or_default();
    let parsed = Unit::parse(unit);
    shown.iter().any(|shown| Unit::parse(shown).factor_to(&parsed).is_some()).then_some(unit)
}

/// Returns what the publisher of a topic says about a panel that shows series in the units `shown`. What is meant in the unit of the
/// topic is left out if it is one of no such series. `is_compared` is true if the series are compared with the past.
pub(super) fn meta(input: Input<'_>, shown: &[&str], is_compared: bool) -> TopicMeta {
    let told = input.stream.published_meta().clone();
    let unit = input.stream.unit();
    let is_given = |shown: &&str| given_factor(input.series, &unit, &Unit::parse(shown)).is_some();
    let applies = shown.is_empty() || shown.iter().any(is_given);
    let kind = told.panel.as_deref().and_then(Plan::kind).filter(|kind| !is_compared || shows_past(kind));
    TopicMeta {
        panel: kind.map(str::to_owned),
        label: told.label,
        min: told.min.filter(|_| applies),
        max: told.max.filter(|_| applies),
        target: told.target.filter(|_| applies),
        thresholds: told.thresholds.map(|all| if applies { all } else { Box::new(of_series(&all)) }),
        scale: told.scale,
        decimals: told.decimals,
        ..TopicMeta::default()
    }
}

/// Returns false for a kind of panel that shows only the newest numbers.
fn shows_past(kind: &str) -> bool {
    Kind::named(kind).is_none_or(|kind| kind.has_several() || !kind.has_numbers())
}

/// Returns the thresholds that are those of one series each.
fn of_series(thresholds: &Value) -> Value {
    let is_named = |one: &&Value| one["series"].as_str().is_some_and(|name| !name.is_empty());
    thresholds.as_array().into_iter().flatten().filter(is_named).cloned().collect()
}
