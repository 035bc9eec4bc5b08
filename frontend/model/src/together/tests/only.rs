//! The metadata that a panel of one topic takes over from the publisher.

use serde_json::{Value, json};
use shared::TopicMeta;

use super::{Data, Subject, panel, with};
use crate::chart::{Limits, LocalClock};
use crate::kind::Kind;
use crate::standing::crossed;

fn told(name: &str, data: Value, meta: Value) -> Data {
    let mut data = Data::of(name, &[(1_000, data.clone()), (2_000, data)]);
    data.stream.tell(serde_json::from_value(meta).unwrap(), &mut data.series);
    data
}

/// Returns a panel of the topic `name` that shows some of its series.
fn some(name: &str, series: &[&str]) -> Value {
    json!({"sources": [{"topic": name, "series": series}]})
}

fn updated(fields: &Value, data: &Data) -> Subject {
    let mut subject = Subject::new(fields);
    subject.update(&[data]);
    subject.stream.read_limits(Limits::read);
    subject
}

/// Returns the worst threshold that the numbers of a panel cross, in words.
fn over(subject: &Subject) -> Option<String> {
    let crossed = crossed(&subject.stream, &subject.set, None, LocalClock::UTC)?;
    Some(crossed.0.words.replace('\u{202f}', " "))
}

#[test]
fn a_panel_of_some_series_or_with_a_comparison_is_what_the_publisher_wants() {
    let meta = json!({
        "panel": "bars", "scale": "log", "target": 35, "decimals": 1, "min": 1, "max": 90, "label": "Load",
        "thresholds": [{"above": 30}],
    });
    let net = told("net", json!({"a": 40, "b": 2}), meta);
    let compared = with(panel(&["net"]), "compare_ms", json!(3_600_000));
    for fields in [some("net", &["a"]), compared] {
        let subject = updated(&fields, &net);
        let meta = subject.stream.meta();
        assert_eq!((subject.stream.kind(), subject.stream.is_log()), (Some(Kind::Bars), true), "{fields}");
        assert_eq!((meta.target, meta.decimals, meta.label.as_deref()), (Some(35.0), Some(1), Some("Load")));
        assert_eq!((meta.min, meta.max), (Some(1.0), Some(90.0)));
        assert!(over(&subject).is_some_and(|words| words.contains("over 30")), "{fields}");
    }
    assert_eq!(over(&updated(&some("net", &["b"]), &net)), None, "the other series is not shown");
}

#[test]
fn the_document_overrules_the_publisher_field_by_field() {
    let net = told(
        "net",
        json!({"a": 40, "b": 2}),
        json!({"panel": "bars", "scale": "log", "thresholds": [{"above": 30}]}),
    );
    let mut subject = Subject::new(&some("net", &["a"]));
    let thresholds = Some(Box::new(json!([])));
    let wanted = TopicMeta { panel: Some("area".to_owned()), thresholds, ..TopicMeta::default() };
    subject.stream.arrange(wanted, &mut subject.set);
    subject.update(&[&net]);
    subject.stream.read_limits(Limits::read);
    assert_eq!(
        (subject.stream.kind(), subject.stream.is_log(), over(&subject)),
        (Some(Kind::Area), true, None)
    );
}

#[test]
fn a_comparison_has_no_kind_that_shows_only_the_newest_numbers() {
    for (wanted, kind) in
        [("gauge", Kind::Line), ("number", Kind::Line), ("list", Kind::Line), ("heatmap", Kind::Heatmap)]
    {
        let net = told("net", json!({"a": 40, "b": 2}), json!({"panel": wanted}));
        let compared = updated(&with(panel(&["net"]), "compare_ms", json!(3_600_000)), &net);
        assert_eq!(compared.stream.kind(), Some(kind), "{wanted}");
        let plain = updated(&some("net", &["a", "b"]), &net);
        assert_eq!(plain.stream.kind(), Kind::named(wanted));
    }
}

#[test]
fn what_is_computed_has_nothing_of_the_publisher_but_units() {
    let meta =
        json!({"panel": "bars", "scale": "log", "unit": "B", "max": 90, "thresholds": [{"above": 30}]});
    let net = told("net", json!(40), meta);
    let rate = updated(&with(panel(&["net"]), "derive", json!([{"rate": "second"}])), &net);
    assert_eq!((rate.stream.kind(), rate.stream.is_log()), (Some(Kind::Number), false));
    assert_eq!((rate.stream.meta().max, rate.stream.meta().thresholds.as_ref()), (None, None));
}

#[test]
fn what_is_meant_in_the_unit_of_the_topic_does_not_apply_to_series_in_others() {
    let meta = json!({
        "unit": "°C", "units": {"power": "W", "room": "°C"}, "min": 20, "target": 85,
        "thresholds": [{"above": 80}, {"above": 500, "series": "power"}],
    });
    let lab = told("lab", json!({"power": 300, "temp": 71.5}), meta);
    let power = updated(&some("lab", &["power"]), &lab);
    assert_eq!((power.stream.meta().unit.as_deref(), over(&power)), (Some("W"), None));
    assert_eq!((power.stream.meta().min, power.stream.meta().target), (None, None));
    let thresholds = power.stream.meta().thresholds.as_deref().and_then(Value::as_array);
    assert_eq!(thresholds.map(Vec::len), Some(1), "that of the series stays");
    let both = updated(&some("lab", &["power", "temp"]), &lab);
    assert_eq!((both.stream.meta().unit.as_deref(), over(&both)), (Some("°C"), None));
    assert_eq!((both.stream.meta().min, both.stream.meta().target), (Some(20.0), Some(85.0)));
    assert_eq!(both.set.unit(both.column("power")).map(crate::chart::Unit::symbol), Some("W"));
}
