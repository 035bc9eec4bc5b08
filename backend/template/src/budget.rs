//! Bounds the work that a description can cause, so that a small one cannot use up the memory or the stack.

use std::cell::Cell;

use crate::error::Error;
use crate::place::Place;

/// The most that one kind of evaluation may do, with the words for its errors.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// Number of things that may be inside of each other.
    pub depth: usize,
    /// The things that may be inside of each other, as a plural.
    pub nested: &'static str,
    /// Number of values that may be produced. A text counts once for each 16 bytes, so that it also bounds the memory.
    pub values: usize,
    /// The error if there are more values.
    pub too_many: &'static str,
    /// Advice for the author of a description with too many values.
    pub remedy: &'static str,
}

/// The work that an evaluation has done so far.
#[derive(Debug)]
pub(crate) struct Budget {
    bounds: &'static Bounds,
    depth: Cell<usize>,
    values: Cell<usize>,
}

impl Budget {
    pub fn new(bounds: &'static Bounds) -> Self {
        Self { bounds, depth: Cell::new(0), values: Cell::new(0) }
    }

    /// Counts `values` values.
    ///
    /// # Errors
    ///
    /// An [`Error`] at `place` if there are too many.
    pub fn charge(&self, values: usize, place: &Place) -> Result<(), Error> {
        self.values.set(self.values.get().saturating_add(values));
        if self.values.get() <= self.bounds.values {
            return Ok(());
        }
        Err(Error::new(place, self.bounds.too_many, self.bounds.remedy))
    }

    /// Runs an evaluation that is inside of another one, unless too many are inside of each other.
    pub fn deeper<T>(
        &self,
        place: &Place,
        evaluation: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let depth = self.depth.get() + 1;
        if depth > self.bounds.depth {
            let Bounds { depth, nested, .. } = self.bounds;
            let problem = format!("more than {depth} {nested} are inside of each other");
            return Err(Error::new(place, problem, "write it with fewer levels"));
        }
        self.depth.set(depth);
        let result = evaluation();
        self.depth.set(depth - 1);
        result
    }
}
