//! Finds the place in a log at which a stretch of time begins.

use shared::{Epoch, Millis, Topic};

use crate::ports::{TopicLog, Unavailable};
use crate::rollup::Level;

/// Number of blocks or publications that are read at once.
const PAGE: usize = 512;

/// Returns the offset of the first publication of the log `epoch` that was received at `since` or later, and its time of receipt. `head`
/// is the offset of the last publication. Returns `None` if there is none. Publications of which only a block is kept are found by the
/// time of their block.
///
/// # Errors
///
/// [`Unavailable`] if the store cannot be read.
pub async fn first_received_since<L: TopicLog>(
    log: &L,
    (topic, epoch, head): (&Topic, &Epoch, u64),
    since: Millis,
    now: Millis,
) -> Result<Option<(u64, Millis)>, Unavailable> {
    // Everything up to this offset was received earlier.
    let mut after = 0;
    let mut found = None;
    for level in Level::all().rev() {
        let mut index = level.index_of(after + 1);
        while index < level.complete(head) {
            let page = log.blocks(topic, epoch, level, index..level.complete(head), PAGE, now).await?;
            let Some((last, _)) = page.last() else { break };
            index = last + 1;
            let late = page.iter().find(|(_, block)| block.received.1 >= since);
            let earlier = page.iter().take_while(|(_, block)| block.received.1 < since).last();
            after = earlier.map_or(after, |(_, block)| block.offsets.1.max(after));
            if let Some((_, block)) = late {
                found = Some((block.offsets.0, block.received.0.max(since)));
                break;
            }
        }
    }
    let mut until = found.map_or(head, |(offset, _)| offset.saturating_sub(1).max(after));
    // The publications of the block that was found are searched, too, if they are still stored.
    until = until.max(found.map_or(0, |(offset, _)| offset + Level::LOWEST.size() - 1)).min(head);
    while after < until {
        let page = log.stored(topic, epoch, after, PAGE, now).await?;
        let Some(last) = page.last().map(|item| item.offset) else { break };
        if let Some(item) = page.iter().find(|item| item.offset <= until && item.received_at >= since) {
            return Ok(Some((item.offset, item.received_at)));
        }
        after = last;
    }
    Ok(found)
}
