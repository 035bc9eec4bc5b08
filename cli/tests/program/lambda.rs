//! `serve --functions lambda`: what is refused, and what is served when functions fail. With real functions it is tried
//! by the tests of the whole system.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Server, Socket, run};

const NAMES: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];

#[test]
fn flags_that_mean_nothing_with_functions_are_refused_in_a_sentence() {
    let directory = functions("exit 1");
    let here = directory.path().to_str().unwrap();
    let secret = directory.path().join("secret.txt");
    fs::write(&secret, "short").unwrap();
    let odd = directory.path().join("odd.env");
    fs::write(&odd, "TABLE=a\nwhat is this\n").unwrap();
    let table: [(&[&str], &str); 9] = [
        (&["--data-dir", "x"], "topics live in the functions' tables"),
        (&["--keep-age", "1h"], "TICKERTAPE_KEEP_AGE_MS=86400000"),
        (&["--keep-count", "5"], "TICKERTAPE_KEEP_AGE_MS=86400000"),
        (&["--no-host"], "`tickertape host` would publish them"),
        (&["--auth-secret-file", "-"], "functions read the secret themselves"),
        (&["--auth-secret-file", secret.to_str().unwrap()], "make a good one"),
        (&["--function-env", odd.to_str().unwrap()], "line 2 is not NAME=VALUE"),
        (&["--function-env", "nowhere.env"], "nowhere.env"),
        (&["--listen", "192.0.2.1:0"], "over loopback"),
    ];
    for (flags, words) in table {
        let arguments = [&["serve", "--functions", "lambda", "--function-dir", here], flags].concat();
        refused(&arguments, words);
    }
}

#[test]
fn functions_that_are_not_there_or_not_asked_for_are_refused_too() {
    let empty = tempfile::tempdir().unwrap();
    let here = empty.path().to_str().unwrap();
    refused(&["serve", "--functions", "lambda"], "give --function-dir DIR as well");
    refused(&["serve", "--functions", "lambda", "--function-dir", here], "websocket/bootstrap");
    refused(&["serve", "--function-dir", here], "give --functions lambda as well");
}

#[test]
fn functions_that_fail_are_502_their_words_are_passed_on_and_the_page_is_served() {
    let directory = functions("echo no table is named; exit 1");
    let mut server = Server::start_lambda(directory.path());
    assert_eq!(server.get("/topics").status, 502);
    assert_eq!(server.post("/topics/a", "1").status, 502);
    assert_eq!(Socket::connect_with(server.address, &[]).err(), Some(502));
    assert_eq!(server.get("/").status, 200);
    server.signal("TERM");
    let (status, said) = server.ended();
    assert!(status.success());
    assert!(said.contains("ingest     no table is named"), "{said}");
    assert!(said.contains("Runtime.ExitError: RequestId: "), "{said}");
}

fn refused(arguments: &[&str], words: &str) {
    let output = run("ws://127.0.0.1:1/ws", arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains(words), "{arguments:?}: {said}");
}

/// A directory of functions that are all this script.
fn functions(script: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in NAMES {
        write_script(&directory.path().join(name), script);
    }
    directory
}

fn write_script(directory: &Path, script: &str) {
    let bootstrap = directory.join("bootstrap");
    fs::create_dir(directory).unwrap();
    fs::write(&bootstrap, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
}
