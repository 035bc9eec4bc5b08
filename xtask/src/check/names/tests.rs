use super::*;

fn violations_of(path: &str, text: &str) -> Vec<String> {
    violations(&[Source { path: path.to_owned(), text: text.to_owned() }])
}

#[test]
fn unfinished_work_is_found_with_its_line() {
    let text = "fn ready() {}\nfn later() { todo!() }\n";
    assert_eq!(violations_of("shared/src/lib.rs", text), ["shared/src/lib.rs:2: todo!("]);
}

#[test]
fn every_mark_of_unfinished_work_is_found() {
    for mark in UNFINISHED {
        assert_eq!(violations_of("a.rs", &format!("    {mark}")).len(), 1, "{mark}");
    }
}

#[test]
fn a_program_that_tests_start_may_be_marked_as_ignored() {
    let program = "#[ignore = \"not a test of its own: the others run it and kill it\"]";
    assert!(violations_of("tests/crash.rs", program).is_empty());
    assert_eq!(violations_of("tests/crash.rs", "#[ignore = \"flaky\"]").len(), 1);
}

#[test]
fn documents_may_name_marks_that_code_may_not_contain() {
    assert!(violations_of("CONTRIBUTING.md", "No `todo!()`, no `#[ignore]`.").is_empty());
}

#[test]
fn a_path_of_one_machine_is_found() {
    // The paths are split, so that this file does not contain the path of a machine itself.
    let (bracketed, assigned) = (concat!("(/wo", "rk/x)"), concat!("DIR=/ro", "ot/x"));
    for line in ["cd /home/ada/tickertape", "path = \"/tmp/data\"", bracketed, assigned] {
        assert_eq!(violations_of("README.md", line).len(), 1, "{line}");
    }
}

#[test]
fn a_longer_path_and_a_url_are_allowed() {
    let relative = concat!("../wo", "rk/notes");
    for line in ["https://example.org/home/page", "site/build/page.js", relative, "~/tmp/x", "$XDG/tmp/"] {
        assert!(violations_of("README.md", line).is_empty(), "{line}");
    }
}

#[test]
fn the_host_of_a_registry_is_found_and_cargo_s_name_for_crates_io_is_allowed() {
    assert_eq!(violations_of("x.toml", "index = \"https://index.crates.io/\"").len(), 1);
    assert!(violations_of("Cargo.lock", "registry+https://github.com/rust-lang/crates.io-index").is_empty());
}
