//! Learns which columns of a table contain numbers, to tell its rows from other lines with as many words.

use crate::cell::{self, Style};
use crate::format::json;
use crate::{number, time};

/// The columns that contained numbers in all rows below the present header.
#[derive(Debug, Default)]
pub struct Types {
    numbers: Option<Vec<usize>>,
}

impl Types {
    /// Stores which columns of a row contain numbers. Each text is given with the index of its column.
    pub fn learn(&mut self, cells: &[(usize, String)]) {
        let is_present = |text: &str| text != "-" && !number::is_missing(text);
        let found =
            cells.iter().filter(|(_, text)| is_number(text) && is_present(text)).map(|(column, _)| *column);
        match &mut self.numbers {
            None => self.numbers = Some(found.collect()),
            Some(numbers) => {
                let is_text =
                    |column: &usize| cells.iter().any(|(other, text)| other == column && !is_number(text));
                numbers.retain(|column| !is_text(column));
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

/// Returns true if a text in a row is a number, a time, several numbers, or a word for a missing number.
pub fn is_number(text: &str) -> bool {
    let style = Style { has_letters: true, ..Style::default() };
    cell::is_numeric(text, style)
        || number::read_grouped(text).is_some()
        || time::read_time_of_day(text).is_some()
        || time::read(text).is_some()
        || json::pair("", text, style).is_some()
}
