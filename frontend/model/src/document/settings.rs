//! The settings of one panel as a form: what its controls show, and what a person has written into them. Depends on
//! `super::edit`.

use serde_json::Value;
use shared::board::fields::{Field, PANEL, Shape};
use shared::board::{Panel, Severity, Threshold, check_panel};

use super::edit::with_field;
use crate::sorted;

/// Names of the fields that have controls of their own, or that are no settings.
const OTHERS: [&str; 4] = ["sources", "thresholds", "hidden", "derive"];
/// Names of the fields in the order of the form. Fields that are not named here follow.
const ORDER: [&str; 11] =
    ["title", "kind", "unit", "decimals", "min", "max", "scale", "target", "group", "columns", "height"];
/// Times by which a panel can be compared with the past, in milliseconds, with their names.
const COMPARED: [(&str, &str); 3] =
    [("3600000", "An hour ago"), ("86400000", "A day ago"), ("604800000", "A week ago")];

/// Returns the fields of a panel that the form shows as single controls, in its order.
pub fn fields() -> Vec<&'static Field> {
    let is_single = |field: &&Field| {
        let has_control = !matches!(field.shape, Shape::List(..) | Shape::Object(_) | Shape::Topic);
        has_control && !OTHERS.contains(&field.name)
    };
    let mut fields: Vec<&Field> = PANEL.fields.iter().filter(is_single).collect();
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    sorted::sort_by_key(&mut fields, |field| place(field.name));
    fields
}

/// Returns the label of a field: `Decimals` for `decimals`.
pub fn label(field: &Field) -> String {
    match field.name {
        "min" => "Lowest value of the axis".to_owned(),
        "max" => "Highest value of the axis".to_owned(),
        "columns" => "Width in columns".to_owned(),
        "compare_ms" => "Compared with".to_owned(),
        name => in_words(name),
    }
}

/// Returns the values among which a person chooses, each with its name; empty if the field is written.
pub fn choices(field: &Field) -> Vec<(String, String)> {
    let owned = |(value, name): (&str, &str)| (value.to_owned(), name.to_owned());
    match field.shape {
        Shape::Word(words) => {
            let first = if field.name == "kind" { "Automatic" } else { "As usual" };
            let words = words.iter().map(|word| ((*word).to_owned(), in_words(word)));
            [owned(("", first))].into_iter().chain(words).collect()
        }
        Shape::Flag => [("", "As usual"), ("true", "Yes"), ("false", "No")].map(owned).to_vec(),
        _ if field.name == "compare_ms" => [("", "Nothing")].into_iter().chain(COMPARED).map(owned).collect(),
        _ => Vec::new(),
    }
}

/// Returns the text that a control shows: the value of a field, or an empty text if the panel does not set it.
pub fn text(panel: &Panel, name: &str) -> String {
    match panel.to_value().get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// Reads what a person has written into the control of a field. An empty text is null, with which the field is not set.
///
/// # Errors
///
/// Words that say what to write instead, for a text that is not a value of the field, or a value that does not suit the others.
pub fn read(panel: &Panel, field: &Field, text: &str) -> Result<Value, String> {
    let text = text.trim();
    let value = match field.shape {
        _ if text.is_empty() => Value::Null,
        Shape::Whole(..) | Shape::Number | Shape::Between(..) => number(text)?,
        Shape::Flag => Value::Bool(text == "true"),
        _ => Value::String(text.to_owned()),
    };
    match fault(panel, field.name, &value) {
        Some(words) => Err(words),
        None => Ok(value),
    }
}

/// Reads a number as people write it: also with a decimal comma, and with a true minus sign.
///
/// # Errors
///
/// Words that say what to write instead.
pub fn number(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let is_group = |rest: &str| rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, rest)) = text.split_once(',').filter(|(_, rest)| is_group(rest)) {
        return Err(format!("{text} may mean two numbers: write {whole}{rest} or {whole}.{rest}"));
    }
    let json = text.replace(',', ".").replace('\u{2212}', "-");
    let is_number = |value: &Value| value.as_f64().is_some_and(f64::is_finite);
    let value = serde_json::from_str(&json).ok().filter(is_number);
    value.ok_or_else(|| format!("{text} is not a number: write one such as 70 or 0.5"))
}

/// Returns a sentence about a value that a field of the panel cannot have; `None` if it can.
pub fn fault(panel: &Panel, name: &str, value: &Value) -> Option<String> {
    let faults = |panel: &Panel| {
        let faults = check_panel(&panel.to_value()).into_iter();
        faults.filter(|fault| fault.severity == Severity::Error).map(|fault| fault.to_string())
    };
    let before: Vec<String> = faults(panel).collect();
    faults(&with_field(panel, name, value)).find(|fault| !before.contains(fault))
}

/// A threshold as a row of the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The threshold as it was read, with the fields that this program does not know.
    threshold: Threshold,
    /// The bound as it was written; empty while nothing is written yet.
    pub bound: String,
    /// True if the threshold is crossed by less than the bound, and not by more.
    pub is_below: bool,
}

