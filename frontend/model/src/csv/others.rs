//! States, lines of a log, and tables as comma-separated values. Depends on [`super::writer`].

use std::ops::Range;

use shared::Millis;

use super::iso::iso;
use super::writer::{Cell, Csv, is_number};
use crate::buckets::strip::Part;
use crate::lines::{Level, Line};
use crate::stream::Stream;
use crate::table::Table;
use crate::things_strip;

/// Formats the states of a stretch of time, one line for each state, the oldest first. A state lasts until the time `until` or,
/// without one, still at the end of the stretch. `now` is the present time. `state` are words about data at the end of the stretch
/// that may be missing; empty if the panel shows live data.
pub fn states_csv(stream: &Stream, stretch: &Range<Millis>, now: Millis, state: &str) -> String {
    let mut csv = Csv::default();
    csv.line(["time", "time_ms", "until", "until_ms", "state", "note"].map(Cell::text));
    write_states(&mut csv, stream.shown_states().within(stretch, now), stretch, now, None);
    if !state.is_empty() {
        let empty = [Cell::Nothing, Cell::Nothing, Cell::Nothing];
        csv.line(times(stretch.end).into_iter().chain(empty).chain([Cell::text(state)]));
    }
    csv.into_text()
}

/// Formats the states of the things of a timeline, thing by thing, as [`states_csv`] does. A column names the thing.
pub fn things_csv(stream: &Stream, stretch: &Range<Millis>, now: Millis, state: &str) -> String {
    let mut csv = Csv::default();
    csv.line(["time", "time_ms", "until", "until_ms", "thing", "state", "note"].map(Cell::text));
    for (name, states) in things_strip::states(stream) {
        write_states(&mut csv, states.within(stretch, now), stretch, now, Some(&name));
    }
    if !state.is_empty() {
        let empty = [Cell::Nothing, Cell::Nothing, Cell::Nothing, Cell::Nothing];
        csv.line(times(stretch.end).into_iter().chain(empty).chain([Cell::text(state)]));
    }
    csv.into_text()
}

/// Writes a line for each part of a strip of states, with the name of the thing if there is one.
fn write_states(
    csv: &mut Csv,
    parts: Vec<(Range<Millis>, Part)>,
    stretch: &Range<Millis>,
    now: Millis,
    thing: Option<&str>,
) {
    let end_ms = stretch.end.min(now);
    for (span, part) in parts {
        let (state, note) = match part {
            Part::State(state) => (state, ""),
            Part::Mixed(state) => (state, "more changes than are known; the last of them"),
            Part::Nothing if span.start >= end_ms => continue,
            Part::Nothing => (String::new(), "nothing was published"),
            Part::Lost => (String::new(), "lost"),
            Part::Unloaded => (String::new(), "not loaded"),
        };
        let is_cut = span.start <= stretch.start && !state.is_empty();
        let begins = if is_cut { "began earlier, or at this time" } else { "" };
        let note: Vec<&str> = [note, begins].into_iter().filter(|words| !words.is_empty()).collect();
        let until = Some(span.end).filter(|until| *until < end_ms);
        csv.line(
            times(span.start)
                .into_iter()
                .chain(until_times(until))
                .chain(thing.map(Cell::text))
                .chain([Cell::text(state), Cell::text(note.join("; "))]),
        );
    }
}

/// Returns the states of a stretch in words, the oldest first, each with its times in the stretch.
pub fn state_spans(stream: &Stream, stretch: &Range<Millis>, now: Millis) -> Vec<(Range<Millis>, String)> {
    let words = |(span, part)| match part {
        Part::State(state) => Some((span, state)),
        Part::Mixed(state) => Some((span, format!("{state} (more changes than are known)"))),
        Part::Lost => Some((span, "lost".to_owned())),
        Part::Unloaded => Some((span, "not loaded".to_owned())),
        Part::Nothing => None,
    };
    stream.shown_states().within(stretch, now).into_iter().filter_map(words).collect()
}

