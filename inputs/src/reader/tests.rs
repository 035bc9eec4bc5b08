//! Tests that read whole inputs, and tests of the rule that every line has exactly one outcome.
//! `cli/tests/program/corpus` contains outputs of real programs.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use shared::Millis;

use super::*;
use crate::{Splitter, Utc};

mod events;
mod every_line;
mod kept;
mod keys;
mod large_numbers;
mod more_programs;
mod pairs;
mod programs;
mod settled;
mod tables;
mod times;

/// The time of reading in the tests, 2026-11-22T10:42:30Z.
const NOW: Moment = Moment { mono_ms: 0, wall_ms: 1_795_344_150_000 };

/// The outcomes of the lines of an input, sorted by kind.
#[derive(Debug, Default)]
struct Result {
    /// Data of the publications to the topic of the input, in order.
    data: Vec<Value>,
    /// Times of the publications to the topic of the input; `None` for a publication that has the time of reading.
    times: Vec<Option<Millis>>,
    /// Data of the publications to the topic `log` below the topic of the input.
    log: Vec<Value>,
    unreadable: Vec<(u64, String)>,
    structure: usize,
    units: BTreeMap<String, String>,
    format: Option<Format>,
    json: Vec<String>,
}

fn read_with(input: &[u8], options: Options) -> Result {
    read_at(NOW, input, options)
}

/// Reads an input whose lines are all read at the time `now`.
fn read_at(now: Moment, input: &[u8], options: Options) -> Result {
    let mut reader = Reader::new(options, Box::new(Utc));
    let mut splitter = Splitter::default();
    let mut lines = splitter.push(input);
    lines.extend(splitter.finish());
    let mut outcomes: Vec<Outcome> = lines.into_iter().flat_map(|line| reader.read(line, now)).collect();
    outcomes.extend(reader.finish(now));
    collect(outcomes, &reader)
}

fn collect(outcomes: Vec<Outcome>, reader: &Reader) -> Result {
    let mut result = Result { units: reader.units(), format: reader.format(), ..Result::default() };
    for outcome in outcomes {
        match outcome {
            Outcome::Publish(publication) => {
                let value: Value = serde_json::from_str(&publication.json).unwrap();
                if publication.to == Destination::Topic {
                    result.data.push(value);
                    result.times.push(publication.ts);
                    result.json.push(publication.json);
                } else {
                    result.log.push(value);
                }
            }
            Outcome::Structure { .. } => result.structure += 1,
            Outcome::Unreadable { line, reason } => result.unreadable.push((line, reason.to_string())),
            Outcome::Blank { .. } => {}
        }
    }
    result
}

fn read(input: &str) -> Result {
    read_with(input.as_bytes(), Options::default())
}

#[test]
fn logfmt_is_read_with_its_quotes_whatever_its_first_line_has() {
    let input = "level=info component=web address=:9090\n\
                 level=warn msg=\"queue is long, slow\" took=1.204s depth=14\n\
                 level=error err=\"no \\\"answer\\\": gone\" tries=3\n";
    let result = read(input);
    assert_eq!(
        result.data,
        [
            json!({"level": "info", "component": "web", "address": ":9090"}),
            json!({"level": "warn", "msg": "queue is long, slow", "took": 1.204, "depth": 14}),
            json!({"level": "error", "err": "no \"answer\": gone", "tries": 3}),
        ]
    );
    assert_eq!(result.units.get("took").map(String::as_str), Some("s"));
    assert_eq!((result.unreadable.len(), result.log.len()), (0, 0));
}

#[test]
fn a_banner_with_a_pair_does_not_make_pairs_of_sentences() {
    let result = read(
        "serving on port=8080\nGET / took 3 ms\nGET /a took 1 ms\npanic: index out of range\nbye now, all\nlast\n",
    );
    assert_eq!(result.format, Some(Format::Text));
    assert_eq!(result.data.len(), 6, "{result:?}");
}

