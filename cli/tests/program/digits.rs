//! Tests that numbers are not changed: every reader gets the data of a publication as the text that was published.

use crate::support::{Server, request, run};

/// JSON texts that would change if they were converted to a number type or to a tree of values.
const TEXTS: [&str; 8] = [
    "21.50",
    "12345678901234567890123",
    "18446744073709551616",
    "-0",
    "1E5",
    "0.1000000000000000055511151231257827",
    r#"{"z": 1.0, "a": [2.50, 3e0], "id": 9007199254740993}"#,
    r#""caf\u00e9 \/""#,
];

#[test]
fn digits_key_order_and_escapes_come_out_as_they_went_in() {
    let server = Server::start();
    let mut socket = server.connect();
    for (n, text) in TEXTS.iter().enumerate() {
        assert_eq!(server.post("/topics/http", text).status, 200, "{text}");
        socket.say_text(&format!(r#"{{"id": {n}, "topic": "ws", "data": {text}, "action": "publish"}}"#));
        socket.hear_type("published");
    }
    for topic in ["http", "ws"] {
        let history = run(&server.ws(), &["history", topic, "--json"]);
        let history = String::from_utf8(history.stdout).unwrap();
        assert_eq!(history.lines().map(data).collect::<Vec<_>>(), TEXTS, "history of {topic}");
        let answer = String::from_utf8(server.get(&format!("/topics/{topic}")).body).unwrap();
        for text in TEXTS {
            assert!(answer.contains(&format!("\"data\":{text}")), "{text} by HTTP");
        }
        let arguments = ["watch", topic, "--rewind", "100", "--count", "8", "--json"];
        let replay = String::from_utf8(run(&server.ws(), &arguments).stdout).unwrap();
        assert_eq!(replay.lines().map(data).collect::<Vec<_>>(), TEXTS, "replay of {topic}");
    }
}

#[test]
fn a_body_that_is_json_is_data_whatever_its_type_and_other_text_is_text() {
    let server = Server::start();
    for (kind, body, text) in [
        ("text/plain", "21.50", "21.50"),
        ("text/plain;charset=UTF-8", r#"{"a": 1}"#, r#"{"a": 1}"#),
        ("application/x-www-form-urlencoded", "door open", r#""door open""#),
        ("application/json", "21,5", r#""21,5""#),
        ("text/plain", "NaN", r#""NaN""#),
    ] {
        let headers = [("content-type", kind)];
        let answer = request(server.address, "POST", "/topics/a", &headers, body.as_bytes());
        assert_eq!(answer.status, 200, "{kind}: {body}");
        let newest = String::from_utf8(server.get("/topics/a?limit=1").body).unwrap();
        assert!(newest.contains(&format!("\"data\":{text}}}")), "{kind}: {body}: {newest}");
    }
    for kind in ["text/plain", "application/json"] {
        let answer = request(server.address, "POST", "/topics/a", &[("content-type", kind)], b"{\"a\": 1");
        assert_eq!(answer.status, 400, "{kind}");
    }
}

/// Returns the JSON text of the data in a line. The data must be the last field.
fn data(line: &str) -> &str {
    line.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap()
}
