//! Tests that publications which cannot be recovered are reported to the viewer as a gap.

use serde_json::{Value, json};

use crate::support::{Client, Server, run};

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

#[test]
fn history_says_which_publications_it_no_longer_has() {
    let server = Server::start_with(&["--keep-count", "10"]);
    let epoch = server.post("/topics/a", "1\n".repeat(50)).json()["epoch"].as_str().unwrap().to_owned();
    let (known, old) = (format!("{epoch}:5"), "0123456789ab:990");
    let at = |epoch: &str, offset: u64| json!({"epoch": epoch, "offset": offset});
    let lost = |from: u64| json!({"topic": "a", "from": at(&epoch, from), "to": at(&epoch, 40)});
    let replaced = json!({"topic": "a", "from": at("0123456789ab", 990), "to": null});
    for (arguments, gaps, note) in [
        (
            &["--since", known.as_str()][..],
            vec![lost(5)],
            "gap in a: 35 publications lost, offsets 6 to 40\n",
        ),
        (
            &["--since", old][..],
            vec![replaced, lost(0)],
            "its log was replaced by a new one after offset 990\n",
        ),
        (&["--since", "1h"][..], vec![], "are missing, because the server no longer has them\n"),
        (&["--from", "1h ago"][..], vec![], "are missing, because the server no longer has them\n"),
        (&["--since", "1h", "--limit", "5"][..], vec![], ""),
        (&["--limit", "40"][..], vec![], ""),
    ] {
        let printed = run(&server.ws(), &[&["history", "a"], arguments].concat());
        let told = String::from_utf8(printed.stderr).unwrap();
        assert!(told.contains(note) && told.is_empty() == note.is_empty(), "{arguments:?} {told}");
        let printed = run(&server.ws(), &[&["history", "a", "--json"], arguments].concat());
        let lines: Vec<Value> =
            String::from_utf8(printed.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect();
        let (before, items) = lines.split_at(gaps.len());
        assert_eq!(before.iter().map(|line| line["gap"].clone()).collect::<Vec<_>>(), gaps, "{arguments:?}");
        assert!(!items.is_empty() && items.iter().all(|line| line["offset"].is_u64()), "{items:?}");
    }
}
