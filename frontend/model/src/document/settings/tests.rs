use proptest::prelude::*;
use serde_json::json;
use shared::Topic;
use shared::board::Path;

use super::super::edit::{Edit, edit};
use super::super::test_topics::{topic, usual};
use super::*;

fn panel(fields: Value) -> Panel {
    let mut panel = json!({"sources": [{"topic": "host/cpu"}]});
    panel.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Panel::from_value(panel, &Path::root()).unwrap()
}

fn field(name: &str) -> &'static Field {
    fields().into_iter().find(|field| field.name == name).unwrap()
}

#[test]
fn every_field_of_a_panel_has_a_control_with_a_label_or_one_of_its_own() {
    let single = fields();
    for field in PANEL.fields {
        let has_control = single.iter().any(|one| one.name == field.name) || OTHERS.contains(&field.name);
        assert!(has_control, "{} can be set only in the document", field.name);
    }
    assert_eq!(
        single[..4].iter().map(|field| label(field)).collect::<Vec<_>>(),
        ["Title", "Kind", "Unit", "Decimals"]
    );
    let kinds = choices(field("kind"));
    assert_eq!(kinds[0], (String::new(), "Automatic".to_owned()));
    assert!(kinds.contains(&("line".to_owned(), "Line".to_owned())));
}

#[test]
fn what_is_written_is_checked_as_a_server_checks_it_and_refused_in_plain_words() {
    let set = panel(json!({"max": 4}));
    let read = |name: &str, text: &str| read(&set, field(name), text);
    assert_eq!(read("unit", " °C "), Ok(json!("°C")));
    assert_eq!((read("decimals", "1"), read("decimals", "")), (Ok(json!(1)), Ok(Value::Null)));
    assert_eq!((read("min", "−2,5"), read("kind", "line")), (Ok(json!(-2.5)), Ok(json!("line"))));
    for (name, text, words) in [
        ("decimals", "1.5", "decimals is 1.5: write a whole number from 0 to 15"),
        ("decimals", "many", "many is not a number: write one such as 70 or 0.5"),
        ("min", "4", "min is 4, but max is 4: write a smaller min"),
        ("columns", "0", "columns is 0: write a whole number from 1 to 24"),
    ] {
        assert_eq!(read(name, text), Err(words.to_owned()));
    }
    let wrong = panel(json!({"height": "triple"}));
    assert_eq!(super::read(&wrong, field("unit"), "%"), Ok(json!("%")), "an older fault is another matter");
}

#[test]
fn a_field_is_set_in_the_document_and_removed_again() {
    let topics = usual(&["host/cpu", "host/mem"]);
    let cpu = topic("host/cpu");
    let set = |board: &_, name, value| edit(board, &topics, &Edit::Set(cpu.clone(), name, value));
    let unit = set(&Default::default(), "unit", json!("°C"));
    assert_eq!((unit.panels.len(), text(&unit.panels[0], "unit")), (2, "°C".to_owned()));
    let limited = set(&unit, "thresholds", json!([{"above": 70}]));
    assert_eq!(limited.panels[0].thresholds.as_deref().unwrap()[0].above, Some(70.0));
    let removed = set(&set(&limited, "unit", Value::Null), "thresholds", Value::Null);
    assert_eq!(removed.panels[0], Panel::of(cpu.clone()));
    let wrong = set(&unit, "decimals", json!("many"));
    assert_eq!((wrong.panels[0].decimals, text(&wrong.panels[0], "unit")), (None, "°C".to_owned()));
}

