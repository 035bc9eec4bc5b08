//! Columns of numbers under a line of names, as vmstat, iostat and sar print them.

use serde_json::{Map, Value};

use super::scalar;

/// Remembers the names. Banners and headers come again and again in such output, so a line that is not one
/// of numbers is taken for the next header and is never an error.
#[derive(Debug, Default)]
pub struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// Reads a line; `None` for a header, a banner, or numbers that no header names.
    pub fn read(&mut self, line: &str) -> Option<Value> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !is_row(&words) {
            self.names = words.into_iter().map(str::to_owned).collect();
            return None;
        }
        if words.len() != self.names.len() {
            return None;
        }
        let fields = self.names.iter().zip(words).filter_map(|(name, word)| {
            let value = scalar::read(word).ok()?;
            Some((name.clone(), value))
        });
        Some(Value::Object(fields.collect::<Map<_, _>>()))
    }
}

/// Whether a line is data: mostly numbers (a time or a device's name may stand among them).
pub fn is_row(words: &[&str]) -> bool {
    let numbers = words.iter().filter(|word| scalar::is_number(word)).count();
    words.len() >= 2 && numbers * 2 > words.len()
}
