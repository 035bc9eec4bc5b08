//! The earlier values of the numbers in a table, which small charts in its cells show. They are those that the panel has received
//! since it was opened. Depends on [`super::table`] and [`super::table_view`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use shared::Millis;

use super::table::Table;
use super::table_view::{name_column, number};

/// Maximum number of values of each cell that are kept.
const MOST_VALUES: usize = 40;
/// Maximum number of cells whose values are kept.
const MOST_TRAILS: usize = 300;

/// The earlier values of the cells of a table. Cells are recognised by the name of their row and the name of their column, so a
/// table without a column of names has none.
#[derive(Clone, Debug, Default)]
pub struct Trails {
    cells: BTreeMap<(String, String), Trail>,
    /// Name of the column with the names of the rows.
    names: String,
    /// Time of the newest table.
    at: Option<Millis>,
}

/// The values of one cell in the tables that were received, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trail {
    values: VecDeque<(Millis, Option<Value>)>,
}

/// A number and its text.
type Value = (f64, String);

impl Trails {
    /// Adds the values of a table whose time is `at`. The table that was added last changes nothing. A table that is older than it
    /// comes from a recording that was played from an earlier moment, so all values are dropped.
    pub fn observe(&mut self, table: &Table, at: Millis) {
        match self.at {
            Some(before) if before == at => return,
            Some(before) if before > at => self.cells.clear(),
            Some(_) | None => {}
        }
        self.at = Some(at);
        if table.rows.is_empty() {
            // It has no columns either, so nothing is known of the names of its rows.
            self.part(at);
        } else {
            self.add(table, at);
        }
        self.cells.retain(|_, trail| trail.values.iter().any(|(_, value)| value.is_some()));
    }

    /// Adds a gap to every line.
    fn part(&mut self, at: Millis) {
        for trail in self.cells.values_mut() {
            trail.add(at, None);
        }
    }

    fn add(&mut self, table: &Table, at: Millis) {
        let Some(names) = name_column(table) else { return self.cells.clear() };
        if self.names != table.columns[names].name {
            self.cells.clear();
            self.names.clone_from(&table.columns[names].name);
        }
        self.part(at);
        let columns = table.columns.iter().enumerate().filter(|(_, column)| column.numeric);
        for (index, column) in columns {
            for row in &table.rows {
                let key = (row[names].clone(), column.name.clone());
                let value = number(&row[index]).map(|value| (value, row[index].clone()));
                if self.cells.contains_key(&key) || self.cells.len() < MOST_TRAILS {
                    self.cells.entry(key).or_default().set(at, value);
                }
            }
        }
    }

    /// Returns the earlier values of a cell, and the present one; `None` if there are none.
    pub fn trail(&self, row: &str, column: &str) -> Option<&Trail> {
        self.cells.get(&(row.to_owned(), column.to_owned()))
    }

    /// Returns the names of the columns in which a value has changed. In others, such as a column of ids, there is nothing to draw.
    pub fn changed(&self) -> BTreeSet<String> {
        let changed = self.cells.iter().filter(|(_, trail)| trail.has_changed());
        changed.map(|((_, column), _)| column.clone()).collect()
    }
}

impl Trail {
    fn add(&mut self, at: Millis, value: Option<Value>) {
        self.values.push_back((at, value));
        if self.values.len() > MOST_VALUES {
            self.values.pop_front();
        }
    }

    /// Sets the value at the time of the newest table.
    fn set(&mut self, at: Millis, value: Option<Value>) {
        match self.values.back_mut() {
            Some((newest, kept)) if *newest == at => *kept = value,
            Some(_) | None => self.add(at, value),
        }
    }

    fn numbers(&self) -> impl Iterator<Item = (Millis, &Value)> {
        self.values.iter().filter_map(|(at, value)| Some((*at, value.as_ref()?)))
    }

    fn has_changed(&self) -> bool {
        let mut numbers = self.numbers().map(|(_, value)| value.0);
        let first = numbers.next();
        numbers.any(|number| Some(number) != first)
    }

