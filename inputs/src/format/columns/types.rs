//! Learns which columns of a table contain numbers, to tell its rows from other lines with as many words.

use super::is_number;

/// The columns that contained numbers in all rows below the present header.
#[derive(Debug, Default)]
pub struct Types {
    numbers: Option<Vec<usize>>,
}

impl Types {
    /// Stores which columns of a row contain numbers. Each text is given with the index of its column.
    pub fn learn(&mut self, cells: &[(usize, String)]) {
        let found = cells.iter().filter(|(_, text)| is_number(text)).map(|(column, _)| *column);
        match &mut self.numbers {
            None => self.numbers = Some(found.collect()),
            Some(numbers) => {
                let found: Vec<usize> = found.collect();
                let has_column = |column: &usize| cells.iter().any(|(other, _)| other == column);
                numbers.retain(|column| found.contains(column) || !has_column(column));
            }
        }
    }

    /// Returns true if more than half of the columns with numbers contain other texts in this row. The first column
    /// counts twice.
    pub fn contradict(&self, cells: &[(usize, String)]) -> bool {
        let numbers = self.numbers.as_deref().unwrap_or_default();
        let is_wrong = |(column, text): &&(usize, String)| numbers.contains(column) && !is_number(text);
        let wrong: usize =
            cells.iter().filter(is_wrong).map(|(column, _)| if *column == 0 { 2 } else { 1 }).sum();
        wrong * 2 > numbers.len().max(2)
    }
}
