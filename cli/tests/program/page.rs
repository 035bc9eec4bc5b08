//! Tests of the web page, which the server serves from a directory.

use std::fs;

use tempfile::TempDir;

use crate::support::{Server, request, run};

fn site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html><title>board</title>"),
        ("app-6b3a9d2f0c1e4875.js", "plain"),
        ("app-6b3a9d2f0c1e4875.js.br", "small"),
    ] {
        fs::write(site.path().join(name), content).unwrap();
    }
    site
}

fn serve(site: &TempDir) -> Server {
    Server::start_with(&["--site", site.path().to_str().unwrap()])
}

#[test]
fn the_page_is_validated_each_time_and_sent_only_if_it_has_changed() {
    let site = site();
    let server = serve(&site);
    let first = server.get("/");
    assert_eq!((first.status, first.header("cache-control")), (200, Some("no-cache")));
    let tag = first.header("etag").unwrap();
    let again = request(server.address, "GET", "/", &[("If-None-Match", tag)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    fs::write(site.path().join("index.html"), "another").unwrap();
    assert_eq!(request(server.address, "GET", "/", &[("If-None-Match", tag)], b"").body, b"another");
}

#[test]
fn files_named_by_their_content_are_cached_for_ever_and_compressed_if_accepted() {
    let site = site();
    let server = serve(&site);
    let path = "/app-6b3a9d2f0c1e4875.js";
    let plain = server.get(path);
    assert_eq!((plain.body.as_slice(), plain.header("content-encoding")), (&b"plain"[..], None));
    assert_eq!(plain.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let small = request(server.address, "GET", path, &[("Accept-Encoding", "gzip, br;q=0.9")], b"");
    assert_eq!((small.body.as_slice(), small.header("content-encoding")), (&b"small"[..], Some("br")));
    assert_ne!(small.header("etag"), plain.header("etag"));
    let unwanted = request(server.address, "GET", path, &[("Accept-Encoding", "br;q=0")], b"");
    assert_eq!(unwanted.body, b"plain");
}

#[test]
fn the_page_may_run_its_own_scripts_and_no_others() {
    let site = site();
    let server = serve(&site);
    let answer = server.get("/");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self' 'wasm-unsafe-eval';")
    );
    assert!(!policy.contains("unsafe-inline"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn only_pages_of_the_named_origins_may_show_the_page_in_a_frame() {
    let site = site();
    let closed = serve(&site);
    let answer = closed.get("/?panel=host/cpu");
    assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none';"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    let (one, other) = ("https://wiki.example", "http://127.0.0.1:9");
    let directory = site.path().to_str().unwrap();
    let open = Server::start_with(&["--site", directory, "--allow-embed", one, "--allow-embed", other]);
    let answer = open.get("/?panel=host/cpu");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains(&format!("frame-ancestors {one} {other};")), "{policy}");
    assert_eq!(answer.header("x-frame-options"), None, "it cannot name an origin");
}

#[test]
fn settings_are_empty_unless_the_directory_has_some() {
    let site = site();
    let server = serve(&site);
    assert_eq!(server.get("/config.json").body, b"{}");
    fs::write(site.path().join("config.json"), "{\"a\": 1}").unwrap();
    assert_eq!(server.get("/config.json").json()["a"], 1);
}

#[test]
fn the_page_may_connect_to_the_addresses_in_its_settings_and_no_others() {
    let site = site();
    let server = serve(&site);
    let policy = || server.get("/").header("content-security-policy").unwrap().to_owned();
    assert!(policy().ends_with("connect-src 'self'"));
    let settings = r#"{"ws": "wss://board.example/ws", "http": "https://x.example; script-src *"}"#;
    fs::write(site.path().join("config.json"), settings).unwrap();
    assert!(policy().ends_with("connect-src 'self' wss://board.example"), "{}", policy());
}

#[test]
fn no_file_outside_the_directory_is_served() {
    let site = site();
    fs::write(site.path().parent().unwrap().join("tickertape-test-secret"), "secret").unwrap();
    let server = serve(&site);
    for path in ["/../tickertape-test-secret", "/%2e%2e/tickertape-test-secret", "//etc/passwd", "/nothing"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    fs::remove_file(site.path().parent().unwrap().join("tickertape-test-secret")).unwrap();
}

#[test]
fn a_directory_without_a_page_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let output = run("", &["serve", "--listen", "127.0.0.1:0", "--site", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no index.html"));
}

#[test]
#[cfg(not(feature = "site"))]
fn a_program_without_the_page_says_how_to_get_it() {
    let server = Server::start();
    let words = String::from_utf8(server.get("/").body).unwrap();
    assert!(words.contains("cargo xtask run") && words.contains("--site"), "{words}");
}
