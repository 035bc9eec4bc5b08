//! The newest value of a topic in large type, as a number panel shows it. Depends on [`super::stream`] and on the
//! format of numbers.

use shared::Millis;

use crate::chart::clock::LocalClock;
use crate::chart::format::{Format, Unit};
use crate::chart::geometry::nearest_row;
use crate::chart::readout::{last_row, range_at};
use crate::chart::series::SeriesSet;
use crate::field::Field;
use crate::stream::Stream;

/// Longest time between a value and the time at which it is shown, in milliseconds, without its own time beside it. It is
/// shorter for a topic that publishes more often.
const OLD_MS: Millis = 60_000;

/// The newest value of a topic in large type, as a number panel shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The newest value as text; `–` if there is none.
    pub text: String,
    /// Unit of the value, with its prefix. It is empty for a count and for a text.
    pub unit: String,
    /// True if the newest value is a number.
    pub is_number: bool,
    /// The value with the digits and the unit with which it was sent, if it is shown shortened or with a prefix; otherwise
    /// `None`.
    pub exact: Option<String>,
    /// Text about the last number, if the newest value is not a number, or if the series has stopped: `last number 21.5 °C at
    /// 14:30:12`. For a value of the past, text about its time and its bucket: `one of 20.1 °C to 24.0 °C, 60 values`. If the topic has
    /// several series, the name of the one that is shown comes first, and the number of the others last. Otherwise `None`.
    pub note: Option<String>,
}

impl Figure {
    /// Returns the newest value of a topic, which need not be a number. If the topic has several series, it is that of the first one,
    /// which the note names. `clock` determines the time zone of its times.
    pub fn of(stream: &Stream, series: &SeriesSet, clock: LocalClock) -> Self {
        Self::of_series((stream, series, 0), clock).among(series)
    }

    /// Returns the newest value of the series with this index, like [`Self::of`] that of the first one, but without a name. It is a dash
    /// if the series has stopped, while others of the topic go on.
    pub fn of_series((stream, series, column): (&Stream, &SeriesSet, usize), clock: LocalClock) -> Self {
        let unit = series.unit(column).cloned().unwrap_or_else(|| stream.unit());
        let last_number = || last_number(series, column, &unit, clock);
        match series.newest(column).map(|newest| &newest.field) {
            Some(_) if series.stopped_ms(column, Millis::MIN).is_some() => {
                Self { text: "–".to_owned(), note: last_number(), ..Self::default() }
            }
            Some(Field::Number { value, sent }) => Self::number(&Format::for_value(&unit, *value), sent),
            Some(Field::Text(text)) => Self { text: text.clone(), note: last_number(), ..Self::default() },
            Some(Field::Nothing) => Self { text: "–".to_owned(), note: last_number(), ..Self::default() },
            None => Self { text: stream.states().current().unwrap_or("–").to_owned(), ..Self::default() },
        }
    }

    /// Returns the value that a topic had at a time in the past: that of the nearest publication or bucket at or before
    /// `at`, and not before `from`. The note says its time if `at` is in a gap of the chart's line, or more than a minute
    /// later. If there is no such value, it is the nearest one to `at` that the chart's tooltip may show there. Without a
    /// value, the text is a dash.
    pub fn at(stream: &Stream, series: &SeriesSet, past: (Millis, Millis), clock: LocalClock) -> Self {
        Self::at_series((stream, series, 0), past, clock).among(series)
    }

    /// Returns the value of the series with this index at a time in the past, like [`Self::at`] that of the first one.
    pub fn at_series(
        (stream, series, column): (&Stream, &SeriesSet, usize),
        (from, at): (Millis, Millis),
        clock: LocalClock,
    ) -> Self {
        let unit = series.unit(column).cloned().unwrap_or_else(|| stream.unit());
        let step_ms = series.reduced().map_or(0, |reduced| i64::try_from(reduced.step_ms).unwrap_or(OLD_MS));
        let hole_ms = stream.hole_ms().map(|hole_ms| hole_ms.max(step_ms).min(OLD_MS));
        // At the left edge the nearest value may lie a moment after `at`, or before the edge, as in the chart's tooltip.
        let row = last_row(series, column, &(from..at));
        let row = row.or_else(|| nearest_row(series, column, at, hole_ms.unwrap_or(step_ms.min(OLD_MS)) / 2));
        // A stretch that has not begun has no value.
        let row = row.filter(|_| from <= at);
        let found = row
            .and_then(|row| Some((series.value(column, row), series.sent(column, row)?, series.time(row)?)));
        let Some((value, sent, ts_ms)) = found else {
            return Self { text: "–".to_owned(), ..Self::default() };
        };
        let when = match ts_ms {
            _ if ts_ms > at => Some(format!("next at {}", clock.seconds_beside(ts_ms, at))),
            _ if at - ts_ms > hole_ms.unwrap_or(OLD_MS) => {
                Some(format!("last at {}", clock.seconds_beside(ts_ms, at)))
            }
            _ => None,
        };
        let range = row
            .and_then(|row| range_at(series, column, row, &unit))
            .map(|range| ["one of ", &range].concat());
        let notes: Vec<String> = when.into_iter().chain(range).collect();
        let note = (!notes.is_empty()).then(|| notes.join(", "));
        Self { note, ..Self::number(&Format::for_value(&unit, value), &sent) }
    }

