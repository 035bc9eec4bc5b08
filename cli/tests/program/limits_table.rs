//! Walks the table of limits of PROTOCOL.md, and drives each row over its edge: against a real server, or for a rate against the
//! code that counts it, at a time that stands still. A row for which neither is possible says why, compares its value with the one
//! that is enforced, and names the test that drives the same code over the edge of a smaller value.

mod boards;
mod connections;
mod data;
mod messages;
mod rates;
mod topics;

use std::path::Path;

use serde_json::{Value, json};
use shared::limits::{self, Limit};
use tickertape_server::LimitsOf;

use crate::support::Server;

/// The way in which a limit is tested.
enum Driven {
    /// By this function, with the value of the limit and a server.
    Live(fn(&Server, usize)),
    /// By this function, which starts what it needs.
    Alone(fn(&Limit)),
    /// By a test of the repository, with a smaller value.
    Elsewhere(Elsewhere),
}

/// The test that drives a row which cannot be driven here.
struct Elsewhere {
    /// The reason why it cannot be driven here.
    why: &'static str,
    /// The values for one client and for all that are enforced.
    enforced: (u64, Option<u64>),
    file: &'static str,
    test: &'static str,
}

use Driven::{Alone, Live};

#[test]
fn every_row_of_the_table_of_limits_is_driven_over_its_edge() {
    let server = Server::start();
    // Rows that take ten seconds and more, because their limit is a time, are driven at the same time.
    std::thread::scope(|scope| {
        for limit in limits::TABLE {
            match driven(limit) {
                Live(drive) => {
                    drive(&server, usize::try_from(limit.value).unwrap());
                    server.connect().is_alive();
                }
                Alone(drive) => {
                    scope.spawn(move || drive(limit));
                }
                Driven::Elsewhere(elsewhere) => elsewhere.check(limit),
            }
        }
    });
}

