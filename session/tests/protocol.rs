//! Checks that `PROTOCOL.md` agrees with the session's constants and states.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::path::Path;

use tickertape_session::{State, constants};

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../PROTOCOL.md");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the text of `document` (`PROTOCOL.md`) between `<!-- session -->` and `<!-- end -->`.
fn session_section(document: &str) -> &str {
    let after = document.split("<!-- session -->\n").nth(1).unwrap_or_default();
    after.split("\n<!-- end -->").next().unwrap_or_default()
}

#[test]
fn the_document_lists_the_sessions_constants() {
    let row = |constant: &constants::Constant| {
        format!("| {} | {} | {} |", constant.what, constant.value, constant.unit)
    };
    let head = ["| constant | value | unit |".to_owned(), "|---|---|---|".to_owned()];
    let expected: Vec<String> = head.into_iter().chain(constants::TABLE.iter().map(row)).collect();
    assert_eq!(session_section(&document()), expected.join("\n"), "PROTOCOL.md, section session");
}

#[test]
fn the_document_draws_every_state_of_the_session() {
    let document = document();
    let diagram = document.split("```mermaid").nth(1).and_then(|rest| rest.split("```").next());
    let drawn: BTreeSet<&str> = diagram
        .unwrap_or_default()
        .lines()
        .filter(|line| line.contains("-->"))
        .flat_map(|line| line.split(':').next().unwrap_or_default().split("-->"))
        .map(str::trim)
        .filter(|name| *name != "[*]")
        .collect();
    assert_eq!(drawn, State::ALL.iter().map(|state| state.name()).collect());
}
