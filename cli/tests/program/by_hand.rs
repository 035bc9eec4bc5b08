//! Tests that a plain WebSocket client can use the server by sending the JSON that PROTOCOL.md describes.

use serde_json::json;

use crate::support::{Server, request};

#[test]
fn a_plain_client_subscribes_publishes_and_reads_history_by_hand() {
    let server = Server::start();
    let mut socket = server.connect();
    socket.say_text(r#"{"action": "subscribe", "id": 1, "filter": "kitchen/*"}"#);
    let subscribed = socket.hear();
    assert_eq!(
        (&subscribed["type"], &subscribed["id"], &subscribed["viewers"]),
        (&json!("subscribed"), &json!(1), &json!(1))
    );
    socket.say_text(
        r#"{"action": "publish", "id": 2, "topic": "kitchen/temp", "data": 21.5, "meta": {"unit": "°C"}}"#,
    );
    // The reply and the publication are sent independently of each other, so they may arrive in either order.
    let both = [socket.hear(), socket.hear()];
    let published = both.iter().find(|message| message["type"] == "published").unwrap();
    let publications = both.iter().find(|message| message["type"] == "publications").unwrap();
    assert_eq!((&published["id"], &published["position"]["offset"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&publications["items"][0]["data"], &publications["meta"]["unit"]),
        (&json!(21.5), &json!("°C"))
    );
    socket.say_text(r#"{"action": "history", "id": 3, "topic": "kitchen/temp"}"#);
    assert_eq!(socket.hear_type("history")["items"][0]["data"], 21.5);
    socket.say_text(r#"{"action": "unsubscribe", "id": 4, "filter": "kitchen/*"}"#);
    assert_eq!(socket.hear_type("unsubscribed")["filter"], "kitchen/*");
    socket.is_alive();
}

#[test]
fn a_second_viewer_is_counted_and_receives_what_it_missed() {
    let server = Server::start();
    let epoch = server.post("/topics/a", "[1, 2, 3]").json()["epoch"].clone();
    let mut first = server.watch("*");
    let mut second = server.connect();
    let since = json!({"a": {"epoch": epoch, "offset": 1}});
    second.say(&json!({"action": "subscribe", "id": 1, "filter": "*", "since": since}));
    let subscribed = second.hear_type("subscribed");
    assert_eq!((&subscribed["viewers"], &subscribed["topics"][0]["recovered"]), (&json!(2), &json!(true)));
    assert_eq!(second.hear_data(), [("a".to_owned(), json!(2)), ("a".to_owned(), json!(3))]);
    assert_eq!(first.hear_type("occupancy")["viewers"], 2);
}

/// This address refuses all clients, even those on this machine, because behind a reverse proxy on this machine every
/// client seems to be local.
#[test]
fn the_management_address_answers_nobody() {
    let server = Server::start();
    let mut socket = server.connect();
    socket.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    let id = socket.hear()["connection_id"].as_str().unwrap().replace('=', "%3D");
    let path = format!("/ws/@connections/{id}");
    for method in ["GET", "POST", "DELETE"] {
        assert_eq!(request(server.address, method, &path, &[], b"{}").status, 403, "{method}");
    }
    let encoded = format!("/ws/%40connections/{id}");
    assert_eq!(server.post(&encoded, "{}").status, 403);
    let invoke = server.post("/2015-03-31/functions/broadcast/invocations", "{}");
    assert_eq!(
        invoke.status, 405,
        "there are no functions, so this is a path of the page, which is only read"
    );
    socket.is_alive();
}