/// Formats the lines of a log whose times are in a stretch, the oldest first. `lines` are those that the panel has, the newest
/// first. `left_out` are words about older lines that it does not have, and `state` are words about newer ones that may be missing;
/// they are empty if it has all of them. `error_ms` is the error of the publisher's clock, by which the times are corrected.
pub fn lines_csv<'a>(
    lines: impl Iterator<Item = &'a Line>,
    error_ms: i64,
    stretch: &Range<Millis>,
    [left_out, state]: [&str; 2],
) -> String {
    let mut csv = Csv::default();
    let mut shown: Vec<&Line> =
        lines.filter(|line| (stretch.start..=stretch.end).contains(&(line.ts_ms - error_ms))).collect();
    shown.reverse();
    // A column names the topic if there are several.
    let has_topics = shown.iter().any(|line| line.topic.is_some());
    let head = ["time", "time_ms"].into_iter().chain(has_topics.then_some("topic"));
    csv.line(head.chain(["level", "text", "note"]).map(Cell::text));
    let note = |at_ms: Millis, words: &str| {
        let empty = has_topics.then_some(Cell::Nothing).into_iter().chain([Cell::Nothing, Cell::Nothing]);
        let note = times(at_ms).into_iter().chain(empty).chain([Cell::text(words)]);
        (!words.is_empty()).then(|| note.collect::<Vec<_>>())
    };
    note(stretch.start, left_out).into_iter().for_each(|cells| csv.line(cells));
    for line in shown {
        let level = match line.level {
            Level::Plain => Cell::Nothing,
            Level::Debug => Cell::text("debug"),
            Level::Info => Cell::text("info"),
            Level::Warning => Cell::text("warning"),
            Level::Error => Cell::text("error"),
        };
        let topic = has_topics.then(|| Cell::text(line.topic.as_deref().unwrap_or_default()));
        let cells = [level, Cell::text(line.text.as_str()), Cell::Nothing];
        csv.line(times(line.ts_ms - error_ms).into_iter().chain(topic).chain(cells));
    }
    note(stretch.end, state).into_iter().for_each(|cells| csv.line(cells));
    csv.into_text()
}

/// Formats a table as it was published at the time `at`, with the time in the first two columns. If the table leaves out rows or
/// columns, the last column says so.
pub fn table_csv(table: &Table, at: Option<Millis>) -> String {
    let mut csv = Csv::default();
    let left_out = table.left_out_words().map(|words| format!("{words} were sent"));
    let note = |words: &str| left_out.as_ref().map(|_| Cell::text(words));
    let names = table.columns.iter().map(|column| Cell::text(column.name.as_str()));
    csv.line(["time", "time_ms"].map(Cell::text).into_iter().chain(names).chain(note("note")));
    for (index, row) in table.rows.iter().enumerate() {
        let at = at.map_or([Cell::Nothing, Cell::Nothing], times);
        let words = left_out.as_deref().filter(|_| index == 0).unwrap_or_default();
        csv.line(at.into_iter().chain(row.iter().map(|text| table_cell(text))).chain(note(words)));
    }
    csv.into_text()
}

fn table_cell(text: &str) -> Cell {
    let text = as_sent(text);
    if is_number(&text) { Cell::Number(text) } else { Cell::text(text) }
}

/// Returns the text of a table's cell as programs read it. A number is shown with a true minus sign and, if it is very long, with a
/// power of ten. An empty text is returned for a cell without a value.
pub fn as_sent(text: &str) -> String {
    let number = plain_number(text);
    match text {
        NO_VALUE => String::new(),
        _ if is_number(&number) => number,
        _ => text.to_owned(),
    }
}

const NO_VALUE: &str = "–";

fn plain_number(text: &str) -> String {
    let text = text.replace('\u{2212}', "-");
    let Some((mantissa, power)) = text.split_once("× 10") else { return text };
    let digit = |c: char| match c {
        '⁻' => Some('-'),
        '⁰' => Some('0'),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        '⁴'..='⁹' => char::from_digit(u32::from(c) - u32::from('⁰'), 10),
        _ => None,
    };
    let power: Option<String> = power.chars().map(digit).collect();
    power.map_or(text.clone(), |power| format!("{}e{power}", mantissa.trim_end()))
}

fn times(ts_ms: Millis) -> [Cell; 2] {
    [Cell::text(iso(ts_ms)), Cell::Number(ts_ms.to_string())]
}

