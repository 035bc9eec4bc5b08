//! The limits of publications and of requests to publish.

use serde_json::{Value, json};

use super::published;
use crate::support::Server;

pub fn bytes(server: &Server, bytes: usize) {
    let data = |bytes| json!("x".repeat(bytes - 2));
    assert_eq!(published(server, json!({"data": data(bytes)})), None);
    assert_eq!(published(server, json!({"data": data(bytes + 1)})), Some(205));
}

pub fn nesting(server: &Server, levels: usize) {
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!({"a": inner}));
    assert_eq!(published(server, json!({"data": nested(levels)})), None);
    assert_eq!(published(server, json!({"data": nested(levels + 1)})), Some(204));
}

pub fn name_of_a_topic(server: &Server, bytes: usize) {
    assert_eq!(published(server, json!({"topic": "t".repeat(bytes)})), None);
    assert_eq!(published(server, json!({"topic": "t".repeat(bytes + 1)})), Some(202));
}

pub fn depth_of_a_topic(server: &Server, segments: usize) {
    assert_eq!(published(server, json!({"topic": vec!["t"; segments].join("/")})), None);
    assert_eq!(published(server, json!({"topic": vec!["t"; segments + 1].join("/")})), Some(202));
}

pub fn text_in_metadata(server: &Server, bytes: usize) {
    assert_eq!(published(server, json!({"meta": {"label": "l".repeat(bytes)}})), None);
    assert_eq!(published(server, json!({"meta": {"label": "l".repeat(bytes + 1)}})), Some(204));
}

pub fn units(server: &Server, series: usize) {
    let units = |series| -> Value { (0..series).map(|n| (format!("s{n}"), json!("m"))).collect() };
    assert_eq!(published(server, json!({"topic": "units", "meta": {"units": units(series)}})), None);
    let more = json!({"topic": "units", "meta": {"units": units(series + 1)}});
    assert_eq!(published(server, more), Some(204));
}

pub fn bytes_of_units(server: &Server, bytes: usize) {
    const SERIES: usize = 150;
    let meta = |bytes: usize| -> Value {
        // Each unit needs seven bytes beside its name: `"":"m",`.
        let units: Value = names(SERIES, bytes - 1 - 7 * SERIES).map(|name| (name, json!("m"))).collect();
        assert_eq!(units.to_string().len(), bytes);
        json!({"topic": "units", "meta": {"units": units}})
    };
    assert_eq!(published(server, meta(bytes)), None);
    assert_eq!(published(server, meta(bytes + 1)), Some(204));
}

pub fn bytes_of_states(server: &Server, bytes: usize) {
    const STATES: usize = 60;
    let meta = |bytes: usize| -> Value {
        // Each meaning needs ten bytes beside its state: `"":"good",`.
        let meanings: Value =
            names(STATES, bytes - 1 - 10 * STATES).map(|name| (name, json!("good"))).collect();
        assert_eq!(meanings.to_string().len(), bytes);
        json!({"topic": "states", "data": "open", "meta": {"states": meanings}})
    };
    assert_eq!(published(server, meta(bytes)), None);
    assert_eq!(published(server, meta(bytes + 1)), Some(204));
}

/// Returns `count` different names that have `bytes` bytes together.
fn names(count: usize, bytes: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |n| {
        let width = bytes / count + usize::from(n < bytes % count);
        format!("{n:0>width$}")
    })
}

pub fn states(server: &Server, states: usize) {
    let meta = |states| -> Value {
        let meanings: Value = (0..states).map(|n| (format!("s{n}"), json!("good"))).collect();
        json!({"topic": "states", "data": "s0", "meta": {"states": meanings}})
    };
    assert_eq!(published(server, meta(states)), None);
    assert_eq!(published(server, meta(states + 1)), Some(204));
}

pub fn thresholds(server: &Server, bytes: usize) {
    let meta = |bytes: usize| -> Value {
        let frame = json!([{"above": 1, "note": ""}]).to_string().len();
        let thresholds = json!([{"above": 1, "note": "x".repeat(bytes - frame)}]);
        json!({"topic": "thresholds", "data": 1, "meta": {"thresholds": thresholds}})
    };
    assert_eq!(published(server, meta(bytes)), None);
    assert_eq!(published(server, meta(bytes + 1)), Some(204));
}

