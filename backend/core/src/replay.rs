//! What of the past a new subscriber is sent. Pure: the reading is done by the service.

use shared::client::{Rewind, Subscribe};
use shared::server::SubscribedTopic;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta, limits};

use crate::ports::Page;

/// What a subscriber asks of one topic's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Nothing: only what comes from now on.
    Nothing,
    /// All after this place.
    Since(Position),
    /// The newest so many.
    Last(usize),
    /// What was received from this time on, or else the last publication.
    ReceivedSince(Millis),
}

/// What `request` asks of `topic`.
pub fn ask(request: &Subscribe, topic: &Topic, now: Millis) -> Ask {
    match (request.since.get(topic), request.rewind) {
        (Some(position), _) => Ask::Since(position.clone()),
        (None, None | Some(Rewind::Count(0))) => Ask::Nothing,
        (None, Some(Rewind::Count(count))) => Ask::Last(count as usize),
        (None, Some(Rewind::Ms(ms))) => Ask::ReceivedSince(now.saturating_sub_unsigned(ms).max(0)),
    }
}

/// How much of one topic's past one subscription is sent at once; what is left out is to be had by `history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// At most so many publications.
    pub items: usize,
    /// Of at most so many bytes of JSON, but at least one publication.
    pub bytes: usize,
}

impl Share {
    /// An equal share of what one subscription is sent, for each of so many topics.
    pub fn of(topics: usize) -> Self {
        let topics = topics.max(1);
        Self {
            items: (limits::REPLAY_TOTAL_ITEMS / topics).clamp(1, limits::REPLAY_ITEMS),
            bytes: limits::REPLAY_TOTAL_BYTES / topics,
        }
    }

    /// How many of `items` fit, counted from one end.
    pub fn fitting<'a>(&self, items: impl Iterator<Item = &'a Publication>) -> usize {
        crate::pack::fitting(items.take(self.items).map(crate::pack::json_len), self.bytes).max(1)
    }
}

/// How a place that somebody has been at relates to the log as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Everything after it is still kept.
    Whole,
    /// It is a place of this log, but some of what came after it is no longer kept.
    Worn,
    /// It is no place of this log.
    Foreign,
}

/// Compares `since` with what was read.
pub fn fit(since: &Position, page: &Page) -> Fit {
    if since.epoch != page.epoch || since.offset > page.head {
        Fit::Foreign
    } else if since.offset + 1 < page.oldest {
        Fit::Worn
    } else {
        Fit::Whole
    }
}

/// What was read after `after`, with the log's end as far as history tells it: where history is written after
/// the append, the newest publications come by the live road alone, and whoever was told to find them
/// here would take them for lost.
pub fn as_written(mut page: Page, after: u64, limit: usize) -> Page {
    if page.items.len() < limit {
        let before_all = after.max(page.oldest.saturating_sub(1));
        page.head = page.items.last().map_or(before_all, |last| last.offset);
    }
    page
}

/// The newest publications that were read, with the log's end as far as history tells it, as in [`as_written`]; without
/// any, what is not yet written begins at `oldest`.
pub fn newest_as_written(mut page: Page, limit: usize) -> Page {
    if limit > 0 {
        let before_oldest = page.oldest.saturating_sub(1);
        page.head = page.items.last().map_or(before_oldest, |last| last.offset);
    }
    page
}

/// How one topic's subscription begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    /// Whose log.
    pub topic: Topic,
    /// Its end.
    pub position: Position,
    /// See [`SubscribedTopic::recovered`].
    pub recovered: bool,
    /// What is replayed, in order.
    pub items: Vec<Publication>,
    /// What its publishers told about it.
    pub meta: TopicMeta,
}

impl Beginning {
    /// The topic's entry in `subscribed`.
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

/// Cuts what was read down to `share`: after a `since` the oldest stay, so that nothing is left out in
/// between; otherwise the newest.
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
    fn what_is_appended_and_not_yet_written_to_history_is_not_promised() {
        assert_eq!(as_written(page(&[3, 4], 6, 1), 2, 10).head, 4);
        assert_eq!(as_written(page(&[], 6, 1), 5, 10).head, 5, "nothing new since");
        assert_eq!(as_written(page(&[], 6, 5), 0, 10).head, 4, "all that was written is dropped");
    }

    #[test]
    fn the_newest_that_are_written_end_where_the_live_road_begins() {
        assert_eq!(newest_as_written(page(&[3, 4], 6, 1), 2).head, 4);
        assert_eq!(newest_as_written(page(&[5, 6], 6, 1), 2).head, 6);
        assert_eq!(newest_as_written(page(&[], 6, 5), 2).head, 4, "nothing is written that is kept");
        assert_eq!(newest_as_written(page(&[], 6, 7), 2).head, 6, "all is dropped");
        assert_eq!(newest_as_written(page(&[], 6, 1), 0).head, 6, "nothing was asked for");
    }

    #[test]
    fn what_the_limit_left_out_is_still_to_be_had() {
        assert_eq!(as_written(page(&[3, 4], 6, 1), 2, 2).head, 6);
        assert_eq!(as_written(page(&[], 6, 7), 2, 10).head, 6, "dropped is not unwritten");
    }
}