impl Row {
    /// Returns the rows of the thresholds of a panel.
    pub fn all(panel: &Panel) -> Vec<Self> {
        let row = |threshold: &Threshold| Self {
            bound: threshold.above.or(threshold.below).map(|bound| bound.to_string()).unwrap_or_default(),
            is_below: threshold.below.is_some(),
            threshold: threshold.clone(),
        };
        panel.thresholds.iter().flatten().map(row).collect()
    }

    /// Returns true if the threshold means a warning.
    pub fn is_warning(&self) -> bool {
        self.threshold.means.as_deref() == Some("warning")
    }

    /// Sets the meaning of the threshold.
    pub fn warn(&mut self, is_warning: bool) {
        self.threshold.means = is_warning.then(|| "warning".to_owned());
    }

    /// Returns the words of the threshold; empty if it has none.
    pub fn words(&self) -> &str {
        self.threshold.words.as_deref().unwrap_or_default()
    }

    /// Sets the words of the threshold; with an empty text it has none.
    pub fn say(&mut self, words: &str) {
        self.threshold.words = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
    }

    /// Returns the series that has the threshold; empty if all have it.
    pub fn series(&self) -> &str {
        self.threshold.series.as_deref().unwrap_or_default()
    }

    /// Sets the series that has the threshold; with an empty text all have it.
    pub fn choose(&mut self, series: &str) {
        self.threshold.series = Some(series.to_owned()).filter(|series| !series.is_empty());
    }

    /// Returns the threshold; `None` while nothing is written.
    ///
    /// # Errors
    ///
    /// Words that say what to write instead of the bound.
    fn threshold(&self) -> Result<Option<Threshold>, String> {
        if self.bound.trim().is_empty() {
            return Ok(None);
        }
        let bound = number(&self.bound)?.as_f64();
        let (above, below) = if self.is_below { (None, bound) } else { (bound, None) };
        Ok(Some(Threshold { above, below, ..self.threshold.clone() }))
    }
}

/// Returns the thresholds of rows as the value of the field `thresholds`. A row without a bound is left out. If there are none, the
/// value is null, with which those of the publisher count, or with `is_none` an empty list, with which no threshold counts.
///
/// # Errors
///
/// The index of the first row that is not a threshold, with words that say what to write instead.
pub fn thresholds(panel: &Panel, rows: &[Row], is_none: bool) -> Result<Value, (usize, String)> {
    let mut list = Vec::new();
    let value = |list: &[Threshold]| {
        let has_list = is_none || !list.is_empty();
        value_of(&Panel { thresholds: has_list.then(|| list.to_vec()), ..panel.clone() })
    };
    for (index, row) in rows.iter().enumerate() {
        list.extend(row.threshold().map_err(|words| (index, words))?);
        if let Some(words) = fault(panel, "thresholds", &value(&list)) {
            return Err((index, words));
        }
    }
    Ok(value(&list))
}

/// Returns true if a panel says that no threshold counts, not even those of the publisher.
pub fn has_none(panel: &Panel) -> bool {
    panel.thresholds.as_ref().is_some_and(Vec::is_empty)
}

/// Returns the value of the field `thresholds` of a panel; null if those of the publisher count.
pub fn value_of(panel: &Panel) -> Value {
    panel.to_value().get("thresholds").cloned().unwrap_or_default()
}

/// Returns the value of the field `sources` of a panel after a series was switched on or off. `source` is the index of its source, and
/// `all` are the names of the source's series. If all are on, none is named, so that new ones appear.
///
/// # Errors
///
/// A sentence, if no series of the source would be shown, or the panel has no such source.
pub fn with_series(
    panel: &Panel,
    source: usize,
    all: &[String],
    name: &str,
    is_on: bool,
) -> Result<Value, String> {
    let mut panel = panel.clone();
    // The form may be older than the panel, for example if a join was undone.
    let Some(source) = panel.sources.get_mut(source) else {
        return Err("The panel no longer shows this topic.".to_owned());
    };
    let shown: Vec<String> = all
        .iter()
        .filter(|one| if *one == name { is_on } else { is_shown(&source.series, one) })
        .cloned()
        .collect();
    if shown.is_empty() {
        return Err("At least one series is shown. To show none, hide the panel.".to_owned());
    }
    source.series = if shown.len() == all.len() { Vec::new() } else { shown };
    Ok(panel.to_value().get("sources").cloned().unwrap_or_default())
}

/// Returns true if a source shows a series. `named` are the series that it names.
pub fn is_shown(named: &[String], series: &str) -> bool {
    named.is_empty() || named.iter().any(|name| name == series)
}

/// Returns a name as words: `Heat map` for `heat-map`.
fn in_words(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    [first, letters.as_str().replace(['-', '_'], " ")].concat()
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
