//! Reads a part of a topic's log with as many requests as necessary: its publications, or its past in buckets.

mod buckets;
mod range;
#[cfg(test)]
mod tests;

use shared::client::History;
use shared::server::HistoryReply;
use shared::{ClientMessage, Millis, Position, Publication, ServerMessage, Topic, limits};

pub use buckets::{Past, buckets};
pub use range::{Gap, Range};

use crate::{ClientError, Conversation};

/// A stretch of time. Publications belong to it if the server received them in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// Beginning of the stretch, in milliseconds since the Unix epoch; `None` for that of the log.
    pub from_ms: Option<Millis>,
    /// End of the stretch, which does not belong to it; `None` for the present.
    pub to_ms: Option<Millis>,
}

impl Period {
    fn contains(self, item: &Publication) -> bool {
        let at = item.received_at;
        self.from_ms.is_none_or(|from_ms| from_ms <= at) && self.to_ms.is_none_or(|to_ms| at < to_ms)
    }
}

/// Reads the publications of a topic after the position `since`: all of them, or the first `limit`. Those that can no longer
/// be read are gaps. If the position belongs to another log of the topic, this is a gap too, and the present log is read from its beginning.
///
/// # Errors
///
/// The same as those of [`Conversation::receive`].
pub async fn after(
    conversation: &mut Conversation,
    topic: &Topic,
    since: Position,
    limit: Option<u64>,
) -> Result<Range, ClientError> {
    let limit = usize::try_from(limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let mut range = Range::new(since.epoch);
    let mut next = Some(since.offset);
    while let Some(after) = next.filter(|_| range.items.len() < limit) {
        let since = Position::new(range.epoch.clone(), after);
        let left = limit - range.items.len();
        let page = page(conversation, topic, Some(since), left, Period::default()).await?;
        next = range.add_of_any_log(after, page);
    }
    range.items.truncate(limit);
    Ok(range)
}

/// Reads the newest publications of a topic, at most `limit`. If fewer are kept, this is not a gap.
///
/// # Errors
///
/// The same as those of [`Conversation::receive`].
pub async fn newest(
    conversation: &mut Conversation,
    topic: &Topic,
    limit: u64,
) -> Result<Range, ClientError> {
    let head = head(conversation, topic).await?;
    let since = Position::new(head.epoch, head.offset.saturating_sub(limit));
    let mut range = after(conversation, topic, since, Some(limit)).await?;
    range.forget_gaps_at_start();
    Ok(range)
}

/// Reads the publications of a topic that the server received at the time `cutoff` or later: all of them, or the newest
/// `limit`.
///
/// # Errors
///
/// The same as those of [`Conversation::receive`].
pub async fn received_since(
    conversation: &mut Conversation,
    topic: &Topic,
    cutoff: Millis,
    limit: Option<u64>,
) -> Result<Range, ClientError> {
    received_in(conversation, topic, Period { from_ms: Some(cutoff), to_ms: None }, limit).await
}

/// Reads the publications of a topic that the server received in `period`: all of them, or the newest `limit`.
/// Publications that are lost between two of them are gaps. Of those before the first one, nothing tells whether they were received in the
/// period, so they are told by [`Range::missing_before_ms`].
///
/// # Errors
///
/// The same as those of [`Conversation::receive`].
pub async fn received_in(
    conversation: &mut Conversation,
    topic: &Topic,
    period: Period,
    limit: Option<u64>,
) -> Result<Range, ClientError> {
    let newest = page(conversation, topic, None, 1, period).await?;
    let mut range = Range::new(newest.epoch);
    let Some(last) = newest.items.last().map(|item| item.offset) else { return Ok(range) };
    let mut next = Some(limit.map_or(0, |limit| last.saturating_sub(limit)));
    while let Some(after) = next.filter(|after| *after < last) {
        let since = Position::new(range.epoch.clone(), after);
        let page = page(conversation, topic, Some(since), limits::HISTORY_ITEMS, period).await?;
        next = range.add(after, page);
    }
    if range.forget_gaps_at_start() {
        range.missing_before_ms = missing_before(&range.items, period);
    }
    // Servers from before this request existed answer with publications of any time.
    range.items.retain(|item| item.offset <= last && period.contains(item));
    Ok(range)
}

/// Returns the time of receipt of the first of `items`, if those before it were deleted and may have been received in `period`. If one that
/// is kept is older than the period, so are all deleted ones.
fn missing_before(items: &[Publication], period: Period) -> Option<Millis> {
    let first = items.first()?.received_at;
    period.from_ms.filter(|from_ms| *from_ms <= first).map(|_| first)
}

async fn head(conversation: &mut Conversation, topic: &Topic) -> Result<Position, ClientError> {
    Ok(page(conversation, topic, None, 1, Period::default()).await?.head)
}

async fn page(
    conversation: &mut Conversation,
    topic: &Topic,
    since: Option<Position>,
    limit: usize,
    period: Period,
) -> Result<HistoryReply, ClientError> {
    let id = conversation.next_id();
    let limit = u32::try_from(limit.min(limits::HISTORY_ITEMS)).ok();
    let Period { from_ms, to_ms } = period;
    let request = History { from_ms, to_ms, ..History::items(id, topic.clone(), since, limit) };
    conversation.send(&ClientMessage::History(request)).await?;
    loop {
        match conversation.receive().await? {
            ServerMessage::History(reply) if reply.id == id => return Ok(reply),
            _ => {}
        }
    }
}