fn driven(limit: &Limit) -> Driven {
    match limit.what {
        "WebSocket message" => Live(messages::message_bytes),
        "WebSocket frame" => Live(messages::frame_bytes),
        "silence on a connection" => Alone(connections::silence),
        "life of a connection on AWS" => Alone(connections::life_on_aws),
        "life of a connection of `serve`" => elsewhere(
            "it takes 30 days, and a connection that is silent for ten minutes of faster time ends before",
            (machine().life.as_millis() as u64, None),
            "backend/gateway/tests/gateway/closing.rs",
            "two_hours_close_even_a_busy_connection_with_1001",
        ),
        "time to answer a message" => elsewhere(
            "no message of Tickertape takes that long; the gateway's test has a function that does",
            (LimitsOf::Aws.gateway().integration.as_millis() as u64, None),
            "backend/gateway/tests/gateway/messages.rs",
            "a_function_that_takes_too_long_is_an_endpoint_time_out_and_the_socket_stays_open",
        ),
        "new connections on AWS" => elsewhere(
            "a slow machine makes fewer connections a second; the gateway's test stops the clock",
            (LimitsOf::Aws.gateway().connects_per_second.into(), None),
            "backend/gateway/tests/gateway/handshake.rs",
            "handshakes_beyond_the_rate_are_429_until_time_has_passed",
        ),
        "new connections to `serve`, for each processor" => elsewhere(
            "a slow machine makes fewer connections a second; the gateway's test stops the clock",
            (
                machine().connects_per_second_of_principal.unwrap().into(),
                Some(machine().connects_per_second.into()),
            ),
            "backend/gateway/tests/gateway/shares.rs",
            "new_connections_beyond_the_rate_of_a_principal_are_429_and_others_connect",
        ),
        "handshakes of one address, for each processor" => elsewhere(
            "a slow machine answers fewer handshakes a second; the gateway's test stops the clock",
            (machine().handshakes_per_second_of_address.unwrap().into(), None),
            "backend/gateway/tests/gateway/shares.rs",
            "handshakes_beyond_the_rate_of_an_address_are_429_and_the_authorizer_is_not_asked",
        ),
        "WebSockets, if as many files may be open" => Alone(connections::sockets),
        "TCP connections that speak HTTP, if as many files may be open" => Alone(connections::http),
        "TLS handshakes in progress, if as many files may be open" => Alone(connections::tls_handshakes),
        "TLS handshake" => Alone(connections::tls_handshake),
        "head of an HTTP request" => Alone(connections::head_of_a_request),
        "each 64 KB of an HTTP answer" => elsewhere(
            "the system's buffers take an unknown part of an answer, and more of it later",
            (LimitsOf::Aws.http(&[]).write.as_millis() as u64, None),
            "backend/gateway/tests/gateway/shares.rs",
            "a_client_that_does_not_take_its_answer_is_given_up",
        ),
        "large answers that a client has not taken yet" => Alone(connections::large_answers),
        "data that waits for one WebSocket" => elsewhere(
            "from outside, what waits in the server cannot be told from what waits in the system's buffers",
            (machine().queue_bytes as u64, None),
            "cli/tests/program/slow_viewer.rs",
            "other_viewers_lose_nothing_at_the_same_latency_and_memory_is_bounded",
        ),
        "data that waits for WebSockets" => elsewhere(
            "from outside, what waits in the server cannot be told from what waits in the system's buffers",
            (
                machine().queued_bytes_of_principal.unwrap() as u64,
                machine().queued_bytes.map(|bytes| bytes as u64),
            ),
            "backend/gateway/tests/gateway/shares.rs",
            "the_queues_of_one_client_hold_no_more_than_its_share",
        ),
        "time in which a WebSocket takes nothing that waits" => Alone(connections::stalled),
        "data of a publication" => Live(data::bytes),
        "nesting of data" => Live(data::nesting),
        "name of a topic" => Live(data::name_of_a_topic),
        "depth of a topic" => Live(data::depth_of_a_topic),
        "text in metadata" => Live(data::text_in_metadata),
        "units of single series in metadata" => Live(data::units),
        "units of all series in metadata" => Live(data::bytes_of_units),
        "meanings of states in metadata" => Live(data::states),
        "meanings of all states in metadata" => Live(data::bytes_of_states),
        "name of a series in metadata" => Live(data::name_of_a_series),
        "thresholds in metadata" => Live(data::thresholds),
        "time stamp in the past" => Live(data::past),
        "time stamp in the future" => Live(data::future),
        "subscriptions of a connection" => Live(messages::subscriptions),
        "publications" => Alone(rates::publications),
        "data of publications" => Alone(rates::published_data),
        "requests of any kind" => Alone(rates::requests),
        "requests that need no token, or have no valid one" => Alone(rates::strangers),
        "answers to what a client reads" => Alone(rates::answers),
        "publications in one request" => Live(data::items),
        "body of an HTTP request" => Live(data::body),
        "topics on a page of `GET /topics`" => Alone(topics::topics_of_a_page),
        "page of `GET /topics`" => Alone(topics::bytes_of_a_page),
        "publications of `GET /topics/TOPIC`" => Live(data::bytes_of_history),
        "topics of a server" => Alone(topics::of_a_server),
        "topics of a principal" => Alone(topics::of_a_principal),
        "replay to a subscription" => Live(messages::replay_items),
        "replay of all topics" => Alone(messages::replay_bytes),
        "rate of conflated publications" => Live(messages::conflation_rate),
        "items of one `history`" => Live(data::items_of_history),
        "buckets of a series in the stretch of a `history`" => Live(data::buckets_of_history),
        "series of a topic with buckets" => Live(data::series_with_buckets),
        "boards of a server" => Alone(boards::of_a_server),
        "board document" => Live(boards::bytes),
        "nesting of a board document" => Live(boards::nesting),
        "name of a board" => Live(boards::name),
        "title or group in a board" => Live(boards::text),
        "panels of a board" => Live(boards::panels),
        "topics of a panel of a board" => Live(boards::sources),
        "thresholds of a panel of a board" => Live(boards::thresholds),
        "name of a producer" => Live(data::name_of_a_producer),
        "number of a producer's request" => Live(data::number_of_a_request),
        "producers of a principal on a topic" => Live(topics::producers_of_a_principal),
        "producers on a topic" => Alone(topics::producers),
        other => panic!("the row {other:?} has no driver: add one, or name the test that drives it"),
    }
}

/// Returns the limits of a machine with one processor and enough files.
fn machine() -> apigw_websocket::Limits {
    LimitsOf::Machine { open_files: None, cores: 1 }.gateway()
}

fn elsewhere(
    why: &'static str,
    enforced: (u64, Option<u64>),
    file: &'static str,
    test: &'static str,
) -> Driven {
    Driven::Elsewhere(Elsewhere { why, enforced, file, test })
}

impl Elsewhere {
    fn check(&self, limit: &Limit) {
        let Self { why, enforced, file, test } = self;
        assert_eq!((limit.value, limit.all), *enforced, "{}: the table and the code", limit.what);
        assert!(why.len() > 20, "{}: no reason", limit.what);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let is_there = source.lines().any(|line| line.contains("fn ") && line.contains(test));
        assert!(is_there, "{file} has no test {test}");
    }
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
