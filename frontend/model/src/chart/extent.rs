//! The range between the smallest and the largest of some values.

/// Smallest and largest of some values, and whether all of them are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// True if every value is a whole number.
    pub whole: bool,
}

impl Extent {
    /// Returns the extent of a single value.
    pub fn of(value: f64) -> Self {
        Self { min: value, max: value, whole: value.fract() == 0.0 }
    }

    /// Converts the extent into another unit, in which the values are multiplied by `factor`.
    pub fn times(self, factor: f64) -> Self {
        Self { min: self.min * factor, max: self.max * factor, whole: self.whole && factor == 1.0 }
    }

    /// Returns the extent of the values of both extents together.
    pub fn with(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max), whole: self.whole && other.whole }
    }
}
