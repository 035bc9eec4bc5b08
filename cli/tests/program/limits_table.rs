//! Tests that every limit in the table of PROTOCOL.md is enforced. Limits that can be exceeded quickly are exceeded
//! here, against a real server. For the others, this test checks that the test exists that exceeds them with a
//! simulated clock or over many sockets.

use std::path::Path;

use serde_json::{Value, json};
use shared::limits::{self, Limit};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::{Server, Socket, request};

/// The way in which a limit is tested.
enum Driven {
    /// This function exceeds the limit. Its second argument is the value of the limit.
    Live(fn(&Server, usize)),
    /// The limit is exceeded by another test: the path of its file in the repository, and its name.
    By(&'static str, &'static str),
}

use Driven::{By, Live};

#[test]
fn every_row_of_the_table_of_limits_is_driven_over_its_edge() {
    let server = Server::start();
    for limit in limits::TABLE {
        match driven(limit) {
            Live(drive) => drive(&server, usize::try_from(limit.value).unwrap()),
            By(file, test) => exists(file, test),
        }
        server.connect().is_alive();
    }
}

fn driven(limit: &Limit) -> Driven {
    match limit.what {
        "WebSocket message" => Live(message_bytes),
        "WebSocket frame" => Live(frame_bytes),
        "silence on a connection" => {
            By("backend/gateway/tests/gateway/closing.rs", "ten_minutes_of_silence_close_with_1001")
        }
        "life of a connection on AWS" | "life of a connection of `serve`" => {
            By("backend/gateway/tests/gateway/closing.rs", "two_hours_close_even_a_busy_connection_with_1001")
        }
        "time to answer a message" => By(
            "backend/gateway/tests/gateway/messages.rs",
            "a_function_that_takes_too_long_is_an_endpoint_time_out_and_the_socket_stays_open",
        ),
        "new connections on AWS" => By(
            "backend/gateway/tests/gateway/handshake.rs",
            "handshakes_beyond_the_rate_are_429_until_time_has_passed",
        ),
        "new connections to `serve`, for each processor" => By(
            "backend/gateway/tests/gateway/shares.rs",
            "new_connections_beyond_the_rate_of_a_principal_are_429_and_others_connect",
        ),
        "handshakes of one address, for each processor" => By(
            "backend/gateway/tests/gateway/shares.rs",
            "handshakes_beyond_the_rate_of_an_address_are_429_and_the_authorizer_is_not_asked",
        ),
        "WebSockets, if as many files may be open" => By(
            "cli/tests/program/shares.rs",
            "one_client_has_its_part_of_the_websockets_and_the_others_theirs",
        ),
        "TCP connections that speak HTTP, if as many files may be open" => {
            By("cli/tests/program/shares.rs", "silent_connections_leave_room_for_those_who_speak")
        }
        "head of an HTTP request" => By(
            "backend/gateway/tests/gateway/hostile.rs",
            "an_incomplete_handshake_times_out_and_others_are_served",
        ),
        "each 64 KB of an HTTP answer" => By(
            "backend/gateway/tests/gateway/shares.rs",
            "a_client_that_does_not_take_its_answer_is_given_up",
        ),
        "data that waits for one WebSocket" => By(
            "cli/tests/program/slow_viewer.rs",
            "other_viewers_lose_nothing_at_the_same_latency_and_memory_is_bounded",
        ),
        "data that waits for WebSockets" => By(
            "backend/gateway/tests/gateway/shares.rs",
            "the_queues_of_one_client_hold_no_more_than_its_share",
        ),
        "time in which a WebSocket takes nothing that waits" => By(
            "backend/gateway/tests/gateway/shares.rs",
            "a_client_that_takes_nothing_is_found_and_its_last_frame_replaces_what_waits",
        ),
        "data of a publication" => Live(|server, bytes| {
            let data = |bytes| json!("x".repeat(bytes - 2));
            assert_eq!(published(server, json!({"data": data(bytes)})), None);
            assert_eq!(published(server, json!({"data": data(bytes + 1)})), Some(205));
        }),
        "nesting of data" => Live(|server, levels| {
            let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!({"a": inner}));
            assert_eq!(published(server, json!({"data": nested(levels)})), None);
            assert_eq!(published(server, json!({"data": nested(levels + 1)})), Some(204));
        }),
        "name of a topic" => Live(|server, bytes| {
            assert_eq!(published(server, json!({"topic": "t".repeat(bytes)})), None);
            assert_eq!(published(server, json!({"topic": "t".repeat(bytes + 1)})), Some(202));
        }),
        "depth of a topic" => Live(|server, segments| {
            assert_eq!(published(server, json!({"topic": vec!["t"; segments].join("/")})), None);
            assert_eq!(published(server, json!({"topic": vec!["t"; segments + 1].join("/")})), Some(202));
        }),
        "text in metadata" => Live(|server, bytes| {
            assert_eq!(published(server, json!({"meta": {"label": "l".repeat(bytes)}})), None);
            assert_eq!(published(server, json!({"meta": {"label": "l".repeat(bytes + 1)}})), Some(204));
        }),
        "units of single series in metadata" => Live(|server, series| {
            let units = |series| -> Value { (0..series).map(|n| (format!("s{n}"), json!("m"))).collect() };
            assert_eq!(published(server, json!({"topic": "units", "meta": {"units": units(series)}})), None);
            let more = json!({"topic": "units", "meta": {"units": units(series + 1)}});
            assert_eq!(published(server, more), Some(204));
        }),
        "meanings of states in metadata" => Live(|server, states| {
            let meta = |states| -> Value {
                let meanings: Value = (0..states).map(|n| (format!("s{n}"), json!("good"))).collect();
                json!({"topic": "states", "data": "s0", "meta": {"states": meanings}})
            };
            assert_eq!(published(server, meta(states)), None);
            assert_eq!(published(server, meta(states + 1)), Some(204));
        }),
        "name of a series in metadata" => Live(|server, bytes| {
            let units = |bytes| json!({"topic": "series", "meta": {"units": {"s".repeat(bytes): "m"}}});
            assert_eq!(published(server, units(bytes)), None);
            assert_eq!(published(server, units(bytes + 1)), Some(204));
        }),
        "time stamp in the past" => Live(|server, ms| {
            assert_eq!(published(server, json!({"ts": now_ms() - ms as i64 + 60_000})), None);
            assert_eq!(published(server, json!({"ts": now_ms() - ms as i64 - 60_000})), Some(206));
        }),
        "time stamp in the future" => Live(|server, ms| {
            assert_eq!(published(server, json!({"ts": now_ms() + ms as i64 - 60_000})), None);
            assert_eq!(published(server, json!({"ts": now_ms() + ms as i64 + 60_000})), Some(206));
        }),
        "subscriptions of a connection" => Live(subscriptions),
        "publications" => By(
            "backend/core/src/rates/tests.rs",
            "all_together_are_limited_and_what_was_refused_is_not_charged",
        ),
        "requests of any kind" => By(
            "backend/core/tests/connections.rs",
            "every_kind_of_request_is_charged_to_its_principal_at_its_address",
        ),
        "answers to what a client reads" => By(
            "backend/core/src/rates/tests.rs",
            "a_large_answer_delays_the_next_request_to_read_and_nothing_else",
        ),
        "publications in one request" => Live(|server, items| {
            let batch = |items: usize| format!("[{}]", vec!["1"; items].join(","));
            let lines = |items: usize| vec!["1"; items].join("\n");
            assert!(batch(3).starts_with('['));
            assert_eq!(server.post("/topics/many", lines(items)).status, 200);
            assert_eq!(server.post("/topics/many", lines(items + 1)).status, 413);
        }),
        "body of an HTTP request" => Live(|server, bytes| {
            // Spaces around a value do not belong to its data.
            assert_eq!(server.post("/topics/body", format!("1{}", " ".repeat(bytes - 1))).status, 200);
            assert_eq!(server.post("/topics/body", format!("1{}", " ".repeat(bytes))).status, 413);
        }),
        "topics on a page of `GET /topics`" => {
            By("cli/tests/program/shares.rs", "a_list_of_topics_comes_in_pages")
        }
        "page of `GET /topics`" => {
            By("backend/core/tests/http.rs", "topics_come_in_pages_of_bounded_size_that_together_are_all")
        }
        "topics of a server" => By("backend/core/tests/publish.rs", "one_topic_too_many_is_refused_by_name"),
        "topics of a principal" => {
            By("backend/core/src/testing/conformance/log.rs", "a_principal_has_a_bounded_number_of_topics")
        }
        "replay to a subscription" => By(
            "backend/core/tests/subscribe.rs",
            "more_than_a_replay_holds_begins_with_the_oldest_so_that_history_can_go_on",
        ),
        "replay of all topics" => {
            By("backend/core/tests/subscribe.rs", "large_publications_are_replayed_within_a_budget_of_bytes")
        }
        "items of one `history`" => Live(|server, items| {
            assert_eq!(server.post("/topics/long", vec!["1"; items + 1].join("\n")).status, 200);
            let read = server.get(&format!("/topics/long?limit={}", items + 1)).json();
            assert_eq!(read["items"].as_array().unwrap().len(), items);
        }),
        "name of a producer" => Live(|server, bytes| {
            let producer =
                |bytes| json!({"topic": "producer", "producer": {"id": "p".repeat(bytes), "seq": 1}});
            assert_eq!(published(server, producer(bytes)), None);
            assert_eq!(published(server, producer(bytes + 1)), Some(200));
        }),
        "number of a producer's request" => Live(|server, seq| {
            let producer = |seq: usize| json!({"topic": "seq", "producer": {"id": "p", "seq": seq}});
            assert_eq!(published(server, producer(seq)), None);
            assert_eq!(published(server, producer(seq + 1)), Some(200));
        }),
        "producers of a principal on a topic" => Live(producers),
        "producers on a topic" => By(
            "backend/core/src/producers.rs",
            "a_newcomer_beyond_the_limit_is_asked_to_come_again_and_nobody_is_forgotten",
        ),
        other => panic!("the row {other:?} has no driver: add one, or name the test that drives it"),
    }
}

