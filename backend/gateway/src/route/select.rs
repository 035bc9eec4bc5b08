//! Reads one value from a JSON text without building the others.
//!
//! The other values are only checked against JSON's grammar. A message is therefore routed by its action even if
//! another part of it is JSON that `serde_json` refuses to convert to values. Examples are half of a surrogate pair
//! (which JavaScript writes if it cuts a text within an emoji), a number beyond the range of `f64`, and nesting of more
//! than 128 levels.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// One step of a path into a JSON value: the name of an object's member or the index of an array's element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// Returns the value at a path, or `Value::Null` if the path does not exist. Returns `None` if the text is not JSON. If
/// several members have the same name, the last one is used.
pub(super) fn value_at(text: &str, path: &[Step]) -> Option<Value> {
    let mut input = serde_json::Deserializer::from_str(text);
    let value = At(path).deserialize(&mut input).ok()?;
    input.end().ok()?;
    Some(value)
}

/// Deserializes a JSON value and returns only the value at this path within it. The path consists of names and indices.
struct At<'a>(&'a [Step]);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        match self.0.split_first() {
            None => serde::Deserialize::deserialize(input),
            Some((first, rest)) => input.deserialize_any(Below { first, rest }),
        }
    }
}

/// The `serde` visitor that returns the value at a path within an object or array. `first` is the first step of the
/// path, and `rest` contains the further steps. If there is no such value, the result is `Value::Null`.
struct Below<'a> {
    first: &'a Step,
    rest: &'a [Step],
}

impl<'de> Visitor<'de> for Below<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut found = Value::Null;
        while let Some(is_wanted) = members.next_key_seed(IsNamed(self.first))? {
            if is_wanted {
                found = members.next_value_seed(At(self.rest))?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        if let Step::Index(wanted) = self.first {
            for _ in 0..*wanted {
                if elements.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(Value::Null);
                }
            }
            let found = elements.next_element_seed(At(self.rest))?.unwrap_or_default();
            while elements.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(found);
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

/// Compares the name of an object's member with a step of the path, and returns true if they are equal. The name is
/// read as bytes, because half of a surrogate pair would be an error in a text.
struct IsNamed<'a>(&'a Step);

impl<'de> DeserializeSeed<'de> for IsNamed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<bool, D::Error> {
        input.deserialize_bytes(self)
    }
}

impl Visitor<'_> for IsNamed<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<bool, E> {
        Ok(matches!(self.0, Step::Name(wanted) if wanted.as_bytes() == name))
    }
}
