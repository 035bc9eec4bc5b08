//! Checks that every test that `FIDELITY.md` names exists.

const TABLE: &str = include_str!("../../FIDELITY.md");

const SOURCES: &[&str] = &[
    include_str!("capacity.rs"),
    include_str!("events.rs"),
    include_str!("failures.rs"),
    include_str!("gateway.rs"),
    include_str!("init.rs"),
    include_str!("invocations.rs"),
    include_str!("invoke_api.rs"),
    include_str!("processes.rs"),
    include_str!("streams.rs"),
    include_str!("../../src/environment.rs"),
    include_str!("../../src/event_report.rs"),
    include_str!("../../src/function_error.rs"),
    include_str!("../../src/function_url/answer.rs"),
    include_str!("../../src/function_url/event.rs"),
    include_str!("../../src/invocation.rs"),
    include_str!("../../src/invoke_api.rs"),
    include_str!("../../src/patience.rs"),
    include_str!("../../src/places.rs"),
    include_str!("../../src/pool.rs"),
    include_str!("../../src/proxy_response.rs"),
    include_str!("../../src/retry.rs"),
    include_str!("../../src/runtime_api/tests.rs"),
    include_str!("../../src/sandbox.rs"),
];

#[test]
fn every_row_of_the_table_names_a_test_that_exists() {
    let rows = test_support::fidelity::rows_with_existing_tests(TABLE, SOURCES);
    assert!(rows > 25, "the table has only {rows} rows");
}
