//! Reading one value out of a JSON text without building the rest.
//!
//! Everything beside the value is only checked against JSON's grammar. So a message is routed by its action even if
//! another part of it is JSON that `serde_json` refuses to turn into values: half of a surrogate pair, as JavaScript writes
//! when it cuts a text in an emoji, a number beyond the range of `f64`, or nesting of more than 128 levels.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// Returns the value at a path, or `Value::Null` if there is none; `None` if the text is not JSON. Of several members
/// with the same name, the last one counts.
pub(super) fn value_at(text: &str, path: &[Step]) -> Option<Value> {
    let mut input = serde_json::Deserializer::from_str(text);
    let value = At(path).deserialize(&mut input).ok()?;
    input.end().ok()?;
    Some(value)
}

/// Deserializes the value at a path below the current value.
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

/// Visits a value of which one member or element is wanted. A value that has none is `Value::Null`.
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

/// Compares the name of a member. The name is read as bytes, because as text half of a surrogate pair would be an error.
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
