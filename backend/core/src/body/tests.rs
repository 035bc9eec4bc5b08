use serde_json::{Value, json};

use super::*;

fn items(text: &str) -> Vec<Item> {
    read(text.as_bytes()).unwrap().items
}

fn fault(text: &str) -> (ErrorCode, Option<usize>, String) {
    let refusal = Refusal::from(read(text.as_bytes()).unwrap_err());
    (refusal.code, refusal.line, refusal.message)
}

fn at(data: Value, ts: i64) -> Item {
    Item { data: data.into(), ts: Some(ts) }
}

#[test]
fn one_json_value_is_one_publication() {
    for data in
        [json!(21.5), json!("open"), json!(true), json!({"in": 1, "out": 2}), json!({"data": 1, "x": 2})]
    {
        assert_eq!(items(&data.to_string()), [Item::now(data)]);
    }
}

#[test]
fn an_object_of_data_and_ts_alone_is_an_envelope() {
    assert_eq!(items(r#"{"data": 1}"#), [Item::now(1)]);
    assert_eq!(items(r#"{"ts": 5, "data": {"a":1}}"#), [at(json!({"a": 1}), 5)]);
    assert_eq!(items(r#"{"data": [{"q":1},{"q":2}]}"#), [Item::now(json!([{"q": 1}, {"q": 2}]))]);
}

#[test]
fn an_envelope_takes_seconds_milliseconds_and_iso_8601() {
    for ts in ["1795886848938", "1795886848938.25", "1795886848.938", "\"2026-11-28T17:27:28.938Z\""] {
        assert_eq!(
            items(&format!("{{\"data\": 21.6, \"ts\": {ts}}}")),
            [at(json!(21.6), 1_795_886_848_938)],
            "{ts}"
        );
    }
}

#[test]
fn a_list_is_a_batch_of_data_and_envelopes() {
    assert_eq!(
        items(r#"[1, {"data": 2, "ts": 7}, {"a":3}]"#),
        [Item::now(1), at(json!(2), 7), Item::now(json!({"a": 3}))]
    );
}

#[test]
fn several_lines_are_a_batch_that_knows_its_lines() {
    let body = read(b"1\n\n{\"data\": 2, \"ts\": 7}\r\n[3]\n").unwrap();
    assert_eq!(body.items, [Item::now(1), at(json!(2), 7), Item::now(json!([3]))]);
    assert_eq!(body.lines, [1, 3, 4]);
    assert_eq!(read(b"1").unwrap().lines, [0_usize; 0]);
}

#[test]
fn a_value_over_several_lines_is_still_one() {
    let body = read(b"\n{\n \"a\": 1\n}\n2").unwrap();
    assert_eq!(body.items, [Item::now(json!({"a": 1})), Item::now(2)]);
    assert_eq!(body.lines, [2, 5]);
}

#[test]
fn a_body_that_does_not_begin_like_json_is_text() {
    for text in
        ["door open", "21.5 degrees", "2026-11-28 12:00 started", "NaN", "-Infinity", "1 2", "true story"]
    {
        assert_eq!(items(&format!("{text}\r\n")), [Item::now(text)]);
    }
    for text in [
        "first\nsecond",
        "42\nis the answer",
        "true\nstory",
        "1\nx\n3",
        "1\n\n2nd",
        "\u{a0}21.5",
        "\u{c}21.5",
    ] {
        assert_eq!(items(&format!("{text}\n")), [Item::now(text)]);
    }
}

#[test]
fn json_is_data_with_the_digits_and_the_spaces_that_were_sent() {
    let text = r#"{"price": 21.50, "id": 12345678901234567890}"#;
    assert_eq!(items(text)[0].data.text(), text);
    let batch = format!("[{text}, 1.0]\n");
    assert_eq!(items(&batch).iter().map(|item| item.data.text()).collect::<Vec<_>>(), [text, "1.0"]);
    let envelope = format!("{{\"data\": {text}, \"ts\": 5}}");
    assert_eq!((items(&envelope)[0].data.text(), items(&envelope)[0].ts), (text, Some(5)));
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    assert_eq!(items("\u{feff}1"), [Item::now(1)]);
}

#[test]
fn text_that_begins_like_json_and_is_not_is_refused_with_the_remedy() {
    for text in ["{oops", "[info] started", "\"half", "{\"a\": 1,}", "{\"a\": 1} and more"] {
        let (code, line, message) = fault(text);
        assert_eq!((code, line), (ErrorCode::Malformed, Some(1)), "{text}");
        assert!(message.contains("JSON"), "{message}");
    }
    assert!(fault("{oops").2.contains("send it as a JSON string"));
}

#[test]
fn an_envelope_with_a_key_twice_is_data_which_the_log_refuses() {
    let data = &items(r#"{"data":1,"data":2}"#)[0].data;
    assert!(matches!(data.check(), Err(shared::data::DataError::DuplicateKey { .. })));
}

#[test]
fn a_fault_in_a_batch_of_lines_names_its_line() {
    assert_eq!(fault("1\n2\n{oops\n4").1, Some(3));
    let (code, line, message) = fault("1\n2\n3 4\n");
    assert_eq!((code, line), (ErrorCode::Malformed, Some(3)));
    assert!(message.contains("send one JSON value per line"), "{message}");
    let (code, line, message) = fault("1\n{\"data\": 2, \"ts\": \"now\"}");
    assert_eq!((code, line), (ErrorCode::BadTimestamp, Some(2)));
    assert!(message.contains("ts \"now\""), "{message}");
}

#[test]
fn an_empty_body_is_named() {
    for text in ["", " \r\n\t", "[]"] {
        assert_eq!(fault(text).0, ErrorCode::BadData, "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let error = read(b"1\n\"caf\xe9\"").unwrap_err();
    assert_eq!(error, BodyError::NotUtf8 { line: 2 });
}

#[test]
fn nan_and_infinity_are_explained() {
    for text in ["{\"a\": NaN}", "[1, Infinity]", "{\"a\": -Infinity}"] {
        let (code, _, message) = fault(text);
        assert_eq!(code, ErrorCode::Malformed);
        assert!(message.contains("JSON has no NaN or Infinity"), "{text}: {message}");
    }
}

#[test]
fn nesting_is_read_without_recursion_and_left_to_the_check_of_the_data() {
    let (code, _, _) = fault(&"[".repeat(500_000));
    assert_eq!(code, ErrorCode::Malformed);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(400_000), "]".repeat(400_000));
    let item = &items(&deep)[0];
    assert!(item.data.check().is_err());
}

#[test]
fn too_many_bytes_and_too_many_items_are_answered_with_the_limit() {
    let (code, _, message) = fault(&"1".repeat(limits::BODY_BYTES + 1));
    assert_eq!(code, ErrorCode::TooLarge);
    assert!(message.contains("1048576"), "{message}");
    let (code, _, message) = fault(&"1\n".repeat(limits::BATCH_ITEMS + 1));
    assert_eq!(code, ErrorCode::TooLarge);
    assert!(message.contains("10000"), "{message}");
    assert_eq!(items(&"1\n".repeat(limits::BATCH_ITEMS)).len(), limits::BATCH_ITEMS);
}
