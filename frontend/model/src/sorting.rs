//! The order of rows that a reader sorts by a column, such as those of a table or of a list of series. Depends on
//! [`super::sorted`].

use std::cmp::Ordering;

use super::sorted;

/// The value of a row in the column by which the rows are sorted.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A number. Numbers are before texts.
    Number(f64),
    /// A text.
    Text(String),
    /// The row has no value. Such rows are always at the end.
    Nothing,
}

/// A column by which rows are sorted, and the direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorting<C> {
    /// The column.
    pub column: C,
    /// True if the largest value is first.
    pub is_descending: bool,
}

impl<C: PartialEq> Sorting<C> {
    /// Returns the order after the heading of a column was pressed: by this column, beginning with the largest value if
    /// `largest_first` is true. If the rows are already sorted by it, the direction is reversed, and the third press returns to
    /// the order without sorting.
    pub fn press(now: Option<&Self>, column: C, largest_first: bool) -> Option<Self> {
        match now.filter(|now| now.column == column) {
            None => Some(Self { column, is_descending: largest_first }),
            Some(now) if now.is_descending == largest_first => {
                Some(Self { column, is_descending: !largest_first })
            }
            Some(_) => None,
        }
    }

    /// Returns the direction of a column as the value of the attribute `aria-sort`.
    pub fn word(now: Option<&Self>, column: &C) -> &'static str {
        match now.filter(|now| now.column == *column) {
            None => "none",
            Some(now) if now.is_descending => "descending",
            Some(_) => "ascending",
        }
    }
}

/// Returns the indices of the rows in their order. Rows with equal keys stay in the order in which they are given.
pub fn order(keys: &[Key], is_descending: bool) -> Vec<usize> {
    let is_in_order = |one: usize, other: usize| compare(&keys[one], &keys[other], is_descending).is_le();
    sorted::order(keys.len(), &is_in_order)
}

/// Returns the indices of the rows `now` in the order that they had `before`. New rows are at the end, in their own order.
/// Rows are recognised by their names.
pub fn kept(before: &[String], now: &[String]) -> Vec<usize> {
    let place = |name: &String| before.iter().position(|known| known == name).unwrap_or(before.len());
    let places: Vec<usize> = now.iter().map(place).collect();
    sorted::order(places.len(), &|one, other| places[one] <= places[other])
}

fn compare(one: &Key, other: &Key, is_descending: bool) -> Ordering {
    let directed = |ordering: Ordering| if is_descending { ordering.reverse() } else { ordering };
    match (one, other) {
        (Key::Nothing, Key::Nothing) => Ordering::Equal,
        (Key::Nothing, _) => Ordering::Greater,
        (_, Key::Nothing) => Ordering::Less,
        (Key::Number(one), Key::Number(other)) => directed(one.total_cmp(other)),
        (Key::Text(one), Key::Text(other)) => directed(natural(one, other)),
        (Key::Number(_), Key::Text(_)) => directed(Ordering::Less),
        (Key::Text(_), Key::Number(_)) => directed(Ordering::Greater),
    }
}

/// Compares two texts as people sort names: without regard to case, and with numbers by their size, so that `core 2` is before
/// `core 10`.
pub fn natural(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one, other);
    while !left.is_empty() && !right.is_empty() {
        let ((a, rest_a), (b, rest_b)) = (split(left), split(right));
        let ordering = match (is_number(a), is_number(b)) {
            (true, true) => compare_digits(a, b),
            _ => a.to_lowercase().cmp(&b.to_lowercase()),
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
        (left, right) = (rest_a, rest_b);
    }
    left.len().cmp(&right.len()).then_with(|| one.cmp(other))
}

/// Splits off the first character, or all digits at the beginning.
fn split(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(digits.max(first))
}

fn is_number(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

fn compare_digits(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn numbers_are_sorted_by_size_and_rows_without_a_value_are_last_in_both_directions() {
        let keys = [Key::Number(10.0), Key::Nothing, Key::Number(9.0), Key::Text("down".to_owned())];
        assert_eq!(order(&keys, false), [2, 0, 3, 1]);
        assert_eq!(order(&keys, true), [3, 0, 2, 1]);
    }

    #[test]
    fn names_with_numbers_are_sorted_by_the_numbers() {
        let names = ["core 10", "Core 2", "core 2", "core 02", "core"];
        let keys: Vec<Key> = names.iter().map(|name| Key::Text((*name).to_owned())).collect();
        let sorted: Vec<&str> = order(&keys, false).into_iter().map(|row| names[row]).collect();
        assert_eq!(sorted, ["core", "Core 2", "core 02", "core 2", "core 10"]);
    }

    #[test]
    fn a_third_press_on_a_heading_returns_to_the_order_that_was_sent() {
        let first = Sorting::press(None, "cpu", true);
        let second = Sorting::press(first.as_ref(), "cpu", true);
        assert_eq!(first, Some(Sorting { column: "cpu", is_descending: true }));
        assert_eq!(second, Some(Sorting { column: "cpu", is_descending: false }));
        assert_eq!(Sorting::press(second.as_ref(), "cpu", true), None);
        let other = Sorting::press(second.as_ref(), "name", false);
        assert_eq!(Sorting::word(other.as_ref(), &"name"), "ascending");
        assert_eq!(Sorting::word(other.as_ref(), &"cpu"), "none");
    }

    #[test]
    fn rows_keep_their_order_while_it_is_held_and_new_ones_are_added_at_the_end() {
        let now = texts(&["a", "new", "c", "b"]);
        assert_eq!(kept(&texts(&["c", "gone", "b", "a"]), &now), [2, 3, 0, 1]);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            any::<f64>().prop_map(Key::Number),
            "[a-cA-C0-9 é]{0,6}".prop_map(Key::Text),
            Just(Key::Nothing),
        ]
    }

    proptest! {
        #[test]
        fn every_row_is_there_once_and_those_without_a_value_are_last(
            keys in prop::collection::vec(key(), 0..40),
            is_descending: bool,
        ) {
            let rows = order(&keys, is_descending);
            let mut all = rows.clone();
            all.sort_unstable();
            prop_assert_eq!(all, (0..keys.len()).collect::<Vec<_>>());
            let first_without = rows.iter().position(|row| keys[*row] == Key::Nothing);
            let rest = first_without.map_or(&[][..], |first| &rows[first..]);
            prop_assert!(rest.iter().all(|row| keys[*row] == Key::Nothing));
        }

        #[test]
        fn no_row_is_before_one_that_belongs_before_it(keys in prop::collection::vec(key(), 0..20)) {
            let rows = order(&keys, false);
            for (index, row) in rows.iter().enumerate() {
                for later in &rows[index..] {
                    prop_assert_ne!(compare(&keys[*row], &keys[*later], false), Ordering::Greater);
                }
            }
        }

        #[test]
        fn names_have_one_order(one in "[a-b0-1A]{0,5}", other in "[a-b0-1A]{0,5}") {
            prop_assert_eq!(natural(&one, &other), natural(&other, &one).reverse());
            prop_assert_eq!(natural(&one, &other) == Ordering::Equal, one == other);
        }

        #[test]
        fn an_order_that_is_held_loses_no_row(
            before in prop::collection::vec("[a-f]", 0..8),
            now in prop::collection::hash_set("[a-f]", 0..8),
        ) {
            let now: Vec<String> = now.into_iter().collect();
            let mut rows = kept(&before, &now);
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..now.len()).collect::<Vec<_>>());
        }
    }
}
