//! The limits of board documents and of their number.

use serde_json::{Value, json};
use shared::limits::Limit;

use crate::support::{Server, request};

/// Saves a document as a new board. Returns the status, and the code of the error if there is one.
fn save(server: &Server, name: &str, document: &str) -> (u16, Option<u64>) {
    let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
    let answer = request(server.address, "PUT", &format!("/boards/{name}"), &headers, document.as_bytes());
    (answer.status, answer.json()["error"]["code"].as_u64())
}

/// Saves a document at the limit and one beyond it, which is refused with this status and code.
fn drive(server: &Server, at: &Value, beyond: &Value, refused: (u16, u64)) {
    assert_eq!(save(server, "edge", &at.to_string()), (200, None));
    assert_eq!(save(server, "edge", &beyond.to_string()), (refused.0, Some(refused.1)));
}

fn panel(extra: Value) -> Value {
    let mut panel = json!({"sources": [{"topic": "a"}]});
    panel.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({"version": 1, "panels": [panel]})
}

pub fn bytes(server: &Server, most: usize) {
    let of = |bytes: usize| {
        let frame = json!({"version": 1, "note": ""}).to_string().len();
        json!({"version": 1, "note": "x".repeat(bytes - frame)})
    };
    assert_eq!(of(most).to_string().len(), most);
    drive(server, &of(most), &of(most + 1), (413, 205));
}

pub fn nesting(server: &Server, most: usize) {
    // The document is a level, too.
    let of = |levels: usize| (1..levels).fold(json!(1), |inner, _| json!([inner]));
    let document = |levels: usize| json!({"version": 1, "note": of(levels)});
    drive(server, &document(most), &document(most + 1), (400, 213));
}

pub fn name(server: &Server, most: usize) {
    let document = json!({"version": 1}).to_string();
    assert_eq!(save(server, &"n".repeat(most), &document), (200, None));
    assert_eq!(save(server, &"n".repeat(most + 1), &document), (400, Some(213)));
}

pub fn text(server: &Server, most: usize) {
    let title = |bytes: usize| json!({"version": 1, "title": "x".repeat(bytes)});
    drive(server, &title(most), &title(most + 1), (400, 213));
    let group = |bytes: usize| panel(json!({"group": "x".repeat(bytes)}));
    drive(server, &group(most), &group(most + 1), (400, 213));
}

pub fn panels(server: &Server, most: usize) {
    let of =
        |count: usize| json!({"version": 1, "panels": vec![json!({"sources": [{"topic": "a"}]}); count]});
    drive(server, &of(most), &of(most + 1), (400, 213));
}

pub fn sources(server: &Server, most: usize) {
    let of = |count: usize| panel(json!({"sources": vec![json!({"topic": "a"}); count]}));
    drive(server, &of(most), &of(most + 1), (400, 213));
}

pub fn thresholds(server: &Server, most: usize) {
    let of = |count: usize| panel(json!({"thresholds": vec![json!({"above": 1}); count]}));
    drive(server, &of(most), &of(most + 1), (400, 213));
}

pub fn of_a_server(limit: &Limit) {
    let server = Server::start();
    let document = json!({"version": 1}).to_string();
    for number in 0..limit.value {
        assert_eq!(save(&server, &format!("b{number}"), &document), (200, None));
    }
    assert_eq!(save(&server, "more", &document), (400, Some(214)));
    assert_eq!(
        save(&server, "b0", &json!({"version": 1, "title": "x"}).to_string()),
        (200, None),
        "others are saved"
    );
}
