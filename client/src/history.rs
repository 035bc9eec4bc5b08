//! Reads a part of a topic's log with as many requests as necessary: its publications, or its past in buckets.

mod buckets;

use shared::client::History;
use shared::server::HistoryReply;
use shared::{ClientMessage, Epoch, Millis, Position, Publication, ServerMessage, Topic, limits};

pub use buckets::{Past, buckets};

use crate::{ClientError, Conversation};

/// Number of publications that [`received_since`] requests in each of its steps backwards through the log.
const STEP: u64 = 500;

/// Consecutive publications of one log of a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Identifier of the log to which the publications belong.
    pub epoch: Epoch,
    /// Publications in order of offset, without holes.
    pub items: Vec<Publication>,
}

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

/// Reads the publications of a topic after the position `since`: all of them, or the first `limit`.
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
    let mut items: Vec<Publication> = Vec::new();
    let mut from = since;
    while items.len() < limit {
        let page =
            page(conversation, topic, Some(from.clone()), limit - items.len(), Period::default()).await?;
        let Some(last) = page.items.last() else { break };
        from = Position::new(page.epoch, last.offset);
        let is_end = from.offset >= page.head.offset;
        items.extend(page.items);
        if is_end {
            break;
        }
    }
    items.truncate(limit);
    Ok(Range { epoch: from.epoch, items })
}

/// Reads the newest publications of a topic, at most `limit`.
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
    after(conversation, topic, since, Some(limit)).await
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
    let head = head(conversation, topic).await?;
    let limit = usize::try_from(limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let mut begin = head.offset;
    let mut items: Vec<Publication> = Vec::new();
    while begin > 0 && items.len() < limit {
        let end = begin;
        begin = begin.saturating_sub(STEP);
        let since = Position::new(head.epoch.clone(), begin);
        let mut earlier = after(conversation, topic, since, Some(end - begin)).await?.items;
        earlier.retain(|item| item.offset <= end);
        let reached_cutoff =
            earlier.first().is_none_or(|item| item.received_at < cutoff || item.offset > begin + 1);
        earlier.append(&mut items);
        items = earlier;
        if reached_cutoff {
            break;
        }
    }
    items.retain(|item| item.received_at >= cutoff);
    items.drain(..items.len().saturating_sub(limit));
    Ok(Range { epoch: head.epoch, items })
}

/// Reads the publications of a topic that the server received in `period`: all of them, or the newest `limit`.
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
    let mut range = Range { epoch: newest.epoch, items: Vec::new() };
    let Some(last) = newest.items.last().map(|item| item.offset) else { return Ok(range) };
    let mut after = limit.map_or(0, |limit| last.saturating_sub(limit));
    while after < last {
        let since = Position::new(range.epoch.clone(), after);
        let page = page(conversation, topic, Some(since), limits::HISTORY_ITEMS, period).await?;
        // A log that began anew has no publications of this one, and offsets have to increase.
        let Some(end) = page.items.last().map(|item| item.offset) else { break };
        if page.epoch != range.epoch || end <= after {
            break;
        }
        after = end;
        // Servers from before this request existed answer with publications of any time.
        let is_wanted = |item: &Publication| item.offset <= last && period.contains(item);
        range.items.extend(page.items.into_iter().filter(is_wanted));
    }
    Ok(range)
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
