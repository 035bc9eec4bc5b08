//! Tests of `serve --tls-cert` and `--tls-key`.

use std::fs;
use std::io::Read;
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Authority, Client, Server, TIMEOUT, run, write_private};

/// A server with `--tls-cert` and `--tls-key`, whose certificate is signed by the certificate authority of the test.
struct Secured {
    server: Server,
    authority: Authority,
    folder: TempDir,
}

impl Secured {
    fn start() -> Self {
        let authority = Authority::new();
        let folder = tempfile::tempdir().unwrap();
        write(&authority, &folder);
        let (certificate, key) = paths(&folder);
        let flags = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
        Self { server: Server::start_with(&flags), authority, folder }
    }

    fn url(&self) -> String {
        format!("https://{}", self.server.address)
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        let file = self.authority.file();
        run(&self.url(), &[arguments, &["--ca-file", file.to_str().unwrap()]].concat())
    }
}

fn paths(folder: &TempDir) -> (PathBuf, PathBuf) {
    (folder.path().join("fullchain.pem"), folder.path().join("privkey.pem"))
}

fn write(authority: &Authority, folder: &TempDir) {
    let (certificate, key) = authority.certificate("127.0.0.1");
    fs::write(paths(folder).0, certificate).unwrap();
    write_private(&paths(folder).1, &key);
}

#[test]
fn a_client_publishes_and_watches_by_tls_alone() {
    let secured = Secured::start();
    let file = secured.authority.file();
    // A publication before the subscription is printed, too.
    let watch = ["watch", "*", "--rewind", "1", "--json", "--ca-file", file.to_str().unwrap()];
    let watching = Client::start_at(&format!("wss://{}/ws", secured.server.address), &watch);
    let output = secured.run(&["publish", "kitchen/temp", "21.5"]);
    assert!(output.status.success(), "{output:?}");
    let line = watching.line();
    assert_eq!((&line["topic"], &line["data"]), (&json!("kitchen/temp"), &json!(21.5)));
    assert_eq!(run(&secured.url(), &["topics"]).status.code(), Some(4), "nobody else knows the authority");
    let mut plain = TcpStream::connect(secured.server.address).unwrap();
    plain.set_read_timeout(Some(TIMEOUT)).unwrap();
    std::io::Write::write_all(&mut plain, b"GET /topics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[test]
fn a_renewed_certificate_is_used_without_a_restart_and_open_connections_stay() {
    let mut secured = Secured::start();
    let file = secured.authority.file();
    // A publication before the subscription is printed, too.
    let watch = ["watch", "*", "--rewind", "1", "--json", "--ca-file", file.to_str().unwrap()];
    let watching = Client::start_at(&format!("wss://{}/ws", secured.server.address), &watch);
    assert!(secured.run(&["publish", "a", "1"]).status.success());
    assert_eq!(watching.line()["data"], 1);
    // The former authority is kept, because its file is used again below.
    let _former = std::mem::replace(&mut secured.authority, Authority::new());
    write(&secured.authority, &secured.folder);
    let began = Instant::now();
    while !secured.run(&["publish", "a", "2"]).status.success() {
        assert!(began.elapsed() < TIMEOUT, "the new certificate was not noticed");
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(watching.line()["data"], 2, "on the connection from before");
    assert_eq!(run(&secured.url(), &["topics", "--ca-file", file.to_str().unwrap()]).status.code(), Some(4));
}

#[test]
fn files_that_cannot_be_used_are_told_with_the_reason() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    write(&authority, &folder);
    let (certificate, key) = paths(&folder);
    let other = folder.path().join("other.pem");
    write_private(&other, &authority.certificate("127.0.0.1").1);
    let empty = folder.path().join("empty.pem");
    write_private(&empty, "");
    let [certificate, key, other, empty] =
        [&certificate, &key, &other, &empty].map(|path| path.to_str().unwrap());
    let refused = |flags: &[&str], words: &str| {
        let output = run("", &[&["serve", "--listen", "127.0.0.1:0"], flags].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    };
    refused(&["--tls-cert", certificate], "--tls-key");
    refused(&["--tls-key", key], "--tls-cert");
    refused(&["--tls-cert", certificate, "--tls-key", other], "cannot be used together");
    refused(&["--tls-cert", empty, "--tls-key", key], "contains no certificate");
    refused(&["--tls-cert", "nowhere.pem", "--tls-key", key], "nowhere.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(key, fs::Permissions::from_mode(0o644)).unwrap();
        refused(&["--tls-cert", certificate, "--tls-key", key], "chmod 600");
    }
}

#[test]
fn silent_clients_keep_nobody_from_connecting() {
    let secured = Secured::start();
    let silent: Vec<TcpStream> =
        (0..600).filter_map(|_| TcpStream::connect(secured.server.address).ok()).collect();
    assert!(silent.len() > 500, "{}", silent.len());
    // All of them come from one address, which may have no further handshake until theirs have timed out.
    let began = Instant::now();
    while !secured.run(&["publish", "a", "1"]).status.success() {
        assert!(began.elapsed() < TIMEOUT, "the silent clients were not closed");
        thread::sleep(Duration::from_millis(200));
    }
    drop(silent);
}