fn exists(file: &str, test: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let is_there = source.lines().any(|line| line.contains("fn ") && line.contains(test));
    assert!(is_there, "{file} has no test {test}");
}

/// Publishes the number 1 to the topic `t`. The fields of `change` are added to the message or replace its fields.
/// Returns the code of the error; `None` if the publication was accepted.
fn published(server: &Server, change: Value) -> Option<u64> {
    let mut socket = server.connect();
    let mut message = json!({"action": "publish", "id": 1, "topic": "t", "data": 1});
    message.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    socket.say(&message);
    let answer = socket.hear();
    (answer["type"] == "error").then(|| answer["code"].as_u64().unwrap())
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn frame_bytes(server: &Server, bytes: usize) {
    let message = |bytes: usize| {
        let empty = r#"{"action":"ping","t":1,"x":""}"#;
        empty.replace(r#""x":"""#, &format!(r#""x":"{}""#, "x".repeat(bytes - empty.len())))
    };
    let mut socket = server.connect();
    socket.say_text(&message(bytes));
    assert_eq!(socket.hear_type("pong")["t"], 1);
    socket.say_text(&message(bytes + 1));
    assert_eq!(u16::from(socket.hear_close().unwrap().code), 1009);
}

fn message_bytes(server: &Server, bytes: usize) {
    let mut socket = server.connect();
    in_frames(&mut socket, bytes);
    assert_eq!(socket.hear()["code"], 200, "not JSON, and read");
    in_frames(&mut socket, bytes + 1);
    assert_eq!(u16::from(socket.hear_close().unwrap().code), 1009);
}

/// Sends one message of `bytes` bytes, divided into frames that are not too large.
fn in_frames(socket: &mut Socket, bytes: usize) {
    let text = vec![b'x'; bytes];
    let parts: Vec<&[u8]> = text.chunks(limits::FRAME_BYTES).collect();
    for (number, part) in parts.iter().enumerate() {
        let code = OpCode::Data(if number == 0 { Data::Text } else { Data::Continue });
        let frame = Frame::message(part.to_vec(), code, number + 1 == parts.len());
        // The server may have closed the connection before the last frame.
        let _ = socket.0.send(Message::Frame(frame));
    }
}

fn subscriptions(server: &Server, filters: usize) {
    let mut socket = server.connect();
    for number in 0..=filters {
        socket.say(&json!({"action": "subscribe", "id": number, "filter": format!("f{number}")}));
        let answer = socket.hear();
        if number < filters {
            assert_eq!(answer["type"], "subscribed");
        } else {
            assert_eq!(answer["code"], 207);
        }
    }
    assert_eq!(request(server.address, "GET", "/healthz", &[], b"").status, 200);
}

fn producers(server: &Server, most: usize) {
    let mut socket = server.connect();
    for number in 0..=most {
        let producer = json!({"id": format!("p{number}"), "seq": 1});
        socket.say(
            &json!({"action": "publish", "id": number, "topic": "crowd", "data": 1, "producer": producer}),
        );
    }
    for number in 0..=most {
        let answer = socket.hear();
        assert_eq!(answer["type"] == "error", number == most, "{answer}");
        if number == most {
            assert_eq!(answer["code"], 102);
        }
    }
}
