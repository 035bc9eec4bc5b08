//! A part of a topic's history, which is one item of the history table. The publications of an append are one part, or
//! several if they are larger than an item may be.
//!
//! The stream of the topics' table normally delivers each append as a record of its own, which becomes a part. A record
//! may also combine several appends of which some have already been stored. Its part then overlaps with parts that were
//! stored before, so readers use each offset only once.

use backend_core::Retention;
use backend_core::ports::Change;
use shared::{Epoch, Millis, Publication, Topic};

use super::batch;
use super::names::{COUNT, ITEMS, LOG, OFFSET, RECEIVED_AT};
use crate::item::{AttributeError, Item, number, read_number, read_text, text};
use crate::tables::{TTL, ttl};

/// Maximum size of the publications in one part of history, in bytes of JSON text. An item may have 400 KB (Amazon
/// DynamoDB Developer Guide, "Quotas").
const PART_BYTES: usize = 350_000;
/// Maximum number of bytes that the times of a publication take, which are stored in addition to its data.
const TIMES_BYTES: usize = 64;

/// Returns the partition key of a topic's log in the history table: topic and epoch.
pub fn log(topic: &Topic, epoch: &Epoch) -> String {
    format!("{topic}#{epoch}")
}

/// Divides the publications of a change into items of the history table, in order of offset.
pub fn parts(change: &Change, retention: &Retention) -> Vec<Item> {
    let log = log(&change.topic, &change.epoch);
    let runs = runs(&change.items);
    runs.into_iter().filter_map(|run| part(&log, run, retention)).collect()
}

fn part(log: &str, items: &[Publication], retention: &Retention) -> Option<Item> {
    let last = items.last()?;
    Some(Item::from([
        (LOG.into(), text(log)),
        (OFFSET.into(), number(last.offset)),
        (COUNT.into(), number(items.len())),
        (ITEMS.into(), text(batch::of_publications(items, last.received_at))),
        (RECEIVED_AT.into(), number(last.received_at)),
        (TTL.into(), number(ttl(last.received_at.saturating_add(retention.max_age_ms)))),
    ]))
}

fn runs(items: &[Publication]) -> Vec<&[Publication]> {
    let (mut runs, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (index, item) in items.iter().enumerate() {
        let more = item.data.text().len() + TIMES_BYTES;
        if index > begin && bytes + more > PART_BYTES {
            runs.push(&items[begin..index]);
            (begin, bytes) = (index, 0);
        }
        bytes += more;
    }
    runs.push(&items[begin..]);
    runs
}

/// Reads the publications of an item of the history table, in order of offset. There is at least one.
pub fn read(item: &Item) -> Result<Vec<Publication>, AttributeError> {
    let received_at: Millis = read_number(item, RECEIVED_AT)?;
    batch::read(read_text(item, ITEMS)?, read_number(item, OFFSET)?, received_at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(items: Vec<Publication>) -> Change {
        Change { topic: Topic::new("a/b").unwrap(), epoch: Epoch::new("e"), items, meta: None, ended: false }
    }

    fn publication(offset: u64, data: impl Into<shared::Data>) -> Publication {
        Publication { offset, ts: 5, received_at: 1_000 + offset as Millis, data: data.into() }
    }

    #[test]
    fn publications_appended_together_are_one_item() {
        let items = vec![publication(4, json!(1)), publication(5, json!(2))];
        let retention = Retention { max_age_ms: 10_000, max_items_per_topic: 1 };
        let parts = parts(&change(items.clone()), &retention);
        assert_eq!(parts.len(), 1);
        assert_eq!(read_text(&parts[0], LOG), Ok("a/b#e"));
        assert_eq!(read_number(&parts[0], OFFSET), Ok(5));
        assert_eq!(read_number(&parts[0], TTL), Ok(12));
        assert_eq!(read(&parts[0]), Ok(items));
    }

    #[test]
    fn an_append_larger_than_an_item_is_cut_between_publications() {
        let large = json!("x".repeat(20_000));
        let items: Vec<_> = (1..=40).map(|offset| publication(offset, large.clone())).collect();
        let parts = parts(&change(items.clone()), &Retention::default());
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| read_text(part, ITEMS).unwrap().len() < 400_000));
        let read: Vec<_> = parts.iter().flat_map(|part| read(part).unwrap()).collect();
        assert_eq!(read, items);
    }

    #[test]
    fn an_empty_change_has_no_parts() {
        assert!(parts(&change(Vec::new()), &Retention::default()).is_empty());
    }
}
