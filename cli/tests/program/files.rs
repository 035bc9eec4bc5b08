//! Tests of the permissions of files: only the user who runs the server can read its data and its secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Server, Socket, TIMEOUT, request, run, write_private};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn only_the_user_who_runs_the_server_can_read_its_data() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("share").join("tickertape");
    let mut server = Server::start_at("127.0.0.1:0", &data, &[]);
    assert_eq!(server.post("/topics/a", "1").status, 200);
    assert_eq!((mode(&data), mode(data.parent().unwrap())), (0o700, 0o700));
    for file in files(&data) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    server.kill();
    // A former version created the directory and the files with these permissions.
    set_mode(&data, 0o755);
    files(&data).iter().for_each(|file| set_mode(file, 0o644));
    let server = Server::start_at("127.0.0.1:0", &data, &[]);
    assert_eq!(server.get("/topics/a").status, 200);
    assert_eq!(mode(&data), 0o700);
    for file in files(&data) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused_with_the_command_to_type() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret.txt");
    let name = secret.to_str().unwrap();
    assert!(run("", &["secret", name]).status.success());
    assert_eq!(mode(&secret), 0o600);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--auth-secret-file", name];
    let token = ["token", "--subscribe", "*", "--auth-secret-file", name];
    assert!(run("", &token).status.success());
    for open in [0o644, 0o604, 0o666] {
        set_mode(&secret, open);
        for arguments in [&serve[..], &token] {
            let output = run("", arguments);
            let words = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{words}");
            assert!(words.contains(&format!("chmod 600 {name}")), "{words}");
        }
    }
}

#[test]
fn a_secret_is_not_replaced_by_accident_and_a_missing_one_is_told_how_to_create() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret.txt");
    let name = secret.to_str().unwrap();
    let missing = run("", &["token", "--subscribe", "*", "--auth-secret-file", name]);
    assert!(String::from_utf8(missing.stderr).unwrap().contains(&format!("tickertape secret {name}")));
    assert!(run("", &["secret", name]).status.success());
    let first = fs::read(&secret).unwrap();
    let output = run("", &["secret", name]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--replace"));
    assert_eq!(fs::read(&secret).unwrap(), first);
    assert!(run("", &["secret", "--replace", name]).status.success());
    assert_ne!(fs::read(&secret).unwrap(), first);
    assert_eq!(mode(&secret), 0o600);
}

#[test]
fn a_secret_of_one_letter_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret.txt");
    write_private(&secret, &"a".repeat(32));
    let output =
        run("", &["serve", "--listen", "127.0.0.1:0", "--auth-secret-file", secret.to_str().unwrap()]);
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("different characters") && words.contains("tickertape secret --replace"),
        "{words}"
    );
}

#[test]
fn a_changed_secret_signs_everybody_out_and_accepts_new_tokens_without_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret.txt");
    let name = secret.to_str().unwrap();
    assert!(run("", &["secret", name]).status.success());
    let server = Server::start_with(&["--auth-secret-file", name]);
    let token = || {
        let output = run("", &["token", "--auth-secret-file", name, "--subscribe", "*", "--publish", "*"]);
        format!("Bearer {}", String::from_utf8(output.stdout).unwrap().trim())
    };
    let status =
        |bearer: &str| request(server.address, "GET", "/topics", &[("Authorization", bearer)], b"").status;
    let old = token();
    let mut viewer = Socket::connect_with(server.address, &[("authorization", &old)]).unwrap();
    viewer.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    viewer.hear_type("subscribed");
    assert_eq!(status(&old), 200);
    assert!(run("", &["secret", "--replace", name]).status.success());
    let new = token();
    let began = Instant::now();
    while status(&new) != 200 {
        assert!(began.elapsed() < TIMEOUT, "the new secret was not noticed");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status(&old), 401);
    let told = viewer.hear_type("disconnect");
    assert_eq!((&told["code"], &told["reconnect"]), (&json!(3500), &json!(false)));
    viewer.hear_close();
}
