//! The newest value of a topic in large type, as a number panel shows it. Depends on [`super::stream`] and on the
//! format of numbers.

use crate::chart::clock::LocalClock;
use crate::chart::format::{Format, Unit};
use crate::chart::series::SeriesSet;
use crate::field::Field;
use crate::stream::Stream;

/// The newest value of a topic in large type, as a number panel shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The newest value as text; `–` if there is none.
    pub text: String,
    /// Unit of the value, with its prefix. It is empty for a count and for a text.
    pub unit: String,
    /// True if the newest value is a number.
    pub is_number: bool,
    /// Text about the last number, if the newest value is not a number: `last number 21.5 °C at 14:30:12`; otherwise
    /// `None`.
    pub note: Option<String>,
}

impl Figure {
    /// Returns the newest value of a topic, which need not be a number. `clock` determines the time zone of its
    /// times.
    pub fn of(stream: &Stream, series: &SeriesSet, clock: LocalClock) -> Self {
        let unit = series.unit(0).cloned().unwrap_or_else(|| stream.unit());
        match series.newest(0).map(|newest| &newest.field) {
            Some(Field::Number { value, sent }) => {
                let (text, unit) = Format::for_value(&unit, *value).parts(sent);
                Self { text, unit, is_number: true, note: None }
            }
            Some(Field::Text(text)) => {
                Self { text: text.clone(), note: last_number(series, &unit, clock), ..Self::default() }
            }
            Some(Field::Nothing) => {
                Self { text: "–".to_owned(), note: last_number(series, &unit, clock), ..Self::default() }
            }
            None => Self { text: stream.states().current().unwrap_or("–").to_owned(), ..Self::default() },
        }
    }
}

/// Returns a text about the last number of a topic, such as `last number 21.5 °C at 14:30:12`; `None` if there is no
/// number.
fn last_number(series: &SeriesSet, unit: &Unit, clock: LocalClock) -> Option<String> {
    let row = series.rows_with_number(0, 0..series.len()).next_back()?;
    let number = Format::for_value(unit, series.value(0, row)).reading(&series.sent(0, row)?);
    Some(format!("last number {number} at {}", clock.seconds(series.time(row)?)))
}
