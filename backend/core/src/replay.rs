//! Decides which past publications are sent to a new subscriber (the replay). The functions do no IO: the service reads
//! the publications and passes them here.

use shared::client::{Rewind, Subscribe};
use shared::server::SubscribedTopic;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta, limits};

use crate::ports::Page;

/// The past publications of one topic that a client requests when it subscribes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The client requests no past publications. Only new ones are sent.
    Nothing,
    /// The client requests all publications after this position.
    Since(Position),
    /// The client requests the newest publications, at most this number.
    Last(usize),
    /// The client requests the publications received at this time or later. If there are none, the last publication is
    /// sent.
    ReceivedSince(Millis),
}

/// Returns the past publications of `topic` that the `subscribe` request asks for.
pub fn ask(request: &Subscribe, topic: &Topic, now: Millis) -> Ask {
    match (request.since.get(topic), request.rewind) {
        (Some(position), _) => Ask::Since(position.clone()),
        (None, None | Some(Rewind::Count(0))) => Ask::Nothing,
        (None, Some(Rewind::Count(count))) => Ask::Last(count as usize),
        (None, Some(Rewind::Ms(ms))) => Ask::ReceivedSince(now.saturating_sub_unsigned(ms).max(0)),
    }
}

/// Limits on the past publications of one topic that are sent when a client subscribes, or requests history. The client
/// reads the rest with further requests for history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Largest number of past publications that are sent for one topic.
    pub items: usize,
    /// Largest size of these publications as JSON, in bytes. One publication is always sent, even if it is larger.
    pub bytes: usize,
}

impl Share {
    /// Returns the limits for each topic, if a subscription matches this number of topics. The limits of the whole
    /// subscription are divided equally among the topics.
    pub fn of(topics: usize) -> Self {
        let topics = topics.max(1);
        Self {
            items: (limits::REPLAY_TOTAL_ITEMS / topics).clamp(1, limits::REPLAY_ITEMS),
            bytes: limits::REPLAY_TOTAL_BYTES / topics,
        }
    }

    /// Returns how many of `items`, counted from the first one, are within these limits. The result is at least 1.
    pub fn fitting<'a>(&self, items: impl Iterator<Item = &'a Publication>) -> usize {
        crate::pack::fitting(items.take(self.items).map(crate::pack::json_len), self.bytes).max(1)
    }
}

/// Relation of a client's position (epoch and offset) to the log as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// All publications after the position are still in the log.
    Whole,
    /// The position belongs to this log, but some publications after it have been deleted.
    Truncated,
    /// The position does not belong to this log: its epoch is different, or its offset is beyond the end.
    OtherLog,
}

/// Compares the client's position `since` with the log. `page` must be the result of reading the log after the offset
/// of `since`.
pub fn fit(since: &Position, page: &Page) -> Fit {
    if since.epoch != page.epoch || since.offset > page.head {
        Fit::OtherLog
    } else if since.offset + 1 < page.oldest {
        Fit::Truncated
    } else {
        Fit::Whole
    }
}

/// Lowers `page.head`, the offset of the log's newest publication, to the last publication that is already in history.
/// The page must be the result of reading at most `limit` publications after the offset `after`.
///
/// On AWS, history is written after the append, so the newest publications of the log may not be in history yet. The
/// client receives these live. If `head` included them, the client would look for them in history and treat them as
/// lost.
///
/// For example, publications 1 to 6 are appended and 1 to 4 are in history. A page that was read after 2 contains 3 and
/// 4 with a head of 6; its head becomes 4, and 5 and 6 arrive live. If the page is full (it has `limit` items) or ends
/// before lost publications, there may be more in history, and the head stays as it is.
pub fn as_written(mut page: Page, after: u64, limit: usize) -> Page {
    if page.items.len() < limit && !page.ends_at_loss {
        let before_all = after.max(page.oldest.saturating_sub(1));
        page.head = page.items.last().map_or(before_all, |last| last.offset);
    }
    page
}

/// Does the same as [`as_written`] for a page that was read with [`ReadFrom::Newest`](crate::ports::ReadFrom::Newest)
/// or [`ReadFrom::ReceivedSince`](crate::ports::ReadFrom::ReceivedSince). If the page is empty, `page.head` becomes the
/// offset before `page.oldest`, because the publications from `oldest` on are not in history yet. With a limit of 0,
/// `page.head` stays as it is.
pub fn newest_as_written(mut page: Page, limit: usize) -> Page {
    if limit > 0 {
        let before_oldest = page.oldest.saturating_sub(1);
        page.head = page.items.last().map_or(before_oldest, |last| last.offset);
    }
    page
}

/// The state of one topic when a client subscribes, and the past publications of the topic that are sent to the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    /// Name of the topic.
    pub topic: Topic,
    /// Position of the end of the topic's log. The client gets the publications after it live.
    pub position: Position,
    /// False if publications after the position that the client sent have been deleted. See
    /// [`SubscribedTopic::recovered`].
    pub recovered: bool,
    /// Past publications that are sent to the client, in order of offset.
    pub items: Vec<Publication>,
    /// Metadata that the topic's publishers have sent.
    pub meta: TopicMeta,
}

impl Beginning {
    /// Returns the entry for this topic in the `subscribed` message.
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

/// Shortens the past publications `items` to the limits in `share`. For [`Ask::Since`] the oldest are kept, so that
/// none is missing after the client's position. Otherwise the newest are kept.
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
        Page { epoch: Epoch::new("e"), items, head, oldest, ends_at_loss: false }
    }

    #[test]
    fn publications_that_are_not_yet_in_history_are_not_announced() {
        assert_eq!(as_written(page(&[3, 4], 6, 1), 2, 10).head, 4);
        assert_eq!(as_written(page(&[], 6, 1), 5, 10).head, 5, "nothing new since");
        assert_eq!(as_written(page(&[], 6, 5), 0, 10).head, 4, "everything in history is dropped");
    }

    #[test]
    fn publications_after_lost_ones_are_still_announced() {
        let ends_at_loss = Page { ends_at_loss: true, ..page(&[3, 4], 9, 1) };
        assert_eq!(as_written(ends_at_loss, 2, 10).head, 9);
        assert_eq!(fit(&Position::new(Epoch::new("e"), 4), &page(&[7, 8], 9, 7)), Fit::Truncated);
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
