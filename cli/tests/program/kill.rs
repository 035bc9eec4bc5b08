//! Tests in which the server is killed and restarted.

use std::io::Write;
use std::thread;

use serde_json::json;

use crate::support::{Client, Server};

const LINES: u64 = 100_000;

#[test]
fn a_hundred_thousand_lines_arrive_once_and_in_order_although_the_server_is_killed() {
    let mut server = Server::start();
    let watch = Client::start(&server, &["watch", "lab/seq", "--json"]);
    watch.says("connected");
    let mut pipe = Client::start(&server, &["pipe", "lab/seq", "--json"]);
    let mut stdin = pipe.stdin();
    thread::spawn(move || (1..=LINES).try_for_each(|n| writeln!(stdin, "{n}")));
    for expected in 1..=LINES {
        if expected == LINES / 4 || expected == LINES / 2 {
            server.restart_after_kill();
        }
        let line = watch.line();
        assert_eq!((&line["data"], &line["offset"]), (&json!(expected), &json!(expected)));
    }
    let counted = pipe.line();
    assert_eq!((&counted["published"], &counted["position"]["offset"]), (&json!(LINES), &json!(LINES)));
    assert_eq!(pipe.ended(), 0);
}

#[test]
fn acknowledged_publications_survive_a_kill() {
    let mut server = Server::start();
    let before = server.post("/topics/a", "[1, 2, 3]").json();
    server.restart_after_kill();
    let history = server.get("/topics/a").json();
    assert_eq!((&history["epoch"], &history["head"]), (&before["epoch"], &json!(3)));
    assert_eq!(server.post("/topics/a", "4").json()["offset"], 4);
}

#[test]
fn publications_during_a_watchers_absence_are_fetched() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start_at("127.0.0.1:0", directory.path(), &[]);
    let home = server.address.to_string();
    let watch = Client::start(&server, &["watch", "a", "--json"]);
    watch.says("connected");
    server.post("/topics/a", "1");
    assert_eq!(watch.line()["data"], 1);
    server.kill();
    {
        // This server has another address, so that the watcher does not find it.
        let mut elsewhere = Server::start_at("127.0.0.1:0", directory.path(), &[]);
        elsewhere.post("/topics/a", "[2, 3]");
        elsewhere.kill();
    }
    let _server = Server::start_at(&home, directory.path(), &[]);
    assert_eq!((watch.line()["data"].clone(), watch.line()["data"].clone()), (json!(2), json!(3)));
}
