//! The JSON of buckets, which is a list without names.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Bucket, Range, Tally};
use crate::read::{bounded, read_by_serde};
use crate::{Data, Millis};

// Buckets are read together, because there are thousands of them in a message.
read_by_serde!(Vec<Bucket>, Tally);

impl Serialize for Bucket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has_others = self.others > 0;
        let length = match (&self.range, self.changes) {
            (Some(_), 1..) => 8 + usize::from(has_others),
            (None, 1..) => 6,
            (_, 0) => 5,
        };
        let mut list = serializer.serialize_tuple(length)?;
        list.serialize_element(&self.first_ms)?;
        list.serialize_element(&self.last_ms.saturating_sub(self.first_ms))?;
        list.serialize_element(&self.count)?;
        list.serialize_element(&self.changes)?;
        list.serialize_element(&self.first)?;
        if self.changes > 0 {
            list.serialize_element(&self.last)?;
            if let Some(Range { min, max }) = &self.range {
                list.serialize_element(min)?;
                list.serialize_element(max)?;
                if has_others {
                    list.serialize_element(&self.others)?;
                }
            }
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Bucket {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(BucketVisitor)
    }
}

struct BucketVisitor;

impl<'de> Visitor<'de> for BucketVisitor {
    type Value = Bucket;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bucket [first_ms, span_ms, count, changes, first, last, min, max, others]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Bucket, A::Error> {
        let (first_ms, last_ms, count) = beginning(&mut list)?;
        let changes: u64 = required(&mut list)?;
        let first: Data = required(&mut list)?;
        let last: Option<Data> = list.next_element()?;
        let min: Option<Data> = if last.is_some() { list.next_element()? } else { None };
        let max: Option<Data> = if min.is_some() { list.next_element()? } else { None };
        let others: Option<u64> = if max.is_some() { list.next_element()? } else { None };
        skip_rest(&mut list)?;
        let range = match (min, max) {
            (Some(min), Some(max)) if super::is_number(&min) && super::is_number(&max) => {
                Some(Range { min, max })
            }
            (None, _) if last.is_none() && super::is_number(&first) => {
                Some(Range { min: first.clone(), max: first.clone() })
            }
            (None, None) => None,
            (Some(_), _) | (None, Some(_)) => {
                return Err(A::Error::custom("min and max of a bucket are two numbers"));
            }
        };
        let last = last.unwrap_or_else(|| first.clone());
        Ok(Bucket { first_ms, last_ms, count, changes, first, last, range, others: others.unwrap_or(0) })
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.first_ms, self.last_ms.saturating_sub(self.first_ms), self.count).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(TallyVisitor)
    }
}

struct TallyVisitor;

impl<'de> Visitor<'de> for TallyVisitor {
    type Value = Tally;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list [first_ms, span_ms, count]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tally, A::Error> {
        let (first_ms, last_ms, count) = beginning(&mut list)?;
        skip_rest(&mut list)?;
        Ok(Tally { first_ms, last_ms, count })
    }
}

/// Reads the first three elements, and returns the time of the first value, that of the last one, and the count.
fn beginning<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<(Millis, Millis, u64), A::Error> {
    let first_ms: Millis = required(list)?;
    let span_ms: u64 = required(list)?;
    let last_ms = first_ms.checked_add_unsigned(span_ms);
    let last_ms = last_ms.ok_or_else(|| A::Error::custom("the time is out of range"))?;
    Ok((bounded(first_ms), bounded(last_ms), required(list)?))
}

fn required<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(list: &mut A) -> Result<T, A::Error> {
    list.next_element()?.ok_or_else(|| A::Error::custom("the list is too short"))
}

/// Ignores elements that a newer version has added.
fn skip_rest<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<(), A::Error> {
    while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
    Ok(())
}
