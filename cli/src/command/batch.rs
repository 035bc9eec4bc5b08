//! Collects items in batches, and each batch is sent as one request. The time of a batch is limited, so that no item
//! waits long. Its size is limited, so that the request fits into one WebSocket frame.

use shared::publication::Item;
use shared::{Millis, TopicMeta, limits};

/// Maximum time that the first item of a batch waits for further items, in milliseconds.
pub const MAX_WAIT_MS: u64 = 50;
/// Maximum size of the items of a batch, in bytes. The rest of [`limits::FRAME_BYTES`] is for the topic, the producer
/// and the metadata in the same frame.
pub const BYTES: usize = limits::FRAME_BYTES - 2 * 1024;
/// Maximum number of items in a batch. Many small items fit into one frame, but storing them all at once is expensive.
pub const ITEMS: usize = 1_000;

/// Collects items in a batch. All times are arguments, in milliseconds of a monotonic clock.
#[derive(Debug, Default)]
pub struct Batcher {
    items: Vec<Item>,
    bytes: usize,
    /// Size of the metadata that is sent with the batch, in bytes.
    reserved: usize,
    since_ms: u64,
}

impl Batcher {
    /// Adds an item. If it does not fit into the current batch, returns that batch and begins a new one with the item.
    pub fn push(&mut self, item: Item, now_ms: u64) -> Option<Vec<Item>> {
        let bytes = serialised_bytes(&item);
        let is_full = self.items.len() >= ITEMS || self.bytes + self.reserved + bytes > BYTES;
        let full = (is_full && !self.items.is_empty()).then(|| self.take());
        if self.items.is_empty() {
            self.since_ms = now_ms;
        }
        self.bytes += bytes;
        self.items.push(item);
        full
    }

    /// Keeps room for metadata of this size in bytes in the current batch and in later ones.
    pub fn reserve(&mut self, bytes: usize) {
        self.reserved = bytes;
    }

    /// Returns the time at which the batch has to be sent even if it is not full, in milliseconds; `None` if the batch
    /// is empty.
    pub fn due_ms(&self) -> Option<u64> {
        (!self.items.is_empty()).then_some(self.since_ms + MAX_WAIT_MS)
    }

    /// Returns the collected items, and begins a new batch.
    pub fn take(&mut self) -> Vec<Item> {
        self.bytes = 0;
        std::mem::take(&mut self.items)
    }
}

/// Creates an item from its data, which is JSON text, and its time.
///
/// # Errors
///
/// An error if the data is not JSON that can be published.
pub fn item(json: &str, ts: Option<Millis>) -> Result<Item, serde_json::Error> {
    Ok(Item { data: serde_json::from_str(json)?, ts })
}

/// Returns the size of metadata as JSON, in bytes.
pub fn bytes_of(meta: Option<&TopicMeta>) -> usize {
    meta.and_then(|meta| serde_json::to_string(meta).ok()).map_or(0, |json| json.len())
}

/// Returns the size of an item as JSON followed by a comma, in bytes.
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
    fn a_batch_has_room_for_its_metadata() {
        let text = "x".repeat(1_000);
        let count = |reserved: usize| {
            let mut batcher = Batcher::default();
            batcher.reserve(reserved);
            (0..100).find_map(|_| batcher.push(Item::now(text.clone()), 0)).map(|full| full.len())
        };
        assert_eq!((count(0), count(10_000), count(BYTES)), (Some(30), Some(20), Some(1)));
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
