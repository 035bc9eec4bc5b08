//! The rows of a table in the order in which its reader wants to see them. Depends on [`super::table`] and
//! [`super::sorting`].

use super::sorted;
use super::sorting::{Key, Sorting, kept, order};
use super::table::Table;

/// Cell of a row that has no value in a column.
const NO_VALUE: &str = "–";
const MINUS: char = '\u{2212}';
/// Text between the mantissa and the exponent of a number.
const TIMES: &str = "\u{202f}× 10";
const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/// The order of a table's rows, and the text that they have to contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableView {
    /// Column by whose name the rows are sorted; `None` for the order in which they were sent.
    pub sorting: Option<Sorting<String>>,
    /// Text that a cell of a row has to contain. Case does not matter.
    pub sought: String,
}

/// Rows of a table that are shown, with their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The index of each row in the table.
    pub rows: Vec<usize>,
    /// The name of each row. It is the same in the next publication if the table has a column with names.
    pub names: Vec<String>,
}

impl TableView {
    /// Returns the rows that are shown. If `held` are the rows that are shown now, they keep their order, and new ones are added
    /// at the end.
    pub fn rows(&self, table: &Table, held: Option<&Rows>) -> Rows {
        let all = names(table);
        let sorted = match (held, &self.sorting) {
            (Some(held), _) => kept(&held.names, &all),
            (None, None) => (0..table.rows.len()).collect(),
            (None, Some(sorting)) => {
                let column = table.columns.iter().position(|column| column.name == sorting.column);
                order(&keys(table, column), sorting.is_descending)
            }
        };
        let rows: Vec<usize> = sorted.into_iter().filter(|row| self.finds(&table.rows[*row])).collect();
        Rows { names: rows.iter().map(|row| all[*row].clone()).collect(), rows }
    }

    fn finds(&self, cells: &[String]) -> bool {
        let sought = self.sought.to_lowercase();
        sought.is_empty() || cells.iter().any(|cell| cell.to_lowercase().contains(&sought))
    }
}

/// Returns the index of the column whose cells name the rows: the first column of texts in which all cells differ. Returns `None` if there
/// is none.
pub fn name_column(table: &Table) -> Option<usize> {
    (0..table.columns.len()).find(|column| {
        let mut cells: Vec<&String> = table.rows.iter().filter_map(|row| row.get(*column)).collect();
        let has_all = cells.len() == table.rows.len() && cells.iter().all(|cell| *cell != NO_VALUE);
        sorted::sort(&mut cells);
        !table.columns[*column].numeric && has_all && cells.windows(2).all(|pair| pair[0] != pair[1])
    })
}

/// Returns the names of all rows, which differ. Without a column of names, they are the numbers of the rows.
pub fn names(table: &Table) -> Vec<String> {
    let named = name_column(table);
    let name = |(number, row): (usize, &Vec<String>)| match named.and_then(|column| row.get(column)) {
        Some(cell) => cell.clone(),
        None => number.to_string(),
    };
    table.rows.iter().enumerate().map(name).collect()
}

fn keys(table: &Table, column: Option<usize>) -> Vec<Key> {
    let Some(column) = column else { return vec![Key::Nothing; table.rows.len()] };
    let numeric = table.columns[column].numeric;
    let key = |row: &Vec<String>| match row.get(column).map(String::as_str) {
        None | Some(NO_VALUE) => Key::Nothing,
        Some(cell) if numeric => number(cell).map_or_else(|| Key::Text(cell.to_owned()), Key::Number),
        Some(cell) => Key::Text(cell.to_owned()),
    };
    table.rows.iter().map(key).collect()
}

/// Returns the number that a cell shows; `None` if it shows something else.
pub fn number(cell: &str) -> Option<f64> {
    let (mantissa, exponent) = match cell.split_once(TIMES) {
        Some((mantissa, exponent)) => (mantissa, exponent.chars().map(plain).collect()),
        None => (cell, "0".to_owned()),
    };
    let mantissa: String =
        mantissa.chars().map(|letter| if letter == MINUS { '-' } else { letter }).collect();
    let value: f64 = serde_json::from_str(&[&mantissa, "e", &exponent].concat()).ok()?;
    Some(value)
}

