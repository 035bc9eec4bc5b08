use serde_json::{Value, json};

use super::*;

fn filters(pattern: Value) -> Filters {
    Filters::parse(&[pattern.to_string()]).expect("a valid pattern")
}

fn problem(pattern: &str) -> String {
    Filters::parse(&[pattern.to_owned()]).expect_err("a mistake").problem
}

/// The comparison operators of "Control which events Lambda sends to your function", each with a record that matches and with
/// records that do not.
#[test]
fn each_operator_matches_as_documented() {
    let table = [
        (json!({"UserID": [null]}), json!({"UserID": null}), vec![json!({"UserID": ""}), json!({})]),
        (json!({"LastName": [""]}), json!({"LastName": ""}), vec![json!({"LastName": null})]),
        (json!({"Name": ["Alice"]}), json!({"Name": "Alice"}), vec![json!({"Name": "alice"})]),
        (
            json!({"Name": [{"equals-ignore-case": "alice"}]}),
            json!({"Name": "ALICE"}),
            vec![json!({"Name": "bob"})],
        ),
        (
            json!({"Location": ["New York"], "Day": ["Monday"]}),
            json!({"Location": "New York", "Day": "Monday"}),
            vec![json!({"Location": "New York", "Day": "Friday"}), json!({"Day": "Monday"})],
        ),
        (json!({"Pay": ["Credit", "Debit"]}), json!({"Pay": "Debit"}), vec![json!({"Pay": "Cash"})]),
        (
            json!({"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}),
            json!({"Location": "Berlin", "Day": "Monday"}),
            vec![json!({"Location": "Berlin", "Day": "Friday"})],
        ),
        (
            json!({"Weather": [{"anything-but": ["Raining", "Snowing"]}]}),
            json!({"Weather": "Sunny"}),
            vec![json!({"Weather": "Raining"}), json!({})],
        ),
        (
            json!({"Weather": [{"anything-but": "Raining"}]}),
            json!({"Weather": 5}),
            vec![json!({"Weather": "Raining"})],
        ),
        (json!({"K": [{"anything-but": {"prefix": "a"}}]}), json!({"K": "ba"}), vec![json!({"K": "ab"})]),
        (
            json!({"K": [{"anything-but": {"suffix": ["a", "b"]}}]}),
            json!({"K": "ac"}),
            vec![json!({"K": "ab"})],
        ),
        (
            json!({"Price": [{"numeric": ["=", 100]}]}),
            json!({"Price": 100.0}),
            vec![json!({"Price": "100"}), json!({"Price": 99})],
        ),
        (
            json!({"Price": [{"numeric": [">", 10, "<=", 20]}]}),
            json!({"Price": 20}),
            vec![json!({"Price": 10}), json!({"Price": 21})],
        ),
        (
            json!({"Product": [{"exists": true}]}),
            json!({"Product": "x"}),
            vec![json!({}), json!({"Product": {"a": 1}})],
        ),
        (json!({"Product": [{"exists": false}]}), json!({"Other": 1}), vec![json!({"Product": null})]),
        (
            json!({"Region": [{"prefix": "us-"}]}),
            json!({"Region": "us-east-1"}),
            vec![json!({"Region": "eu-us-1"})],
        ),
        (
            json!({"Region": [{"prefix": {"equals-ignore-case": "US-"}}]}),
            json!({"Region": "us-east-1"}),
            vec![json!({"Region": "eu"})],
        ),
        (
            json!({"File": [{"suffix": ".png"}]}),
            json!({"File": "a.png"}),
            vec![json!({"File": "a.jpg"}), json!({"File": 1})],
        ),
    ];
    for (pattern, matching, others) in table {
        let filters = filters(pattern.clone());
        assert!(filters.match_record(&matching), "{pattern} matches {matching}");
        for other in others {
            assert!(!filters.match_record(&other), "{pattern} does not match {other}");
        }
    }
}

#[test]
fn a_record_of_a_stream_is_matched_by_its_fields_at_any_depth() {
    let pattern =
        json!({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"state": {"S": [{"prefix": "open"}]}}}});
    let record = |name: &str, state: &str| json!({"eventName": name, "dynamodb": {"NewImage": {"state": {"S": state}}}});
    assert!(filters(pattern.clone()).match_record(&record("INSERT", "opened")));
    assert!(!filters(pattern.clone()).match_record(&record("MODIFY", "opened")));
    assert!(!filters(pattern.clone()).match_record(&record("INSERT", "closed")));
    assert!(!filters(pattern).match_record(&json!({"eventName": "INSERT"})));
}

#[test]
fn a_field_of_an_absent_object_is_absent() {
    let filters = filters(json!({"dynamodb": {"OldImage": {"id": {"S": [{"exists": false}]}}}}));
    assert!(filters.match_record(&json!({"dynamodb": {"NewImage": {}}})));
    assert!(!filters.match_record(&json!({"dynamodb": {"OldImage": {"id": {"S": "a"}}}})));
}

#[test]
fn an_array_matches_by_one_of_its_elements() {
    assert!(filters(json!({"tags": ["b"]})).match_record(&json!({"tags": ["a", "b"]})));
    assert!(filters(json!({"items": {"id": [2]}})).match_record(&json!({"items": [{"id": 1}, {"id": 2}]})));
}

/// The table of "Filtering requirements" for SQS: the formats of body and pattern.
#[test]
fn a_message_is_dropped_if_the_format_of_its_body_is_not_that_of_the_pattern() {
    let (json_pattern, text_pattern) = (json!({"body": {"kind": ["job"]}}), json!({"body": ["job"]}));
    let message = |body: &str| json!({"messageId": "1", "body": body});
    for (pattern, body, expected) in [
        (&json_pattern, r#"{"kind":"job"}"#, true),
        (&json_pattern, r#"{"kind":"other"}"#, false),
        (&json_pattern, "job", false),
        (&text_pattern, "job", true),
        (&text_pattern, r#"{"kind":"job"}"#, false),
        (&json!({"messageId": ["1"]}), "anything", true),
    ] {
        assert_eq!(filters(pattern.clone()).match_message(&message(body)), expected, "{pattern} and {body}");
    }
}

#[test]
fn a_record_has_to_match_one_of_several_patterns_and_none_without_patterns() {
    let patterns = [json!({"a": [1]}).to_string(), json!({"b": [2]}).to_string()];
    let filters = Filters::parse(&patterns).expect("valid patterns");
    assert!(filters.match_record(&json!({"b": 2})));
    assert!(!filters.match_record(&json!({"b": 3})));
    assert!(Filters::default().match_record(&json!({})));
}

#[test]
fn a_mistake_is_told_with_its_path_and_what_to_write() {
    assert!(problem("[]").contains("has to be a JSON object"));
    assert!(problem("{").contains("it is not JSON"));
    assert_eq!(
        problem(r#"{"dynamodb": {"Keys": "a"}}"#),
        "dynamodb.Keys has to be an array of values, such as {\"Keys\": [\"a\"]}"
    );
    assert!(
        problem(r#"{"a": [{"wildcard": "*"}]}"#).starts_with("a: there is no operator wildcard: use prefix")
    );
    assert!(problem(r#"{"a": [{"numeric": [">"]}]}"#).contains("numeric needs pairs"));
    assert!(problem(r#"{"a": []}"#).contains("matches nothing"));
    assert!(problem(&format!("{}{}{}", r#"{"a":"#.repeat(40), "[1]", "}".repeat(40))).contains("32 levels"));
}