fn until_times(until: Option<Millis>) -> [Cell; 2] {
    until.map_or([Cell::Nothing, Cell::Nothing], times)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{Publication, Topic};

    use super::super::writer::parse;
    use super::*;
    use crate::chart::SeriesSet;
    use crate::chart::format::in_full;
    use crate::digits::Digits;
    use crate::lines::Lines;
    use crate::order::Order;
    use crate::stream::Origin;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_lines_of_a_log_are_written_from_the_oldest_on_with_their_levels() {
        let mut lines = Lines::default();
        for (ts_ms, text) in [(1_000, "ERROR disk full, \"really\""), (2_000, "=fine"), (9_000, "later")] {
            lines.add(Order::at(ts_ms, 1), ts_ms, &json!(text), &Digits::default(), text);
        }
        let csv =
            parse(&lines_csv(lines.newest(10), 0, &(0..5_000), ["7 older lines are not kept", "late, 3 s"]));
        let rest = |line: usize| csv[line][1..].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(rest(0), ["time_ms", "level", "text", "note"]);
        assert_eq!(rest(1), ["0", "", "", "7 older lines are not kept"]);
        assert_eq!(rest(2), ["1000", "error", "ERROR disk full, \"really\"", ""]);
        assert_eq!(rest(3), ["2000", "", "'=fine", ""]);
        assert_eq!(rest(4), ["5000", "", "", "late, 3 s"]);
        assert_eq!(csv.len(), 5);
    }

    #[test]
    fn the_lines_of_a_publisher_whose_clock_is_wrong_have_the_times_of_the_panel() {
        let mut lines = Lines::default();
        for (received_ms, text) in [(1_000, "one"), (2_000, "two"), (9_000, "later")] {
            let ts_ms = received_ms + 240_000;
            lines.add(Order::at(received_ms, 1), ts_ms, &json!(text), &Digits::default(), text);
        }
        let csv = parse(&lines_csv(lines.newest(10), 240_000, &(0..5_000), ["", ""]));
        let rows: Vec<[&str; 2]> =
            csv[1..].iter().map(|row| [&row[1], &row[3]].map(String::as_str)).collect();
        assert_eq!(rows, [["1000", "one"], ["2000", "two"]]);
    }

    #[test]
    fn a_table_has_its_columns_and_numbers_that_programs_read() {
        let sent = json!([{"queue": "mail", "depth": -14}, {"queue": "-", "depth": 1e-12, "note": null}]);
        let table = Table::of(&sent, &Digits::of(&sent, &sent.to_string()));
        let csv = parse(&table_csv(&table, Some(0)));
        assert_eq!(csv[0], ["time", "time_ms", "queue", "depth", "note"]);
        assert_eq!(csv[1], ["1970-01-01T00:00:00.000Z", "0", "mail", "-14", ""]);
        assert_eq!(csv[2][2..], ["'-", "1e-12", ""]);
    }

    #[test]
    fn a_table_that_leaves_something_out_says_so() {
        let sent = json!(vec![json!({"a": 1}); 507]);
        let csv = parse(&table_csv(&Table::of(&sent, &Digits::default()), None));
        assert_eq!(csv[0], ["time", "time_ms", "a", "note"]);
        assert_eq!((csv[1][3].as_str(), csv[2][3].as_str()), ("7 rows more were sent", ""));
    }

    #[test]
    fn a_number_of_a_table_is_read_back_with_its_value() {
        for sent in ["0", "-14", "21.50", "18446744073709551615", "-1.5e-30", "6.02214076e23", "1e9"] {
            let plain = plain_number(&in_full(sent));
            assert!(is_number(&plain), "{plain}");
            let (plain, sent): (f64, f64) = (plain.parse().unwrap(), sent.parse().unwrap());
            assert_eq!(plain.to_bits(), sent.to_bits(), "{sent}");
        }
    }

    #[test]
    fn the_states_of_a_live_panel_have_the_times_from_which_and_until_which_they_lasted() {
        let stream = with_states(&[(1_000, "ok"), (5_000, "failed"), (7_000, "ok")]).0;
        let part = |from_ms, until_ms, state: &str| (from_ms..until_ms, state.to_owned());
        assert_eq!(
            state_spans(&stream, &(2_000..10_000), 9_000),
            [part(2_000, 5_000, "ok"), part(5_000, 7_000, "failed"), part(7_000, 9_000, "ok")]
        );
    }

    #[test]
    fn a_live_panel_says_that_states_are_lost_and_when_nothing_was_published() {
        let (mut stream, mut series) = with_states(&[(1_000, "ok")]);
        stream.lose(None, None, &mut series);
        publish(&mut stream, &mut series, 9, (50_000, "ok"));
        let csv = parse(&states_csv(&stream, &(0..60_000), 60_000, ""));
        let rows: Vec<[&str; 3]> =
            csv[1..].iter().map(|row| [&row[1], &row[4], &row[5]].map(String::as_str)).collect();
        assert_eq!(
            rows,
            [
                ["0", "", "nothing was published"],
                ["1000", "ok", ""],
                ["1001", "", "lost"],
                ["50000", "ok", ""]
            ]
        );
        let (mut late, mut series) = (Stream::new(Topic::new("shop/door").unwrap()), SeriesSet::new(9));
        publish(&mut late, &mut series, 7, (5_000, "ok"));
        let spans = state_spans(&late, &(0..9_000), 9_000);
        assert_eq!(spans, [(0..5_000, "not loaded".to_owned()), (5_000..9_000, "ok".to_owned())]);
    }

    #[test]
    fn states_that_are_too_many_to_keep_are_not_called_unpublished() {
        let states: Vec<(Millis, &str)> =
            (0..1_000).map(|ts_ms| (ts_ms, if ts_ms % 2 == 0 { "open" } else { "closed" })).collect();
        let spans = state_spans(&with_states(&states).0, &(0..1_000), 1_000);
        assert_eq!(spans.first(), Some(&(0..500, "not loaded".to_owned())));
    }

    /// Returns a topic with these states, each with its time.
    fn with_states(states: &[(Millis, &str)]) -> (Stream, SeriesSet) {
        let (mut stream, mut series) = (Stream::new(Topic::new("shop/door").unwrap()), SeriesSet::new(9));
        for (offset, state) in (1..).zip(states) {
            publish(&mut stream, &mut series, offset, *state);
        }
        (stream, series)
    }

    fn publish(stream: &mut Stream, series: &mut SeriesSet, offset: u64, (ts, state): (Millis, &str)) {
        let item = Publication { offset, ts, received_at: ts, data: json!(state).into() };
        stream.take(&[item], Origin::Live, series, ts);
    }
}
