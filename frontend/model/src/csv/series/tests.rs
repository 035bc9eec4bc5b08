//! Tests of the numbers of a chart as comma-separated values.

use super::super::writer::parse;
use super::*;
use crate::chart::Spans;
use crate::chart::band::Reduced;
use crate::chart::moment::Moment;
use crate::field::Field;
use crate::order::Order;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn number(sent: &str) -> Field {
    Field::Number { value: sent.parse().unwrap(), sent: sent.to_owned() }
}

fn moment(ts_ms: Millis, sequence: u64) -> Moment {
    Moment { ts_ms, received_at: ts_ms, order: Order::at(ts_ms, sequence) }
}

fn set(rows: &[(Millis, &[(&str, &str)])]) -> SeriesSet {
    let mut set = SeriesSet::new(1_000);
    for (sequence, (ts_ms, fields)) in (1..).zip(rows) {
        let fields: Vec<_> = fields.iter().map(|(name, sent)| ((*name).to_owned(), number(sent))).collect();
        set.insert(moment(*ts_ms, sequence), &fields);
    }
    set
}

fn csv(set: &SeriesSet, stretch: Range<Millis>) -> String {
    series_csv(set, &stretch, &Unit::parse("%"), "")
}

#[test]
fn there_is_a_line_for_each_time_and_a_column_for_each_series_with_the_digits_that_were_sent() {
    let set = set(&[(0, &[("user", "21.50"), ("system", "1e3")]), (1_500, &[("user", "-0.10")])]);
    let expected = "time,time_ms,user (%),system (%),note\r\n\
        1970-01-01T00:00:00.000Z,0,21.50,1e3,\r\n\
        1970-01-01T00:00:01.500Z,1500,-0.10,,\r\n";
    assert_eq!(csv(&set, 0..10_000), expected);
}

#[test]
fn only_the_stretch_that_is_shown_is_written() {
    let set = set(&[(0, &[("a", "1")]), (5_000, &[("a", "2")]), (9_000, &[("a", "3")])]);
    let lines = parse(&csv(&set, 4_000..8_000));
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1][2], "2");
}

#[test]
fn two_publications_of_one_millisecond_are_two_lines() {
    let set = set(&[(7, &[("a", "1")]), (7, &[("a", "2")])]);
    let values: Vec<String> =
        parse(&csv(&set, 0..10)).into_iter().skip(1).map(|line| line[2].clone()).collect();
    assert_eq!(values, ["1", "2"]);
}

#[test]
fn lost_and_unloaded_times_are_lines_without_numbers_that_say_so() {
    let mut set = set(&[(0, &[("a", "1")]), (9_000, &[("a", "2")])]);
    set.lost_mut().add(1_000..4_000);
    let mut unloaded = Spans::new();
    unloaded.add(-5_000..0);
    set.set_unloaded(unloaded);
    let lines = parse(&csv(&set, -2_000..10_000));
    let notes: Vec<[&str; 3]> =
        lines.iter().map(|line| [&line[1], &line[2], &line[3]].map(String::as_str)).collect();
    assert_eq!(
        notes[1..],
        [
            ["-2000", "", "not loaded until 1970-01-01T00:00:00.000Z"],
            ["0", "1", ""],
            ["1000", "", "lost until 1970-01-01T00:00:04.000Z"],
            ["9000", "2", ""],
        ]
    );
}

#[test]
fn a_publication_without_a_number_is_a_line_that_says_so() {
    let mut set = set(&[(0, &[("a", "1")])]);
    set.insert_other(moment(1_000, 2), &Field::Nothing);
    let lines = parse(&csv(&set, 0..10_000));
    assert_eq!((lines[2][2].as_str(), lines[2][3].as_str()), ("", "no number was sent"));
}

#[test]
fn the_state_of_a_panel_that_is_not_live_is_the_note_of_the_last_line() {
    let set = set(&[(0, &[("a", "1")])]);
    let text = series_csv(&set, &(0..9_000), &Unit::parse(""), "cut off, as of 14:31:22");
    assert_eq!(parse(&text)[2], ["1970-01-01T00:00:09.000Z", "9000", "", "cut off, as of 14:31:22"]);
}

