//! The content of one field of a publication, to the extent that charts and figures need it.

/// Content of one named field of a publication.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A number.
    Number {
        /// The value as a floating-point number, which a chart draws.
        value: f64,
        /// The digits of the number as they were sent, which a figure shows.
        sent: String,
    },
    /// Anything else than a number, such as `unavailable`.
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
