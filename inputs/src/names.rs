//! Gives the fields of a line, or the columns of a header, names that are all different.

use std::collections::{HashMap, HashSet};

/// The names that the fields of one line or header have so far.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
    /// Number to try next for each name that was given more than once.
    next: HashMap<String, usize>,
}

impl Names {
    /// Returns `name` if no field has it yet. Otherwise returns the first of `name (2)`, `name (3)` and so on that no field
    /// has. From then on, a field has the returned name.
    ///
    /// The time for all names of a line is proportional to its length, even if all names are the same.
    pub fn take(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let next = self.next.entry(name.clone()).or_insert(2);
        loop {
            let candidate = format!("{name} ({next})");
            *next += 1;
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &[&str]) -> Vec<String> {
        let mut taken = Names::default();
        names.iter().map(|name| taken.take((*name).to_owned())).collect()
    }

    #[test]
    fn names_that_are_different_stay() {
        assert_eq!(all(&["a", "b", "a b"]), ["a", "b", "a b"]);
    }

    #[test]
    fn equal_names_are_numbered_from_two_on() {
        assert_eq!(all(&["a", "b", "a", "a", "b"]), ["a", "b", "a (2)", "a (3)", "b (2)"]);
    }

    #[test]
    fn a_number_that_another_field_has_is_left_out() {
        assert_eq!(all(&["a", "a (2)", "a", "a (2)"]), ["a", "a (2)", "a (3)", "a (2) (2)"]);
    }

    #[test]
    fn a_hundred_thousand_equal_names_take_no_longer_than_different_ones() {
        let equal = vec!["x"; 100_000];
        assert_eq!(all(&equal).last().map(String::as_str), Some("x (100000)"));
    }
}