#[test]
fn thresholds_are_rows_and_one_that_is_not_complete_is_left_out() {
    let of = panel(json!({"thresholds": [
        {"above": 70.5, "means": "warning", "words": "warm", "later": 1},
        {"below": 5, "series": "in"},
    ]}));
    let mut rows = Row::all(&of);
    assert_eq!((rows[0].bound.as_str(), rows[0].is_warning(), rows[0].words()), ("70.5", true, "warm"));
    assert_eq!((rows[1].is_below, rows[1].series()), (true, "in"));
    assert_eq!(thresholds(&of, &rows, false), Ok(value_of(&of)), "what is not known is kept");
    rows.push(Row::default());
    assert_eq!(thresholds(&of, &rows, false), Ok(value_of(&of)));
    rows[2].bound = "90,5".into();
    rows[1].bound = "hot".into();
    assert_eq!(thresholds(&of, &rows, false).unwrap_err().0, 1);
    rows.remove(1);
    (rows[0].is_below, rows[1].is_below) = (true, false);
    let value = thresholds(&of, &rows, false).unwrap();
    assert_eq!(value[0], json!({"below": 70.5, "means": "warning", "words": "warm", "later": 1}));
    assert_eq!(value[1], json!({"above": 90.5}));
    assert_eq!(thresholds(&of, &[], false), Ok(Value::Null));
    rows[1].say(&"x".repeat(65));
    let (row, words) = thresholds(&of, &rows, false).unwrap_err();
    assert_eq!((row, words.as_str()), (1, "thresholds[1].words has 65 bytes: write at most 64"));
    let many = vec![Row { bound: "1".into(), ..Row::default() }; 9];
    assert_eq!(thresholds(&of, &many, false).unwrap_err().0, 8);
}

#[test]
fn a_document_can_say_that_no_threshold_counts() {
    let of = panel(json!({"thresholds": []}));
    assert!(has_none(&of) && !has_none(&panel(json!({}))));
    assert_eq!(thresholds(&of, &[], true), Ok(json!([])));
    assert_eq!(thresholds(&of, &[Row::default()], true), Ok(json!([])), "a row without a bound is none");
    let row = Row { bound: "7".into(), ..Row::default() };
    assert_eq!(thresholds(&of, &[row], true), Ok(json!([{"above": 7}])));
    assert_eq!(with_field(&of, "thresholds", &Value::Null), panel(json!({})));
}

#[test]
fn series_are_named_only_while_some_are_off() {
    let all = ["in", "out", "lost"].map(str::to_owned);
    let of = panel(json!({}));
    let two = with_series(&of, 0, &all, "lost", false).unwrap();
    assert_eq!(two, json!([{"topic": "host/cpu", "series": ["in", "out"]}]));
    let of = with_field(&of, "sources", &two);
    assert!(is_shown(&of.sources[0].series, "in") && !is_shown(&of.sources[0].series, "lost"));
    assert_eq!(with_series(&of, 0, &all, "lost", true), Ok(json!([{"topic": "host/cpu"}])));
    let one = with_field(&of, "sources", &with_series(&of, 0, &all, "in", false).unwrap());
    assert!(with_series(&one, 0, &all, "out", false).unwrap_err().starts_with("At least one series"));
    let other = with_series(&one, 1, &all, "out", true);
    assert!(other.unwrap_err().contains("no longer shows"), "the form is older than the panel");
}

proptest! {
    /// Whatever a person writes, the document stays one that a server accepts.
    #[test]
    fn nothing_that_is_written_makes_a_document_that_is_refused(
        writes in prop::collection::vec((0_usize..64, "[-0-9.,a-z ]{0,5}"), 0..20),
    ) {
        let cpu = Topic::new("host/cpu").unwrap();
        let mut shown = Panel::of(cpu);
        for (index, text) in writes {
            let all = fields();
            let field = all[index % all.len()];
            if let Ok(value) = read(&shown, field, &text) {
                shown = with_field(&shown, field.name, &value);
            }
        }
        let errors = check_panel(&shown.to_value()).into_iter().filter(|fault| fault.severity == Severity::Error);
        prop_assert_eq!(errors.count(), 0);
    }
}

#[test]
fn a_number_that_may_be_grouped_or_have_decimals_is_refused() {
    for (text, words) in
        [("1,000", "write 1000 or 1.000"), ("\u{2212}12,500", "write \u{2212}12500 or \u{2212}12.500")]
    {
        let refused = number(text).unwrap_err();
        assert!(refused.contains(words), "{refused}");
    }
    for (text, value) in [("1,5", 1.5), ("1,25", 1.25), ("1,0001", 1.000_1), ("1000", 1_000.0)] {
        assert_eq!(number(text).unwrap().as_f64(), Some(value), "{text}");
    }
}
