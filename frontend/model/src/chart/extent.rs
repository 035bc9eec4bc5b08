//! Range of the values in a stretch of rows.

/// Smallest and greatest value of a stretch of rows, and whether all of them are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The smallest value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// True if every value is a whole number.
    pub whole: bool,
}

impl Extent {
    /// The extent of one value.
    pub fn of(value: f64) -> Self {
        Self { min: value, max: value, whole: value.fract() == 0.0 }
    }

    /// The extent in a unit into which `factor` converts the values.
    pub fn times(self, factor: f64) -> Self {
        Self { min: self.min * factor, max: self.max * factor, whole: self.whole && factor == 1.0 }
    }

    /// The extent of both.
    pub fn with(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max), whole: self.whole && other.whole }
    }
}
