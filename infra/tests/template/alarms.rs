//! Tests the alarms: the metrics that they watch and the topic that they notify.

use backend_lambda::emf::{DIMENSION, NAMESPACE};
use backend_lambda::metrics::METRICS;
use infra::Template;
use serde_json::{Value, json};
use tickertape::cost;

/// Time by which publications may be sent later than the parameter FrameEveryMs says, in milliseconds.
const LATE_MS: u64 = 10_000;

/// Returns the metrics of a CloudWatch namespace that alarms watch, each with its dimensions.
fn watched(template: &Template, namespace: &str) -> Vec<(String, Value)> {
    let alarms =
        template.of_type("AWS::CloudWatch::Alarm").filter(|(_, alarm)| alarm["Namespace"] == namespace);
    let name = |alarm: &Value| alarm["MetricName"].as_str().unwrap_or_default().to_owned();
    alarms.map(|(_, alarm)| (name(alarm), alarm["Dimensions"].clone())).collect()
}

#[test]
fn metrics_of_the_functions_are_watched_by_the_names_the_functions_use() {
    let watched = watched(&Template::read(), NAMESPACE);
    let of_broadcast = json!([{"Name": DIMENSION, "Value": {"Ref": "BroadcastFunction"}}]);
    assert_eq!(watched, [("Unreadable".to_owned(), of_broadcast)]);
    assert!(METRICS.iter().any(|(name, _)| *name == watched[0].0));
}

#[test]
fn errors_of_every_function_are_watched_and_throttles_of_all() {
    let template = Template::read();
    let of = |function: &str| json!([{"Name": "FunctionName", "Value": {"Ref": function}}]);
    let lambda = watched(&template, "AWS/Lambda");
    let is_watched = |metric: &str, dimensions: Value| lambda.contains(&(metric.to_owned(), dimensions));
    for function in ["WebsocketFunction", "AuthorizerFunction", "BroadcastFunction"] {
        assert!(is_watched("Errors", of(function)), "{function}");
    }
    assert!(
        is_watched("Url5xxCount", of("IngestFunction")) && is_watched("IteratorAge", of("BroadcastFunction"))
    );
    assert!(is_watched("Throttles", Value::Null));
}

#[test]
fn the_alarm_of_throttled_functions_names_both_bounds_of_concurrency() {
    let template = Template::read();
    let description = template.properties("FunctionsThrottled")["AlarmDescription"].as_str().unwrap();
    for bound in ["the account's concurrency", "that reserved for a function"] {
        assert!(description.contains(bound), "{description}");
    }
}

#[test]
fn publications_that_wait_for_the_next_frame_are_not_late() {
    let template = Template::read();
    for ms in cost::FRAME_EVERY_MS {
        assert_eq!(template.mapping("FrameEvery")[ms.to_string()]["LateAfterMs"], ms + LATE_MS);
    }
    let threshold = &template.properties("BroadcastLate")["Threshold"]["Fn::FindInMap"];
    assert_eq!(*threshold, json!(["FrameEvery", {"Ref": "FrameEveryMs"}, "LateAfterMs"]));
}

#[test]
fn alarms_watch_no_more_metrics_than_are_free_of_charge() {
    let template = Template::read();
    let metrics = |alarm: &Value| {
        let several = alarm["Metrics"].as_array().map(Vec::as_slice).unwrap_or_default();
        several.iter().filter(|metric| metric["MetricStat"].is_object()).count().max(1)
    };
    let watched: usize = template.of_type("AWS::CloudWatch::Alarm").map(|(_, alarm)| metrics(alarm)).sum();
    assert!((1..=10).contains(&watched), "{watched}");
}

#[test]
fn every_alarm_notifies_the_alarm_topic_if_there_is_one() {
    let template = Template::read();
    for (name, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"]["Fn::If"][1][0]["Ref"], "AlarmTopic", "{name}");
        assert_eq!(alarm["TreatMissingData"], "notBreaching", "{name}: no data is no fault");
    }
}
