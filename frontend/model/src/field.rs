//! The content of one field of published data, as charts and panels need it.

use crate::chart::decimal::shortest;

/// Content of one named field of published data.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// The field is a number.
    Number {
        /// The value as a floating-point number, which a chart draws.
        value: f64,
        /// The digits of the number as they were sent, which a figure shows.
        sent: String,
    },
    /// The field is anything else than a number, written as text: `unavailable`.
    Text(String),
    /// The field is JSON's `null`, with which a publisher says that there is no value.
    Nothing,
}

impl Field {
    /// Creates a field from a floating-point number whose digits as sent are not known.
    pub fn number(value: f64) -> Self {
        Self::Number { value, sent: shortest(value) }
    }

    /// Returns the number; `None` if the field is none.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Number { value, .. } => Some(*value),
            Self::Text(_) | Self::Nothing => None,
        }
    }
}
