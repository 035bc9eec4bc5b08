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
    include_str!("settings.rs"),
    include_str!("shares.rs"),
    include_str!("../../src/authorizer.rs"),
    include_str!("../../src/authorizer_answer.rs"),
    include_str!("../../src/chaos/tests.rs"),
    include_str!("../../src/condition.rs"),
    include_str!("../../src/event/tests.rs"),
    include_str!("../../src/frame/tests.rs"),
    include_str!("../../src/header_names.rs"),
    include_str!("../../src/id.rs"),
    include_str!("../../src/origin.rs"),
    include_str!("../../src/policy.rs"),
    include_str!("../../src/route.rs"),
    include_str!("../../src/route/expression.rs"),
];

#[test]
fn every_row_of_the_table_names_a_test_that_exists() {
    let rows = test_support::fidelity::rows_with_existing_tests(TABLE, SOURCES);
    assert!(rows > 30, "the table has only {rows} rows");
}
