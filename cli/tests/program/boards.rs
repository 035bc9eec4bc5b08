//! Tests of board documents in the embedded server: saved ones, and those in the files of a directory.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Guarded, Server, TIMEOUT, request};

const SHOP: &str = "{\n  \"version\": 1,\n  \"title\": \"Shop floor\"\n}\n";

fn send(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    request(server.address, method, path, headers, body.as_bytes())
}

fn get(server: &Server, path: &str) -> Answer {
    send(server, "GET", path, &[], "")
}

fn names(server: &Server) -> Vec<String> {
    let boards = get(server, "/boards").json()["boards"].as_array().unwrap().clone();
    boards.iter().map(|board| board["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn boards_outlive_the_server_and_the_second_who_saves_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_at("127.0.0.1:0", directory.path(), &[]);
    let saved = send(&server, "PUT", "/boards/shop", &[], SHOP);
    assert_eq!(saved.status, 200, "{saved:?}");
    let seen = saved.header("etag").unwrap().to_owned();
    let ann = json!({"version": 1, "title": "of Ann"}).to_string();
    assert_eq!(send(&server, "PUT", "/boards/shop", &[("If-Match", &seen)], &ann).status, 200);
    let bob = send(&server, "PUT", "/boards/shop", &[("If-Match", &seen)], SHOP);
    assert_eq!((bob.status, &bob.json()["board"]["document"]["title"]), (412, &Value::from("of Ann")));
    drop(server);

    let server = Server::start_at("127.0.0.1:0", directory.path(), &[]);
    let read = get(&server, "/boards/shop");
    assert_eq!((read.status, read.body.as_slice()), (200, ann.as_bytes()));
    let deleted = send(&server, "DELETE", "/boards/shop", &[("If-Match", read.header("etag").unwrap())], "");
    assert_eq!((deleted.status, names(&server)), (200, Vec::new()));
}

#[test]
fn a_token_needs_the_claim_edit_to_save_a_board() {
    let guarded = Guarded::start(&[]);
    let put = |arguments: &[&str]| {
        let bearer = format!("Bearer {}", guarded.token(arguments));
        send(&guarded.server, "PUT", "/boards/shop", &[("Authorization", &bearer)], SHOP)
    };
    let refused = put(&["--publish", "*", "--subscribe", "*"]);
    assert_eq!(refused.status, 403);
    assert!(refused.error().3.contains("needs a filter in `edit`"), "{refused:?}");
    assert_eq!(put(&["--edit", "shop"]).status, 200);
    assert_eq!(get(&guarded.server, "/boards").status, 401);
}

#[test]
fn boards_in_files_can_be_opened_and_not_changed_and_are_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shop.json");
    std::fs::write(&path, SHOP).unwrap();
    let server = Server::start_with(&["--boards", directory.path().to_str().unwrap()]);
    let read = get(&server, "/boards/shop");
    assert_eq!((read.status, read.body.as_slice()), (200, SHOP.as_bytes()));
    let listed = get(&server, "/boards").json()["boards"][0].clone();
    assert_eq!((&listed["read_only"], &listed["saved_by"]), (&Value::from(true), &Value::from("file")));

    let refused = send(&server, "PUT", "/boards/shop", &[("If-Match", "*")], SHOP);
    assert_eq!(refused.status, 403);
    assert!(refused.error().3.contains("comes from a file of the server"), "{refused:?}");
    assert_eq!(send(&server, "PUT", "/boards/other", &[], SHOP).status, 200);
    assert_eq!(names(&server), ["other", "shop"]);

    std::fs::write(&path, json!({"version": 1, "title": "A new title"}).to_string()).unwrap();
    let since = Instant::now();
    while !String::from_utf8(get(&server, "/boards/shop").body).unwrap().contains("A new title") {
        assert!(since.elapsed() < TIMEOUT, "the file is not read again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_directory_with_a_faulty_board_keeps_the_server_from_starting() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("shop.json"), "{\n\"version\": 0}").unwrap();
    let data = tempfile::tempdir().unwrap();
    let (boards, data) = (directory.path().to_str().unwrap(), data.path().to_str().unwrap());
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--no-host", "--data-dir", data, "--boards", boards];
    let output = crate::support::run("", &arguments);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("shop.json:2:12: version is 0: write a whole number from 1"), "{stderr}");
}

#[test]
fn files_are_saved_on_a_server_and_replace_boards_only_if_they_should() {
    let server = Server::start();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shop.json");
    std::fs::write(&path, SHOP).unwrap();
    let save = |flags: &[&str]| {
        let output =
            crate::support::run(&server.ws(), &[&["save-board", path.to_str().unwrap()], flags].concat());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(save(&[]), (Some(0), "saved shop\n".into(), String::new()));
    std::fs::write(&path, r#"{"version": 1, "title": "New"}"#).unwrap();
    let (code, _, stderr) = save(&[]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("has saved the board since"), "{stderr}");
    assert_eq!(save(&["--replace"]).0, Some(0));
    assert!(get(&server, "/boards").json()["boards"][0]["title"] == "New");
    std::fs::write(&path, "{}").unwrap();
    let (code, _, stderr) = save(&["--replace"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("shop.json:1:1: error: the document has no field \"version\""), "{stderr}");
}
