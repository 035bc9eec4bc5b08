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

    /// Switches off all of these series except the first, whose line stands alone in a sparkline.
    pub fn all_but_first<'a>(all: impl Iterator<Item = &'a str>) -> Self {
        Self(all.skip(1).map(str::to_owned).collect())
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

    /// Switches off all series of `all` except `name`. If they are off already, and `name` is not, switches all on.
    pub fn isolate<'a>(&mut self, name: &str, all: impl Iterator<Item = &'a str>) {
        let others: Vec<String> = all.filter(|other| *other != name).map(str::to_owned).collect();
        let is_alone = !self.has(name) && others.iter().all(|other| self.has(other));
        self.0 = if is_alone { Vec::new() } else { others };
    }

    /// Switches all series on.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns true if every series is switched on.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

    #[test]
    fn a_series_is_isolated_and_a_second_time_brings_the_others_back() {
        let all = ["in", "out", "lost"];
        let mut hidden = Hidden::default();
        hidden.toggle("out");
        hidden.isolate("out", all.into_iter());
        assert_eq!(hidden.names().collect::<Vec<_>>(), ["in", "lost"]);
        hidden.isolate("in", all.into_iter());
        assert_eq!(hidden.names().collect::<Vec<_>>(), ["out", "lost"], "another one");
        hidden.isolate("in", all.into_iter());
        assert!(hidden.is_empty());
    }

    #[test]
    fn a_sparkline_has_the_line_of_the_first_series_alone() {
        for all in [&["in", "out", "lost"][..], &["in"], &[]] {
            let hidden = Hidden::all_but_first(all.iter().copied());
            let shown: Vec<&str> = all.iter().copied().filter(|name| !hidden.has(name)).collect();
            assert_eq!(shown, all[..all.len().min(1)], "{all:?}");
        }
    }

    #[test]
    fn the_only_series_of_a_chart_stays_on() {
        let mut hidden = Hidden::default();
        hidden.isolate("in", ["in"].into_iter());
        assert!(hidden.is_empty());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn after_isolating_exactly_one_series_is_on_or_all_are(
            presses in prop::collection::vec((0_usize..5, any::<bool>()), 1..12),
        ) {
            let all = ["a", "b", "c", "d", "e"];
            let mut hidden = Hidden::default();
            for (index, is_isolated) in presses {
                let name = all[index];
                if is_isolated {
                    hidden.isolate(name, all.into_iter());
                    let on: Vec<&str> = all.into_iter().filter(|name| !hidden.has(name)).collect();
                    prop_assert!(on == [name] || on == all, "{on:?}");
                } else {
                    let was_on = !hidden.has(name);
                    hidden.toggle(name);
                    prop_assert_ne!(was_on, !hidden.has(name));
                }
            }
        }
    }
}
