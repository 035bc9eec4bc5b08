//! The steps by which the series of a panel are computed, as rows of a form. Depends on [`super::settings`].

use serde_json::{Value, json};
use shared::board::fields::{COMBINATIONS, MOST_STEPS, RATES};
use shared::board::{DeriveStep, Panel};

use super::settings::{fault, number};

/// Operations that a row can choose, each with its name.
pub const OPERATIONS: [(&str, &str); 5] = [
    (RATE, "Rate of a counter"),
    (MEAN, "Moving average"),
    (PERCENTILE, "Percentile"),
    ("sum", "Sum of all series"),
    ("difference", "First series without the others"),
];
/// Times over which an average or a percentile is usually computed, in milliseconds, with their names.
const TIMES: [(&str, &str); 8] = [
    ("10000", "over 10 seconds"),
    ("30000", "over 30 seconds"),
    ("60000", "over a minute"),
    ("300000", "over 5 minutes"),
    ("900000", "over 15 minutes"),
    ("3600000", "over an hour"),
    ("21600000", "over 6 hours"),
    ("86400000", "over a day"),
];
/// Operation with the times of [`RATES`].
pub const RATE: &str = "rate";
/// Operation with a time.
pub const MEAN: &str = "mean";
/// Operation with a percentage and a time.
pub const PERCENTILE: &str = "percentile";
/// Operation that a newer program has written.
pub const UNKNOWN: &str = "unknown";
/// Time of a new average in milliseconds.
const USUAL_MS: &str = "60000";

/// A place in a panel that has steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The source with this index.
    Source(usize),
    /// All sources together.
    All,
}

/// A step as a row of the form.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRow {
    /// The step as it was read, with the fields that this program does not know.
    read: DeriveStep,
    /// One of [`OPERATIONS`], or [`UNKNOWN`].
    pub operation: String,
    /// Time of a rate: one of [`RATES`].
    pub per: String,
    /// The percentage as it was written.
    pub percent: String,
    /// Time in milliseconds; empty for the length of the window.
    pub over_ms: String,
}

impl Default for StepRow {
    fn default() -> Self {
        Self {
            read: DeriveStep::default(),
            operation: MEAN.to_owned(),
            per: RATES[0].to_owned(),
            percent: "95".to_owned(),
            over_ms: USUAL_MS.to_owned(),
        }
    }
}

impl StepRow {
    /// Returns the rows of a place of a panel.
    pub fn all(panel: &Panel, place: Place) -> Vec<Self> {
        steps_of(panel, place).iter().map(Self::of).collect()
    }

    fn of(step: &DeriveStep) -> Self {
        let read = step.clone();
        let usual = Self { read, ..Self::default() };
        let ms = |ms: Option<u64>| ms.map(|ms| ms.to_string()).unwrap_or_default();
        match (&step.rate, step.moving_average_ms, step.percentile, &step.combine) {
            (Some(per), None, None, None) if RATES.contains(&per.as_str()) => {
                Self { operation: RATE.to_owned(), per: per.clone(), ..usual }
            }
            (None, Some(over_ms), None, None) => Self { over_ms: over_ms.to_string(), ..usual },
            (None, None, Some(percent), None) => Self {
                operation: PERCENTILE.to_owned(),
                percent: percent.to_string(),
                over_ms: ms(step.over_ms),
                ..usual
            },
            (None, None, None, Some(way)) if COMBINATIONS.contains(&way.as_str()) => {
                Self { operation: way.clone(), ..usual }
            }
            _ => Self { operation: UNKNOWN.to_owned(), ..usual },
        }
    }

    /// Chooses an operation. An average needs a time, and nothing remains of an operation that is not known.
    pub fn choose(&mut self, operation: &str) {
        if self.operation == UNKNOWN {
            self.read = DeriveStep::default();
        }
        operation.clone_into(&mut self.operation);
        if operation == MEAN && self.over_ms.is_empty() {
            USUAL_MS.clone_into(&mut self.over_ms);
        }
    }

    /// Returns the operations among which a person chooses, each with its name.
    pub fn operations(&self) -> Vec<(String, String)> {
        let unknown = (self.operation == UNKNOWN)
            .then(|| (UNKNOWN.to_owned(), format!("Unknown: {}", self.read.to_value())));
        owned(&OPERATIONS).into_iter().chain(unknown).collect()
    }

    /// Returns the times among which a person chooses, each with its name. The time that the document has is one of them.
    pub fn times(&self) -> Vec<(String, String)> {
        let window = ("", "over the window that is shown");
        let window = (self.operation == PERCENTILE).then_some(window);
        let mut times = owned(&window.into_iter().chain(TIMES).collect::<Vec<_>>());
        if !times.iter().any(|(ms, _)| *ms == self.over_ms) {
            times.push((self.over_ms.clone(), format!("over {} ms", self.over_ms)));
        }
        times
    }

    /// Returns the step.
    ///
    /// # Errors
    ///
    /// Words that say what to write instead.
    fn step(&self) -> Result<DeriveStep, String> {
        let other = self.read.other.clone();
        let over_ms = self.over_ms.parse().ok();
        let step = match self.operation.as_str() {
            UNKNOWN => return Ok(self.read.clone()),
            RATE => DeriveStep { rate: Some(self.per.clone()), ..DeriveStep::default() },
            MEAN => DeriveStep { moving_average_ms: over_ms, ..DeriveStep::default() },
            PERCENTILE => {
                DeriveStep { percentile: number(&self.percent)?.as_f64(), over_ms, ..DeriveStep::default() }
            }
            combination => DeriveStep { combine: Some(combination.to_owned()), ..DeriveStep::default() },
        };
        let alone = json!([step.to_value()]);
        match fault(&Panel::default(), "derive", &alone) {
            Some(words) => Err(words.trim_start_matches("derive[0].").to_owned()),
            None => Ok(DeriveStep { other, ..step }),
        }
    }
}

