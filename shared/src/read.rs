//! Reads the server's messages with little code.
//!
//! The code that serde derives is generated again for every type, and all of it together was a large part of the page. Here,
//! one function divides any object into its fields, whose values stay JSON text, and each type names its fields. The messages are
//! read as serde's derived code reads them; a test compares the two. There is one difference: an object cannot be written as a
//! list of its values, which serde accepts although nobody sends it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Error, Result};

use crate::Millis;

/// A value that can be read from JSON text.
pub(crate) trait Read: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// The text is of the wrong type, or a field is missing or occurs twice.
    fn read(json: &RawValue) -> Result<Self>;
}

/// A value that is an object in JSON.
pub(crate) trait Object: Sized {
    /// Reads the value from the fields of its object. Unknown fields are ignored.
    fn of(fields: &Fields<'_>) -> Result<Self>;
}

/// Implements [`Read`] and [`Object`] for a struct whose fields have the same names in JSON. Those after `or default` may be
/// absent, and then have their default value. The compiler refuses a list in which a field of the struct is missing.
macro_rules! read {
    ($type:ty { $($field:ident),* $(,)? } $(or default { $($optional:ident),* $(,)? })?) => {
        impl $crate::read::Object for $type {
            fn of(fields: &$crate::read::Fields<'_>) -> serde_json::Result<Self> {
                Ok(Self {
                    $($field: fields.required(stringify!($field))?,)*
                    $($($optional: fields.or_default(stringify!($optional))?,)*)?
                })
            }
        }

        impl $crate::read::Read for $type {
            fn read(json: &serde_json::value::RawValue) -> serde_json::Result<Self> {
                $crate::read::Object::of(&$crate::read::Fields::of(json)?)
            }
        }
    };
}
pub(crate) use read;

/// The fields of an object in the order in which they were sent, with their values as JSON text.
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Divides an object into its fields.
    pub(crate) fn of(json: &'a RawValue) -> Result<Self> {
        serde_json::from_str(json.get())
    }

    /// Returns all fields with their names.
    pub(crate) fn into_pairs(self) -> Vec<(Cow<'a, str>, &'a RawValue)> {
        self.0
    }

    /// Reads the field `name`.
    pub(crate) fn required<T: Read>(&self, name: &'static str) -> Result<T> {
        match self.find(name)? {
            Some(json) => T::read(json),
            None => Err(wrong("missing field", name)),
        }
    }

    /// Reads the field `name`, or returns the default value if there is none.
    pub(crate) fn or_default<T: Read + Default>(&self, name: &'static str) -> Result<T> {
        self.find(name)?.map_or_else(|| Ok(T::default()), T::read)
    }

    fn find(&self, name: &'static str) -> Result<Option<&'a RawValue>> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| *value);
        if found.next().is_some() { Err(wrong("duplicate field", name)) } else { Ok(value) }
    }
}

fn wrong(fault: &str, name: &str) -> Error {
    Error::custom(format_args!("{fault} `{name}`"))
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            fields.push((name, value));
        }
        Ok(Fields(fields))
    }
}

/// The name of a field. It is copied only if it contains an escape sequence.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Implements [`Read`] for types that serde reads.
macro_rules! read_by_serde {
    ($($type:ty),*) => {
        $(impl $crate::read::Read for $type {
            fn read(json: &serde_json::value::RawValue) -> serde_json::Result<Self> {
                serde_json::from_str(json.get())
            }
        })*
    };
}
pub(crate) use read_by_serde;

/// Implements [`Read`] for types that are made of another type, and may refuse some of its values.
macro_rules! read_from {
    ($from:ty: $($type:ty),*) => {
        $(impl $crate::read::Read for $type {
            fn read(json: &serde_json::value::RawValue) -> serde_json::Result<Self> {
                let from = <$from as $crate::read::Read>::read(json)?;
                Self::try_from(from).map_err(serde::de::Error::custom)
            }
        })*
    };
}
pub(crate) use read_from;

read_by_serde!(bool, u64, f64, String, serde_json::Value);
read_from!(u64: u16, u32, usize);

/// The highest time that is read, and with a minus sign the lowest, in milliseconds since the Unix epoch. It is in the year 275760, as
/// the highest time of browsers. The server refuses publications with such times.
pub(crate) const FURTHEST_MS: Millis = 8_640_000_000_000_000;

/// Replaces a time that is beyond [`FURTHEST_MS`] by that, so that sums and differences of times do not overflow, whatever a server or
/// the author of a file has written.
pub(crate) fn bounded(time_ms: Millis) -> Millis {
    time_ms.clamp(-FURTHEST_MS, FURTHEST_MS)
}

impl Read for Millis {
    /// Reads a time. No other value in messages has this type.
    fn read(json: &RawValue) -> Result<Self> {
        serde_json::from_str(json.get()).map(bounded)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &RawValue) -> Result<Self> {
        if json.get() == "null" { Ok(None) } else { T::read(json).map(Some) }
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &RawValue) -> Result<Self> {
        T::read(json).map(Self::new)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &RawValue) -> Result<Self> {
        let items: Vec<&RawValue> = serde_json::from_str(json.get())?;
        items.into_iter().map(T::read).collect()
    }
}

impl<K: TryFrom<String, Error: Display> + Ord, V: Read> Read for BTreeMap<K, V> {
    fn read(json: &RawValue) -> Result<Self> {
        // `collect` would sort the entries first, and the code for that would make the page larger by kilobytes for every type.
        let mut map = Self::new();
        for (name, value) in Fields::of(json)?.0 {
            map.insert(K::try_from(name.into_owned()).map_err(Error::custom)?, V::read(value)?);
        }
        Ok(map)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
