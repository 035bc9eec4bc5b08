//! Checks that every test that `FIDELITY.md` names exists.

const TABLE: &str = include_str!("../../FIDELITY.md");

const SOURCES: &[&str] = &[
    include_str!("authorizer.rs"),
    include_str!("chaos.rs"),
    include_str!("closing.rs"),
    include_str!("delivery.rs"),
    include_str!("handshake.rs"),
    include_str!("hostile.rs"),
    include_str!("management.rs"),
    include_str!("messages.rs"),
    include_str!("sdk.rs"),
    include_str!("../../src/authorizer.rs"),
    include_str!("../../src/chaos/tests.rs"),
    include_str!("../../src/event/tests.rs"),
    include_str!("../../src/frame/tests.rs"),
    include_str!("../../src/id.rs"),
    include_str!("../../src/origin.rs"),
    include_str!("../../src/route.rs"),
    include_str!("../../src/route/expression.rs"),
];

#[test]
fn every_row_of_the_table_names_a_test_that_exists() {
    let is_heading = |line: &str| line.starts_with("| Behaviour") || line.starts_with("| Injected fault");
    let mut lines = 0;
    for line in TABLE.lines().filter(|line| line.starts_with("| ") && !is_heading(line)) {
        let tests = line.rsplit('|').nth(1).unwrap_or_default();
        for name in tests.split(',').map(|name| name.trim().trim_matches('`')) {
            let definition = format!("fn {name}()");
            assert!(
                SOURCES.iter().any(|source| source.contains(&definition)),
                "no test {name:?} for: {line}"
            );
        }
        lines += 1;
    }
    assert!(lines > 30, "the table has only {lines} lines");
}
