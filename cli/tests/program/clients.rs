//! Tests of the commands that connect to a server.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::support::{Client, Server, run, run_with_input};

fn lines(output: &std::process::Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn data(server: &Server, topic: &str) -> Vec<Value> {
    let history = run(&server.ws(), &["history", topic, "--json", "--limit", "1000000"]);
    lines(&history).into_iter().map(|line| line["data"].clone()).collect()
}

#[test]
fn without_a_server_every_client_says_how_to_start_one() {
    for arguments in [
        &["publish", "a", "1"][..],
        &["pipe", "a"],
        &["host"],
        &["watch", "*"],
        &["topics"],
        &["history", "a"],
    ] {
        let output = run("ws://127.0.0.1:1/ws", arguments);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(
            words.contains("no server answers at ws://127.0.0.1:1/ws") && words.contains("tickertape serve"),
            "{words}"
        );
    }
}

#[test]
fn an_address_without_a_tickertape_server_is_reported() {
    let server = Server::start();
    let output = run(&format!("ws://{}/elsewhere", server.address), &["topics"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stderr).unwrap().contains("or of its WebSocket"));
}

#[test]
fn publish_accepts_numbers_pairs_json_and_standard_input() {
    let server = Server::start();
    let url = server.ws();
    let output =
        run(&url, &["publish", "a", "-21.5", "--unit", "°C", "--every", "10s", "--min", "-40", "--json"]);
    assert_eq!(lines(&output)[0]["offset"], 1, "{output:?}");
    assert!(run(&url, &["publish", "a", "in=1", "door=open"]).status.success());
    assert!(run(&url, &["publish", "a", "{\"x\": true}"]).status.success());
    assert!(run_with_input(&url, &["publish", "a", "-"], "1\n{\"data\": 2}\n").status.success());
    let expected = [json!(-21.5), json!({"in": 1, "door": "open"}), json!({"x": true}), json!(1), json!(2)];
    assert_eq!(data(&server, "a"), expected);
    let topics = lines(&run(&url, &["topics", "--json"]));
    assert_eq!(topics[0]["meta"], json!({"unit": "°C", "expect_every_ms": 10_000, "min": -40.0}));
    assert_eq!((&topics[0]["topic"], &topics[0]["last"]["data"]), (&json!("a"), &json!(2)));
}

#[test]
fn a_refused_request_ends_with_1_and_the_servers_message() {
    let server = Server::start();
    let output = run(&server.ws(), &["history", "nobody"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("unknown_topic"));
    assert_eq!(run(&server.ws(), &["publish", "a", "1", "--ts", "17"]).status.code(), Some(2));
}

#[test]
fn pipe_recognises_what_it_reads() {
    let server = Server::start();
    let table = [
        ("numbers", "1\n2.5\n", json!([1, 2.5])),
        ("pairs", "in=1 out=2\n", json!([{"in": 1, "out": 2}])),
        ("csv", "in,out\n1,2\n", json!([{"in": 1, "out": 2}])),
        ("text", "Listening on everything that is there\n", json!(["Listening on everything that is there"])),
    ];
    for (topic, input, expected) in table {
        let output = run_with_input(&server.ws(), &["pipe", topic, "--json"], input);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(json!(data(&server, topic)), expected);
    }
}

#[test]
fn pipe_publishes_good_lines_logs_unmatched_ones_and_reports_bad_ones_by_number() {
    let server = Server::start();
    let output = run_with_input(&server.ws(), &["pipe", "a", "--json"], "1\ntwo\n\n3\nNaN\n");
    assert_eq!(output.status.code(), Some(1));
    let counts = &lines(&output)[0];
    let count = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(
        ["published", "published_to_log", "structure", "unreadable", "blank"].map(count),
        [3, 1, 0, 1, 1],
        "{counts}"
    );
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("line 5: NaN"), "{words}");
    assert_eq!(data(&server, "a"), [json!(1), json!(3)]);
    assert_eq!(data(&server, "a/log"), [json!("two")]);
}

#[test]
fn pipe_publishes_rows_with_so_many_units_that_they_need_smaller_batches() {
    let server = Server::start();
    let columns: Vec<String> =
        (0..100).map(|number| format!("temperature_sensor_{number:03} (°C)")).collect();
    let row = vec!["21.5"; 100].join(",");
    let input = format!("{}\n{}", columns.join(","), format!("{row}\n").repeat(20));
    let output = run_with_input(&server.ws(), &["pipe", "hall", "--json"], &input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(data(&server, "hall").len(), 20);
    let topics = lines(&run(&server.ws(), &["topics", "hall", "--json"]));
    assert_eq!(topics[0]["meta"]["units"].as_object().map(serde_json::Map::len), Some(100), "{topics:?}");
}

#[test]
fn pipe_says_the_units_behind_numbers_and_takes_every_usual_time() {
    let server = Server::start();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    let input = format!(
        "{{\"data\": {{\"n\": 1}}, \"ts\": {now}.25}}\n{{\"data\": {{\"n\": 2}}, \"ts\": \"soon\"}}\n"
    );
    let output = run_with_input(&server.ws(), &["pipe", "e", "--json"], &input);
    assert_eq!((output.status.code(), &lines(&output)[0]["unreadable"]), (Some(1), &json!(1)));
    assert_eq!(data(&server, "e"), [json!({"n": 1})]);
    assert!(run_with_input(&server.ws(), &["pipe", "u"], "took=12ms load=37 %\n").status.success());
    let topics = lines(&run(&server.ws(), &["topics", "u", "--json"]));
    assert_eq!(topics[0]["meta"]["units"], json!({"load": "%", "took": "ms"}));
    assert!(run_with_input(&server.ws(), &["pipe", "m"], "mem=900KiB\nmem=1.5MiB\n").status.success());
    assert_eq!(data(&server, "m"), [json!({"mem": 900}), json!({"mem": 1536})]);
}

#[test]
fn pipe_says_once_that_it_does_not_use_the_times_of_its_input_and_publishes_every_line() {
    let server = Server::start();
    let output = run_with_input(&server.ws(), &["pipe", "old"], "a.b 1.5 1574937727\na.b 1.6 1574937728\n");
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words}");
    assert_eq!(words.matches("more than 366 days ago").count(), 1, "{words}");
    assert_eq!(
        data(&server, "old"),
        [
            json!({"time": "2019-11-28T10:42:07Z", "a.b": 1.5}),
            json!({"time": "2019-11-28T10:42:08Z", "a.b": 1.6})
        ]
    );
}

#[test]
fn pipe_says_which_states_are_good_a_warning_or_bad() {
    let server = Server::start();
    let arguments = ["pipe", "door", "--good", "closed, locked", "--warning", "ajar", "--bad", "open"];
    assert!(run_with_input(&server.ws(), &arguments, "ajar\n").status.success());
    let topics = lines(&run(&server.ws(), &["topics", "door", "--json"]));
    let states = json!({"ajar": "warning", "closed": "good", "locked": "good", "open": "bad"});
    assert_eq!(topics[0]["meta"]["states"], states);
    assert_eq!(server.post("/topics/door?good=open", "\"open\"").status, 200);
    let topics = lines(&run(&server.ws(), &["topics", "door", "--json"]));
    assert_eq!(topics[0]["meta"]["states"], json!({"open": "good"}));
}

#[test]
fn pipe_publishes_at_once_and_not_when_its_input_ends() {
    let server = Server::start();
    let mut viewer = server.watch("*");
    let mut pipe = Client::start(&server, &["pipe", "a"]);
    let mut stdin = pipe.stdin();
    writeln!(stdin, "1").unwrap();
    assert_eq!(viewer.hear_data(), [("a".to_owned(), json!(1))]);
    drop(stdin);
    assert_eq!(pipe.ended(), 0);
}

#[test]
fn pipe_says_in_its_last_request_to_each_topic_that_it_is_done() {
    for (input, topics) in [
        ("1\n".to_owned(), &["a"][..]),
        ("1\ntwo\n\n3\n".to_owned(), &["a", "a/log"][..]),
        ("1\n".repeat(2_500), &["a"][..]),
    ] {
        let (address, requests) = acknowledging();
        let output = run_with_input(&format!("ws://{address}/ws"), &["pipe", "a"], &input);
        assert!(output.status.success(), "{output:?}");
        let requests: Vec<Value> = requests.iter().collect();
        for topic in topics {
            let to_topic = requests.iter().filter(|request| request["topic"] == *topic);
            let done: Vec<bool> =
                to_topic.map(|request| request["producer"]["done"] == json!(true)).collect();
            let (last, earlier) = done.split_last().unwrap();
            assert!(*last && !earlier.contains(&true), "{topic}: {done:?}");
        }
    }
}

/// Starts a server that acknowledges every request of one client. Returns its address, and the requests to publish that
/// it receives until the client closes the connection.
fn acknowledging() -> (SocketAddr, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut socket = tungstenite::accept(stream).unwrap();
        while let Ok(message) = socket.read() {
            let request: Value = serde_json::from_slice(&message.into_data()).unwrap_or_default();
            let reply = match request["action"].as_str() {
                Some("publish") => published(&request),
                Some("ping") => json!({"type": "pong", "t": request["t"], "server_ts": 1}),
                _ => continue,
            };
            if request["action"] == "publish" {
                sender.send(request).unwrap();
            }
            if socket.send(Message::text(reply.to_string())).is_err() {
                return;
            }
        }
    });
    (address, requests)
}

