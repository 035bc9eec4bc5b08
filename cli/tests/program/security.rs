//! Tests of the protection against web pages of other sites and against unknown host names.

use std::io::Write;
use std::net::TcpStream;

use crate::support::{Server, Socket, TIMEOUT, read, request, run};

#[test]
fn pages_of_other_sites_are_refused_everywhere() {
    let server = Server::start();
    let evil = [("Origin", "http://evil.example")];
    for (method, path) in [("POST", "/topics/a"), ("GET", "/topics"), ("GET", "/"), ("GET", "/healthz")] {
        let answer = request(server.address, method, path, &evil, b"1");
        assert_eq!(answer.status, 403, "{method} {path}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert_eq!(Socket::connect_with(server.address, &[("origin", "http://evil.example")]).err(), Some(403));
    assert_eq!(server.get("/topics/a").status, 404);
}

#[test]
fn responses_cannot_be_embedded_by_a_foreign_page() {
    let server = Server::start();
    for path in ["/topics", "/healthz", "/"] {
        let answer = server.get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
    }
}

#[test]
fn an_unknown_host_name_is_refused_everywhere() {
    let server = Server::start();
    let rebound = format!("evil.example:{}", server.address.port());
    for path in ["/topics", "/", "/ws/@connections/abcdefghijklmno="] {
        let answer = request(server.address, "GET", path, &[("Host", &rebound)], b"");
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(Socket::connect_with(server.address, &[("host", &rebound)]).err(), Some(403));
}

#[test]
fn the_own_page_and_programs_without_an_origin_are_accepted() {
    let server = Server::start();
    let own = format!("http://{}", server.address);
    assert!(Socket::connect_with(server.address, &[("origin", &own)]).is_ok());
    assert_eq!(request(server.address, "POST", "/topics/a", &[("Origin", &own)], b"1").status, 200);
    assert_eq!(server.post("/topics/a", "1").status, 200);
}

#[test]
fn an_allowed_origin_is_accepted_with_its_cors_headers() {
    let origin = "http://board.example";
    let server = Server::start_with(&["--allow-origin", origin]);
    assert!(Socket::connect_with(server.address, &[("origin", origin)]).is_ok());
    let preflight = request(server.address, "OPTIONS", "/topics/a", &[("Origin", origin)], b"");
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some(origin)));
    let answer = request(server.address, "POST", "/topics/a", &[("Origin", origin)], b"1");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(origin)));
}

#[test]
fn an_allowed_host_name_is_accepted() {
    let server = Server::start_with(&["--allow-host", "board.example"]);
    assert_eq!(request(server.address, "GET", "/topics", &[("Host", "board.example")], b"").status, 200);
}

#[test]
fn an_address_that_other_machines_can_reach_is_refused_without_a_secret() {
    let output = run("", &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("other machines") && words.contains("--auth-secret-file"), "{words}");
}

#[test]
fn a_used_port_is_reported() {
    let server = Server::start();
    let directory = tempfile::tempdir().unwrap();
    let listen = server.address.to_string();
    let output = run("", &["serve", "--listen", &listen, "--data-dir", directory.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains(&listen) && words.contains("--listen 127.0.0.1:0"), "{words}");
}

#[test]
fn a_directory_in_use_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let _server = Server::start_at("127.0.0.1:0", directory.path(), &[]);
    let output =
        run("", &["serve", "--listen", "127.0.0.1:0", "--data-dir", directory.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("another tickertape") && words.contains("--data-dir"), "{words}");
}

#[test]
fn a_malformed_host_and_a_second_one_are_refused_by_both_the_page_and_the_gateway() {
    let server = Server::start();
    let port = server.address.port();
    for host in ["[::1]evil.example", "localhost:80@evil.example", "localhost@evil.example", "localhost:x"] {
        for path in ["/topics", "/ws"] {
            assert_eq!(
                request(server.address, "GET", path, &[("Host", host)], b"").status,
                403,
                "{host} {path}"
            );
        }
        assert_eq!(Socket::connect_with(server.address, &[("host", host)]).err(), Some(403), "{host}");
    }
    let own = format!("localhost:{port}");
    for path in ["/topics", "/ws"] {
        let twice = [("Host", own.as_str()), ("Host", own.as_str())];
        let status = request(server.address, "GET", path, &twice, b"").status;
        assert!(matches!(status, 400 | 403), "{path} {status}");
    }
}

#[test]
fn the_host_in_a_request_line_counts_for_both_the_page_and_the_gateway() {
    let server = Server::start();
    let own = server.address;
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let status = |target: &str, headers: &str| {
        let mut stream = TcpStream::connect(own).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {own}\r\n{headers}\r\n").unwrap();
        if headers.contains("Upgrade") {
            // A connection that is accepted is ended by a close frame, so that reading ends as well.
            let _ = stream.write_all(&[0x88, 0x80, 0, 0, 0, 0]);
        }
        read(stream).status
    };
    for (path, headers, accepted) in [("/topics", "Connection: close\r\n", 200), ("/ws", upgrade, 101)] {
        assert_eq!(status(&format!("http://evil.example{path}"), headers), 403, "{path}");
        assert_eq!(status(&format!("http://user@{own}{path}"), headers), 403, "{path}");
        assert_eq!(status(&format!("http://{own}{path}"), headers), accepted, "{path}");
    }
}

#[test]
fn a_host_name_and_an_origin_may_be_allowed_with_their_default_port() {
    let server = Server::start_with(&[
        "--allow-host",
        "board.example:443",
        "--allow-origin",
        "https://page.example:443",
    ]);
    for host in ["board.example", "board.example:443"] {
        let headers = [("Host", host), ("Origin", "https://page.example")];
        assert_eq!(request(server.address, "GET", "/topics", &headers, b"").status, 200, "{host}");
    }
    assert_eq!(request(server.address, "GET", "/topics", &[("Host", "board.example:80")], b"").status, 403);
    for host in ["https://board.example", "user@board.example", "board.example/x", ""] {
        let output = run("", &["serve", "--listen", "127.0.0.1:0", "--allow-host", host]);
        assert_eq!(output.status.code(), Some(2), "{host:?}");
    }
}

#[test]
fn a_topic_that_no_url_reaches_cannot_be_created() {
    let server = Server::start();
    let mut socket = server.connect();
    for topic in ["..", "a/../b", "./a"] {
        socket.say(&serde_json::json!({"action": "publish", "id": 1, "topic": topic, "data": 1}));
        let error = socket.hear_type("error");
        assert_eq!(error["code"], 202, "{error}");
    }
    assert_eq!(server.post("/topics/a/%2e%2e/b", "1").error().1, 202);
    assert_eq!(server.get("/topics").json()["topics"], serde_json::json!([]));
}