    /// Returns the lines of a chart of this width and height as a path of SVG. Where a table did not have the value, the line has a
    /// gap.
    pub fn path(&self, width: f64, height: f64) -> String {
        let times = self.values.front().zip(self.values.back()).map(|(first, last)| (first.0, last.0));
        let Some((first, last)) = times else { return String::new() };
        let (least, most) =
            self.numbers().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), (_, (value, _))| {
                (least.min(*value), most.max(*value))
            });
        let share =
            |value: f64, from: f64, to: f64| if from < to { (value - from) / (to - from) } else { 0.5 };
        let mut path = String::new();
        let mut is_joined = false;
        for (at, value) in &self.values {
            if let Some((value, _)) = value {
                let x = share((at - first) as f64, 0.0, (last - first) as f64) * width;
                // Numbers at the ends of the range of `f64` are halved, because their difference is outside of it.
                let y = (1.0 - share(value / 2.0, least / 2.0, most / 2.0)) * height;
                path += &format!("{}{:.1} {:.1}", if is_joined { "L" } else { "M" }, x, y);
                // A value between two gaps is a dot, which is a line without length.
                path += if is_joined { "" } else { "h0" };
            }
            is_joined = value.is_some();
        }
        path
    }

    /// Returns the trail in words, such as `12 values received here, 3 to 14`; `None` if there is only one value.
    pub fn words(&self) -> Option<String> {
        let count = self.numbers().count();
        let by = |is_before: fn(f64, f64) -> bool| {
            let found = self.numbers().map(|(_, value)| value);
            found.reduce(|one, other| if is_before(other.0, one.0) { other } else { one })
        };
        let (least, most) = by(|one, other| one < other).zip(by(|one, other| one > other))?;
        (count > 1).then(|| format!("{count} values received here, {} to {}", least.1, most.1))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::digits::Digits;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn observed(tables: &[Value]) -> Trails {
        let mut trails = Trails::default();
        for (data, at) in tables.iter().zip(1..) {
            trails.observe(&Table::of(data, &Digits::default()), at * 1_000);
        }
        trails
    }

    #[test]
    fn a_row_is_followed_wherever_it_stands() {
        let trails = observed(&[
            json!([{"queue": "mail", "depth": 3}, {"queue": "web", "depth": 9}]),
            json!([{"queue": "web", "depth": 9}, {"queue": "mail", "depth": 14.50}]),
        ]);
        let mail = trails.trail("mail", "depth").unwrap();
        assert_eq!(mail.words().as_deref(), Some("2 values received here, 3 to 14.5"));
        assert_eq!(mail.path(10.0, 4.0), "M0.0 4.0h0L10.0 0.0");
        assert_eq!(trails.changed().into_iter().collect::<Vec<_>>(), ["depth"]);
    }

    #[test]
    fn a_table_without_the_row_is_a_gap() {
        let row = |depth: i64| json!([{"queue": "mail", "depth": depth}, {"queue": "web", "depth": 1}]);
        let trails = observed(&[row(1), row(3), json!([{"queue": "web", "depth": 1}]), row(2), row(1)]);
        let path = trails.trail("mail", "depth").unwrap().path(4.0, 2.0);
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert_eq!(path.matches('L').count(), 2, "{path}");
        let web = trails.trail("web", "depth").unwrap();
        assert_eq!(
            web.path(4.0, 2.0),
            "M0.0 1.0h0L1.0 1.0L2.0 1.0L3.0 1.0L4.0 1.0",
            "a constant is in the middle"
        );
    }

    #[test]
    fn an_empty_table_is_a_gap_until_no_value_is_kept() {
        let (rows, empty) = (|depth: i64| json!([{"queue": "mail", "depth": depth}]), json!([]));
        let trails = observed(&[rows(1), rows(3), empty.clone(), rows(2), empty.clone()]);
        let trail = trails.trail("mail", "depth").unwrap();
        assert_eq!(trail.path(4.0, 2.0), "M0.0 2.0h0L1.0 0.0M3.0 1.0h0");
        assert_eq!(trail.words().as_deref(), Some("3 values received here, 1 to 3"));
        let mut tables = vec![empty; MOST_VALUES];
        assert_eq!(observed(&tables).cells.len(), 0, "a table that was never anything else");
        tables.insert(0, rows(1));
        assert_eq!(observed(&tables).cells.len(), 0, "a value that is too old");
        tables.pop();
        assert_eq!(observed(&tables).cells.len(), 1);
    }

    #[test]
    fn a_table_is_counted_once_and_one_value_has_no_words() {
        let table = Table::of(&json!([{"queue": "mail", "depth": 3}]), &Digits::default());
        let mut trails = Trails::default();
        for _ in 0..3 {
            trails.observe(&table, 1_000);
        }
        assert_eq!(trails.trail("mail", "depth").unwrap().words(), None);
    }

    #[test]
    fn a_recording_that_goes_back_begins_anew() {
        let mut trails =
            observed(&[json!([{"queue": "mail", "depth": 3}]), json!([{"queue": "mail", "depth": 4}])]);
        trails.observe(&Table::of(&json!([{"queue": "mail", "depth": 3}]), &Digits::default()), 1_500);
        assert_eq!(trails.trail("mail", "depth").unwrap().numbers().count(), 1);
    }

    #[test]
    fn rows_without_names_have_no_trail_and_memory_is_bounded() {
        let trails = observed(&[json!([{"pid": 1, "cpu": 2}]), json!([{"pid": 1, "cpu": 3}])]);
        assert_eq!(trails.trail("0", "cpu"), None);
        let many: Vec<Value> =
            (0..2_000).map(|row| json!({"name": format!("row {row}"), "size": row})).collect();
        let many = observed(&[json!(many), json!(many)]);
        assert!(many.cells.len() <= MOST_TRAILS);
    }
}
