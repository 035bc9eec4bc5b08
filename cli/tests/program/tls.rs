//! Tests of `wss://` and `https://`: trusted certificates, and the error messages for others.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::{Authority, Client, PROGRAM, Server, TlsFront, run, run_with_input, write_private};

fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs a client that trusts the test's certificate authority. The client must fail to connect to `url`. Returns its error
/// message.
fn refusal(authority: &Authority, url: &str) -> String {
    let output = run(url, &["topics", "--ca-file", authority.file().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    words(&output)
}

#[test]
fn every_client_connects_with_tls() {
    let (server, authority) = (Server::start(), Authority::new());
    let front = TlsFront::before(server.address, authority.server("localhost"));
    let url = format!("wss://localhost:{}/ws", front.address.port());
    let trust = ["--ca-file", authority.file().to_str().unwrap()].map(str::to_owned);
    let trust: Vec<_> = trust.iter().map(String::as_str).collect();
    let watch = Client::start_at(&url, &[&["watch", "*", "--json", "--rewind", "100"], &trust[..]].concat());
    assert!(run(&url, &[&["publish", "a", "1"], &trust[..]].concat()).status.success());
    assert!(run_with_input(&url, &[&["pipe", "b"], &trust[..]].concat(), "2\n").status.success());
    let heard = |topic: &str| {
        std::iter::repeat_with(|| watch.line()).find(|line| line["topic"] == topic).unwrap()["data"].clone()
    };
    assert_eq!(heard("b"), 2);
    let _host = Client::start_at(&url, &[&["host", "--topic", "web1"], &trust[..]].concat());
    assert!(heard("web1/cpu")["all"].is_number());
    let topics = run(&url, &[&["topics", "b", "--json"], &trust[..]].concat());
    let topics: Value = serde_json::from_slice(&topics.stdout).unwrap();
    assert_eq!(topics["last"]["data"], 2);
    let history = run(&url, &[&["history", "a", "--json"], &trust[..]].concat());
    assert_eq!(serde_json::from_slice::<Value>(&history.stdout).unwrap()["data"], 1);
}

#[test]
fn authorities_can_be_given_as_for_openssl() {
    let (server, authority) = (Server::start(), Authority::new());
    let front = TlsFront::before(server.address, authority.server("127.0.0.1"));
    let output = Command::new(PROGRAM)
        .args(["topics", "--url", &format!("wss://{}/ws", front.address)])
        .env("SSL_CERT_FILE", authority.file())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn each_fault_of_a_certificate_has_its_own_message() {
    let (server, authority) = (Server::start(), Authority::new());
    let at = |acceptor| TlsFront::before(server.address, acceptor);
    let url = |front: &TlsFront| format!("wss://{}/ws", front.address);

    let front = at(Authority::new().server("127.0.0.1"));
    let said = refusal(&authority, &url(&front));
    assert!(said.contains("an authority that this machine trusts") && said.contains("--ca-file"), "{said}");

    let front = at(authority.server("board.example"));
    let said = refusal(&authority, &url(&front));
    assert!(said.contains("it was issued for board.example"), "{said}");

    let front = at(authority.expired_server("127.0.0.1"));
    let said = refusal(&authority, &url(&front));
    assert!(said.contains("has expired") && said.contains("clock"), "{said}");
}

#[test]
fn the_other_scheme_is_suggested_if_it_may_be_the_right_one() {
    let (server, authority) = (Server::start(), Authority::new());
    let said = refusal(&authority, &format!("wss://{}/ws", server.address));
    let right = format!("ws://{}/ws", server.address);
    assert!(said.contains("does not speak TLS") && said.contains(&right), "{said}");

    let front = TlsFront::before(server.address, authority.server("127.0.0.1"));
    let said = refusal(&authority, &format!("ws://{}/ws", front.address));
    assert!(said.contains(&format!("wss://{}/ws", front.address)), "{said}");
}

#[test]
fn a_boards_address_works_like_its_websockets() {
    let server = Server::start();
    for url in [format!("http://{}", server.address), format!("http://{}/", server.address)] {
        let output = run(&url, &["publish", "a", "1"]);
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(server.get("/topics/a").json()["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_boards_settings_name_its_server_and_a_token() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    write_private(&secret, "thirty-two bytes of pure secrecy, and a line break\n");
    let secret = secret.to_str().unwrap();
    let server = Server::start_with(&["--auth-secret-file", secret]);
    let token = run("", &["token", "--auth-secret-file", secret, "--subscribe", "*"]);
    let token = String::from_utf8(token.stdout).unwrap();

    let site = tempfile::tempdir().unwrap();
    let config = json!({"ws": server.ws(), "token": token.trim()});
    fs::write(site.path().join("index.html"), "page").unwrap();
    fs::write(site.path().join("config.json"), config.to_string()).unwrap();
    let page = Server::start_with(&["--site", site.path().to_str().unwrap()]);
    let output = run(&format!("http://{}", page.address), &["topics"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_board_with_tls_needs_a_trusted_certificate() {
    let (server, authority) = (Server::start(), Authority::new());
    let front = TlsFront::before(server.address, authority.server("127.0.0.1"));
    let url = format!("https://{}", front.address);
    let trusting = run(&url, &["topics", "--ca-file", authority.file().to_str().unwrap()]);
    assert!(trusting.status.success(), "{trusting:?}");
    let doubting = run(&url, &["topics", "--ca-file", Authority::new().file().to_str().unwrap()]);
    assert_eq!(doubting.status.code(), Some(4));
    assert!(words(&doubting).contains("an authority that this machine trusts"), "{doubting:?}");
}

#[test]
fn a_board_that_has_moved_is_reported_with_its_new_address() {
    let authority = Authority::new();
    let moved =
        "HTTP/1.1 301 Moved\r\nLocation: https://new.example/config.json\r\nContent-Length: 0\r\n\r\n";
    let front = TlsFront::answering(moved, authority.server("127.0.0.1"));
    let said = refusal(&authority, &format!("https://{}/", front.address));
    assert!(said.contains("try --url https://new.example/"), "{said}");
}

#[test]
fn a_file_without_certificates_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    fs::write(&file, "nothing").unwrap();
    for file in [file.to_str().unwrap(), "nowhere.pem"] {
        let output = run("wss://127.0.0.1:1/ws", &["topics", "--ca-file", file]);
        assert_eq!(output.status.code(), Some(2));
        assert!(words(&output).contains(file), "{output:?}");
    }
}