fn published(request: &Value) -> Value {
    let position = json!({"epoch": "e", "offset": 1});
    json!({"type": "published", "id": request["id"], "topic": request["topic"], "position": position})
}

#[test]
fn watch_rewinds_and_exits_after_a_count() {
    let server = Server::start();
    server.post("/topics/a/b", "[1, 2, 3]");
    let output = run(&server.ws(), &["watch", "a/*", "--rewind", "2", "--count", "2", "--json"]);
    assert!(output.status.success());
    let seen: Vec<_> = lines(&output).iter().map(|line| line["data"].clone()).collect();
    assert_eq!(seen, [json!(2), json!(3)]);
}

#[test]
fn history_reads_back_as_far_as_asked() {
    let server = Server::start();
    let epoch = server.post("/topics/a", "1\n".repeat(2_500)).json()["epoch"].as_str().unwrap().to_owned();
    let count = |arguments: &[&str]| {
        let output = run(&server.ws(), &[&["history", "a", "--json"], arguments].concat());
        assert!(output.status.success(), "{output:?}");
        lines(&output).iter().map(|line| line["offset"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(count(&[]), (2_401..=2_500).collect::<Vec<_>>());
    assert_eq!(count(&["--since", "5m"]), (1..=2_500).collect::<Vec<_>>());
    assert_eq!(count(&["--since", "5m", "--limit", "3"]), [2_498, 2_499, 2_500]);
    assert_eq!(count(&["--since", &format!("{epoch}:2490"), "--limit", "3"]), [2_491, 2_492, 2_493]);
}

#[test]
fn history_prints_a_stretch_of_the_past_as_publications_and_in_buckets() {
    let server = Server::start();
    server.post("/topics/a", "{\"x\": 1.50}\n".repeat(2_500));
    let printed = |arguments: &[&str]| {
        let output = run(&server.ws(), &[&["history", "a", "--json"], arguments].concat());
        assert!(output.status.success(), "{output:?}");
        lines(&output)
    };
    let offsets = |arguments: &[&str]| {
        printed(arguments).iter().map(|line| line["offset"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(offsets(&["--from", "1h ago"]), (1..=2_500).collect::<Vec<_>>());
    assert_eq!(offsets(&["--from", "1h", "--limit", "3"]), [2_498, 2_499, 2_500]);
    assert_eq!(offsets(&["--to", "1h ago"]), [0_u64; 0]);
    let first = &printed(&["--since", "1h", "--limit", "1"])[0];
    let received_at = first["received_at"].as_i64().unwrap();
    assert_eq!(
        offsets(&["--from", &received_at.to_string(), "--to", &(received_at + 1).to_string()]).len(),
        2_500
    );

    // Of the years before there is nothing, so they do not make the buckets longer.
    let buckets = printed(&["--from", "2020-01-01T00:00:00Z", "--step", "1h"]);
    let fields = ["series", "step_ms", "count", "changes"].map(|name| buckets[0][name].clone());
    assert_eq!((fields, buckets.len()), ([json!("x"), json!(3_600_000), json!(2_500), json!(0)], 1));
    let words = run(&server.ws(), &["history", "a", "--step", "1h"]);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.ends_with("x  n=2500 first=1.50 last=1.50 min=1.50 max=1.50\n"), "{words}");
    let refused = run(&server.ws(), &["history", "a", "--from", "1h ago", "--to", "2h ago"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn host_publishes_this_machine_every_second() {
    let server = Server::start();
    let watch = Client::start(&server, &["watch", "web1/cpu", "--json"]);
    let _host = Client::start(&server, &["host", "--topic", "web1"]);
    for _ in 0..2 {
        let all = watch.line()["data"]["all"].as_f64().unwrap();
        assert!((0.0..=100.0).contains(&all), "{all}");
    }
    let topics = server.get("/topics").json();
    let names: Vec<_> =
        topics["topics"].as_array().unwrap().iter().map(|topic| topic["topic"].clone()).collect();
    assert!(names.contains(&json!("web1/memory")) && names.contains(&json!("web1/processes")), "{names:?}");
}

#[test]
fn standard_output_may_be_closed_before_the_program_ends() {
    let server = Server::start();
    server.post("/topics/a", "1\n".repeat(10_000));
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            "\"$0\" history a --limit 10000 --url \"$1\" | head -1",
            crate::support::PROGRAM,
            &server.ws(),
        ])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
