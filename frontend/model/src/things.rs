//! The states of many things: of each field of a topic that is a boolean or a short text. Depends on [`super::states`],
//! [`super::digits`], [`super::order`] and [`super::buckets`].

use serde_json::Value;
use shared::Millis;

use super::buckets::PastStates;
use super::buckets::topic_past::TopicPast;
use super::digits::Digits;
use super::order::Order;
use super::states::States;

/// Maximum number of things whose states are kept.
const MOST: usize = 256;
/// Maximum number of characters of a text that counts as a state.
const STATE_CHARS: usize = 40;

/// The states of each thing, in the order in which the things first occurred.
#[derive(Clone, Debug, Default)]
pub struct Things {
    things: Vec<(String, States)>,
    /// Number of things beyond the first [`MOST`] in the newest publication that had such.
    left_out: usize,
    /// The states of things of several topics, in a panel that has no publications of its own.
    of_several: Named,
}

/// The names of things with their states in the past.
type Named = Vec<(String, PastStates)>;

/// The functions that keep the states of things. They are called by pointers, so that the first picture does not contain them.
#[derive(Clone, Copy, Debug)]
pub struct Keeper {
    /// Adds the states that a publication contains. The last argument is the name of data that is a state itself.
    pub add: fn(&mut Things, Order, &Value, &Digits<'_>, &str),
    /// Returns the states of each thing in the past, from buckets of a length and from the publications after a time. The last
    /// argument is the name of data that is a state itself.
    pub past: fn(&Things, &TopicPast, u64, Millis, &str) -> Named,
}

impl Keeper {
    /// The functions of this module.
    pub const DEFAULT: Self = Self { add: Things::add, past: Things::past };
}

impl Things {
    /// Returns the name and the states of each thing.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &States)> {
        self.things.iter().map(|(name, states)| (name.as_str(), states))
    }

    /// Creates the things of a panel of several topics. Those beyond the largest number are left out.
    pub(crate) fn of_several(mut things: Vec<(String, PastStates)>, left_out: usize) -> Self {
        let excess = things.len().saturating_sub(MOST);
        things.truncate(MOST);
        Self { things: Vec::new(), left_out: left_out + excess, of_several: things }
    }

    /// Returns the things of a panel of several topics; none for a panel of one.
    pub(crate) fn gathered(&self) -> &[(String, PastStates)] {
        &self.of_several
    }

    /// Returns true if there are none.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Returns the number of things that are not kept because there are too many.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn add(&mut self, order: Order, data: &Value, digits: &Digits<'_>, own: &str) {
        let mut found = Vec::new();
        collect(data, String::new(), &mut found);
        let mut left_out = 0;
        for (name, state) in found {
            let name = if name.is_empty() { own.to_owned() } else { name };
            let place = self.things.iter().position(|(known, _)| *known == name).unwrap_or(self.things.len());
            if place == MOST {
                left_out += 1;
                continue;
            }
            if place == self.things.len() {
                self.things.push((name, States::default()));
            }
            self.things[place].1.add(order, state, digits);
        }
        self.left_out = self.left_out.max(left_out);
    }

    fn past(&self, past: &TopicPast, step_ms: u64, raw_from: Millis, own: &str) -> Vec<(String, PastStates)> {
        let none = States::default();
        let known =
            |name: &str| self.iter().find(|(known, _)| *known == name).map_or(&none, |(_, states)| states);
        let mut names: Vec<String> = self.things.iter().map(|(name, _)| name.clone()).collect();
        for name in PastStates::names(past, step_ms) {
            let name = if name.is_empty() { own.to_owned() } else { name };
            if !names.contains(&name) && names.len() < MOST {
                names.push(name);
            }
        }
        let states = |name: String| {
            let series = if name == own { "" } else { &name };
            let states = PastStates::of_series(past, step_ms, series, known(&name), raw_from);
            (name, states)
        };
        names.into_iter().map(states).collect()
    }
}

/// Finds the states in a value, each with its path.
fn collect<'a>(value: &'a Value, name: String, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let path = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            collect(value, path, found);
        }),
        Value::Bool(_) => found.push((name, value)),
        Value::String(text) if text.chars().nth(STATE_CHARS).is_none() => found.push((name, value)),
        Value::String(_) | Value::Number(_) | Value::Null | Value::Array(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn things(publications: &[Value]) -> Things {
        let mut things = Things::default();
        for (at, data) in (0..).zip(publications) {
            (Keeper::DEFAULT.add)(
                &mut things,
                Order::at(at * 1_000, at as u64),
                data,
                &Digits::default(),
                "own",
            );
        }
        things
    }

    fn current(things: &Things) -> Vec<(&str, &str)> {
        things.iter().map(|(name, states)| (name, states.current().unwrap_or_default())).collect()
    }

    #[test]
    fn each_boolean_and_each_short_text_is_a_thing() {
        let long = "x".repeat(60);
        let data = json!({"door": true, "van": {"state": "moving", "speed": 12}, "note": long, "none": null});
        assert_eq!(current(&things(&[data])), [("door", "true"), ("van.state", "moving")]);
        assert_eq!(current(&things(&[json!("open")])), [("own", "open")]);
    }

    #[test]
    fn a_field_that_is_left_out_keeps_its_state() {
        let things = things(&[json!({"a": "on", "b": "off"}), json!({"b": "on"})]);
        assert_eq!(current(&things), [("a", "on"), ("b", "on")]);
        assert_eq!(things.iter().map(|(_, states)| states.changes().len()).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn the_past_has_the_things_of_its_buckets_and_no_numbers() {
        use crate::buckets::topic_past::Wanted;
        const STEP: u64 = 1_000;
        let mut past = TopicPast::default();
        let wanted = Wanted {
            stretch: 0..60_000,
            step_ms: Some(STEP),
            items: 0,
            raw_from: 60_000,
            paused_at: None,
            newest_at: None,
        };
        let ask = past.next(&wanted, 1_000_000).unwrap();
        past.asked(1, ask, 1_000_000);
        let reply = json!({
            "id": 1, "topic": "a", "epoch": "e", "from_ms": 0, "to_ms": 1, "step_ms": STEP, "kept_from_ms": 0,
            "head": {"epoch": "e", "offset": 9}, "lost": [], "series": [
                {"name": "van.state", "buckets": [[0, 0, 1, 0, "moving"], [30_000, 0, 1, 0, "idle"]]},
                {"name": "van.ok", "buckets": [[0, 0, 1, 0, true]]},
                {"name": "van.speed", "buckets": [[0, 0, 1, 0, 12]]},
            ],
        });
        past.answered(1, serde_json::from_value(reply).unwrap());
        let known = things(&[json!({"new": "on"})]);
        let found = (Keeper::DEFAULT.past)(&known, &past, STEP, 60_000, "own");
        let at = |at: Millis| -> Vec<(String, Option<String>)> {
            found.iter().map(|(name, states)| (name.clone(), states.at(at).map(str::to_owned))).collect()
        };
        let named = |name: &str, state: &str| (name.to_owned(), Some(state.to_owned()));
        assert_eq!(at(10_000), [named("new", "on"), named("van.state", "moving"), named("van.ok", "true")]);
        assert_eq!(at(40_000)[1], named("van.state", "idle"));
    }

    #[test]
    fn things_beyond_the_limit_are_counted() {
        let data: serde_json::Map<String, Value> = (0..300).map(|n| (format!("t{n}"), json!(true))).collect();
        let things = things(&[Value::Object(data)]);
        assert_eq!((things.iter().count(), things.left_out()), (MOST, 44));
    }
}