/// Returns the steps of a place of a panel.
fn steps_of(panel: &Panel, place: Place) -> &[DeriveStep] {
    match place {
        Place::All => &panel.derive,
        Place::Source(index) => panel.sources.get(index).map_or(&[], |source| &source.derive),
    }
}

/// Returns the name and the value of the field of a panel in which rows are the steps of a place. Null means that the field is not set.
///
/// # Errors
///
/// The index of the first row that is not a step, with words that say what to write instead.
pub fn with_steps(
    panel: &Panel,
    place: Place,
    rows: &[StepRow],
) -> Result<(&'static str, Value), (usize, String)> {
    let mut steps = Vec::new();
    for (index, row) in rows.iter().enumerate().take(MOST_STEPS) {
        steps.push(row.step().map_err(|words| (index, words))?);
    }
    let mut panel = panel.clone();
    let name = match place {
        Place::All => {
            panel.derive = steps;
            "derive"
        }
        Place::Source(index) => {
            panel.sources.get_mut(index).into_iter().for_each(|source| source.derive.clone_from(&steps));
            "sources"
        }
    };
    Ok((name, panel.to_value().get(name).cloned().unwrap_or_default()))
}

/// Returns true if rows are other steps than those that a place of a panel has. Rows that are no steps are not in the document.
pub fn differ(panel: &Panel, place: Place, rows: &[StepRow]) -> bool {
    let written: Result<Vec<DeriveStep>, String> = rows.iter().map(StepRow::step).collect();
    written.is_ok_and(|written| written != steps_of(panel, place))
}

fn owned(words: &[(&str, &str)]) -> Vec<(String, String)> {
    words.iter().map(|(value, name)| ((*value).to_owned(), (*name).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use shared::board::Path;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn panel(fields: &Value) -> Panel {
        Panel::from_value(fields.clone(), &Path::root()).unwrap()
    }

    #[test]
    fn every_step_is_a_row_and_is_written_as_it_was_read() {
        let steps = json!([
            {"rate": "minute"},
            {"moving_average_ms": 60_000},
            {"percentile": 99.9, "over_ms": 77_000},
            {"combine": "difference", "note": 1},
        ]);
        let of = panel(&json!({"sources": [{"topic": "a", "derive": steps}], "derive": steps}));
        for place in [Place::All, Place::Source(0)] {
            let rows = StepRow::all(&of, place);
            let operations: Vec<&str> = rows.iter().map(|row| row.operation.as_str()).collect();
            assert_eq!(operations, [RATE, MEAN, PERCENTILE, "difference"]);
            assert_eq!((rows[0].per.as_str(), rows[2].percent.as_str()), ("minute", "99.9"));
            assert!(!differ(&of, place, &rows));
            assert!(rows[2].times().contains(&("77000".to_owned(), "over 77000 ms".to_owned())));
            let (name, value) = with_steps(&of, place, &rows).unwrap();
            assert_eq!(value, of.to_value()[name]);
        }
    }

    #[test]
    fn a_new_row_is_an_average_of_a_minute_and_a_percentile_may_follow_the_window() {
        let of = panel(&json!({"sources": [{"topic": "a"}, {"topic": "b"}]}));
        let mut row = StepRow::default();
        assert_eq!(
            with_steps(&of, Place::All, &[row.clone()]),
            Ok(("derive", json!([{"moving_average_ms": 60_000}])))
        );
        assert!(differ(&of, Place::All, &[row.clone()]));
        row.choose(PERCENTILE);
        row.over_ms = String::new();
        row.percent = "99,5".to_owned();
        let (name, value) = with_steps(&of, Place::Source(1), &[row.clone()]).unwrap();
        assert_eq!((name, &value[1]["derive"]), ("sources", &json!([{"percentile": 99.5}])));
        row.choose(MEAN);
        assert_eq!(row.over_ms, USUAL_MS);
        assert_eq!(with_steps(&of, Place::All, &[]), Ok(("derive", Value::Null)));
    }

    #[test]
    fn what_is_no_step_is_refused_with_what_to_write() {
        let of = panel(&json!({"sources": [{"topic": "a"}]}));
        let percent = |text: &str| {
            let mut row = StepRow { percent: text.to_owned(), ..StepRow::default() };
            row.choose(PERCENTILE);
            with_steps(&of, Place::All, &[StepRow::default(), row]).unwrap_err()
        };
        assert_eq!(percent("101"), (1, "percentile is 101: write a number from 0 to 100".to_owned()));
        assert!(percent("many").1.starts_with("many is not a number"));
    }

    #[test]
    fn a_step_of_a_newer_program_is_kept_and_can_be_removed() {
        let of =
            panel(&json!({"sources": [{"topic": "a"}], "derive": [{"integral": "hour"}, {"rate": "hour"}]}));
        let mut rows = StepRow::all(&of, Place::All);
        assert_eq!(rows[0].operations().last().unwrap().1, r#"Unknown: {"integral":"hour"}"#);
        rows[1].choose("sum");
        let (_, value) = with_steps(&of, Place::All, &rows).unwrap();
        assert_eq!(value, json!([{"integral": "hour"}, {"combine": "sum"}]));
        rows[0].choose("sum");
        assert_eq!(with_steps(&of, Place::All, &rows[..1]).unwrap().1, json!([{"combine": "sum"}]));
    }
}
