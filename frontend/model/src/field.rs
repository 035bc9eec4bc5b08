//! Content of one field of a publication, as far as charts and figures care.

/// Content of one named field of a publication.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A number.
    Number {
        /// Its value as a floating-point number, which a chart draws.
        value: f64,
        /// Its digits as they were sent, which a figure shows.
        sent: String,
    },
    /// Something else than a number: `unavailable`.
    Text(String),
    /// JSON's `null`: the publisher says that there is no value.
    Nothing,
}

impl Field {
    /// Creates a field from a number of which only the floating-point value is known.
    pub fn number(value: f64) -> Self {
        let is_short = value == 0.0 || (1e-5..1e15).contains(&value.abs());
        Self::Number { value, sent: if is_short { value.to_string() } else { format!("{value:e}") } }
    }
}
