//! A board with panels of all kinds, as a company has it: a server that has kept two days of twenty topics, with an incident
//! yesterday, a failed build and a sensor that is silent.

use std::time::Duration;

use serde_json::{Map, Value, json};
use shared::Millis;

use crate::kept::{Kept, Said, now_ms};

const MINUTE_S: i64 = 60;
/// Length of the older part, of which there is a value a minute, in seconds.
const OLDER_S: i64 = 36 * 3_600;
/// Length of the newer part, of which there is a value every [`STEP_S`] seconds, in seconds.
const NEWER_S: i64 = 1_800;
const STEP_S: i64 = 5;
/// Time since the beginning of the incident in seconds.
const INCIDENT_S_AGO: i64 = 26 * 3_600;
/// Time since the last value of the silent sensor in seconds.
const SILENT_S: i64 = 240;
/// Time between two publications of each topic from the start of the server on.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts the server. Returns it with the time of the incident, in milliseconds since the Unix epoch.
pub async fn begin() -> (Kept, Millis) {
    let now = now_ms();
    let older = (NEWER_S..OLDER_S).rev().step_by(MINUTE_S as usize);
    let newer = (0..NEWER_S).rev().step_by(STEP_S as usize);
    let past = older.chain(newer).map(move |ago| {
        let mut said = of_second(now / 1_000 - ago, incident(ago));
        if ago > SILENT_S {
            let meta = json!({"unit": "°C", "expect_every_ms": 10_000});
            said.push(Said::new("fleet/cold-store", json!(18.4 + wave(ago, 90.0, 1.0))).with(meta));
        }
        (now - 1_000 * ago, said)
    });
    let live = |_| of_second(now_ms() / 1_000, 0.0);
    (Kept::begin(past, live, PAUSE).await, now - 1_000 * INCIDENT_S_AGO)
}

/// Returns the strength of the incident at a time, from 0 to 1. It begins suddenly and fades within ten minutes.
fn incident(seconds_ago: i64) -> f64 {
    let since = (INCIDENT_S_AGO - seconds_ago) as f64;
    if (0.0..1_200.0).contains(&since) { (-since / 300.0).exp() } else { 0.0 }
}

