//! Converts published data to a table of rows and columns. Depends on [`super::reading`] and on the format of
//! numbers.

use serde_json::{Map, Value};

use super::digits::Digits;
use super::reading;
use crate::chart::format::in_full;

/// Maximum number of rows in a table. Rows beyond it are only counted.
const MOST_ROWS: usize = 500;
/// Maximum number of columns in a table. Columns beyond it are only counted.
const MOST_COLUMNS: usize = 40;

/// The data of one publication as a table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Columns in the order in which their names first occur.
    pub columns: Vec<Column>,
    /// The rows. Each has one cell for each column.
    pub rows: Vec<Vec<String>>,
    /// Number of rows that the table leaves out because there are too many.
    pub rows_left_out: usize,
    /// Number of columns that the table leaves out because there are too many.
    pub columns_left_out: usize,
    /// The JSON text of the publication as it was sent, if the table does not show all of it; otherwise `None`.
    pub all: Option<String>,
}

/// Heading of a column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name of the column.
    pub name: String,
    /// True if all values of the column are numbers, which are aligned to the right.
    pub numeric: bool,
}

impl Table {
    /// Creates the table of `data`. A list of objects gives a row for each object, and an object gives a row for each
    /// field. For anything else the table is empty. `digits` contains the digits of the numbers in `data` as they
    /// were sent.
    pub fn of(data: &Value, digits: &Digits<'_>) -> Self {
        match data {
            Value::Array(items) => {
                Self::of_rows(&items.iter().filter_map(Value::as_object).collect::<Vec<_>>(), digits)
            }
            Value::Object(fields) => Self::of_fields(fields, digits),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::default(),
        }
    }

    /// Returns text about the rows and columns that the table leaves out, such as `7 rows and 3 columns more`; `None`
    /// if it leaves out nothing.
    pub fn left_out_words(&self) -> Option<String> {
        more_words(self.rows_left_out, self.columns_left_out)
    }

    /// Stores `text`, the JSON text of the publication, if the table does not show all of it.
    pub fn keep_all(&mut self, text: &str) {
        self.all = self.left_out_words().is_some().then(|| text.to_owned());
    }

    fn of_rows(items: &[&Map<String, Value>], digits: &Digits<'_>) -> Self {
        let shown = &items[..items.len().min(MOST_ROWS)];
        let names = names(items);
        let columns: Vec<Column> =
            names.iter().take(MOST_COLUMNS).map(|name| Column::of(name, shown)).collect();
        let row =
            |item: &&Map<String, Value>| columns.iter().map(|column| column.text(item, digits)).collect();
        Self {
            rows: shown.iter().map(row).collect(),
            rows_left_out: items.len() - shown.len(),
            columns_left_out: names.len() - columns.len(),
            columns,
            all: None,
        }
    }

    fn of_fields(fields: &Map<String, Value>, digits: &Digits<'_>) -> Self {
        let column = |name: &str| Column { name: name.to_owned(), numeric: false };
        let rows = fields.iter().take(MOST_ROWS).map(|(name, value)| vec![name.clone(), cell(value, digits)]);
        Self {
            columns: vec![column("field"), column("value")],
            rows: rows.collect(),
            rows_left_out: fields.len().saturating_sub(MOST_ROWS),
            columns_left_out: 0,
            all: None,
        }
    }
}

impl Column {
    fn of(name: &str, items: &[&Map<String, Value>]) -> Self {
        let cells = || items.iter().filter_map(|item| item.get(name)).filter(|cell| !cell.is_null());
        Self { name: name.to_owned(), numeric: cells().next().is_some() && cells().all(Value::is_number) }
    }

    fn text(&self, item: &Map<String, Value>, digits: &Digits<'_>) -> String {
        item.get(&self.name).map_or_else(|| NO_VALUE.to_owned(), |value| cell(value, digits))
    }
}