#[test]
fn names_that_look_like_formulas_are_guarded() {
    let set = set(&[(0, &[("=cmd|' /C calc'!A0", "1"), ("a,b", "2")])]);
    assert!(csv(&set, 0..10).starts_with("time,time_ms,'=cmd|' /C calc'!A0 (%),\"a,b (%)\",note\r\n"));
}

fn reduced() -> SeriesSet {
    let mut set = set(&[(0, &[("a", "9")]), (20_000, &[("a", "7.0")])]);
    set.reduce(Reduced { step_ms: 5_000, raw_from: 20_000, kept_from: None }, 100);
    let band = Band {
        from_ms: 1_000,
        to_ms: 4_000,
        min: (0.5, "0.50".to_owned()),
        max: (8.0, "8".to_owned()),
        count: 60,
        is_joined: false,
    };
    set.add_buckets("a", vec![(1_000, number("2.0")), (4_000, number("3"))], vec![band]);
    set
}

#[test]
fn buckets_have_their_lowest_highest_first_and_last_number_and_a_count() {
    let expected = "time,time_ms,until,until_ms,a min (%),a max (%),a first (%),a last (%),a count,note\r\n\
        1970-01-01T00:00:01.000Z,1000,1970-01-01T00:00:04.000Z,4000,0.50,8,2.0,3,60,\r\n\
        1970-01-01T00:00:20.000Z,20000,1970-01-01T00:00:20.000Z,20000,7.0,7.0,7.0,7.0,1,\r\n";
    assert_eq!(csv(&reduced(), 0..30_000), expected);
}

#[test]
fn publications_after_the_buckets_are_written_as_such_if_no_bucket_is_shown() {
    let lines = parse(&csv(&reduced(), 15_000..30_000));
    assert_eq!(
        lines,
        [vec!["time", "time_ms", "a (%)", "note"], vec!["1970-01-01T00:00:20.000Z", "20000", "7.0", ""]]
    );
}

#[cfg(not(target_arch = "wasm32"))]
mod any_series {
    use proptest::prelude::*;

    use super::*;
    use crate::csv::writer::is_number;

    /// Rows with a time, and the digits of two series of which each may be missing.
    fn rows() -> impl Strategy<Value = Vec<(Millis, [Option<String>; 2])>> {
        let sent = || proptest::option::of("-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?");
        proptest::collection::vec((0_i64..50_000, [sent(), sent()]), 0..40)
    }

    proptest! {
        #[test]
        fn every_number_of_the_stretch_is_parsed_back_with_its_digits(rows in rows(), from in 0_i64..50_000, length in 0_i64..50_000) {
            let mut set = SeriesSet::new(1_000);
            for (sequence, (ts_ms, [one, other])) in (1..).zip(&rows) {
                let field = |name: &str, sent: &Option<String>| Some((name.to_owned(), number(sent.as_ref()?)));
                let fields: Vec<_> = field("one", one).into_iter().chain(field("other", other)).collect();
                set.insert(moment(*ts_ms, sequence), &fields);
            }
            let stretch = from..from + length;
            let lines = parse(&csv(&set, stretch.clone()));
            let mut expected: Vec<(Millis, String)> = rows
                .iter()
                .filter(|(ts_ms, _)| (stretch.start..=stretch.end).contains(ts_ms))
                .flat_map(|(ts_ms, sent)| sent.iter().flatten().map(|sent| (*ts_ms, sent.clone())))
                .collect();
            let mut found: Vec<(Millis, String)> = Vec::new();
            for line in &lines[1..] {
                prop_assert_eq!(line.len(), lines[0].len());
                let ts_ms: Millis = line[1].parse().unwrap();
                prop_assert_eq!(&iso(ts_ms), &line[0]);
                let numbers = line[2..line.len() - 1].iter().filter(|cell| !cell.is_empty());
                for sent in numbers {
                    prop_assert!(is_number(sent), "{sent}");
                    found.push((ts_ms, sent.clone()));
                }
            }
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