/// Returns a wave with some noise around it, between -`height` and `height`.
fn wave(second: i64, period: f64, height: f64) -> f64 {
    let mixed = (second as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let noise = (mixed % 1_000) as f64 / 500.0 - 1.0;
    round(((second as f64 / period).sin() * 0.7 + noise * 0.3) * height)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Returns what all topics say at a second since the Unix epoch.
fn of_second(second: i64, incident: f64) -> Vec<Said> {
    let mut said = host(second);
    said.extend(api(second, incident));
    said.extend(shop(second));
    said.extend(fleet(second));
    said
}

fn host(second: i64) -> Vec<Said> {
    let user = round(34.0 + wave(second, 200.0, 18.0));
    let cpu = json!({"user": user, "system": round(12.0 + wave(second, 130.0, 5.0)), "iowait": round(5.0 + wave(second, 70.0, 3.0))});
    let net =
        json!({"in": round(4.2 + wave(second, 60.0, 3.0)), "out": round(1.9 + wave(second, 90.0, 1.2))});
    let disks = [("/", 61.2), ("/var", 78.0), ("/srv", 43.9), ("/backup", 88.4)];
    let disks: Vec<_> = disks.iter().map(|(mount, used)| json!({"mount": mount, "used %": used})).collect();
    vec![
        Said::new("host/cpu", cpu).with(json!({"unit": "%", "label": "of 8 cores", "min": 0, "max": 100})),
        Said::new("host/memory", json!(round(5.2 + wave(second, 400.0, 0.3))))
            .with(json!({"unit": "GiB", "label": "used of 23.4 GiB"})),
        Said::new("host/load", json!(round(1.07 + wave(second, 150.0, 0.6)))).with(json!({"label": "1 min"})),
        Said::new("host/net", net).with(json!({"unit": "MB/s"})),
        Said::new("host/disk", json!(disks)),
    ]
}

fn api(second: i64, incident: f64) -> Vec<Said> {
    let slow = 1_500.0 * incident;
    let latency = json!({"p50": round(19.0 + wave(second, 80.0, 4.0)), "p95": round(104.0 + wave(second, 60.0, 30.0) + slow / 4.0),
        "p99": round(260.0 + wave(second, 45.0, 90.0) + slow)});
    let requests = json!({"2xx": (604.0 + wave(second, 150.0, 120.0) - 300.0 * incident).round(), "3xx": (61.0 + wave(second, 90.0, 9.0)).round(),
        "5xx": (3.0 + wave(second, 30.0, 3.0) + 200.0 * incident).round()});
    let (level, message) = match second / STEP_S % 12 {
        3 => ("warn", "slow query 812 ms: select * from orders where customer_id = 4123"),
        7 => ("error", "payment provider timed out after 30 s, attempt 2 of 3, order 88213"),
        1 | 5 | 9 => ("info", "GET /api/cart 200 in 12 ms"),
        _ => ("info", "POST /api/checkout 201 in 93 ms"),
    };
    vec![
        Said::new("api/latency", latency).with(json!({"unit": "ms"})),
        Said::new("api/error_rate", json!(round(0.035 + 3.0 * incident))).with(json!({"unit": "%"})),
        Said::new("api/uptime", json!(99.96)).with(json!({"unit": "%", "label": "30 days"})),
        Said::new("api/requests", requests).with(json!({"label": "per second, by status"})),
        Said::new("api/log", json!({"level": level, "message": message})),
    ]
}

fn shop(second: i64) -> Vec<Said> {
    let queues = [
        ("thumbnails", 211, 38.0),
        ("mail", 14, 2.1),
        ("invoices", 3, 0.4),
        ("exports", 1, 12.0),
        ("webhooks", 0, 0.0),
    ];
    let queues: Vec<_> = queues
        .iter()
        .map(
            |(queue, depth, oldest)| json!({"queue": queue, "depth": depth + second % 5, "oldest s": oldest}),
        )
        .collect();
    vec![
        Said::new("shop/orders", json!((84.0 + wave(second, 100.0, 30.0)).round()))
            .with(json!({"label": "per minute"})),
        Said::new("shop/revenue", json!(round(12_345.96 + (second % 86_400) as f64 / 9.0)))
            .with(json!({"unit": "€", "label": "today"})),
        Said::new("shop/eurusd", Value::from(1.083_7 + wave(second, 300.0, 0.002)))
            .with(json!({"unit": "$"})),
        Said::new("shop/queues", json!(queues)),
    ]
}

fn fleet(second: i64) -> Vec<Said> {
    let batteries: Map<String, Value> = (1..=40)
        .map(|van| {
            (
                format!("van {van}"),
                json!(round(40.0 + f64::from(van) + wave(second + i64::from(van) * 37, 500.0, 6.0))),
            )
        })
        .collect();
    let mut said = vec![
        Said::new("fleet/battery", Value::Object(batteries)).with(json!({"unit": "%", "label": "40 vans"})),
        Said::new(
            "db/connections",
            json!({"idle": (52.0 + wave(second, 110.0, 25.0)).round(), "active": (31.0 + wave(second, 70.0, 20.0)).round()}),
        ),
        Said::new("ci/tests", json!(1_281)).with(json!({"label": "passed of 1284"})),
    ];
    if second / STEP_S % 6 == 0 {
        let door = if second / 1_200 % 2 == 0 { "open" } else { "closed" };
        said.push(Said::new("fleet/door-2", json!(door)));
        let pipeline = if second / 900 % 3 == 0 { "passed" } else { "failed" };
        said.push(Said::new("ci/pipeline", json!(pipeline)));
    }
    said
}
