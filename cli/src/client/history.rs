//! Reading a part of a topic's log, in as many requests as it takes.

use shared::client::History;
use shared::server::HistoryReply;
use shared::{ClientMessage, Epoch, Millis, Position, Publication, ServerMessage, Topic, limits};

use super::Conversation;
use crate::failure::Failure;

/// Publications stepped back at a time.
const STEP: u64 = 500;

/// A stretch of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Which log.
    pub epoch: Epoch,
    /// In order of offset.
    pub items: Vec<Publication>,
}

/// Everything after `since`, or the first `limit` of it.
///
/// # Errors
///
/// As [`Conversation::hear`].
pub async fn after(
    conversation: &mut Conversation,
    topic: &Topic,
    since: Position,
    limit: Option<u64>,
) -> Result<Stretch, Failure> {
    let limit = usize::try_from(limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let mut items: Vec<Publication> = Vec::new();
    let mut from = since;
    while items.len() < limit {
        let page = page(conversation, topic, Some(from.clone()), limit - items.len()).await?;
        let Some(last) = page.items.last() else { break };
        from = Position::new(page.epoch, last.offset);
        let is_end = from.offset >= page.head.offset;
        items.extend(page.items);
        if is_end {
            break;
        }
    }
    items.truncate(limit);
    Ok(Stretch { epoch: from.epoch, items })
}

/// The newest `limit`.
///
/// # Errors
///
/// As [`Conversation::hear`].
pub async fn newest(conversation: &mut Conversation, topic: &Topic, limit: u64) -> Result<Stretch, Failure> {
    let head = head(conversation, topic).await?;
    let since = Position::new(head.epoch, head.offset.saturating_sub(limit));
    after(conversation, topic, since, Some(limit)).await
}

/// Everything received at `cutoff` or later, or the newest `limit` of it.
///
/// # Errors
///
/// As [`Conversation::hear`].
pub async fn received_since(
    conversation: &mut Conversation,
    topic: &Topic,
    cutoff: Millis,
    limit: Option<u64>,
) -> Result<Stretch, Failure> {
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
        let is_enough =
            earlier.first().is_none_or(|item| item.received_at < cutoff || item.offset > begin + 1);
        earlier.append(&mut items);
        items = earlier;
        if is_enough {
            break;
        }
    }
    items.retain(|item| item.received_at >= cutoff);
    items.drain(..items.len().saturating_sub(limit));
    Ok(Stretch { epoch: head.epoch, items })
}

async fn head(conversation: &mut Conversation, topic: &Topic) -> Result<Position, Failure> {
    Ok(page(conversation, topic, None, 1).await?.head)
}

async fn page(
    conversation: &mut Conversation,
    topic: &Topic,
    since: Option<Position>,
    limit: usize,
) -> Result<HistoryReply, Failure> {
    let id = conversation.next_id();
    let limit = u32::try_from(limit.min(limits::HISTORY_ITEMS)).ok();
    let message = ClientMessage::History(History { id, topic: topic.clone(), since, limit });
    conversation.ask(&message).await?;
    loop {
        match conversation.hear().await? {
            ServerMessage::History(reply) if reply.id == id => return Ok(reply),
            _ => {}
        }
    }
}
