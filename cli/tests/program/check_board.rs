//! Tests of `tickertape check-board`.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::run;

const GOOD: &str = r#"{"version": 1, "panels": [{"sources": [{"topic": "host/cpu"}]}]}"#;

fn file(directory: &TempDir, name: &str, text: &str) -> String {
    let path: PathBuf = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn check(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run("", &[&["check-board"], arguments].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn good_documents_are_counted_and_a_warning_fails_only_if_it_should() {
    let directory = tempfile::tempdir().unwrap();
    let good = file(&directory, "good.json", GOOD);
    let odd = file(&directory, "odd.json", r#"{"version": 1, "colour": "red"}"#);
    let (code, stdout, _) = check(&[&good, &odd]);
    assert_eq!(code, Some(0));
    assert!(
        stdout.contains("odd.json:1:26: warning: colour is not a field that this program knows"),
        "{stdout}"
    );
    assert!(stdout.contains("2 boards checked: no errors, 1 warning"), "{stdout}");
    let (code, _, stderr) = check(&["--strict", &good, &odd]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("0 errors, 1 warning") && stderr.contains("docs/board.schema.json"), "{stderr}");
}

#[test]
fn every_fault_is_shown_with_its_line_and_what_to_write() {
    let directory = tempfile::tempdir().unwrap();
    let text = "{\n \"version\": 1,\n \"panels\": [\n  {\"sources\": [{\"topic\": \"a b\"}], \"kind\": \"dial\"}\n ]\n}\n";
    let bad = file(&directory, "bad.json", text);
    let broken = file(&directory, "broken.json", "{\"version\": 1,,}");
    let (code, stdout, stderr) = check(&[&bad, &broken]);
    assert_eq!(code, Some(1));
    assert!(stdout.contains("bad.json:4:26: error: panels[0].sources[0].topic is not a topic"), "{stdout}");
    assert!(stdout.contains("bad.json:4:43: error: panels[0].kind is \"dial\": write \"line\""), "{stdout}");
    assert!(stdout.contains("broken.json:1:15: error: the document is not valid JSON"), "{stdout}");
    assert!(stderr.contains("3 errors"), "{stderr}");

    let (_, stdout, _) = check(&["--json", &bad]);
    let faults: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (faults.len(), &faults[1]["path"], &faults[1]["line"]),
        (2, &"panels[0].kind".into(), &4.into())
    );
}

#[test]
fn a_file_that_cannot_be_a_board_is_refused_with_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    let spaced = file(&directory, "shop floor.json", GOOD);
    let (code, stdout, _) = check(&[&spaced]);
    assert_eq!(code, Some(1));
    assert!(stdout.contains("\"shop floor\" is not the name of a board"), "{stdout}");
    let missing = directory.path().join("missing.json");
    let (code, _, stderr) = check(&[missing.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("missing.json cannot be read"), "{stderr}");
    assert_eq!(check(&[]).0, Some(2));
}
