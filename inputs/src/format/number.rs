//! Reads one number per line, with or without a unit.

use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::error::LineError;
use crate::number::{self, Comma, Commas, Place};
use crate::row::{Body, Row};
use crate::verdict::Read;

/// Reads an input that consists of one number per line.
#[derive(Debug, Default)]
pub struct Numbers {
    commas: Commas,
}

impl Numbers {
    /// Reads a line that consists of a single number, with or without a unit. Any other line is not accepted.
    pub fn read(&mut self, line: &str) -> Read {
        let text = line.trim();
        self.commas.observe(text);
        if let Some(number) = number::read_grouped(text) {
            return Row::alone(Body::Lone(Cell::Value(Data::Number(number)))).into();
        }
        let text = &self.commas.without_groups(text);
        if let Some(number) = number::read(text, Comma::Separates, Place::Alone) {
            return Row::alone(Body::Lone(Cell::Value(Data::Number(number)))).into();
        }
        // An integer of more than 64 bits is published as text, because most programs would read other digits.
        if number::is_long_integer(text) {
            return Row::text(text).into();
        }
        if number::is_missing(text) {
            return Read::Bad(LineError::NotAValue { text: text.to_owned() });
        }
        match cell::read_quantity(text, Style::default()) {
            Some(quantity) => Row::alone(Body::Lone(quantity)).into(),
            None => Read::Unfit,
        }
    }
}
