//! CloudWatch's embedded metric format. CloudWatch turns log lines in this format into metrics, so that a function
//! reports metrics without a request ("Specification: Embedded metric format", Amazon CloudWatch user guide).

use serde_json::{Map, Value, json};
use shared::Millis;

/// CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "Tickertape";

/// The only CloudWatch dimension of all metrics. Its value is the name of the Lambda function, which contains the
/// stack's name.
pub const DIMENSION: &str = "FunctionName";

/// Unit of a metric, as CloudWatch names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of events, such as posts.
    Count,
    /// A duration in milliseconds.
    Milliseconds,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
        }
    }
}

/// A metric and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Name of the metric.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: Unit,
    /// Value of the metric, in its unit.
    pub value: u64,
}

/// Returns the log line that reports `metrics`, or `None` if there are none. There may be at most 100. `request_id` is
/// added as a plain field and not as a dimension, so that the line can be found together with the other lines of the
/// invocation.
pub fn line(function: &str, request_id: &str, now: Millis, metrics: &[Metric]) -> Option<String> {
    if metrics.is_empty() {
        return None;
    }
    let names: Vec<Value> =
        metrics.iter().map(|metric| json!({"Name": metric.name, "Unit": metric.unit.name()})).collect();
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": names});
    let mut root = Map::from_iter([
        ("_aws".to_owned(), json!({"Timestamp": now, "CloudWatchMetrics": [directive]})),
        (DIMENSION.to_owned(), json!(function)),
        ("requestId".to_owned(), json!(request_id)),
    ]);
    root.extend(metrics.iter().map(|metric| (metric.name.to_owned(), json!(metric.value))));
    Some(Value::Object(root).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_of_its_members_are_metrics_and_holds_their_values() {
        let metrics = [
            Metric { name: "Posts", unit: Unit::Count, value: 3 },
            Metric { name: "FanOutDuration", unit: Unit::Milliseconds, value: 41 },
        ];
        let line = line("board-broadcast", "e1506fd5", 1_800_000_000_000, &metrics).unwrap();
        assert!(!line.contains('\n'), "one line is one event of the log");
        assert_eq!(
            serde_json::from_str::<Value>(&line).unwrap(),
            json!({
                "_aws": {
                    "Timestamp": 1_800_000_000_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Tickertape",
                        "Dimensions": [["FunctionName"]],
                        "Metrics": [
                            {"Name": "Posts", "Unit": "Count"},
                            {"Name": "FanOutDuration", "Unit": "Milliseconds"},
                        ],
                    }],
                },
                "FunctionName": "board-broadcast",
                "requestId": "e1506fd5",
                "Posts": 3,
                "FanOutDuration": 41,
            })
        );
    }

    #[test]
    fn no_metrics_make_no_line() {
        assert_eq!(line("board-broadcast", "e1506fd5", 0, &[]), None);
    }
}
