//! Encodes a batch of publications as one DynamoDB attribute, which is a JSON text.
//!
//! A batch is stored in the head of a topic (the publications of the last append) and in each part of history. One text
//! costs one write, however many publications it contains. JSON also keeps every digit of a number, while DynamoDB's
//! numbers have at most 38 digits and end at 1e125.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use shared::publication::Item as Published;
use shared::{Data, Millis, Publication};

use crate::item::AttributeError;

/// One publication as it is stored in a batch. The offset is not stored, since it follows from the offset of the last
/// publication and from the index.
#[derive(Debug, Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(rename = "d")]
    data: Cow<'a, Data>,
    /// Time of the event, in milliseconds since the Unix epoch. `None` if it equals the time of receipt.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    ts: Option<Millis>,
    /// Time of receipt, in milliseconds since the Unix epoch. `None` if it equals the time of receipt of the batch.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    received_at: Option<Millis>,
}

/// Encodes the publications of an append, which were all received at `received_at`.
pub fn of_items(items: &[Published], received_at: Millis) -> String {
    join(items.iter().map(|item| Stored {
        data: Cow::Borrowed(&item.data),
        ts: item.ts.filter(|ts| *ts != received_at),
        received_at: None,
    }))
}

/// Encodes publications for the history table. `received_at` is the time of receipt of the last one, which is stored
/// beside the batch.
pub fn of_publications(items: &[Publication], received_at: Millis) -> String {
    join(items.iter().map(|item| Stored {
        data: Cow::Borrowed(&item.data),
        ts: (item.ts != item.received_at).then_some(item.ts),
        received_at: (item.received_at != received_at).then_some(item.received_at),
    }))
}

/// Decodes a batch of publications. `last` is the offset of its last publication, and `received_at` is the time of
/// receipt that is stored beside the batch.
pub fn read(text: &str, last: u64, received_at: Millis) -> Result<Vec<Publication>, AttributeError> {
    let stored: Vec<Stored<'_>> =
        serde_json::from_str(text).map_err(|error| AttributeError::new(super::names::ITEMS, error))?;
    let first = first_offset(last, stored.len() as u64)?;
    let placed = (first..).zip(stored);
    Ok(placed.map(|(offset, item)| item.into_publication(offset, received_at)).collect())
}

/// Returns the offset of the first of `count` publications, of which the last one has the offset `last`. Returns an
/// error if there cannot be so many.
pub fn first_offset(last: u64, count: u64) -> Result<u64, AttributeError> {
    let before = last.checked_sub(count).filter(|_| count > 0);
    before
        .map(|before| before + 1)
        .ok_or_else(|| AttributeError::new(super::names::ITEMS, "its count is wrong"))
}

/// Encodes publications as a JSON array. Encoding cannot fail, because values, numbers and strings can always be
/// serialised.
fn join<'a>(items: impl Iterator<Item = Stored<'a>>) -> String {
    serde_json::to_string(&items.collect::<Vec<_>>()).unwrap_or_default()
}

impl Stored<'_> {
    fn into_publication(self, offset: u64, received_at: Millis) -> Publication {
        let received_at = self.received_at.unwrap_or(received_at);
        Publication { offset, ts: self.ts.unwrap_or(received_at), received_at, data: self.data.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_that_differ_from_the_batchs_are_stored() {
        let items = vec![Published::now(1), Published { data: 2.into(), ts: Some(7) }];
        assert_eq!(of_items(&items, 9), r#"[{"d":1},{"d":2,"t":7}]"#);
    }

    #[test]
    fn publications_of_several_appends_keep_their_times() {
        let publication =
            |offset, ts, received_at| Publication { offset, ts, received_at, data: "é".into() };
        let items = [publication(3, 5, 10), publication(4, 10, 10), publication(5, 20, 20)];
        let text = of_publications(&items, 20);
        assert_eq!(text, r#"[{"d":"é","t":5,"r":10},{"d":"é","r":10},{"d":"é"}]"#);
        assert_eq!(read(&text, 5, 20).unwrap(), items);
    }

    #[test]
    fn a_batch_that_does_not_fit_its_offset_is_damaged() {
        assert!(read("[{\"d\":1},{\"d\":2}]", 1, 0).is_err());
        assert!(read("[]", 1, 0).is_err());
        assert!(read("{}", 1, 0).is_err());
    }
}