/// Returns the usual form of a raised digit or sign.
fn plain(letter: char) -> char {
    let digit = SUPERSCRIPTS.chars().zip('0'..='9').find(|(raised, _)| *raised == letter);
    digit.map_or('-', |(_, digit)| digit)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::digits::Digits;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn table(data: &Value) -> Table {
        Table::of(data, &Digits::default())
    }

    fn queues() -> Table {
        table(&json!([
            {"queue": "mail", "depth": 14},
            {"queue": "webhooks"},
            {"queue": "exports", "depth": 211},
            {"queue": "reports", "depth": -3},
        ]))
    }

    fn view(column: &str, is_descending: bool) -> TableView {
        let sorting = Some(Sorting { column: column.to_owned(), is_descending });
        TableView { sorting, sought: String::new() }
    }

    #[test]
    fn rows_are_sorted_by_the_size_of_their_numbers() {
        assert_eq!(
            view("depth", true).rows(&queues(), None).names,
            ["exports", "mail", "reports", "webhooks"]
        );
        assert_eq!(
            view("depth", false).rows(&queues(), None).names,
            ["reports", "mail", "exports", "webhooks"]
        );
        assert_eq!(view("queue", false).rows(&queues(), None).rows, [2, 0, 3, 1]);
        assert_eq!(view("gone", true).rows(&queues(), None).rows, [0, 1, 2, 3], "a column that is gone");
    }

    #[test]
    fn rows_without_the_sought_text_are_not_shown() {
        let view = TableView { sought: "OR".to_owned(), ..TableView::default() };
        assert_eq!(view.rows(&queues(), None).names, ["exports", "reports"]);
    }

    #[test]
    fn rows_that_are_held_keep_their_order_when_the_table_changes() {
        let by_depth = view("depth", true);
        let before = by_depth.rows(&queues(), None);
        let later = table(&json!([
            {"queue": "new", "depth": 999},
            {"queue": "mail", "depth": 500},
            {"queue": "exports", "depth": 2},
            {"queue": "webhooks", "depth": 1},
        ]));
        assert_eq!(by_depth.rows(&later, Some(&before)).names, ["exports", "mail", "webhooks", "new"]);
        assert_eq!(by_depth.rows(&later, None).names, ["new", "mail", "exports", "webhooks"]);
    }

    #[test]
    fn rows_are_named_by_the_first_column_of_different_texts() {
        assert_eq!(
            name_column(&table(&json!([{"state": "up", "host": "a"}, {"state": "up", "host": "b"}]))),
            Some(1)
        );
        assert_eq!(name_column(&table(&json!([{"pid": 1}, {"pid": 2}]))), None, "numbers may change");
        assert_eq!(name_column(&table(&json!([{"host": "a"}, {"pid": 2}]))), None);
        assert_eq!(names(&table(&json!([{"pid": 7}, {"pid": 7}]))), ["0", "1"]);
    }

    #[test]
    fn numbers_are_read_as_the_table_writes_them() {
        for sent in ["12", "-3.50", "1e25", "1.5e-12", "0", "-2e-9"] {
            let written = crate::chart::format::in_full(sent);
            assert_eq!(number(&written), sent.parse().ok(), "{written}");
        }
        assert_eq!(number("huge"), None);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::digits::Digits;

    fn rows() -> impl Strategy<Value = Value> {
        let row = ("[a-e]", prop::option::of(-1e3_f64..1e3));
        prop::collection::vec(row, 0..20).prop_map(|rows| {
            rows.into_iter().map(|(name, size)| json!({"name": name, "size": size})).collect()
        })
    }

    proptest! {
        #[test]
        fn a_view_shows_each_row_that_it_finds_once(
            before in rows(), data in rows(), sought in "[a-e]?", is_descending: bool, is_held: bool,
        ) {
            let table = Table::of(&data, &Digits::default());
            let sorting = Some(Sorting { column: "size".to_owned(), is_descending });
            let view = TableView { sorting, sought: sought.clone() };
            let held = view.rows(&Table::of(&before, &Digits::default()), None);
            let mut shown = view.rows(&table, is_held.then_some(&held)).rows;
            shown.sort_unstable();
            let is_found = |row: &usize| table.rows[*row].iter().any(|cell| cell.contains(&sought));
            prop_assert_eq!(shown, (0..table.rows.len()).filter(is_found).collect::<Vec<_>>());
        }
    }
}