pub fn name_of_a_series(server: &Server, bytes: usize) {
    let units = |bytes| json!({"topic": "series", "meta": {"units": {"s".repeat(bytes): "m"}}});
    assert_eq!(published(server, units(bytes)), None);
    assert_eq!(published(server, units(bytes + 1)), Some(204));
}

pub fn past(server: &Server, ms: usize) {
    assert_eq!(published(server, json!({"ts": now_ms() - ms as i64 + 60_000})), None);
    assert_eq!(published(server, json!({"ts": now_ms() - ms as i64 - 60_000})), Some(206));
}

pub fn future(server: &Server, ms: usize) {
    assert_eq!(published(server, json!({"ts": now_ms() + ms as i64 - 60_000})), None);
    assert_eq!(published(server, json!({"ts": now_ms() + ms as i64 + 60_000})), Some(206));
}

pub fn items(server: &Server, items: usize) {
    let batch = |items: usize| format!("[{}]", vec!["1"; items].join(","));
    let lines = |items: usize| vec!["1"; items].join("\n");
    assert!(batch(3).starts_with('['));
    assert_eq!(server.post("/topics/many", lines(items)).status, 200);
    assert_eq!(server.post("/topics/many", lines(items + 1)).status, 413);
}

pub fn body(server: &Server, bytes: usize) {
    // Spaces around a value are no data.
    assert_eq!(server.post("/topics/body", format!("1{}", " ".repeat(bytes - 1))).status, 200);
    assert_eq!(server.post("/topics/body", format!("1{}", " ".repeat(bytes))).status, 413);
}

pub fn items_of_history(server: &Server, items: usize) {
    assert_eq!(server.post("/topics/long", vec!["1"; items + 1].join("\n")).status, 200);
    let read = server.get(&format!("/topics/long?limit={}", items + 1)).json();
    assert_eq!(read["items"].as_array().unwrap().len(), items);
}

pub fn bytes_of_history(server: &Server, bytes: usize) {
    let large = json!("x".repeat(20_000)).to_string();
    let most = bytes / large.len();
    for _ in 0..=most / 40 {
        assert_eq!(server.post("/topics/large", vec![&*large; 40].join("\n")).status, 200);
    }
    let read = server.get("/topics/large").json();
    let sizes: Vec<usize> =
        read["items"].as_array().unwrap().iter().map(|item| item.to_string().len()).collect();
    let all: usize = sizes.iter().sum();
    assert!(all <= bytes && all + sizes[0] > bytes, "{} publications of {all} bytes", sizes.len());
}

pub fn buckets_of_history(server: &Server, buckets: usize) {
    assert_eq!(server.post("/topics/buckets", "1").status, 200);
    let step = |to_ms: usize| {
        let path = format!("/topics/buckets?from_ms=0&to_ms={to_ms}&step_ms=1");
        server.get(&path).json()["step_ms"].as_u64()
    };
    assert_eq!((step(buckets), step(buckets + 1)), (Some(1), Some(2)));
}

pub fn series_with_buckets(server: &Server, series: usize) {
    let data = |series| -> Value { (0..series).map(|n| (format!("s{n:03}"), json!(n))).collect() };
    for (series, left_out) in [(series, Value::Null), (series + 1, json!({"count": 1, "names": ["s064"]}))] {
        let path = format!("/topics/series/{series}");
        assert_eq!(server.post(&path, data(series).to_string()).status, 200);
        let read = server.get(&format!("{path}?step_ms=1000")).json();
        assert_eq!(read["left_out"], left_out);
    }
}

pub fn name_of_a_producer(server: &Server, bytes: usize) {
    let producer = |bytes| json!({"topic": "producer", "producer": {"id": "p".repeat(bytes), "seq": 1}});
    assert_eq!(published(server, producer(bytes)), None);
    assert_eq!(published(server, producer(bytes + 1)), Some(200));
}

pub fn number_of_a_request(server: &Server, seq: usize) {
    let producer = |seq: usize| json!({"topic": "seq", "producer": {"id": "p", "seq": seq}});
    assert_eq!(published(server, producer(seq)), None);
    assert_eq!(published(server, producer(seq + 1)), Some(200));
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
