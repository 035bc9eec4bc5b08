//! The series of a chart that the reader has switched off.

/// Names of the series of a chart that the reader has switched off. Series are identified by name and not by index,
/// because they may be in another order when the page is opened again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden(Vec<String>);

impl Hidden {
    /// Creates an empty set: every series is drawn.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns true if the series `name` is switched off.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|hidden| hidden == name)
    }

    /// Switches the series `name` off, or on again if it is off.
    pub fn toggle(&mut self, name: &str) {
        if self.has(name) {
            self.0.retain(|hidden| hidden != name);
        } else {
            self.0.push(name.to_owned());
        }
    }

    /// Returns the names of the hidden series, in the order in which they were hidden.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromIterator<String> for Hidden {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_series_is_switched_off_and_on_and_no_other_with_it() {
        let mut hidden = Hidden::default();
        hidden.toggle("in");
        hidden.toggle("out");
        assert!(hidden.has("in") && hidden.has("out") && !hidden.has("i"));
        hidden.toggle("in");
        assert_eq!(hidden.names().collect::<Vec<_>>(), ["out"]);
    }
}
