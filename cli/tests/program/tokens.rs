//! Tests of a server that requires tokens.

use std::path::PathBuf;

use backend_core::token::{Claims, Expected, Keys, Verifier, mint};
use serde_json::json;
use shared::Filter;
use tempfile::TempDir;

use crate::support::{Server, Socket, request, run, run_with_input, write_private};

const SECRET: &str = "thirty-two bytes of pure secrecy, and a line break";

/// A server that requires tokens, and the file with its secret.
struct Guarded {
    server: Server,
    secret: PathBuf,
    _directory: TempDir,
}

impl Guarded {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let secret = directory.path().join("secret.txt");
        write_private(&secret, "thirty-two bytes of pure secrecy, and a line break\n");
        let server = Server::start_with(&["--auth-secret-file", secret.to_str().unwrap()]);
        Self { server, secret, _directory: directory }
    }

    fn token(&self, arguments: &[&str]) -> String {
        let secret = ["token", "--auth-secret-file", self.secret.to_str().unwrap()];
        let output = run("", &[&secret, arguments].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

#[test]
fn without_a_token_nothing_is_disclosed() {
    let guarded = Guarded::start();
    let answer = guarded.server.get("/topics");
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
    assert_eq!(guarded.server.post("/topics/a", "1").error().2, "unauthorized");
    assert_eq!(Socket::connect_with(guarded.server.address, &[]).err(), Some(401));
    assert_eq!(guarded.server.get("/healthz").json()["counts"], json!(null));
}

#[test]
fn only_a_token_that_names_a_topic_to_forget_deletes_it() {
    let guarded = Guarded::start();
    let publisher = format!("Bearer {}", guarded.token(&["--publish", "*", "--subscribe", "*"]));
    let keeper = format!("Bearer {}", guarded.token(&["--forget", "old/*"]));
    let send = |method, path, bearer: &str| {
        request(guarded.server.address, method, path, &[("Authorization", bearer)], b"1")
    };
    for path in ["/topics/old/a", "/topics/new"] {
        assert_eq!(send("POST", path, &publisher).status, 200);
    }
    let refused = send("DELETE", "/topics/old/a", &publisher).error();
    assert!(refused.0 == 403 && refused.3.contains("`forget`"), "{refused:?}");
    assert_eq!(send("DELETE", "/topics/new", &keeper).error().0, 403);
    assert_eq!(send("DELETE", "/topics/old/a", &keeper).status, 200);
    assert_eq!(send("POST", "/topics/old/a", &keeper).error().0, 403, "it permits nothing else");
}

#[test]
fn topics_that_match_a_filter_are_deleted_with_a_token_that_may_read_their_names_too() {
    let guarded = Guarded::start();
    let url = guarded.server.ws();
    let publisher = guarded.token(&["--publish", "*"]);
    for topic in ["old/a", "old/b", "old/c"] {
        assert!(run(&url, &["publish", topic, "1", "--token", &publisher]).status.success());
    }
    let keeper = guarded.token(&["--forget", "old/*"]);
    assert!(run(&url, &["forget", "old/a", "--token", &keeper]).status.success(), "a single topic");
    let refused = run(&url, &["forget", "old/*", "--yes", "--token", &keeper]);
    let words = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(3), "{words}");
    assert!(words.contains("--subscribe 'old/*' --forget 'old/*'"), "{words}");
    let help = String::from_utf8(run("", &["forget", "--help"]).stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("tickertape token --subscribe 'old/*' --forget 'old/*'"), "{help}");
    let reader = guarded.token(&["--subscribe", "old/*", "--forget", "old/*"]);
    let deleted = run(&url, &["forget", "old/*", "--yes", "--token", &reader]);
    assert_eq!(String::from_utf8(deleted.stdout).unwrap(), "deleted old/b\ndeleted old/c\n");
}

#[test]
fn a_token_permits_what_it_names_and_no_more() {
    let guarded = Guarded::start();
    let token = guarded.token(&["--publish", "web1/*", "--subscribe", "web1/*"]);
    let bearer = format!("Bearer {token}");
    let post = |path| request(guarded.server.address, "POST", path, &[("Authorization", &bearer)], b"1");
    assert_eq!(post("/topics/web1/cpu").status, 200);
    assert_eq!(post("/topics/web2/cpu").error().2, "forbidden");
    let list = format!("tickertape.v1, bearer.{token}");
    let mut socket =
        Socket::connect_with(guarded.server.address, &[("sec-websocket-protocol", &list)]).unwrap();
    socket.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    assert_eq!(socket.hear_type("error")["code"], 400);
    socket.say(&json!({"action": "subscribe", "id": 2, "filter": "web1/*"}));
    assert_eq!(socket.hear_type("subscribed")["topics"][0]["topic"], "web1/cpu");
}

#[test]
fn clients_send_their_token_and_end_with_3_without_one() {
    let guarded = Guarded::start();
    let url = guarded.server.ws();
    let token = guarded.token(&["--publish", "*"]);
    assert!(run(&url, &["publish", "a", "1", "--token", &token]).status.success());
    for arguments in
        [&["publish", "a", "1"][..], &["watch", "*"], &["topics"], &["watch", "*", "--token", "x"]]
    {
        let output = run(&url, arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("--token"), "{arguments:?}");
    }
    let output = run(&url, &["watch", "*", "--token", &token]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn lines_that_a_token_keeps_from_the_log_topic_are_reported_by_number() {
    let guarded = Guarded::start();
    let token = guarded.token(&["--publish", "t", "--subscribe", "t"]);
    let arguments = ["pipe", "t", "--json", "--token", &token];
    let output = run_with_input(&guarded.server.ws(), &arguments, "1\n2\n3\nnot a number\n4\nnor this\n");
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words}");
    let counts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(["published", "published_to_log", "unreadable"].map(count), [4, 0, 2], "{counts} {words}");
    assert!(words.contains("line 4: ") && words.contains("line 6: ") && words.contains("t/log"), "{words}");
    let output = run(&guarded.server.ws(), &["history", "t", "--json", "--token", &token]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 4);
}

#[test]
fn a_token_may_have_an_issuer_and_an_audience_and_a_server_with_its_secret_accepts_it() {
    let guarded = Guarded::start();
    let token = guarded.token(&["--publish", "*", "--issuer", "https://issuer", "--audience", "board"]);
    assert!(run(&guarded.server.ws(), &["publish", "a", "1", "--token", &token]).status.success());
    let secret = Keys::secret(b"thirty-two bytes of pure secrecy, and a line break").unwrap();
    let named = |issuer: &str, audience: &str| {
        let expected = Expected { issuer: Some(issuer.into()), audience: Some(audience.into()) };
        Verifier::of(secret.clone(), expected).verify(&token, 0).is_ok()
    };
    assert!(named("https://issuer", "board"), "as functions with these settings check it");
    assert!(!named("https://issuer", "another") && !named("https://another", "board"));
}

#[test]
fn a_secret_from_another_program_makes_the_same_tokens() {
    let guarded = Guarded::start();
    let secret = std::fs::read_to_string(&guarded.secret).unwrap();
    let arguments = ["token", "--auth-secret-file", "-", "--subscribe", "*"];
    let token = String::from_utf8(run_with_input("", &arguments, &secret).stdout).unwrap();
    let bearer = format!("Bearer {}", token.trim());
    let headers = [("Authorization", bearer.as_str())];
    assert_eq!(request(guarded.server.address, "GET", "/topics", &headers, b"").status, 200);
    let nothing = run_with_input("", &arguments, "\n");
    assert_eq!(nothing.status.code(), Some(2));
    assert!(String::from_utf8(nothing.stderr).unwrap().contains("tickertape secret --replace secret.txt"));
}

#[test]
fn a_token_that_permits_nothing_and_a_weak_secret_are_refused() {
    let guarded = Guarded::start();
    let secret = guarded.secret.to_str().unwrap();
    assert_eq!(run("", &["token", "--auth-secret-file", secret]).status.code(), Some(2));
    std::fs::write(&guarded.secret, "short").unwrap();
    let output = run("", &["token", "--auth-secret-file", secret, "--publish", "*"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("at least 32 bytes"));
}

#[test]
fn the_log_names_the_holder_of_the_token_on_one_line_each() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret.txt");
    write_private(&secret, SECRET);
    let mut server = Server::start_with(&["--log", "info", "--auth-secret-file", secret.to_str().unwrap()]);
    let hostile = "web1\u{1b}[2J\nINFO forged\u{202e}";
    let subscribe = vec![Filter::new("a").unwrap()];
    let claims = Claims {
        sub: hostile.into(),
        exp: 4_000_000_000,
        nbf: None,
        subscribe,
        publish: vec![],
        forget: vec![],
        edit: vec![],
    };
    let bearer = format!("Bearer {}", mint(&claims, SECRET.as_bytes()).unwrap());
    assert_eq!(
        request(server.address, "POST", "/topics/a", &[("Authorization", &bearer)], b"1").error().2,
        "forbidden"
    );
    let mut socket = Socket::connect_with(server.address, &[("authorization", &bearer)]).unwrap();
    socket.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    socket.hear_type("error");
    drop(socket);
    server.signal("TERM");
    let (_, log) = server.ended();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("web1")).collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(lines[0].contains("may not publish to a") && lines[1].contains("a client connects"), "{log}");
    assert!(lines[2].contains("may not subscribe to *"), "{log}");
    assert!(
        !log.contains(['\u{1b}', '\u{202e}']) && !log.lines().any(|line| line.starts_with("INFO")),
        "{log:?}"
    );
}
