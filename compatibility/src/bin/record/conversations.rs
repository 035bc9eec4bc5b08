//! The conversations between clients and a server that the program `record` performs and records. Together they contain
//! every message of PROTOCOL.md in both directions, most error codes, and the HTTP API.

use std::fs;
use std::thread;
use std::time::Duration;

use compatibility::SECRET;
use serde_json::{Value, json};

use crate::stage::{ManualClient, Result, Stage};

type Play = fn(&mut Stage) -> Result<()>;

/// All scripted conversations: the name of each, and the function that runs it with the programs that a `Stage` has
/// started.
pub const ALL: &[(&str, Play)] = &[
    ("publish", publish),
    ("pipe", pipe),
    ("pipe-numbers", pipe_numbers),
    ("host", host),
    ("history", history),
    ("watch", watch),
    ("away", away),
    ("restart", restart),
    ("rotation", rotation),
    ("session", session),
    ("refusals", refusals),
    ("tokens", tokens),
    ("expired", expired),
    ("http", http),
    ("store", store),
];

const VMSTAT: &str = "\
procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 1  0      0 512340  20480 913408    0    0     5    11  214  402  3  1 96  0  0
 0  0      0 511876  20480 913412    0    0     0    48  251  455  7  2 91  0  0
 2  0      0 510992  20484 913420    0    0     0     0  198  377  2  1 97  0  0
";

/// Runs `tickertape publish` three times: with a number that has metadata, with several series, and with a text.
fn publish(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let url = stage.url();
    stage.run(
        &url,
        &["publish", "kitchen/temp", "21.5", "--unit", "°C", "--every", "10s", "--label", "Kitchen"],
        "",
    )?;
    stage.run(&url, &["publish", "kitchen", "in=21.5", "out=4"], "")?;
    stage.run(&url, &["publish", "build/main", "passed", "--json"], "")?;
    stage.run(&url, &["topics", "--json"], "")?;
    Ok(())
}

/// Runs `tickertape pipe` with the output of `vmstat`. It publishes over a session, with sequence numbers (as an
/// idempotent producer).
fn pipe(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let url = stage.url();
    stage.run(&url, &["pipe", "lab/vmstat"], VMSTAT)?;
    Ok(())
}

/// Runs `tickertape pipe` with forty numbers, which are more than one request can contain.
fn pipe_numbers(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let url = stage.url();
    let lines: Vec<String> = (1..=40).map(|n| n.to_string()).collect();
    stage.run(&url, &["pipe", "lab/seq", "--json"], &(lines.join("\n") + "\n"))?;
    Ok(())
}

