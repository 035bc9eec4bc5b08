//! Decides which past publications a new subscriber is sent. It does no IO: the service reads the publications.

use shared::client::{Rewind, Subscribe};
use shared::server::SubscribedTopic;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta, limits};

use crate::ports::Page;

/// The part of one topic's past that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// No past publications: only new ones are sent.
    Nothing,
    /// All publications after this position.
    Since(Position),
    /// The newest publications, at most this number.
    Last(usize),
    /// The publications received at this time or later; if there are none, the last publication.
    ReceivedSince(Millis),
}

/// Returns the part of the past of `topic` that `request` asks for.
pub fn ask(request: &Subscribe, topic: &Topic, now: Millis) -> Ask {
    match (request.since.get(topic), request.rewind) {
        (Some(position), _) => Ask::Since(position.clone()),
        (None, None | Some(Rewind::Count(0))) => Ask::Nothing,
        (None, Some(Rewind::Count(count))) => Ask::Last(count as usize),
        (None, Some(Rewind::Ms(ms))) => Ask::ReceivedSince(now.saturating_sub_unsigned(ms).max(0)),
    }
}

/// Upper bound for the replay of one topic in one subscription. The client reads the rest with `history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Largest number of publications.
    pub items: usize,
    /// Largest size as JSON, in bytes. One publication is always allowed, even if it is larger.
    pub bytes: usize,
}

impl Share {
    /// Returns the share of each topic if the replay of one subscription is divided equally among this number of
    /// topics.
    pub fn of(topics: usize) -> Self {
        let topics = topics.max(1);
        Self {
            items: (limits::REPLAY_TOTAL_ITEMS / topics).clamp(1, limits::REPLAY_ITEMS),
            bytes: limits::REPLAY_TOTAL_BYTES / topics,
        }
    }

    /// Counts how many of `items`, from the first on, fit into this share. The result is at least 1.
    pub fn fitting<'a>(&self, items: impl Iterator<Item = &'a Publication>) -> usize {
        crate::pack::fitting(items.take(self.items).map(crate::pack::json_len), self.bytes).max(1)
    }
}

/// Relation of a client's position to the present log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Everything after the position is still kept.
    Whole,
    /// The position is in this log, but some publications after it are no longer kept.
    Truncated,
    /// The position is not in this log: it has another epoch or lies beyond the end.
    OtherLog,
}

/// Compares the position `since` with a page of the log that was read after the offset of `since`.
pub fn fit(since: &Position, page: &Page) -> Fit {
    if since.epoch != page.epoch || since.offset > page.head {
        Fit::OtherLog
    } else if since.offset + 1 < page.oldest {
        Fit::Truncated
    } else {
        Fit::Whole
    }
}

/// Lowers `page.head` to the last publication that is in history. The page must have been read after the offset
/// `after`, with the limit `limit`.
///
/// On AWS, history is written after the append, so the newest publications of the log may not be in history yet. The
/// client receives these live. If `head` included them, the client would look for them in history and treat them as
/// lost.
///
/// For example, publications 1 to 6 are appended and 1 to 4 are in history. A page that was read after 2 contains 3 and
/// 4 with a head of 6; its head becomes 4, and 5 and 6 arrive live. If the page is full (it has `limit` items), there
/// may be more in history, and the head stays as it is.
pub fn as_written(mut page: Page, after: u64, limit: usize) -> Page {
    if page.items.len() < limit {
        let before_all = after.max(page.oldest.saturating_sub(1));
        page.head = page.items.last().map_or(before_all, |last| last.offset);
    }
    page
}

/// Does the same as [`as_written`] for a page of the newest publications. If the page is empty, the head becomes the
/// offset before `page.oldest`, because the publications from `oldest` on are not in history yet. With a limit of 0,
/// the head stays as it is.
pub fn newest_as_written(mut page: Page, limit: usize) -> Page {
    if limit > 0 {
        let before_oldest = page.oldest.saturating_sub(1);
        page.head = page.items.last().map_or(before_oldest, |last| last.offset);
    }
    page
}

/// The state of one topic at the beginning of a subscription, and its publications that are replayed.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    /// Name of the topic.
    pub topic: Topic,
    /// Position of the end of the topic's log.
    pub position: Position,
    /// False if publications after the client's position are lost. See [`SubscribedTopic::recovered`].
    pub recovered: bool,
    /// Publications that are replayed, in order.
    pub items: Vec<Publication>,
    /// Metadata that the topic's publishers have sent.
    pub meta: TopicMeta,
}

impl Beginning {
    /// Returns the topic's entry in the `subscribed` message.
    pub fn entry(&self) -> SubscribedTopic {
        SubscribedTopic {
            topic: self.topic.clone(),
            position: self.position.clone(),
            recovered: self.recovered,
            replay_from: self.items.first().map(|first| before(&self.position.epoch, first)),
            meta: self.meta.clone(),
        }
    }
}

fn before(epoch: &Epoch, first: &Publication) -> Position {
    Position::new(epoch.clone(), first.offset.saturating_sub(1))
}

/// Cuts `items` down to `share`. For [`Ask::Since`] the oldest are kept, so that no publication in between is missing;
/// otherwise the newest are kept.
pub fn cut(mut items: Vec<Publication>, ask: &Ask, share: Share) -> Vec<Publication> {
    match ask {
        Ask::Nothing => Vec::new(),
        Ask::Since(_) => {
            items.truncate(share.fitting(items.iter()));
            items
        }
        Ask::Last(_) | Ask::ReceivedSince(_) => {
            let keep = share.fitting(items.iter().rev()).min(items.len());
            items.split_off(items.len() - keep)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(offsets: &[u64], head: u64, oldest: u64) -> Page {
        let publication =
            |offset: &u64| Publication { offset: *offset, ts: 0, received_at: 0, data: 1.into() };
        let items = offsets.iter().map(publication).collect();
        Page { epoch: Epoch::new("e"), items, head, oldest }
    }

    #[test]
    fn publications_that_are_not_yet_in_history_are_not_announced() {
        assert_eq!(as_written(page(&[3, 4], 6, 1), 2, 10).head, 4);
        assert_eq!(as_written(page(&[], 6, 1), 5, 10).head, 5, "nothing new since");
        assert_eq!(as_written(page(&[], 6, 5), 0, 10).head, 4, "everything in history is dropped");
    }

    #[test]
    fn the_newest_in_history_end_where_live_delivery_begins() {
        assert_eq!(newest_as_written(page(&[3, 4], 6, 1), 2).head, 4);
        assert_eq!(newest_as_written(page(&[5, 6], 6, 1), 2).head, 6);
        assert_eq!(newest_as_written(page(&[], 6, 5), 2).head, 4, "nothing in history is kept");
        assert_eq!(newest_as_written(page(&[], 6, 7), 2).head, 6, "everything is dropped");
        assert_eq!(newest_as_written(page(&[], 6, 1), 0).head, 6, "nothing was asked for");
    }

    #[test]
    fn publications_beyond_the_limit_are_still_announced() {
        assert_eq!(as_written(page(&[3, 4], 6, 1), 2, 2).head, 6);
        assert_eq!(as_written(page(&[], 6, 7), 2, 10).head, 6, "dropped is not the same as not yet written");
    }
}
