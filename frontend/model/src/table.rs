//! A list of objects as rows and columns.

use serde_json::{Map, Value};

use super::reading;
use crate::chart::format::{Format, Unit};

/// Rows shown; the rest is counted.
const MOST_ROWS: usize = 100;
/// Columns shown; the rest is counted.
const MOST_COLUMNS: usize = 12;

/// What one publication says, as rows and columns of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns, in the order in which they were first named.
    pub columns: Vec<Column>,
    /// Each as long as there are columns.
    pub rows: Vec<Vec<String>>,
    /// Rows left out.
    pub rows_left_out: usize,
}

/// A column's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Whether it holds numbers, which are aligned to the right.
    pub numeric: bool,
}

impl Table {
    /// The table in `data`: a list of objects, one a row; an object, one field a row. Empty for anything else.
    pub fn of(data: &Value) -> Self {
        match data {
            Value::Array(items) => {
                Self::of_rows(&items.iter().filter_map(Value::as_object).collect::<Vec<_>>())
            }
            Value::Object(fields) => Self::of_fields(fields),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::default(),
        }
    }

    fn of_rows(items: &[&Map<String, Value>]) -> Self {
        let shown = &items[..items.len().min(MOST_ROWS)];
        let columns: Vec<_> = names(shown).into_iter().map(|name| Cells::of(name, shown)).collect();
        let row = |index: usize| columns.iter().map(|column| column.text(shown[index])).collect();
        Self {
            rows: (0..shown.len()).map(row).collect(),
            rows_left_out: items.len() - shown.len(),
            columns: columns.into_iter().map(|cells| cells.column).collect(),
        }
    }

    fn of_fields(fields: &Map<String, Value>) -> Self {
        let column = |name: &str| Column { name: name.to_owned(), numeric: false };
        let rows =
            fields.iter().take(MOST_ROWS).map(|(name, value)| vec![name.clone(), reading::text(value)]);
        Self {
            columns: vec![column("field"), column("value")],
            rows: rows.collect(),
            rows_left_out: fields.len().saturating_sub(MOST_ROWS),
        }
    }
}

/// A column and how its numbers are written.
struct Cells {
    column: Column,
    format: Format,
}

impl Cells {
    fn of(name: String, items: &[&Map<String, Value>]) -> Self {
        let cells = || items.iter().filter_map(|item| item.get(&name)).filter(|cell| !cell.is_null());
        let numeric = cells().next().is_some() && cells().all(Value::is_number);
        let values = || cells().filter_map(Value::as_f64);
        let (min, max) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let whole = values().all(|value| value.fract() == 0.0);
        let format = Format::for_range(&Unit::default(), min, max, whole);
        Self { column: Column { name, numeric }, format }
    }

    fn text(&self, item: &Map<String, Value>) -> String {
        match item.get(&self.column.name) {
            None | Some(Value::Null) => "–".to_owned(),
            Some(Value::Number(number)) if self.column.numeric => {
                self.format.number(number.as_f64().unwrap_or(f64::NAN))
            }
            Some(cell) => reading::text(cell),
        }
    }
}

fn names(items: &[&Map<String, Value>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in items.iter().flat_map(|item| item.keys()) {
        if names.len() < MOST_COLUMNS && !names.contains(name) {
            names.push(name.clone());
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

    fn column(name: &str, numeric: bool) -> Column {
        Column { name: name.to_owned(), numeric }
    }

    #[test]
    fn each_object_is_a_row_and_each_field_a_column() {
        let table =
            Table::of(&json!([{"queue": "mail", "depth": 14}, {"queue": "webhooks", "oldest": "2 s"}]));
        assert_eq!(table.columns, [column("queue", false), column("depth", true), column("oldest", false)]);
        assert_eq!(table.rows, [["mail", "14", "–"], ["webhooks", "–", "2 s"]]);
    }

    #[test]
    fn the_numbers_of_a_column_are_written_alike() {
        let table = Table::of(&json!([{"cpu": 12.5}, {"cpu": 0.25}]));
        assert_eq!(table.rows, [["12.50"], ["0.25"]]);
    }

    #[test]
    fn a_column_of_numbers_and_words_is_text() {
        let table = Table::of(&json!([{"size": 3}, {"size": "huge"}]));
        assert_eq!((table.columns, table.rows[0][0].as_str()), (vec![column("size", false)], "3"));
    }

    #[test]
    fn an_object_is_a_table_of_its_fields() {
        let table = Table::of(&json!({"door": "open", "lock": true}));
        assert_eq!(table.rows, [["door", "open"], ["lock", "true"]]);
    }

    #[test]
    fn rows_beyond_the_bound_are_counted_and_columns_are_bounded() {
        let wide: Map<String, Value> = (0..50).map(|key| (key.to_string(), json!(1))).collect();
        let table = Table::of(&json!(vec![wide; MOST_ROWS + 7]));
        assert_eq!((table.rows.len(), table.rows_left_out), (MOST_ROWS, 7));
        assert_eq!(table.columns.len(), MOST_COLUMNS);
    }
}
