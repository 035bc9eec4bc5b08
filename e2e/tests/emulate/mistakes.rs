//! Mistakes in descriptions and arguments are told with what to type.

use std::fs;

use crate::app::{copy_of, emulate};

/// Runs the program and returns what it prints to standard error, and its status.
fn failure(folder: &std::path::Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = emulate(folder).args(["--no-board"]).args(arguments).output().expect("it runs");
    (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
}

#[test]
fn a_mistake_in_a_template_is_told_with_line_and_column() {
    let app = copy_of("shapes");
    let file = app.path().join("template.yaml");
    let text = fs::read_to_string(&file).expect("the template");
    fs::write(&file, text.replace("${Tell.Arn}", "${Tel.Arn}")).expect("written");
    let (stderr, status) = failure(app.path(), &[]);
    assert!(stderr.contains("template.yaml:11:") && stderr.contains("did you mean Tell"), "{stderr}");
    assert_eq!(status, Some(2));
}

#[test]
fn a_folder_without_a_description_is_told() {
    let empty = tempfile::TempDir::new().expect("a folder");
    fs::write(empty.path().join("index.js"), "").expect("written");
    let (stderr, _) = failure(empty.path(), &[]);
    assert!(stderr.contains("contains no description of an app"), "{stderr}");
}

#[test]
fn a_port_that_is_taken_is_told_with_another_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (stderr, _) = failure(copy_of("shapes").path(), &["--listen", &address]);
    assert!(stderr.contains(&address) && stderr.contains("--listen 127.0.0.1:0"), "{stderr}");
}

#[test]
fn a_stage_that_the_description_does_not_have_is_refused() {
    let (stderr, status) = failure(copy_of("shapes").path(), &["--stage", "prod"]);
    assert!(stderr.contains("the description has the stage test") && stderr.contains("--param"), "{stderr}");
    assert_eq!(status, Some(2));
}

#[test]
fn arguments_that_cannot_be_used_are_told_with_an_example() {
    let app = copy_of("shapes");
    for (arguments, example) in [
        (["--listen", "3001"], "127.0.0.1:3001"),
        (["--env", "no-such-file"], "TABLE=topics"),
        (["--chaos", "no-such-file"], "time_scale"),
        (["--code", "Tell"], "Site=dist"),
        (["--code", "Tel=."], "the description has Tell, Other, Compiled"),
        (["--code", "Tell=no-such-folder"], "give a path that exists"),
        (["--bucket", "Photo=."], "the description has Photos"),
        (["--outputs-file", "no-such-folder/file"], "a folder that exists"),
    ] {
        let (stderr, _) = failure(app.path(), &arguments);
        assert!(stderr.contains(example), "{arguments:?}: {stderr}");
    }
}