    /// Puts the name of the first series, whose value the figure shows, and the number of the others into the note, if there are others.
    fn among(self, series: &SeriesSet) -> Self {
        let [first, others @ ..] = series.series() else { return self };
        if others.is_empty() {
            return self;
        }
        let about = self.note.map(|note| [": ", &note].concat()).unwrap_or_default();
        let others = others.len().to_string();
        let note = [first.name(), &about, " · ", &others, " more series not shown"].concat();
        Self { note: Some(note), ..self }
    }

    fn number(format: &Format, sent: &str) -> Self {
        let (text, unit) = format.parts(sent);
        let exact = format.exact(sent, &format.reading(sent));
        Self { text, unit, is_number: true, exact, note: None }
    }
}

/// Returns a text about the last number of a series, such as `last number 21.5 °C at 14:30:12`; `None` if there is no
/// number.
fn last_number(series: &SeriesSet, column: usize, unit: &Unit, clock: LocalClock) -> Option<String> {
    let newest = series.newest(column)?;
    let (value, sent, ts_ms) = match &newest.field {
        // The row of a series that has stopped may have left the set.
        Field::Number { value, sent } => {
            (*value, sent.clone(), newest.moment.ts_ms - series.clock_error_ms())
        }
        Field::Text(_) | Field::Nothing => {
            let row = series.rows_with_number(column, 0..series.len()).next_back()?;
            (series.value(column, row), series.sent(column, row)?, series.time(row)?)
        }
    };
    let number = Format::for_value(unit, value).reading(&sent);
    let newest_ms = series.last_time().unwrap_or(i64::MAX);
    Some(format!("last number {number} at {}", clock.seconds_beside(ts_ms, newest_ms)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{Publication, Topic};

    use super::*;
    use crate::chart::band::Band;
    use crate::stream::Origin;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_past_shows_the_value_that_was_the_last_then_and_says_if_it_was_old() {
        let stream = Stream::new(Topic::new("kitchen/temp").unwrap());
        let mut series = SeriesSet::new(9);
        for (ts, value) in [(0, 20.5), (100_000, 21.5), (300_000, 22.5)] {
            series.append(ts, [("temp", value)]);
        }
        let at = |ts| Figure::at(&stream, &series, (50_000, ts), LocalClock::UTC);
        assert_eq!((at(110_000).text, at(110_000).note), ("21.5".to_owned(), None));
        assert_eq!(at(299_999).note.as_deref(), Some("last at 00:01:40"));
        assert_eq!(at(300_000).text, "22.5");
        assert_eq!(at(60_000).text, "–", "the value before the stretch is not in it");
        let future = Figure::at(&stream, &series, (900_000, 300_000), LocalClock::UTC);
        assert_eq!(future.text, "–", "the present value is not that of a stretch that has not begun");
    }

    #[test]
    fn a_value_of_a_bucket_tells_the_range_of_the_bucket() {
        let stream = Stream::new(Topic::new("kitchen/temp").unwrap());
        let mut series = SeriesSet::new(9);
        let number = |value: f64| (value, value.to_string());
        let (min, max) = (number(20.1), number(24.0));
        let band = Band { from_ms: 10_000, to_ms: 70_000, min, max, count: 60, is_joined: false };
        let rows = [(10_000, 21.0), (70_000, 22.5)].map(|(ts_ms, value)| (ts_ms, Field::number(value)));
        series.add_buckets("temp", rows.to_vec(), vec![band]);
        let figure = Figure::at(&stream, &series, (0, 71_000), LocalClock::UTC);
        assert_eq!(
            (figure.text.as_str(), figure.note.as_deref()),
            ("22.5", Some("one of 20.1 to 24, 60 values"))
        );
    }

    #[test]
    fn a_figure_that_is_shortened_has_its_exact_value() {
        let (mut stream, mut series) = (Stream::new(Topic::new("meter/total").unwrap()), SeriesSet::new(9));
        let data = json!(123_456_789_012_345_i64).into();
        let item = Publication { offset: 1, ts: 5, received_at: 5, data };
        stream.take(&[item], Origin::Live, &mut series, 5);
        let figure = Figure::of(&stream, &series, LocalClock::UTC);
        assert_eq!(figure.exact.as_deref(), Some("123456789012345"));
        assert_eq!(Figure::at(&stream, &series, (0, 5), LocalClock::UTC).exact, figure.exact);
    }

    #[test]
    fn a_figure_of_several_series_names_the_first_one_and_counts_the_others() {
        for (data, note) in [
            (json!({"in": 21.5}), None),
            (json!({"in": 21.5, "out": 4}), Some("in · 1 more series not shown")),
            (json!({"in": 21.5, "out": 4, "wall": 3}), Some("in · 2 more series not shown")),
        ] {
            let (mut stream, mut series) = (Stream::new(Topic::new("lab/temp").unwrap()), SeriesSet::new(9));
            let item = Publication { offset: 1, ts: 5, received_at: 5, data: data.clone().into() };
            stream.take(&[item], Origin::Live, &mut series, 5);
            let now = Figure::of(&stream, &series, LocalClock::UTC);
            assert_eq!((now.text.as_str(), now.note.as_deref()), ("21.5", note), "{data}");
            let past = Figure::at(&stream, &series, (0, 5), LocalClock::UTC);
            assert_eq!(past, now, "{data}");
            let alone = Figure::of_series((&stream, &series, 0), LocalClock::UTC);
            assert_eq!(alone.note, None, "{data}");
        }
        let (stream, mut series) = (Stream::new(Topic::new("lab/temp").unwrap()), SeriesSet::new(9));
        series.append(0, [("in", 21.5), ("out", 4.0)]);
        let old = Figure::at(&stream, &series, (0, 90_000), LocalClock::UTC);
        assert_eq!(old.note.as_deref(), Some("in: last at 00:00:00 · 1 more series not shown"));
    }

    #[test]
    fn a_series_that_has_stopped_has_no_value_and_says_its_last_one() {
        let (mut stream, mut series) = (Stream::new(Topic::new("shop/load").unwrap()), SeriesSet::new(9));
        for second in (0..=3_600_i64).chain([90_000]) {
            let (ts, offset) = (second * 1_000, second.unsigned_abs());
            let data = if second < 30 { json!({"a": second, "b": 2}) } else { json!({"a": second}) };
            let item = Publication { offset, ts, received_at: ts, data: data.into() };
            stream.take(&[item], Origin::Live, &mut series, ts);
            if second == 32 {
                let late = Figure::of_series((&stream, &series, 1), LocalClock::UTC);
                assert_eq!(late.text, "2", "it may only be late");
            }
            if second == 3_600 {
                let over = Figure::of_series((&stream, &series, 1), LocalClock::UTC);
                assert_eq!((over.text.as_str(), over.is_number), ("–", false));
                assert_eq!(over.note.as_deref(), Some("last number 2 at 00:00:29"));
            }
        }
        assert_eq!(Figure::of(&stream, &series, LocalClock::UTC).text, "90\u{202f}000");
        let over = Figure::of_series((&stream, &series, 1), LocalClock::UTC);
        assert_eq!(over.note.as_deref(), Some("last number 2 at Thu 1 Jan, 00:00:29"), "a day later");
    }

    #[test]
    fn in_a_gap_the_figure_says_the_time_of_its_value() {
        let (mut stream, mut series) = (Stream::new(Topic::new("kitchen/temp").unwrap()), SeriesSet::new(99));
        for second in (0..20_i64).chain([60]) {
            let (ts, offset) = (second * 1_000, second.unsigned_abs());
            let item = Publication { offset, ts, received_at: ts, data: json!(second).into() };
            stream.take(&[item], Origin::Live, &mut series, ts);
        }
        let at = |from, ts| Figure::at(&stream, &series, (from, ts), LocalClock::UTC);
        assert_eq!(
            (at(0, 20_500).text.as_str(), at(0, 20_500).note),
            ("19", None),
            "the next is not late yet"
        );
        let gap = at(0, 40_000);
        assert_eq!((gap.text.as_str(), gap.note.as_deref()), ("19", Some("last at 00:00:19")));
        assert_eq!(at(30_000, 40_000).text, "–", "the stretch begins in the gap");
        let edge = at(58_000, 59_000);
        assert_eq!((edge.text.as_str(), edge.note.as_deref()), ("60", Some("next at 00:01:00")));
    }
}
