//! Tests of board documents. They need proptest, which does not run in WebAssembly.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Topic, limits};

const OF_THIS_VERSION: &str = include_str!("../../fixtures/board-1.json");
const OF_THE_NEXT_VERSION: &str = include_str!("../../fixtures/board-next.json");

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Returns the faults of a document with one panel that has these fields besides its source.
fn faults_of_panel(panel: Value) -> Vec<String> {
    let mut fields = json!({"sources": [{"topic": "a"}]});
    let fields_of_panel = panel.as_object().expect("an object").clone();
    fields.as_object_mut().expect("an object").extend(fields_of_panel);
    words(&json!({"version": 1, "panels": [fields]}))
}

fn words(document: &Value) -> Vec<String> {
    check(document).iter().map(ToString::to_string).collect()
}

#[test]
fn a_document_of_this_version_is_written_as_it_was_read() {
    let document = value(OF_THIS_VERSION);
    assert_eq!(check(&document), [], "this version applies every field");
    let board = Board::read(OF_THIS_VERSION).unwrap();
    assert_eq!(board.to_value(), document);
    assert_eq!(Board::read(&board.to_text()), Ok(board.clone()));
    let first = &board.panels[0];
    assert_eq!((board.new_topics, first.columns, first.max), (NewTopics::Hide, Some(4), Some(800.5)));
    assert_eq!(first.topics().map(Topic::as_str).collect::<Vec<_>>(), ["api/latency", "edge/latency"]);
    assert!(board.panels[1].hidden && board.panels[1].other.is_empty());
    assert_eq!(board.other.keys().collect::<Vec<_>>(), ["$schema"]);
}

#[test]
fn a_document_of_a_newer_version_opens_and_loses_nothing_when_it_is_edited() {
    let document = value(OF_THE_NEXT_VERSION);
    let faults = check(&document);
    assert!(
        faults.iter().any(|fault| fault.to_string().starts_with("version is 2")),
        "the reader is told: {faults:?}"
    );
    let mut board = Board::read(OF_THE_NEXT_VERSION).unwrap();
    assert_eq!(board.to_value(), document);

    let first = &board.panels[0];
    assert_eq!(first.topics().map(Topic::as_str).collect::<Vec<_>>(), ["api/latency"]);
    assert_eq!((first.kind.as_deref(), first.title.as_ref(), first.hidden), (Some("heat-map"), None, false));

    board.panels.swap(0, 1);
    board.panels[1].hidden = true;
    let mut expected = document;
    expected["panels"].as_array_mut().unwrap().swap(0, 1);
    expected["panels"][1]["hidden"] = json!(true);
    assert_eq!(board.to_value(), expected);
}

