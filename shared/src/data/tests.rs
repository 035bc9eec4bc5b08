use serde_json::json;

use super::*;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn fault(text: &str) -> DataError {
    Data::parse(text).unwrap_err()
}

#[test]
fn digits_decimal_places_key_order_and_spaces_are_kept() {
    for text in [
        "21.50",
        "12345678901234567890123",
        "-0",
        "1E5",
        "0.1000000000000000055511151231257827",
        r#"{"z": 1, "a": [1.0, 2.50], "id": 18446744073709551616}"#,
        r#""caf\u00e9 \/ \ud83d\ude00""#,
    ] {
        let data = Data::parse(text).unwrap();
        assert_eq!(data.text(), text);
        let back: Data = serde_json::from_str(&serde_json::to_string(&data).unwrap()).unwrap();
        assert_eq!(back.text(), text);
    }
}

#[test]
fn data_over_several_lines_becomes_one_line_and_strings_stay() {
    let data = Data::parse("{\n  \"a b\": [1.50,\r\n  2],\n \"c\": \"x  \\\" \\\\\"\n}").unwrap();
    assert_eq!(data.text(), r#"{"a b":[1.50,2],"c":"x  \" \\"}"#);
}

#[test]
fn every_shape_a_panel_can_show_is_accepted() {
    for data in [
        json!(21.5),
        json!(true),
        json!("open"),
        json!({"in": 1, "out": 2}),
        json!([{"q": "mail"}]),
        json!({}),
    ] {
        assert_eq!(Data::from(data.clone()).check(), Ok(()), "{data}");
        assert_eq!(Data::from(data.clone()), data);
    }
}

#[test]
fn null_large_and_deep_data_are_refused_by_name() {
    assert_eq!(fault("null"), DataError::Missing);
    let large = Data::from("x".repeat(limits::PUBLICATION_BYTES));
    let bytes = limits::PUBLICATION_BYTES + 2;
    assert_eq!(large.check(), Err(DataError::TooLarge { bytes, limit: limits::PUBLICATION_BYTES }));
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(fault(&nested(limits::DATA_DEPTH + 1)), DataError::TooDeep { limit: limits::DATA_DEPTH });
    assert!(Data::parse(&nested(limits::DATA_DEPTH)).is_ok());
    assert_eq!(fault(&nested(10_000)), DataError::TooDeep { limit: limits::DATA_DEPTH });
}

#[test]
fn numbers_that_no_reader_can_hold_are_refused() {
    let long = "9".repeat(310);
    for text in ["1e999", "-1e309", "[1, {\"a\": 2E400}]", &long] {
        assert!(matches!(fault(text), DataError::NumberOutOfRange { .. }), "{text}");
    }
    assert!(Data::parse("1.7976931348623157e308").is_ok());
    assert!(Data::parse("1e-999").is_ok(), "it is zero to every reader");
}

#[test]
fn half_of_a_surrogate_pair_is_refused() {
    for text in [r#""\ud800""#, r#"{"a": ["x\udc00y"]}"#, r#"{"\ud83d": 1}"#, r#""\ud83dA""#] {
        assert!(matches!(fault(text), DataError::LoneSurrogate { .. }), "{text}");
    }
    assert!(Data::parse(r#""\\ud800 is text""#).is_ok());
}

#[test]
fn a_key_that_occurs_twice_is_refused_at_any_depth_and_however_it_is_written() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"b":2,"a":1}"#,
        r#"[{"x": {"a":1, "\u0061":2}}]"#,
        r#"{"a" : {}, "a" : []}"#,
    ] {
        assert_eq!(fault(text), DataError::DuplicateKey { key: r#""a""#.into() }, "{text}");
    }
    for text in [r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#, r#"{"a":"a","b":"a"}"#, r#"["a","a"]"#] {
        assert!(Data::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_number_beyond_a_value_still_has_one() {
    assert_eq!(Data::parse("18446744073709551616").unwrap().value(), json!(18_446_744_073_709_551_616_f64));
}
