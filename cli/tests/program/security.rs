//! Tests of the protection against web pages of other sites and against unknown host names.

use crate::support::{Server, Socket, request, run};

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
