//! Checks that every test that `FIDELITY.md` names exists.

const TABLE: &str = include_str!("../../FIDELITY.md");

const SOURCES: &[&str] = &[
    include_str!("events.rs"),
    include_str!("failures.rs"),
    include_str!("gateway.rs"),
    include_str!("init.rs"),
    include_str!("invocations.rs"),
    include_str!("invoke_api.rs"),
    include_str!("processes.rs"),
    include_str!("streams.rs"),
    include_str!("../../src/environment.rs"),
    include_str!("../../src/function_error.rs"),
    include_str!("../../src/function_url/answer.rs"),
    include_str!("../../src/function_url/event.rs"),
    include_str!("../../src/gateway.rs"),
    include_str!("../../src/invocation.rs"),
    include_str!("../../src/invoke_api.rs"),
    include_str!("../../src/pool.rs"),
    include_str!("../../src/retry.rs"),
];

#[test]
fn every_row_of_the_table_names_a_test_that_exists() {
    let mut lines = 0;
    for line in TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Behaviour")) {
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
    assert!(lines > 25, "the table has only {lines} lines");
}
