//! Checks the tables in the files `FIDELITY.md`. The last column of such a table names the tests for each row.

/// Checks that every test named in the last column of the Markdown text `table` is defined in one of the `sources`,
/// which are texts of Rust files. Returns the number of rows.
///
/// # Panics
///
/// If a row names a test that does not exist.
pub fn rows_with_existing_tests(table: &str, sources: &[&str]) -> usize {
    let is_heading = |line: &str| line.starts_with("| Behaviour") || line.starts_with("| Injected fault");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ") && !is_heading(line)).collect();
    for row in &rows {
        for name in tests_of(row) {
            let definition = format!("fn {name}()");
            let exists = sources.iter().any(|source| source.contains(&definition));
            assert!(exists, "no test {name:?} for: {row}");
        }
    }
    rows.len()
}

fn tests_of(row: &str) -> impl Iterator<Item = &str> {
    let last = row.rsplit('|').nth(1).unwrap_or_default();
    last.split(',').map(|name| name.trim().trim_matches('`'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| Behaviour | Test |\n|---|---|\n| Closes. | `it_closes`, `it_opens` |\n";

    #[test]
    fn a_row_whose_tests_exist_is_counted() {
        assert_eq!(rows_with_existing_tests(TABLE, &["fn it_closes() {}", "async fn it_opens() {}"]), 1);
    }

    #[test]
    #[should_panic(expected = "no test \"it_opens\"")]
    fn a_row_that_names_a_missing_test_fails() {
        rows_with_existing_tests(TABLE, &["fn it_closes() {}"]);
    }
}