#[test]
fn a_document_with_nothing_but_a_version_shows_all_topics() {
    let board = Board::read(r#"{"version": 1}"#).unwrap();
    assert_eq!(board, Board::default());
    assert_eq!(Board::read("{}"), Ok(Board::default()), "a version is missing only for `check`");
    assert_eq!(words(&json!({})), [r#"the document has no field "version": add it"#]);
}

#[test]
fn text_that_is_not_a_document_is_refused() {
    for (text, expected) in [
        ("", "the document is not valid JSON"),
        ("[]", "the document is a list: write an object"),
        (r#"{"panels": [{}, 7]}"#, "panels[1] is a number: write an object"),
        (r#"{"panels": [{"sources": ["a"]}]}"#, "panels[0].sources[0] is a text: write an object"),
    ] {
        let error = Board::read(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn every_kind_of_fault_names_its_place_and_what_to_write() {
    let table = [
        (json!({"title": 7}), "panels[0].title is a number: write a text in quotation marks"),
        (json!({"title": "x".repeat(129)}), "panels[0].title has 129 bytes: write at most 128"),
        (
            json!({"kind": "pie"}),
            r#"panels[0].kind is "pie": write "line", "area", "stacked", "bars", "step", "number", "gauge", "list", "heatmap", "state", "timeline", "log" or "table""#,
        ),
        (json!({"height": 2}), r#"panels[0].height is 2: write "half", "whole" or "double""#),
        (json!({"columns": 0}), "panels[0].columns is 0: write a whole number from 1 to 24"),
        (json!({"decimals": 1.5}), "panels[0].decimals is 1.5: write a whole number from 0 to 15"),
        (json!({"hidden": "yes"}), "panels[0].hidden is a text: write true or false"),
        (json!({"min": "0"}), "panels[0].min is a text: write a number"),
        (json!({"min": 4, "max": 4}), "panels[0].min is 4, but max is 4: write a smaller min"),
        (json!({"sources": []}), "panels[0].sources has 0 items: write 1 to 50"),
        (json!({"sources": {}}), "panels[0].sources is an object: write a list, […]"),
        (json!({"sources": [{}]}), r#"panels[0].sources[0] has no field "topic": add it"#),
        (
            json!({"compare_ms": 1}),
            "panels[0].compare_ms is 1: write a whole number from 60000 to 2678400000",
        ),
        (
            json!({"derive": [{"rate": "fortnight"}]}),
            r#"panels[0].derive[0].rate is "fortnight": write "second", "minute" or "hour""#,
        ),
        (
            json!({"derive": [{"percentile": 101}]}),
            "panels[0].derive[0].percentile is 101: write a number from 0 to 100",
        ),
        (
            json!({"derive": [{"combine": "sum"}, {}]}),
            r#"panels[0].derive[1] has 0 of the fields "rate", "moving_average_ms", "percentile" or "combine": write exactly one of them"#,
        ),
        (
            json!({"derive": [{"rate": "hour", "combine": "sum"}]}),
            r#"panels[0].derive[0] has 2 of the fields "rate", "moving_average_ms", "percentile" or "combine": write exactly one of them"#,
        ),
        (json!({"derive": {"rate": "hour"}}), "panels[0].derive is an object: write a list, […]"),
        (
            json!({"thresholds": [{"means": "bad"}]}),
            r#"panels[0].thresholds[0] has 0 of the fields "above" or "below": write exactly one of them"#,
        ),
        (
            json!({"thresholds": [{"above": 1, "below": 2}]}),
            r#"panels[0].thresholds[0] has 2 of the fields "above" or "below": write exactly one of them"#,
        ),
    ];
    for (panel, expected) in table {
        let faults = faults_of_panel(panel.clone());
        let errors: Vec<&String> = faults.iter().filter(|fault| !fault.contains("has no effect")).collect();
        assert_eq!(errors, [expected], "{panel}");
    }
    let [topic] = &faults_of_panel(json!({"sources": [{"topic": "a b"}]}))[..] else { panic!("one fault") };
    assert!(
        topic.starts_with("panels[0].sources[0].topic is not a topic: topic \"a b\" contains"),
        "{topic}"
    );
}

#[test]
fn an_empty_list_of_thresholds_removes_those_of_the_publisher_and_is_written_again() {
    let document = json!({"version": 1, "panels": [
        {"sources": [{"topic": "a"}], "thresholds": []},
        {"sources": [{"topic": "b"}]},
    ]});
    assert_eq!(words(&document), Vec::<String>::new());
    let board = Board::from_value(document.clone()).unwrap();
    assert_eq!((board.panels[0].thresholds.as_deref(), &board.panels[1].thresholds), (Some(&[][..]), &None));
    assert_eq!(board.to_value(), document);
}

#[test]
fn a_step_that_only_a_newer_program_knows_is_kept_and_named() {
    let document = |version: u64| {
        json!({"version": version, "panels": [{
            "sources": [{"topic": "a", "derive": [{"rate": "second", "resets": "never"}, {"integral": "hour"}]}],
            "derive": [{"combine": "product"}],
        }]})
    };
    let board = Board::from_value(document(1)).unwrap();
    let source = &board.panels[0].sources[0];
    assert_eq!((source.derive.len(), source.derive[1].other.len()), (2, 1));
    assert_eq!(board.to_value(), document(1));
    let errors = |version| {
        let faults = check(&document(version)).into_iter();
        faults
            .filter(|fault| fault.severity == Severity::Error)
            .map(|fault| fault.path.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(errors(1), ["panels[0].sources[0].derive[1]", "panels[0].derive[0].combine"]);
    assert_eq!(errors(2), Vec::<String>::new());
}

#[test]
fn a_mistyped_field_is_a_warning_that_lists_the_right_ones() {
    let faults = check(&json!({"version": 1, "panel": []}));
    assert_eq!(faults[0].severity, Severity::Warning);
    assert_eq!(
        faults[0].to_string(),
        "panel is not a field that this program knows, so it has no effect: the fields here are version, $schema, title, \
         new_topics, panels"
    );
}

#[test]
fn an_unknown_word_is_an_error_in_this_version_and_a_warning_in_a_newer_one() {
    let severity = |version: u64| {
        let document = json!({"version": version, "new_topics": "ask"});
        check(&document).into_iter().find(|fault| fault.path.to_string() == "new_topics").unwrap().severity
    };
    assert_eq!((severity(1), severity(2)), (Severity::Error, Severity::Warning));
}

#[test]
fn a_document_with_thousands_of_faults_is_not_answered_with_all_of_them() {
    let document = json!({"version": 1, "panels": vec![json!({}); 5_000]});
    assert!(check(&document).len() <= 100);
}

#[test]
fn a_fault_is_found_in_the_text() {
    let text = "{\n  \"version\": 1,\n  \"pänels\": 0, \"panels\": [\n    {\"kind\": \"x\"},\n    {\"a b\": [1, 2]}\n  ]\n}\n";
    let panels = Path::root().field("panels");
    for (path, line, column, words) in [
        (Path::root(), 1, 1, "the document"),
        (Path::root().field("version"), 2, 14, "version"),
        (panels.clone(), 3, 26, "panels"),
        (panels.item(0).field("kind"), 4, 14, "panels[0].kind"),
        (panels.item(1).field("a b").item(1), 5, 17, "panels[1][\"a b\"][1]"),
        (panels.item(7).field("kind"), 3, 26, "panels[7].kind"),
    ] {
        assert_eq!(locate(text, &path), Location { line, column }, "{path}");
        assert_eq!(path.to_string(), words);
    }
}

#[test]
fn a_name_is_one_segment_of_a_url() {
    for name in ["shop-floor", "a", "A_1.2", &"x".repeat(64)] {
        assert_eq!(BoardName::new(name).unwrap().as_str(), name);
    }
    for name in ["", "a/b", "a b", "é", ".", "..", "*", &"x".repeat(65)] {
        let error = BoardName::new(name).unwrap_err().to_string();
        assert!(
            error.ends_with("letters, digits, dots, underscores and hyphens, such as shop-floor"),
            "{error}"
        );
    }
}

/// Returns JSON values as other programs may write them, with the names of fields that a document has and others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|number: f64| Value::from(number)),
        "[a-z/]{0,9}".prop_map(Value::from),
        Just(json!("line")),
    ];
    let names = prop::sample::select(vec![
        "version",
        "panels",
        "sources",
        "topic",
        "series",
        "title",
        "thresholds",
        "derive",
        "rate",
        "percentile",
        "above",
        "hidden",
        "min",
        "x",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..5).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect())
            }),
        ]
    })
}

/// Returns the document without what has no meaning: empty lists and `false`, which are the defaults.
fn without_defaults(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let has_meaning = |value: &Value| *value != json!(false) && *value != json!([]);
            let fields = fields.into_iter().filter(|(_, value)| has_meaning(value));
            Value::Object(fields.map(|(name, value)| (name, without_defaults(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(without_defaults).collect(),
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => {
            json!(number.as_f64().expect("a number"))
        }
        other => other,
    }
}

proptest! {
    #[test]
    fn whatever_is_read_is_written_again_with_every_field(document in any_json()) {
        if let Ok(board) = Board::from_value(document.clone()) {
            let written = board.to_value();
            let mut expected = document;
            if !expected["version"].is_u64() {
                expected["version"] = json!(VERSION);
            }
            prop_assert_eq!(without_defaults(written.clone()), without_defaults(expected));
            prop_assert_eq!(Board::from_value(written), Ok(board));
        }
    }

    #[test]
    fn checking_finds_a_place_for_every_fault_of_any_document(document in any_json()) {
        let text = document.to_string();
        for fault in check(&document) {
            prop_assert_eq!(locate(&text, &fault.path).line, 1);
            prop_assert!(!fault.message.is_empty());
        }
    }

    #[test]
    fn a_document_without_errors_has_no_field_that_the_reader_does_not_understand(document in any_json()) {
        let document = json!({"version": 1, "panels": [document]});
        let faults = check(&document);
        if faults.is_empty() {
            let board = Board::from_value(document).unwrap();
            prop_assert!(board.other.is_empty() && board.panels.iter().all(|panel| panel.other.is_empty()));
        }
    }
}

#[test]
fn the_text_of_a_document_is_checked_as_a_server_does() {
    let one = |text: &str| {
        let findings = lint(text);
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        let Finding { location, fault } = &findings[0];
        (location.line, location.column, fault.to_string(), findings[0].is_error())
    };
    assert!(lint(OF_THIS_VERSION).iter().all(|finding| !finding.is_error()));
    let (line, column, words, is_error) = one("{\n  \"version\": 1,\n}");
    assert_eq!((line, column, is_error), (3, 1, true));
    assert!(words.starts_with("the document is not valid JSON: trailing comma"), "{words}");
    let (_, _, words, is_error) = one(r#"{"version": 1, "title": "a", "title": "b"}"#);
    assert!(is_error && words.contains(r#"the key "title" occurs twice"#), "{words}");
    let deep = format!(r#"{{"version": 1, "x": {}{}}}"#, "[".repeat(40), "]".repeat(40));
    assert!(one(&deep).2.contains("deeper than 32 levels"));
    assert!(one(&" ".repeat(limits::BOARD_BYTES + 1)).2.contains("has 131073 bytes"));
    assert!(!one("{\"version\": 1,\n \"note\": 1}").3);
}