/// Runs `tickertape host`, which publishes the metrics of this machine, until it has published eight times.
fn host(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let host = stage.start(&stage.url(), &["host", "--topic", "web1"])?;
    stage.wait_for(r#""type":"published""#, 8)?;
    Ok(host.interrupt()?)
}

/// Runs `tickertape history` and `tickertape topics` with several options.
fn history(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let lines: String = (1..=30).map(|n| format!("{n}\n")).collect();
    stage.run(&stage.direct_url()?, &["pipe", "lab/seq"], &lines)?;
    let url = stage.url();
    stage.run(&url, &["history", "lab/seq", "--limit", "5"], "")?;
    stage.run(&url, &["history", "lab/seq", "--since", "5m", "--json"], "")?;
    stage.run(&url, &["topics", "lab/*"], "")?;
    stage.run(&url, &["history", "lab/nothing"], "")?;
    Ok(())
}

/// Runs `tickertape watch` during a replay, live data of one and of several topics, and the arrival of another viewer.
/// Then nothing is published for a minute, so that the session sends a ping.
fn watch(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let direct = stage.direct_url()?;
    stage.run(&direct, &["pipe", "lab/seq", "--unit", "ms"], "1\n2\n3\n4\n5\n6\n7\n")?;
    let watch = stage.start(&stage.url(), &["watch", "lab/*", "--rewind", "5", "--json"])?;
    stage.wait_for(r#""replay":true"#, 1)?;
    stage.run(&direct, &["publish", "lab/seq", "8"], "")?;
    stage.run(
        &direct,
        &["publish", "lab/other", r#"{"a": 1, "b": [1, {"c": null}]}"#, "--label", "Other"],
        "",
    )?;
    stage.wait_for("lab/other", 1)?;
    let other = stage.start(&direct, &["watch", "lab/*"])?;
    stage.wait_for(r#""type":"occupancy""#, 1)?;
    drop(other);
    // Publishes several topics at once, so that they share a frame.
    let host = stage.start(&direct, &["host", "--topic", "lab/web1"])?;
    stage.wait_for(r#""type":"batch""#, 2)?;
    drop(host);
    stage.wait_for(r#""type":"pong""#, 1)?;
    stage.run(&direct, &["publish", "lab/seq", "9"], "")?;
    stage.wait_for(r#""data":9"#, 1)?;
    Ok(watch.interrupt()?)
}

/// Runs `tickertape watch` and cuts its connection. Meanwhile more is published than one replay can contain, so that
/// the client also has to request history.
fn away(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let direct = stage.direct_url()?;
    let watch = stage.start(&stage.url(), &["watch", "lab/seq", "--json"])?;
    stage.wait_for(r#""type":"subscribed""#, 1)?;
    stage.run(&direct, &["publish", "lab/seq", "1"], "")?;
    stage.wait_for(r#""type":"publications""#, 1)?;
    stage.cut();
    let lines: String = (2..=400).map(|n| format!("{n}\n")).collect();
    stage.run(&direct, &["pipe", "lab/seq"], &lines)?;
    stage.open();
    stage.wait_for(r#""data":400"#, 1)?;
    stage.wait_for(r#""type":"history""#, 1)?;
    stage.run(&direct, &["publish", "lab/seq", "401"], "")?;
    stage.wait_for(r#""data":401"#, 1)?;
    Ok(watch.interrupt()?)
}

/// Runs `tickertape watch` while the server is restarted twice. The first time the server keeps its store, the second
/// time it starts with an empty one.
fn restart(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let watch = stage.start(&stage.url(), &["watch", "lab/seq", "--rewind", "5", "--json"])?;
    stage.wait_for(r#""type":"subscribed""#, 1)?;
    stage.run(&stage.direct_url()?, &["pipe", "lab/seq"], "1\n2\n3\n")?;
    stage.wait_for(r#""data":3"#, 1)?;
    stage.stop()?;
    stage.serve_apart("data", &[])?;
    stage.run(&stage.direct_url()?, &["publish", "lab/seq", "4"], "")?;
    stage.open();
    stage.wait_for(r#""data":4"#, 1)?;
    stage.stop()?;
    stage.serve_apart("another", &[])?;
    stage.run(&stage.direct_url()?, &["pipe", "lab/seq"], "10\n11\n")?;
    stage.open();
    stage.wait_for(r#""data":11"#, 1)?;
    stage.run(&stage.direct_url()?, &["publish", "lab/seq", "12"], "")?;
    stage.wait_for(r#""data":12"#, 1)?;
    Ok(watch.interrupt()?)
}

/// Runs `tickertape watch` while its session replaces its connection before the server would close it. The time limits
/// of the server are 720 times shorter than usual.
fn rotation(stage: &mut Stage) -> Result<()> {
    let chaos = stage.path("chaos.json");
    fs::write(&chaos, r#"{"time_scale": 720}"#)?;
    let chaos = chaos.display().to_string();
    stage.serve("data", &["--chaos", &chaos])?;
    let direct = stage.direct_url()?;
    stage.run(&direct, &["publish", "lab/seq", "1"], "")?;
    let watch = stage.start(&stage.url(), &["watch", "lab/seq", "--rewind", "5", "--json"])?;
    stage.wait_for(r#""type":"subscribed""#, 1)?;
    // Publishes, so that the connection is not closed as idle, which happens after 833 ms on this server.
    for n in 2..=40 {
        stage.run(&direct, &["publish", "lab/seq", &n.to_string()], "")?;
        thread::sleep(Duration::from_millis(300));
    }
    stage.wait_for(r#""type":"subscribed""#, 2)?;
    stage.run(&direct, &["publish", "lab/seq", "41"], "")?;
    stage.wait_for(r#""data":41"#, 1)?;
    Ok(watch.interrupt()?)
}

/// Sends the messages of a session by hand: it subscribes, and sends every kind of client message at least once.
fn session(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let mut manual = stage.connect(Some("tickertape.v1"))?;
    let subscribe = |id: u64, filter: &str, rest: &Value| {
        let mut message = json!({"action": "subscribe", "id": id, "filter": filter});
        message
            .as_object_mut()
            .into_iter()
            .zip(rest.as_object())
            .for_each(|(to, from)| to.extend(from.clone()));
        message
    };
    manual.ask(&subscribe(1, "lab/*", &json!({"rewind": {"count": 3}})), "subscribed")?;
    let meta = json!({"unit": "°C", "label": "Lab", "expect_every_ms": 1000, "min": -10.0, "max": 40.5, "panel": "line"});
    let data =
        json!({"t": 21.5, "door": false, "words": "naïve \"quoted\" ☃", "deep": {"list": [1, [2, null]]}});
    let first = manual.ask(
        &json!({"action": "publish", "id": 2, "topic": "lab/a", "data": data, "ts": 1_790_000_000_000_u64, "meta": meta}),
        "published",
    )?;
    let producer = |seq: u64| json!({"id": "by-hand", "seq": seq});
    let items = json!([{"data": 1}, {"data": 2.5, "ts": 1_790_000_000_500_u64}, {"data": "three"}]);
    manual.ask(
        &json!({"action": "publish", "id": 3, "topic": "lab/a", "items": items, "producer": producer(1)}),
        "published",
    )?;
    // Repeats a request, as after a lost answer. The answer contains the position of the first one.
    manual.ask(
        &json!({"action": "publish", "id": 4, "topic": "lab/a", "items": items, "producer": producer(1)}),
        "published",
    )?;
    manual.ask(
        &json!({"action": "publish", "id": 5, "topic": "lab/b", "data": 18_446_744_073_709_551_615_u64, "producer": producer(1)}),
        "published",
    )?;
    manual.ask(&json!({"action": "ping", "t": 1_790_000_001_000_u64}), "pong")?;
    let epoch = &first["position"]["epoch"];
    manual.ask(&json!({"action": "history", "id": 6, "topic": "lab/a", "since": {"epoch": epoch, "offset": 1}, "limit": 2}), "history")?;
    manual.ask(&json!({"action": "history", "id": 7, "topic": "lab/a"}), "history")?;
    manual.ask(
        &subscribe(8, "lab/a", &json!({"since": {"lab/a": {"epoch": epoch, "offset": 1}}})),
        "subscribed",
    )?;
    manual.ask(&subscribe(9, "*", &json!({"rewind": {"ms": 300_000}})), "subscribed")?;
    let mut other = stage.connect(None)?;
    other.ask(&subscribe(1, "lab/*", &json!({})), "subscribed")?;
    manual.hear("occupancy")?;
    other.publish(2, "lab/b", &json!([{"name": "a", "n": 1}, {"name": "b", "n": 2}]))?;
    manual.hear("publications")?;
    other.close();
    manual.hear("occupancy")?;
    manual.ask(&json!({"action": "unsubscribe", "id": 10, "filter": "lab/*"}), "unsubscribed")?;
    // A server that requires no tokens does not check this one.
    manual.ask(&json!({"action": "refresh", "id": 11, "token": "any"}), "refreshed").or_else(ignore)?;
    stage.stop()?;
    manual.hear_close();
    Ok(())
}

/// Ignores an error that the server returned. The error is recorded, but servers differ in it, so the conversation
/// continues.
fn ignore(_: Box<dyn std::error::Error>) -> Result<Value> {
    Ok(Value::Null)
}

/// Sends requests that the server refuses, so that the error code of each refusal is recorded.
fn refusals(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let mut manual = stage.connect(None)?;
    for text in
        ["no JSON", "[1]", r#"{"action": "subscribe", "id": 1}"#, r#"{"action": "weather", "id": 2}"#, "{}"]
    {
        refused(&mut manual, text)?;
    }
    let long = "x".repeat(24_600);
    let deep = "[".repeat(12) + &"]".repeat(12);
    let publish =
        |data: &str| format!(r#"{{"action": "publish", "id": 3, "topic": "lab/a", "data": {data}}}"#);
    for text in [
        r#"{"action": "publish", "id": 3, "topic": "lab//a", "data": 1}"#.to_owned(),
        r#"{"action": "subscribe", "id": 3, "filter": "lab/*/a"}"#.to_owned(),
        publish(&deep),
        publish(&format!("{long:?}")),
        r#"{"action": "publish", "id": 3, "topic": "lab/a", "data": 1, "ts": 17}"#.to_owned(),
        r#"{"action": "publish", "id": 3, "topic": "lab/a"}"#.to_owned(),
        r#"{"action": "history", "id": 4, "topic": "lab/nothing"}"#.to_owned(),
    ] {
        refused(&mut manual, &text)?;
    }
    let numbered = |seq: u64| json!({"action": "publish", "id": 5, "topic": "lab/a", "data": seq, "producer": {"id": "p", "seq": seq}});
    manual.ask(&numbered(7), "published")?;
    refused(&mut manual, &numbered(3).to_string())?;
    for n in 0..100 {
        manual.ask(
            &json!({"action": "subscribe", "id": 100 + n, "filter": format!("lab/{n}")}),
            "subscribed",
        )?;
    }
    refused(&mut manual, &json!({"action": "subscribe", "id": 200, "filter": "one/more"}).to_string())?;
    manual.close();
    Ok(())
}

fn refused(manual: &mut ManualClient, text: &str) -> Result<Value> {
    manual.ask_text(text, "error")
}

/// Talks to a server that requires tokens. Covers handshakes with and without a token, missing permissions, and the
/// replacement of a token.
fn tokens(stage: &mut Stage) -> Result<()> {
    let secret = stage.secret(SECRET)?;
    stage.serve("data", &["--auth-secret-file", &secret])?;
    let token = |arguments: &[&str]| {
        let all = ["token", "--auth-secret-file", secret.as_str(), "--sub", "recorded"];
        let printed = stage.run("", &[&all[..], arguments].concat(), "");
        printed.map(|printed| printed.trim().to_owned())
    };
    let long = token(&["--subscribe", "lab/*", "--publish", "lab/*", "--ttl", "36500d"])?;
    let again = token(&["--subscribe", "lab/*", "--ttl", "36400d"])?;
    if stage.connect(None).is_ok() || stage.connect(Some("tickertape.v1, bearer.no-token")).is_ok() {
        return Err("let in without a token".into());
    }
    stage.run(&stage.url(), &["publish", "lab/a", "1", "--token", &long], "")?;
    stage.run(
        &stage.url(),
        &["watch", "lab/*", "--rewind", "1", "--count", "1", "--json", "--token", &long],
        "",
    )?;
    stage.http("GET", "/topics", &[], "")?;
    stage.http("GET", "/topics", &[("Authorization", &format!("Bearer {long}"))], "")?;
    let mut manual = stage.connect(Some(&format!("tickertape.v1, bearer.{long}")))?;
    manual.ask(&json!({"action": "subscribe", "id": 1, "filter": "lab/*"}), "subscribed")?;
    refused(&mut manual, r#"{"action": "subscribe", "id": 2, "filter": "home/*"}"#)?;
    refused(&mut manual, r#"{"action": "publish", "id": 3, "topic": "home/a", "data": 1}"#)?;
    manual.ask(&json!({"action": "refresh", "id": 4, "token": again}), "refreshed")?;
    refused(&mut manual, r#"{"action": "publish", "id": 5, "topic": "lab/a", "data": 1}"#)?;
    refused(&mut manual, r#"{"action": "refresh", "id": 6, "token": "no-token"}"#)?;
    manual.close();
    Ok(())
}

/// Lets a token expire while its connection is open. This is a conversation of its own, because its token has expired
/// when the recording is replayed. The tokens of [`tokens`] remain valid for a century.
fn expired(stage: &mut Stage) -> Result<()> {
    let secret = stage.secret(SECRET)?;
    stage.serve("data", &["--auth-secret-file", &secret])?;
    let arguments = ["token", "--auth-secret-file", &secret, "--subscribe", "lab/*", "--ttl", "2s"];
    let short = stage.run("", &arguments, "")?.trim().to_owned();
    let mut manual = stage.connect(Some(&format!("tickertape.v1, bearer.{short}")))?;
    manual.ask(&json!({"action": "subscribe", "id": 1, "filter": "lab/*"}), "subscribed")?;
    thread::sleep(Duration::from_millis(2_500));
    refused(&mut manual, r#"{"action": "history", "id": 2, "topic": "lab/a"}"#)?;
    manual.close();
    Ok(())
}

/// Sends requests to the HTTP API, valid and invalid ones.
fn http(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let json = [("Content-Type", "application/json")];
    let text = [("Content-Type", "text/plain")];
    stage.http("GET", "/healthz", &[], "")?;
    stage.http("POST", "/topics/lab/a?unit=%C2%B0C&label=Lab", &json, "21.5")?;
    stage.http("POST", "/topics/lab/a", &json, r#"[{"x": 1}, {"x": 2}]"#)?;
    stage.http("POST", "/topics/lab/a", &[("Content-Type", "application/x-ndjson")], "1\n2\n{\"x\": 3}\n")?;
    stage.http("POST", "/topics/lab/text", &text, "plain words")?;
    stage.http("POST", "/topics/lab/a?ts=1790000000000", &json, "7")?;
    stage.http("GET", "/topics", &[], "")?;
    stage.http("GET", "/topics/lab/a", &[], "")?;
    stage.http("GET", "/topics/lab/a?limit=2", &[], "")?;
    stage.http("GET", "/topics/lab/a?since=3", &[], "")?;
    stage.http("OPTIONS", "/topics/lab/a", &[], "")?;
    stage.http("GET", "/topics/lab/nothing", &[], "")?;
    stage.http("POST", "/topics/lab//a", &json, "1")?;
    stage.http("POST", "/topics/lab/a", &json, "{\"x\":")?;
    stage.http("DELETE", "/topics/lab/a", &[], "")?;
    stage.http("POST", "/topics/lab/a", &[("Content-Type", "image/png")], "x")?;
    Ok(())
}

/// Fills a store with every kind of content, and records the answers in which the server that wrote the store returns
/// this content.
fn store(stage: &mut Stage) -> Result<()> {
    stage.serve("data", &[])?;
    let mut manual = stage.connect(None)?;
    let mut id = 0;
    let mut publish = |topic: &str, rest: &Value| {
        id += 1;
        let mut message = json!({"action": "publish", "id": id, "topic": topic});
        message
            .as_object_mut()
            .into_iter()
            .zip(rest.as_object())
            .for_each(|(to, from)| to.extend(from.clone()));
        manual.ask(&message, "published")
    };
    for n in 1..=20 {
        publish("lab/number", &json!({"data": f64::from(n) * 1.5}))?;
    }
    let items: Vec<Value> = (1..=50).map(|n| json!({"data": n, "ts": 1_790_000_000_000_u64 + n})).collect();
    publish("lab/batch", &json!({"items": items, "producer": {"id": "first", "seq": 41}}))?;
    publish("lab/batch", &json!({"data": -1, "producer": {"id": "second", "seq": 1}}))?;
    let meta = json!({"unit": "°C", "label": "Über allem", "expect_every_ms": 10_000, "min": -40.5, "max": 60.0, "panel": "line"});
    publish("lab/described", &json!({"data": {"in": 21.5, "out": -4}, "meta": meta}))?;
    publish("lab/described", &json!({"data": {"in": 21.6, "out": -4}, "meta": {"label": "Changed"}}))?;
    publish("lab/text", &json!({"data": "naïve \"quoted\" \u{2603} \u{1f30d}\nsecond line"}))?;
    publish("lab/table", &json!({"data": [{"name": "a", "n": 1}, {"name": "b", "n": null}]}))?;
    publish(
        "lab/numbers",
        &json!({"data": {"large": u64::MAX, "small": i64::MIN, "tiny": 3.1e-12, "huge": f64::MAX}}),
    )?;
    publish("a/b/c/d/e/f/g/h", &json!({"data": true, "ts": 1_790_000_000_000_u64}))?;
    publish(&"x".repeat(128), &json!({"data": {"nothing": null}}))?;
    manual.close();
    stage.http("GET", "/topics", &[], "")?;
    for topic in [
        "lab/number",
        "lab/batch",
        "lab/described",
        "lab/text",
        "lab/table",
        "lab/numbers",
        "a/b/c/d/e/f/g/h",
    ] {
        stage.http("GET", &format!("/topics/{topic}"), &[], "")?;
    }
    stage.http("GET", &format!("/topics/{}", "x".repeat(128)), &[], "")?;
    Ok(())
}
