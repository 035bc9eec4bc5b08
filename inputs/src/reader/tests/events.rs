//! Tests that read events, logs and metrics of other programs.

use super::*;

#[test]
fn an_envelope_takes_every_usual_time() {
    let input = "{\"data\": 21.50, \"ts\": 1795344127101}\n{\"data\": 2, \"ts\": 1795344127101.25}\n{\"data\": 3, \"ts\": 1795344127.101}\n\
                 {\"data\": {\"in\": 4}, \"ts\": \"2026-11-22T11:42:07.101+01:00\"}\n{\"data\": 5, \"ts\": \"soon\"}\n{\"data\": 6}\n";
    let result = read(input);
    assert_eq!(result.json, ["21.50", "2", "3", "{\"in\": 4}", "6"]);
    assert_eq!(result.times[..4], [Some(1_795_344_127_101); 4]);
    assert!(
        result.unreadable[0].0 == 5 && result.unreadable[0].1.contains("is not a time"),
        "{:?}",
        result.unreadable
    );
}

#[test]
fn entries_of_a_journal_are_events_at_their_time() {
    let input = "{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1795344127101000\",\"_HOSTNAME\":\"b\",\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":\"medium error\",\"X\":\"y\"}\n\
                 {\"__REALTIME_TIMESTAMP\":\"1795344127101000\",\"PRIORITY\":\"6\",\"MESSAGE\":[104,105,27,91,109]}\n\
                 {\"__REALTIME_TIMESTAMP\":\"1795344127101000\",\"PRIORITY\":\"4\",\"MESSAGE\":null}\n";
    let result = read(input);
    assert_eq!(
        result.data[0],
        json!({"level": "error", "message": "medium error", "app": "kernel", "host": "b", "X": "y"})
    );
    assert_eq!(result.data[1], json!({"level": "info", "message": "hi"}));
    assert!(result.data[2]["message"].as_str().unwrap().contains("--all"));
    assert_eq!(result.times, [Some(1_795_344_127_101); 3]);
}

#[test]
fn events_of_docker_are_messages_and_their_times_no_values() {
    let input = "{\"status\":\"die\",\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"0a\",\"Attributes\":{\"name\":\"web\"}},\"time\":1795344127,\"timeNano\":1795344127101388154}\n";
    let result = read(input);
    assert_eq!(result.data[0]["message"], "container die web");
    assert!(result.data[0].get("time").is_none() && result.data[0].get("timeNano").is_none());
    assert_eq!(result.times, [Some(1_795_344_127_101)]);
}

#[test]
fn levels_of_loggers_are_words() {
    let table = [
        (
            r#"{"level":50,"time":1795344127101,"pid":41,"msg":"failed"}"#,
            json!({"level": "error", "pid": 41, "msg": "failed"}),
        ),
        (
            r#"{"level":"warn","ts":1795344127.101,"logger":"x","msg":"slow"}"#,
            json!({"level": "warn", "logger": "x", "msg": "slow"}),
        ),
        (
            r#"{"level":"info","time":"2026-11-22T10:42:07.101Z","message":"up"}"#,
            json!({"level": "info", "message": "up"}),
        ),
        (
            r#"{"event":"paid","level":"info","timestamp":"2026-11-22T10:42:07.101000Z","eur":1.50}"#,
            json!({"event": "paid", "level": "info", "eur": 1.5}),
        ),
        (
            r#"{"version":"1.1","short_message":"down","level":3,"timestamp":1795344127.101}"#,
            json!({"version": "1.1", "message": "down", "level": "error"}),
        ),
        (
            r#"{"@t":"2026-11-22T10:42:07.101Z","@mt":"hi","@l":"Warning"}"#,
            json!({"message": "hi", "level": "Warning"}),
        ),
    ];
    for (line, expected) in table {
        let result = read(line);
        assert_eq!(result.data, [expected], "{line}");
        assert_eq!(result.times, [Some(1_795_344_127_101)], "{line}");
    }
}

#[test]
fn points_of_influx_keep_their_measurement_tags_and_time() {
    let input = "cpu,host=web1,region=eu idle=98.2,procs=211i 1795344127101388154\nmem,host=web1 used=3221225472i,ok=t,name=\"a b, c\" 1795344127101388154\n\
                 cpu,host=web1,region=eu idle=97.9,procs=214i 1795344137101388154\n";
    let result = read(input);
    assert_eq!(
        result.data[0],
        json!({
            "cpu": {"host=web1,region=eu": {"idle": 98.2, "procs": 211}},
            "mem": {"host=web1": {"used": 3_221_225_472_i64, "ok": true, "name": "a b, c"}}
        })
    );
    assert_eq!(result.times, [Some(1_795_344_127_101), Some(1_795_344_137_101)]);
}

#[test]
fn lines_of_statsd_are_series_by_metric_and_tags() {
    let result =
        read("api.hits:1|c\napi.time:320|ms|@0.1\nqueue:+3|g|#env:prod\nusers:ann|s\napi.hits:2|c\n");
    assert_eq!(
        result.data[0],
        json!({"api.hits": 1, "api.time": 320, "queue": {"env=prod": 3}, "users": "ann"}),
        "{result:?}"
    );
    assert_eq!(result.units.get("api.time").map(String::as_str), Some("ms"));
}

#[test]
fn syslog_and_access_logs_are_events() {
    let result = read(
        "<11>Nov 22 10:42:07 board app[8]: it: failed\n<34>1 2026-11-22T10:42:07.101Z board su - ID47 [a@1 k=\"]\"] 'su root' failed\n",
    );
    assert_eq!(
        result.data[0],
        json!({"level": "error", "message": "it: failed", "host": "board", "app": "app", "pid": "8"})
    );
    assert_eq!(result.data[1]["message"], "'su root' failed");
    let result = read(
        "192.0.2.7 - frank [22/Nov/2026:10:42:07 +0000] \"GET /?a=\\\"b\\\" HTTP/1.1\" 502 2326 \"-\" \"curl/8\"\n",
    );
    assert_eq!(
        result.data[0],
        json!({"level": "error", "message": "GET /?a=\"b\" HTTP/1.1", "status": 502, "bytes": 2326, "client": "192.0.2.7", "user": "frank", "agent": "curl/8"})
    );
    assert_eq!(result.times, [Some(1_795_344_127_000)]);
}
