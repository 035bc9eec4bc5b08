use serde_json::json;
use shared::ErrorCode;
use shared::data::DataError;

use super::*;

fn fault(text: &str) -> (Option<u64>, ErrorCode, String) {
    let unreadable = read(text).unwrap_err();
    (unreadable.id, unreadable.refusal.code, unreadable.refusal.message)
}

#[test]
fn every_action_is_read() {
    let examples = [
        json!({"action": "subscribe", "id": 1, "filter": "*"}),
        json!({"action": "unsubscribe", "id": 1, "filter": "*"}),
        json!({"action": "publish", "id": 1, "topic": "a", "data": 1}),
        json!({"action": "history", "id": 1, "topic": "a"}),
        json!({"action": "refresh", "id": 1, "token": "x"}),
        json!({"action": "ping", "t": 1}),
    ];
    let read: Vec<_> = examples.iter().map(|text| read(&text.to_string()).unwrap().action()).collect();
    assert_eq!(read, ClientMessage::ACTIONS);
}

#[test]
fn the_reader_reads_the_same_as_serde() {
    let text = r#"{"action":"subscribe","id":7,"filter":"host/*","since":{"host/cpu":{"epoch":"e","offset":3}},
        "rewind":{"count":5},"later":true}"#;
    assert_eq!(read(text).unwrap(), serde_json::from_str::<ClientMessage>(text).unwrap());
}

#[test]
fn malformed_json_is_answered_with_the_column() {
    let (id, code, message) = fault(r#"{"action":"ping" "t":1}"#);
    assert_eq!((id, code), (None, ErrorCode::Malformed));
    assert_eq!(message, "the text is not JSON: expected `,` or `}` at column 18");
}

#[test]
fn text_that_is_no_object_is_named_for_what_it_is() {
    assert_eq!(fault("42").2, "a message must be a JSON object with an `action`, and this one is a number");
    assert_eq!(fault("[]").2, "a message must be a JSON object with an `action`, and this one is a list");
    assert_eq!(fault("hello").1, ErrorCode::Malformed);
    assert_eq!(fault("").1, ErrorCode::Malformed);
}

#[test]
fn a_missing_and_an_unknown_action_are_answered_with_the_known_ones() {
    let (id, code, message) = fault(r#"{"id": 4}"#);
    assert_eq!((id, code), (Some(4), ErrorCode::UnknownAction));
    assert!(message.starts_with("`action` is missing"), "{message}");
    let (id, code, message) = fault(r#"{"id": 5, "action": "subscrbe"}"#);
    assert_eq!((id, code), (Some(5), ErrorCode::UnknownAction));
    assert!(message.contains("\"subscrbe\"") && message.contains("subscribe, unsubscribe"), "{message}");
    assert_eq!(fault(r#"{"action": 5}"#).1, ErrorCode::UnknownAction);
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    let (id, code, message) = fault(r#"{"action":"publish","id":3,"topic":"a","data":1,"ts":"now"}"#);
    assert_eq!((id, code), (Some(3), ErrorCode::Malformed));
    assert!(message.starts_with("the field ts is not valid: invalid type: string \"now\""), "{message}");
    let (_, _, message) = fault(r#"{"action":"publish","id":3,"topic":"a","items":[{"data":1},{"ts":1}]}"#);
    assert!(message.starts_with("the field items[1] is not valid: missing field `data`"), "{message}");
}

#[test]
fn an_id_that_is_no_number_is_not_echoed() {
    let (id, code, message) = fault(r#"{"action":"subscribe","id":"x","filter":"*"}"#);
    assert_eq!((id, code), (None, ErrorCode::Malformed));
    assert!(message.starts_with("the field id is not valid: "), "{message}");
}

#[test]
fn bad_names_have_codes_of_their_own() {
    assert_eq!(fault(r#"{"action":"publish","id":1,"topic":"a b","data":1}"#).1, ErrorCode::BadTopic);
    assert_eq!(fault(r#"{"action":"subscribe","id":1,"filter":"a/*/b"}"#).1, ErrorCode::BadFilter);
}

#[test]
fn nan_is_explained() {
    for number in ["NaN", "-Infinity", "Infinity"] {
        let (_, code, message) =
            fault(&format!(r#"{{"action":"publish","id":1,"topic":"a","data":{number}}}"#));
        assert_eq!(code, ErrorCode::Malformed);
        assert!(message.contains("JSON has no NaN or Infinity"), "{message}");
    }
}

#[test]
fn numbers_keep_their_digits() {
    let text = r#"{"action":"publish","id":1,"topic":"a","data":{"b": 21.50, "a": 12345678901234567890}}"#;
    let Ok(ClientMessage::Publish(publish)) = read(text) else { panic!("not read") };
    assert_eq!(publish.data.unwrap().text(), r#"{"b": 21.50, "a": 12345678901234567890}"#);
}

#[test]
fn nesting_is_read_without_recursion_and_left_to_the_check_of_the_data() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let text = format!(r#"{{"action":"publish","id":1,"topic":"a","data":{deep}}}"#);
    let Ok(ClientMessage::Publish(publish)) = read(&text) else { panic!("not read") };
    assert_eq!(publish.data.unwrap().check(), Err(DataError::TooDeep { limit: shared::limits::DATA_DEPTH }));
}
