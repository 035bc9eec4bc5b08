//! Reads the part of a topic's log that a client requests.

use shared::{Millis, Position, Topic};

use super::Service;
use crate::ports::{Page, ReadFrom, TopicLog, Unavailable};
use crate::replay::{self, Ask, Fit};

/// A page of a topic's log. `recovered` is false if publications between the requested position and the page have been
/// deleted.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) page: Page,
    pub(super) recovered: bool,
}

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Reads the past publications of a topic that `ask` describes, at most `limit`. Returns `None` if nobody has
    /// published to the topic.
    pub(super) async fn past(
        &self,
        topic: &Topic,
        ask: &Ask,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Past>, Unavailable> {
        match ask {
            Ask::Since(since) => self.catch_up(topic, since, limit, now).await,
            Ask::Last(count) => self.rewind(topic, ReadFrom::Newest, limit.min(*count), now).await,
            // If nothing was received since then, the last publication is read.
            Ask::ReceivedSince(time) => {
                match self.rewind(topic, ReadFrom::ReceivedSince(*time), limit, now).await? {
                    Some(past) if past.page.items.is_empty() => {
                        self.rewind(topic, ReadFrom::Newest, 1, now).await
                    }
                    found => Ok(found),
                }
            }
            Ask::Nothing => self.rewind(topic, ReadFrom::Newest, 0, now).await,
        }
    }

    /// Reads the publications after the position `since`, at most `limit`. If `since` does not belong to this log,
    /// reads from the oldest publication that is still kept. Returns `None` if nobody has published to the topic.
    pub(super) async fn catch_up(
        &self,
        topic: &Topic,
        since: &Position,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Past>, Unavailable> {
        let page = self.log.read(topic, ReadFrom::After(since.offset), limit, now).await?;
        let Some(page) = page else { return Ok(None) };
        let (page, after, recovered) = match replay::fit(since, &page) {
            Fit::Whole => (page, since.offset, true),
            Fit::Truncated => (page, since.offset, false),
            Fit::OtherLog => match self.log.read(topic, ReadFrom::After(0), limit, now).await? {
                Some(whole) => (whole, 0, false),
                None => return Ok(None),
            },
        };
        Ok(Some(Past { page: replay::as_written(page, after, limit), recovered }))
    }

    async fn rewind(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Past>, Unavailable> {
        let page = self.log.read(topic, from, limit, now).await?;
        Ok(page.map(|page| Past { page: replay::newest_as_written(page, limit), recovered: true }))
    }
}