// The input of the previous test as a slow stream: the first line is published before the second line arrives.
#[test]
fn a_first_line_does_not_decide_for_good() {
    let mut reader = Reader::new(Options::default(), Box::new(Utc));
    let mut outcomes = Vec::new();
    let mut number = 0;
    let mut say = |reader: &mut Reader, text: &str, outcomes: &mut Vec<Outcome>| {
        number += 1;
        let at = Moment { mono_ms: number * 5_000, ..NOW };
        outcomes.extend(reader.read(Line { number, text: Ok(text.to_owned()) }, at));
        outcomes.extend(reader.wake(Moment { mono_ms: number * 5_000 + 2_000, ..NOW }));
    };
    say(&mut reader, "7", &mut outcomes);
    for _ in 0..4 {
        say(&mut reader, "level=info msg=\"all is well\" n=2", &mut outcomes);
    }
    assert_eq!(reader.format(), Some(Format::Pairs));
    let result = collect(outcomes, &reader);
    assert_eq!(result.data.len() + result.log.len(), 5);
    assert_eq!(result.data[1], json!({"level": "info", "msg": "all is well", "n": 2}));
}

#[test]
fn a_long_banner_does_not_make_text_of_what_follows() {
    let banner = "Welcome to the machine\n".repeat(8);
    let result = read(&format!("{banner}{}", "{\"a\": 1}\n".repeat(10)));
    assert_eq!(result.format, Some(Format::Json));
    assert_eq!(result.data.last(), Some(&json!({"a": 1})));
}

#[test]
fn decimal_commas_are_read_where_the_input_shows_them_and_never_cut_off() {
    assert_eq!(
        read("temp=21,5 hum=40,25\ntemp=21,9 hum=39,8\n").data[0],
        json!({"temp": 21.5, "hum": 40.25})
    );
    assert_eq!(
        read("Ort;Innen;Aussen\nHof;21,5;4,25\nHof;21,6;4\n").data[0],
        json!({"Ort": "Hof", "Innen": 21.5, "Aussen": 4.25})
    );
    assert_eq!(read("pos=3,4\n").data, [json!({"pos": "3,4"})], "it may be a list");
    assert_eq!(read("size=1,234 of=5,678\n").data, [json!({"size": "1,234", "of": "5,678"})], "thousands");
    assert_eq!(read("load=84,3 %\nload=85,1 %\n").data, [json!({"load": 84.3}), json!({"load": 85.1})]);
    assert_eq!(read("21,5\n21,6\n").data, [json!("21,5"), json!("21,6")]);
    let mpstat = "Linux 6.1.0 (b) \t22/11/26 \t_x86_64_\t(2 CPU)\n\n10:42:07     CPU    %usr   %idle\n\
                  10:42:08     all    7,11   89,35\n10:42:09     all   12,06   83,41\nMedia:       all    9,6   86,4\n";
    let result = read(mpstat);
    assert_eq!(result.data[1], json!({"CPU": "all", "%usr": 12.06, "%idle": 83.41}), "{result:?}");
    assert_eq!(result.data.len(), 2);
}

