//! Items gathered into requests: by time, so that nobody waits, and by size, so that a frame takes them.

use shared::publication::Item;
use shared::{Millis, limits};

/// The first item of a batch waits so long for company, in milliseconds.
pub const MAX_WAIT_MS: u64 = 50;
/// A request holds so many bytes of items: a frame takes [`limits::FRAME_BYTES`], and the topic, the producer
/// and the metadata need room as well.
pub const BYTES: usize = limits::FRAME_BYTES - 2 * 1024;
/// A request holds so many items: small ones are cheap to send and dear to store all at once.
pub const ITEMS: usize = 1_000;

/// Gathers items. Time is an argument: milliseconds of any clock that never goes back.
#[derive(Debug, Default)]
pub struct Batcher {
    items: Vec<Item>,
    bytes: usize,
    since_ms: u64,
}

impl Batcher {
    /// Adds an item. Answers with the batch before it, if both do not fit one request.
    pub fn push(&mut self, item: Item, now_ms: u64) -> Option<Vec<Item>> {
        let bytes = serialised_bytes(&item);
        let is_full = self.items.len() >= ITEMS || self.bytes + bytes > BYTES;
        let full = (is_full && !self.items.is_empty()).then(|| self.take());
        if self.items.is_empty() {
            self.since_ms = now_ms;
        }
        self.bytes += bytes;
        self.items.push(item);
        full
    }

    /// The time at which the batch is to be sent even if it is not full, in milliseconds; `None` while it is empty.
    pub fn due_ms(&self) -> Option<u64> {
        (!self.items.is_empty()).then_some(self.since_ms + MAX_WAIT_MS)
    }

    /// Whatever was gathered.
    pub fn take(&mut self) -> Vec<Item> {
        self.bytes = 0;
        std::mem::take(&mut self.items)
    }
}

/// An item of data in JSON, with its time.
///
/// # Errors
///
/// If the data is not JSON that can be published.
pub fn item(json: &str, ts: Option<Millis>) -> Result<Item, serde_json::Error> {
    Ok(Item { data: serde_json::from_str(json)?, ts })
}

/// With the comma after it.
fn serialised_bytes(item: &Item) -> usize {
    serde_json::to_string(item).map_or(0, |json| json.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_due_a_moment_after_its_first_item() {
        let mut batcher = Batcher::default();
        assert_eq!(batcher.due_ms(), None);
        assert_eq!(batcher.push(Item::now(1), 100), None);
        assert_eq!(batcher.push(Item::now(2), 120), None);
        assert_eq!(batcher.due_ms(), Some(100 + MAX_WAIT_MS));
        assert_eq!(batcher.take().len(), 2);
        assert_eq!(batcher.due_ms(), None);
    }

    #[test]
    fn a_full_batch_comes_out_before_the_item_that_does_not_fit() {
        let mut batcher = Batcher::default();
        let full = (0..=ITEMS).find_map(|n| batcher.push(Item::now(n), 0)).unwrap();
        assert_eq!(full.len(), ITEMS);
        assert_eq!(batcher.take(), [Item::now(ITEMS)]);
    }

    #[test]
    fn a_batch_never_outgrows_a_frame() {
        let mut batcher = Batcher::default();
        let text = "x".repeat(1_000);
        let full = (0..100).find_map(|_| batcher.push(Item::now(text.clone()), 0)).unwrap();
        let bytes = serde_json::to_string(&full).unwrap().len();
        assert!(bytes <= BYTES && bytes > BYTES - 2_000, "{bytes}");
    }

    #[test]
    fn an_item_larger_than_a_batch_goes_alone() {
        let mut batcher = Batcher::default();
        batcher.push(Item::now("x".repeat(BYTES + 1)), 0);
        assert_eq!(batcher.push(Item::now(1), 0).unwrap().len(), 1);
    }
}
