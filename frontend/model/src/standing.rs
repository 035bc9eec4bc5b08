//! Collects the facts about a topic, and makes from them the text in the corner of its panel. Depends on
//! [`super::stream`] and [`super::chip`].

use std::ops::Range;

use shared::Millis;

use crate::arrival::Conditions;
use crate::chart::axes;
use crate::chart::clock::LocalClock;
use crate::chart::series::SeriesSet;
use crate::chip::{Chip, Situation};
use crate::kind::Kind;
use crate::stream::Stream;

/// Returns the text in the corner of a topic's panel, which tells the state of the panel. `window_ms` is the length
/// of the range of time that is shown, in milliseconds.
pub fn chip(
    stream: &Stream,
    series: &SeriesSet,
    window_ms: Millis,
    conditions: Conditions,
    clock: LocalClock,
) -> Chip {
    let window = conditions.now - window_ms..conditions.now;
    let situation = Situation {
        topic: stream.topic().as_str(),
        evidence: stream.evidence(window_ms, conditions),
        last_received: stream.last_received(),
        conditions,
        loaded_percent: loaded_percent(stream, series, &window),
        clock_error_ms: stream.clock_error_ms(),
        stopped: if stream.kind() == Some(Kind::Line) { series.stopped() } else { 0 },
        series: series.series().len(),
        left_out: left_out(stream, series),
        empty: emptiness(stream, series, &window),
    };
    Chip::of(&situation, clock)
}

/// Returns the percentage of the window that is loaded; `None` if all of it is loaded, or if the panel is not a
/// chart.
fn loaded_percent(stream: &Stream, series: &SeriesSet, window: &Range<Millis>) -> Option<u8> {
    if !matches!(stream.kind(), Some(Kind::Line | Kind::Number)) {
        return None;
    }
    let cut = |span: Range<Millis>| (span.end.min(window.end) - span.start.max(window.start)).max(0);
    let missing_ms: i64 = series.unloaded().iter().map(cut).sum();
    let length_ms = (window.end - window.start).max(1);
    // There is always a short time between the start of a window and its first publication, which is not missing data.
    let usual_ms = stream.cadence_ms().and_then(|ms| i64::try_from(ms).ok()).unwrap_or(0).saturating_mul(2);
    let is_loading = missing_ms > usual_ms.max(length_ms / 100);
    is_loading.then(|| u8::try_from((length_ms - missing_ms).max(0) * 100 / length_ms).unwrap_or(100))
}

/// Returns a text about the data that the panel does not show, such as `8 series not drawn`; `None` if it shows
/// everything.
fn left_out(stream: &Stream, series: &SeriesSet) -> Option<String> {
    match stream.kind()? {
        Kind::Line | Kind::Number => {
            let without_axis = axes::without_axis(series, &stream.unit());
            let (series, fields) = (series.series_left_out() + without_axis, stream.not_drawn().len());
            match (series, fields) {
                (0, 0) => None,
                (0, 1) => Some("1 field not drawn".to_owned()),
                (0, fields) => Some(format!("{fields} fields not drawn")),
                (series, _) => Some(format!("{series} series not drawn")),
            }
        }
        Kind::Table => stream.table().left_out_words(),
        Kind::State | Kind::Log => None,
    }
}

/// Returns a text that says why the panel shows nothing, such as `no value yet`; `None` if it shows something.
fn emptiness(stream: &Stream, series: &SeriesSet, window: &Range<Millis>) -> Option<String> {
    let is_empty = match stream.kind() {
        None => true,
        Some(Kind::Line) => {
            return match series.rows_within(window) {
                _ if series.is_empty() && series.series().is_empty() => Some("no value yet".to_owned()),
                rows if rows.is_empty() => Some(match (window.end - window.start) / 60_000 {
                    1 => "nothing in this minute".to_owned(),
                    minutes => format!("nothing in these {minutes} min"),
                }),
                _ => None,
            };
        }
        Some(Kind::Number) => series.newest(0).is_none() && stream.states().current().is_none(),
        Some(Kind::State) => stream.states().current().is_none(),
        Some(Kind::Log) => stream.lines().is_empty(),
        Some(Kind::Table) => stream.table().rows.is_empty(),
    };
    let is_list = stream.kind() == Some(Kind::Table) && stream.has_table();
    is_empty.then(|| if is_list { "no rows" } else { "no value yet" }.to_owned())
}