#[test]
fn ids_stay_text_and_large_numbers_keep_their_digits() {
    let input = "msg=begin commit=57e4021 build=0042\nmsg=done commit=1234e8 build=0043\nmsg=begin commit=83e2010 build=0044\n\
                 msg=req trace=18446744073709551615 span=9223372036854775808\nmsg=order zip=01067 card=184467440737095516160\n";
    let result = read(input);
    assert_eq!(result.data[0], json!({"msg": "begin", "commit": "57e4021", "build": "0042"}));
    assert_eq!(result.data[1]["commit"], "1234e8");
    assert_eq!(result.data[2]["commit"], "83e2010");
    assert_eq!(
        result.data[3],
        json!({"msg": "req", "trace": 18_446_744_073_709_551_615_u64, "span": 9_223_372_036_854_775_808_u64})
    );
    assert_eq!(result.data[4], json!({"msg": "order", "zip": "01067", "card": "184467440737095516160"}));
    let csv = read("commit,took_s,ok\n3f2c1aa,12.50,true\n83e2010,11.0,true\n1234e8,12.1,false\n");
    assert_eq!(csv.data[1], json!({"commit": "83e2010", "took_s": 11.0, "ok": true}));
    assert_eq!(csv.data[2]["commit"], "1234e8");
    assert_eq!(csv.json[0], r#"{"commit":"3f2c1aa","took_s":12.50,"ok":true}"#);
}

#[test]
fn numbers_come_out_digit_for_digit() {
    let result = read("21.50\n-0.0\n18446744073709551615\n1e3\n0.1234567890123456789\n");
    assert_eq!(result.json, ["21.50", "-0.0", "18446744073709551615", "1e3", "0.1234567890123456789"]);
    let result = read("{\"b\": 1.0, \"a\": 12345678901234567890123}\n");
    assert_eq!(result.json, ["{\"b\": 1.0, \"a\": 12345678901234567890123}"]);
}

#[test]
fn a_line_that_does_not_fit_goes_to_the_log_and_what_is_no_value_is_told() {
    let result = read("1\ntwo\n3\nNaN\n");
    assert_eq!((result.data, result.log), (vec![json!(1), json!(3)], vec![json!("two")]));
    assert!(
        result.unreadable.len() == 1 && result.unreadable[0].0 == 4 && result.unreadable[0].1.contains("NaN")
    );
}

#[test]
fn python_writes_nan_into_json_and_the_rest_of_the_line_is_kept() {
    let result = read("{\"a\": NaN, \"b\": 1.50}\n{\"a\": 2, \"c\": [1, -Infinity], \"t\": \"NaN\"}\n");
    assert_eq!(result.data, [json!({"b": 1.5}), json!({"a": 2, "c": [1, null], "t": "NaN"})]);
    assert_eq!(result.json[0], "{\"b\":1.50}");
    let result = read("{\"data\": {\"in\": NaN, \"out\": 4}, \"ts\": 1795344127000}\n[1.5, NaN, 3]\n");
    assert_eq!(result.data, [json!({"in": null, "out": 4}), json!([1.5, null, 3])]);
}

#[test]
fn a_duration_in_a_column_with_time_in_its_name_is_a_number() {
    let result = read("endpoint,response_time_ns\n/a,98765432\n/a,123456789\n");
    let times: Vec<_> = result.data.iter().map(|data| data.to_string()).collect();
    assert!(times[0].contains("98765432") && times[1].contains("123456789"), "{times:?}");
    assert!(!times[1].contains("\"123456789\""), "a number, and not a text: {times:?}");
}

#[test]
fn json_over_several_lines_is_one_value_and_a_broken_one_is_told() {
    let result = read("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n{\n  \"a\": 2\n}\n");
    assert_eq!((result.data.len(), result.unreadable.len(), result.log.len()), (2, 0, 0), "{result:?}");
    let result = read("{\"a\": 1}\n{\"a\":\n{\"a\": 3}\n{\"half\": \"\\ud83d\"}\n");
    assert_eq!(result.data, [json!({"a": 1}), json!({"a": 3})]);
    assert_eq!(result.unreadable.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn columns_of_one_name_are_two_series() {
    let result = read("recv,send,recv\n1,2,3\n4,5,6\n");
    assert_eq!(result.data[0], json!({"recv": 1, "send": 2, "recv (2)": 3}));
    assert_eq!(read("recv send recv\n1 2 3\n4 5 6\n").data[0], json!({"recv": 1, "send": 2, "recv (2)": 3}));
}

#[test]
fn a_named_column_gives_the_key_or_the_time() {
    let options = Options { key: Some("line".into()), time: Some("at".into()), ..Options::default() };
    let result = read_with(b"at,line,n\n1795344127,a,1\n1795344127,b,2\n", options.clone());
    assert_eq!(result.data, [json!({"a": {"n": 1}, "b": {"n": 2}})]);
    assert_eq!(result.times, [Some(1_795_344_127_000)]);
    let result = read_with(b"at,line,n\nnever,a,1\n", options);
    assert!(result.unreadable[0].1.contains("column at is not a time"), "{result:?}");
}

#[test]
fn a_time_that_no_log_would_take_stays_a_field() {
    let result = read("time,n\n2019-01-01 10:00:00,1\n2019-01-01 10:00:01,2\n");
    assert_eq!(result.data[0], json!({"time": "2019-01-01 10:00:00", "n": 1}));
    assert_eq!(result.times, [None, None]);
}
