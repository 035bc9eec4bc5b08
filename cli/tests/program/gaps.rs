//! Tests that publications which cannot be recovered are reported to the viewer as a gap.

use serde_json::json;

use crate::support::{Client, Server};

#[test]
fn publications_deleted_from_history_are_printed_as_one_gap() {
    let directory = tempfile::tempdir().unwrap();
    let keep = ["--keep-count", "10"];
    let mut server = Server::start_at("127.0.0.1:0", directory.path(), &keep);
    let home = server.address.to_string();
    let watch = Client::start(&server, &["watch", "a", "--json"]);
    watch.says("connected");
    server.post("/topics/a", "1");
    assert_eq!(watch.line()["data"], 1);
    server.kill();
    let mut elsewhere = Server::start_at("127.0.0.1:0", directory.path(), &keep);
    let lines: String = (2..=50).map(|n| format!("{n}\n")).collect();
    elsewhere.post("/topics/a", lines);
    elsewhere.kill();
    let _server = Server::start_at(&home, directory.path(), &keep);
    let gap = watch.line();
    assert_eq!((&gap["gap"]["from"]["offset"], &gap["gap"]["to"]["offset"]), (&json!(1), &json!(40)));
    for expected in 41..=50 {
        assert_eq!(watch.line()["data"], expected);
    }
}

#[test]
fn a_log_that_was_replaced_is_printed_as_a_gap_without_an_end() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start_at("127.0.0.1:0", directory.path(), &[]);
    let home = server.address.to_string();
    let watch = Client::start(&server, &["watch", "a", "--json"]);
    watch.says("connected");
    server.post("/topics/a", "1");
    assert_eq!(watch.line()["data"], 1);
    server.kill();
    let empty = tempfile::tempdir().unwrap();
    let server = Server::start_at(&home, empty.path(), &[]);
    server.post("/topics/a", "2");
    let gap = watch.line();
    assert_eq!((&gap["gap"]["from"]["offset"], &gap["gap"]["to"]), (&json!(1), &json!(null)));
    assert_eq!(watch.line()["data"], 2);
}
