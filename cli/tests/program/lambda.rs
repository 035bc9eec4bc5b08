//! Tests of `serve --functions lambda` with invalid arguments and with functions that fail. `e2e/tests/lambda_local` contains the
//! tests with the real functions.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Server, Socket, run, write_private};

const NAMES: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];

#[test]
fn flags_without_a_meaning_for_lambda_functions_are_refused() {
    let directory = functions("exit 1");
    let here = directory.path().to_str().unwrap();
    let secret = directory.path().join("secret.txt");
    write_private(&secret, "short");
    let odd = directory.path().join("odd.env");
    fs::write(&odd, "TABLE=a\nwhat is this\n").unwrap();
    let table: [(&[&str], &str); 10] = [
        (&["--data-dir", "x"], "topics are stored in the functions' DynamoDB tables"),
        (&["--keep-age", "1h"], "TICKERTAPE_KEEP_AGE_MS=86400000"),
        (&["--keep-count", "5"], "TICKERTAPE_KEEP_AGE_MS=86400000"),
        (&["--keep-bytes", "2GB"], "lower TICKERTAPE_KEEP_AGE_MS"),
        (&["--no-host"], "to publish them, run `tickertape host`"),
        (&["--auth-secret-file", "-"], "each Lambda function reads its file"),
        (&["--auth-secret-file", secret.to_str().unwrap()], "create a strong secret"),
        (&["--function-env", odd.to_str().unwrap()], "line 2 is not of the form NAME=VALUE"),
        (&["--function-env", "nowhere.env"], "nowhere.env"),
        (&["--listen", "192.0.2.1:0"], "over loopback"),
    ];
    for (flags, words) in table {
        let arguments = [&["serve", "--functions", "lambda", "--function-dir", here], flags].concat();
        refused(&arguments, words);
    }
}

#[test]
fn missing_functions_and_a_directory_without_lambda_are_refused() {
    let empty = tempfile::tempdir().unwrap();
    let here = empty.path().to_str().unwrap();
    refused(&["serve", "--functions", "lambda"], "add --function-dir DIR");
    refused(&["serve", "--functions", "lambda", "--function-dir", here], "websocket/bootstrap");
    refused(&["serve", "--function-dir", here], "add --functions lambda");
}

#[test]
fn a_failing_function_is_a_502_its_output_is_printed_and_the_page_is_served() {
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

#[test]
fn functions_are_invoked_and_connections_posted_to_only_with_the_key_that_the_server_prints() {
    let directory = functions("exit 1");
    let server = Server::start_lambda(directory.path());
    let invoke = "/2015-03-31/functions/broadcast/invocations";
    let url = server.announcement["functions_url"].as_str().unwrap();
    let key = url.strip_prefix(&format!("http://{}/", server.address)).unwrap();
    assert_eq!(key.len(), 32, "{url}");
    assert_eq!(server.post(invoke, "{}").status, 403);
    assert_eq!(server.post(&format!("/{}{invoke}", "0".repeat(32)), "{}").status, 405, "a path of the page");
    assert_ne!(server.post(&format!("/{key}{invoke}"), "{}").status, 403);
    let unknown = "/ws/@connections/XDmENcnwIE0CFEQ%3D";
    assert_eq!(server.post(unknown, "{}").status, 403);
    assert_eq!(server.post(&format!("/{key}{unknown}"), "{}").status, 410);
    assert_eq!(server.get(&format!("/{key}/topics")).status, 403, "nothing else is behind the key");
}

fn refused(arguments: &[&str], words: &str) {
    let output = run("ws://127.0.0.1:1/ws", arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains(words), "{arguments:?}: {said}");
}

/// Creates a directory in which the program of every function is the shell script `script`.
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
