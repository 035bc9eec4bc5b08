//! Tests of `tickertape record` and `tickertape replay`.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::recording::{Entry, Recording};

use crate::support::{Client, Server, TIMEOUT, request, run};

fn path_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn frames(recording: &Recording) -> Vec<Value> {
    let json = |entry: &Entry| match entry {
        Entry::Frame(text) => Some(serde_json::from_str(text).unwrap()),
        Entry::Opened | Entry::Closed { .. } | Entry::Gap { .. } => None,
    };
    recording.lines.iter().filter_map(|line| json(&line.entry)).collect()
}

/// Waits until the recording contains a publication with this data.
fn recorded(path: &Path, data: &str) -> Recording {
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Ok(recording) = Recording::read(text.as_bytes()) {
            let has = |frame: &Value| frame.to_string().contains(&format!("\"data\":{data}"));
            if frames(&recording).iter().any(has) {
                return recording;
            }
        }
        assert!(began.elapsed() < TIMEOUT, "not recorded: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_recording_contains_what_was_there_and_what_came_and_a_kill_loses_none_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttr");
    let mut server = Server::start();
    server.post("/topics/kitchen/temp?unit=°C", "21.50");
    let client = Client::start(&server, &["record", path_of(&file), "kitchen/*", "--rewind", "10"]);
    recorded(&file, "21.5");
    server.post("/topics/kitchen/temp", "22");
    server.post("/topics/other", "1");
    server.restart_after_kill();
    client.says("reconnecting");
    client.says("connected");
    server.post("/topics/kitchen/temp", "23");
    let recording = recorded(&file, "23");
    drop(client);

    assert_eq!(recording.header.filter.to_string(), "kitchen/*");
    assert_eq!(recording.header.server, server.ws());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("21.50"), "digits are kept");
    assert!(!text.contains("other"), "only the filter is recorded");
    let opened = recording.lines.iter().filter(|line| line.entry == Entry::Opened).count();
    let closed = recording.lines.iter().filter(|line| matches!(line.entry, Entry::Closed { .. })).count();
    assert_eq!((opened, closed), (2, 1));
    assert_eq!(frames(&recording)[0]["type"], json!("subscribed"));
}

#[test]
fn a_recording_ends_after_its_time_and_never_replaces_a_file_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttr");
    let server = Server::start();
    let ended = run(&server.ws(), &["record", path_of(&file), "--for", "1s"]);
    assert!(ended.status.success());
    assert!(String::from_utf8_lossy(&ended.stderr).contains("recorded 1 frame in "), "{ended:?}");
    let before = std::fs::read(&file).unwrap();

    let refused = run(&server.ws(), &["record", path_of(&file), "--for", "1s"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(2) && words.contains("exists") && words.contains("--force"),
        "{words}"
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(run(&server.ws(), &["record", path_of(&file), "--for", "1s", "--force"]).status.success());
    assert_ne!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_recording_ends_before_its_file_becomes_larger_than_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttr");
    let server = Server::start();
    let line = format!("\"{}\"\n", "x".repeat(20_000));
    for _ in 0..2 {
        assert_eq!(server.post("/topics/a", line.repeat(40)).status, 200);
    }
    let arguments = ["record", path_of(&file), "--rewind", "80", "--max-bytes", "1MB"];
    let ended = run(&server.ws(), &arguments);
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success() && words.contains("larger than --max-bytes"), "{words}");
    let bytes = std::fs::read(&file).unwrap();
    assert!((900_000..=1_000_000).contains(&bytes.len()), "{}", bytes.len());
    assert!(!Recording::read(&bytes).unwrap().is_truncated);

    let refused = run(&server.ws(), &["record", path_of(&file), "--max-bytes", "500MB"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && words.contains("at most 256MiB"), "{words}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_recording_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttr");
    let server = Server::start();
    server.post("/topics/a", "7");
    let client = Client::start(&server, &["record", path_of(&file), "--rewind", "1"]);
    recorded(&file, "7");
    client.signal("INT");
    client.says("recorded");
    assert_eq!(client.ended(), 0);
    assert!(!Recording::read(&std::fs::read(&file).unwrap()).unwrap().is_truncated);
}

#[test]
fn replay_serves_the_recording_byte_for_byte_and_the_settings_that_play_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, site) = (folder.path().join("a.ttr"), folder.path().join("site"));
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("index.html"), "the page").unwrap();
    let server = Server::start();
    server.post("/topics/a", "{\"x\": 1.50}");
    assert!(run(&server.ws(), &["record", path_of(&file), "--for", "1s", "--rewind", "1"]).status.success());

    let arguments = ["replay", path_of(&file), "--listen", "127.0.0.1:0", "--json", "--site", path_of(&site)];
    let replay = Client::start_at("", &arguments);
    let line = replay.line();
    let address =
        line["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let get = |path: &str| request(address, "GET", path, &[], b"");
    assert_eq!(get("/recording.ttr").body, std::fs::read(&file).unwrap());
    assert_eq!(get("/config.json").json(), json!({"recording": "recording.ttr"}));
    assert_eq!(get("/").body, b"the page");
    assert_eq!(get("/nothing").status, 404);
    assert_eq!(request(address, "GET", "/", &[("Host", "evil.example")], b"").status, 403);
    assert_eq!(request(address, "POST", "/recording.ttr", &[], b"").status, 405);
    assert_eq!(line["truncated"], json!(false));
}

