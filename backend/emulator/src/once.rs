//! Notices that are told once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Maximum number of texts that are told apart. Further ones count as known, so that a client cannot fill the memory.
const TEXTS: usize = 1_000;

/// Remembers which texts there were.
#[derive(Debug, Default)]
pub(crate) struct Once(Mutex<BTreeSet<String>>);

impl Once {
    /// Returns true for a text that was not there before.
    pub fn is_first(&self, text: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.len() < TEXTS && known.insert(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_first_once_and_the_number_of_texts_is_bounded() {
        let once = Once::default();
        assert_eq!((once.is_first("a"), once.is_first("a"), once.is_first("b")), (true, false, true));
        let others = (0..TEXTS).filter(|number| once.is_first(&number.to_string())).count();
        assert_eq!(others, TEXTS - 2);
        assert!(!once.is_first("another"));
    }
}