/// Returns text about rows and columns that are not shown, such as `7 rows and 3 columns more`; `None` if there are none.
pub fn more_words(rows: usize, columns: usize) -> Option<String> {
    let count = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {one}s")),
    };
    let parts: Vec<String> = [count(rows, "row"), count(columns, "column")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{} more", parts.join(" and ")))
}

const NO_VALUE: &str = "–";

/// Returns the text of a cell. A number has all digits that were sent, so that an id stays unchanged.
fn cell(value: &Value, digits: &Digits<'_>) -> String {
    match value {
        Value::Null => NO_VALUE.to_owned(),
        Value::Number(number) => in_full(&digits.sent(number)),
        other => reading::text(other, digits),
    }
}

/// Returns the names of all columns of a table of objects, in the order in which they first occur.
fn names<'a>(items: &[&'a Map<String, Value>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in items.iter().flat_map(|item| item.keys()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn of(data: &Value) -> Table {
        Table::of(data, &Digits::default())
    }

    fn column(name: &str, numeric: bool) -> Column {
        Column { name: name.to_owned(), numeric }
    }

    #[test]
    fn each_object_is_a_row_and_each_field_a_column() {
        let table = of(&json!([{"queue": "mail", "depth": 14}, {"queue": "webhooks", "oldest": "2 s"}]));
        assert_eq!(table.columns, [column("queue", false), column("depth", true), column("oldest", false)]);
        assert_eq!(table.rows, [["mail", "14", "–"], ["webhooks", "–", "2 s"]]);
    }

    #[test]
    fn the_numbers_of_a_column_are_written_as_they_were_sent() {
        let table = of(&json!([{"cpu": 12.5}, {"cpu": 0.25}]));
        assert_eq!(table.rows, [["12.5"], ["0.25"]]);
    }

    #[test]
    fn ids_and_bytes_are_written_in_full() {
        let table = of(&json!([
            {"pid": 1_482_907, "rss": 5_369_000_000_u64, "inode": u64::MAX},
            {"pid": 812, "rss": 48_000_000, "inode": 7},
        ]));
        assert_eq!(table.rows[0], ["1482907", "5369000000", "18446744073709551615"]);
        assert_eq!(table.rows[1], ["812", "48000000", "7"]);
    }

    #[test]
    fn a_column_of_numbers_and_words_is_text() {
        let table = of(&json!([{"size": 3}, {"size": "huge"}]));
        assert_eq!((table.columns, table.rows[0][0].as_str()), (vec![column("size", false)], "3"));
    }

    #[test]
    fn an_object_is_a_table_of_its_fields() {
        let table = of(&json!({"door": "open", "lock": true}));
        assert_eq!(table.rows, [["door", "open"], ["lock", "true"]]);
    }

    #[test]
    fn rows_and_columns_beyond_the_bound_are_counted() {
        let wide: Map<String, Value> =
            (0..MOST_COLUMNS + 10).map(|key| (key.to_string(), json!(1))).collect();
        let table = of(&json!(vec![wide; MOST_ROWS + 7]));
        assert_eq!((table.rows.len(), table.rows_left_out), (MOST_ROWS, 7));
        assert_eq!((table.columns.len(), table.columns_left_out), (MOST_COLUMNS, 10));
        assert_eq!(table.left_out_words().as_deref(), Some("7 rows and 10 columns more"));
        assert_eq!(of(&json!([{"a": 1}])).left_out_words(), None);
        assert_eq!(
            (more_words(1, 0), more_words(0, 1)),
            (Some("1 row more".into()), Some("1 column more".into()))
        );
    }

    #[test]
    fn all_that_was_sent_is_kept_where_something_is_left_out() {
        let (mut long, mut short) =
            (of(&json!(vec![json!({"a": 1.5}); MOST_ROWS + 1])), of(&json!([{"a": 1}])));
        long.keep_all("[{\"a\": 1.50}, …]");
        short.keep_all("[{\"a\": 1}]");
        assert_eq!((long.all.as_deref(), short.all), (Some("[{\"a\": 1.50}, …]"), None));
    }
}