#[test]
fn replay_says_what_is_wrong_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttr");
    let header =
        "{\"tickertape\":\"recording\",\"version\":1,\"started_at\":5,\"filter\":\"*\",\"server\":\"\"}\n";
    for (text, expected) in [
        ("hello\n".to_owned(), "this is not a recording"),
        (header.replace("\"version\":1", "\"version\":9"), "version 9"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = run("", &["replay", path_of(&file)]);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && words.contains(expected), "{words}");
    }
    let missing = run("", &["replay", path_of(&folder.path().join("b.ttr"))]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("b.ttr cannot be read"));
    std::fs::write(&file, header).unwrap();
    let open = run("", &["replay", path_of(&file), "--listen", "0.0.0.0:0"]);
    assert!(String::from_utf8_lossy(&open.stderr).contains("can be reached from other machines"));
}

#[test]
fn replay_plays_what_is_intact_of_a_damaged_file_and_names_the_damaged_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttr");
    let server = Server::start();
    (0..3).for_each(|value| drop(server.post("/topics/a", value.to_string())));
    assert!(run(&server.ws(), &["record", path_of(&file), "--for", "1s", "--rewind", "3"]).status.success());
    let mut bytes = std::fs::read(&file).unwrap();
    // Line 2 is no longer UTF-8, line 3 is empty, and the last line ends within a character.
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    bytes[second + 3] = 0xff;
    let third = second + bytes[second..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    bytes.insert(third, b'\n');
    bytes.extend_from_slice(b"{\"at\":9,\"frame\":\"\xc3");
    std::fs::write(&file, &bytes).unwrap();

    let replay = Client::start_at("", &["replay", path_of(&file), "--listen", "127.0.0.1:0", "--json"]);
    let line = replay.line();
    assert_eq!(line["damaged"], json!([{"first": 2, "last": 3, "fault": "it is not UTF-8"}]));
    assert_eq!(line["truncated"], json!(true));
    replay.says("2 lines of the recording are damaged and are left out: lines 2 to 3 (it is not UTF-8)");
    let address =
        line["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    assert_eq!(
        request(address, "GET", "/recording.ttr", &[], b"").body,
        bytes,
        "the page finds the damage too"
    );
}

#[test]
fn the_demo_of_the_readme_can_be_played_and_contains_a_loss() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/demo.ttr");
    let recording = Recording::read(&std::fs::read(file).unwrap()).unwrap();
    assert!(!recording.is_truncated && recording.damage.is_empty());
    assert!(recording.lines.iter().any(|line| matches!(line.entry, Entry::Gap { .. })));
    assert!(recording.lines.iter().any(|line| matches!(line.entry, Entry::Closed { .. })));
    assert!(recording.ended_at() - recording.header.started_at > 50_000);
}
