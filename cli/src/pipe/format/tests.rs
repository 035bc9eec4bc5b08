//! Every format, line by line. Whole outputs of real commands are in `tests/corpus`.

use serde_json::{Value, json};

use super::*;

/// The data of the lines that hold some.
fn data(format: Format, lines: &[&str]) -> Vec<Value> {
    let mut parser = Parser::new(format);
    lines.iter().filter_map(|line| parser.read(line).unwrap()).map(|item| item.data).collect()
}

fn error(format: Format, lines: &[&str]) -> LineError {
    let mut parser = Parser::new(format);
    lines.iter().find_map(|line| parser.read(line).err()).unwrap()
}

#[test]
fn numbers_keep_what_they_are() {
    assert_eq!(
        data(Format::Number, &["1", " 21.5 ", "-3", "1e3", ""]),
        [json!(1), json!(21.5), json!(-3), json!(1000.0)]
    );
}

#[test]
fn what_json_cannot_carry_is_refused_by_name() {
    for text in ["NaN", "inf", "-infinity"] {
        assert_eq!(error(Format::Number, &[text]), LineError::NotFinite { text: text.into() });
    }
    assert_eq!(error(Format::Number, &["warm"]), LineError::NotANumber { text: "warm".into() });
}

#[test]
fn pairs_are_found_among_other_words() {
    let lines =
        ["64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=12.3 ms", "--- statistics ---", "a=x, on=true;n=1"];
    assert_eq!(
        data(Format::Kv, &lines),
        [json!({"icmp_seq": 1, "ttl": 57, "time": 12.3}), json!({"a": "x", "on": true, "n": 1})]
    );
}

#[test]
fn logfmt_reads_quotes_escapes_and_bare_keys() {
    let line = r#"level=info msg="all \"is\" well" took=3ms n=2 url=/a?b=c cached empty="#;
    let expected = json!({
        "level": "info", "msg": "all \"is\" well", "took": "3ms", "n": 2, "url": "/a?b=c", "cached": true, "empty": ""
    });
    assert_eq!(data(Format::Logfmt, &[line]), [expected]);
}

#[test]
fn an_open_quote_is_pointed_at() {
    assert_eq!(error(Format::Logfmt, &["a=1 b=\"open"]), LineError::OpenQuote { column: 7 });
    assert_eq!(error(Format::Csv, &["a,b", "1,\"open"]), LineError::OpenQuote { column: 3 });
}

#[test]
fn csv_names_its_fields_by_the_header() {
    let lines = ["\u{feff}time,in,out", "10:00,21.5,\"4\"", "10:01,,5", "time,in,out"];
    assert_eq!(
        data(Format::Csv, &lines),
        [json!({"time": "10:00", "in": 21.5, "out": 4}), json!({"time": "10:01", "out": 5})]
    );
}

#[test]
fn csv_fields_may_hold_separators_and_quotes() {
    assert_eq!(data(Format::Csv, &["name;n", "\"a; \"\"b\"\"\";1"]), [json!({"name": "a; \"b\"", "n": 1})]);
    assert_eq!(data(Format::Csv, &["a\tb", "1\t2"]), [json!({"a": 1, "b": 2})]);
}

#[test]
fn a_csv_row_that_does_not_fit_its_header_is_refused() {
    assert_eq!(error(Format::Csv, &["a,b", "1,2,3"]), LineError::Fields { found: 3, expected: 2 });
    assert_eq!(error(Format::Csv, &[",,"]), LineError::EmptyHeader);
}

#[test]
fn columns_pass_over_banners_and_repeated_headers() {
    let lines = ["banner", "r b free", "1 0 225", "banner", "r b free", "2 0 224"];
    assert_eq!(
        data(Format::Columns, &lines),
        [json!({"r": 1, "b": 0, "free": 225}), json!({"r": 2, "b": 0, "free": 224})]
    );
}

#[test]
fn json_lines_are_data_or_envelopes() {
    let mut parser = Parser::new(Format::Json);
    let item = parser.read("{\"data\": 1, \"ts\": 1800000000000}").unwrap().unwrap();
    assert_eq!((item.data, item.ts), (json!(1), Some(1_800_000_000_000)));
    let item = parser.read("{\"data\": 1, \"other\": 2}").unwrap().unwrap();
    assert_eq!((item.data, item.ts), (json!({"data": 1, "other": 2}), None));
}

#[test]
fn what_is_not_json_is_pointed_at() {
    let LineError::NotJson { reason } = error(Format::Json, &["{\"a\": }"]) else { panic!("another error") };
    assert_eq!(reason, "expected value at column 7");
}

#[test]
fn text_is_taken_as_it_is() {
    assert_eq!(data(Format::Text, &["  21.5 degrees", "   "]), [json!("  21.5 degrees")]);
}
