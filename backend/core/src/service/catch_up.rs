//! Reads the part of a topic's log that a client requests.

use std::ops::Range;

use shared::{Epoch, ErrorCode, Millis, Position, Topic};

use super::Service;
use crate::ports::{Page, ReadFrom, TopicLog, Unavailable};
use crate::refusal::Refusal;
use crate::replay::{self, Ask, Fit};
use crate::stretch::{Order, Wanted, first_received_since, received_in};

/// A page of a topic's log. `recovered` is false if publications between the requested position and the page have been
/// deleted. `work` is the number of blocks and publications that were searched by their time of receipt.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) page: Page,
    pub(super) recovered: bool,
    pub(super) work: usize,
}

/// A period in which publications were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Period {
    /// Time of receipt from which publications belong to the period; `None` if there is no earliest time.
    pub(super) from_ms: Option<Millis>,
    /// Time of receipt before which publications belong to the period; `None` if there is no latest time.
    pub(super) to_ms: Option<Millis>,
}

impl Period {
    /// Returns true if all publications belong to the period.
    pub(super) fn is_all(self) -> bool {
        self.from_ms.is_none() && self.to_ms.is_none()
    }

    /// Refuses a period that ends before it begins.
    pub(super) fn check(self) -> Result<(), Refusal> {
        match (self.from_ms, self.to_ms) {
            (Some(from_ms), Some(to_ms)) if to_ms < from_ms => Err(Refusal::new(
                ErrorCode::Malformed,
                format!("from_ms is {from_ms} and to_ms is {to_ms}: send the earlier time as from_ms"),
            )),
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    fn received(self) -> Range<Millis> {
        self.from_ms.unwrap_or(Millis::MIN)..self.to_ms.unwrap_or(Millis::MAX)
    }
}

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Does the same as [`Service::past`] for the publications that were received in `period`.
    pub(super) async fn past_in(
        &self,
        topic: &Topic,
        ask: &Ask,
        limit: usize,
        period: Period,
        now: Millis,
    ) -> Result<Option<Past>, Unavailable> {
        let Some(mut page) = self.log.read(topic, ReadFrom::Newest, 0, now).await? else { return Ok(None) };
        let log = (topic, &page.epoch, page.head);
        let first = self.offset_at(log, period.from_ms.unwrap_or(Millis::MIN), now).await?;
        let (order, after) = match ask {
            Ask::Since(since) if since.epoch == page.epoch && since.offset <= page.head => {
                (Order::OldestFirst, since.offset.max(first - 1))
            }
            Ask::Since(_) => (Order::OldestFirst, first - 1),
            Ask::Last(_) | Ask::ReceivedSince(_) | Ask::Nothing => (Order::NewestFirst, first - 1),
        };
        let after = after.max(page.oldest.saturating_sub(1));
        let wanted = Wanted { received: period.received(), after, order, limit };
        let found = received_in(&self.log, log, wanted, now).await?;
        page.items = found.items;
        let recovered = match ask {
            Ask::Since(since) => {
                page.oldest = page.oldest.max(found.after_loss.unwrap_or(0));
                has_all_after(since, &page, first)
            }
            Ask::Last(_) | Ask::ReceivedSince(_) | Ask::Nothing => true,
        };
        Ok(Some(Past { page, recovered, work: found.work }))
    }

    /// Returns the offset of the first publication that was received at `since` or later, or the offset after the last one.
    async fn offset_at(
        &self,
        log: (&Topic, &Epoch, u64),
        since: Millis,
        now: Millis,
    ) -> Result<u64, Unavailable> {
        if since == Millis::MIN {
            return Ok(1);
        }
        let found = first_received_since(&self.log, log, since, now).await?;
        Ok(found.map_or(log.2 + 1, |(offset, _)| offset))
    }
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
        Ok(Some(Past { page: replay::as_written(page, after, limit), recovered, work: 0 }))
    }

    async fn rewind(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Past>, Unavailable> {
        let page = self.log.read(topic, from, limit, now).await?;
        Ok(page.map(|page| Past { page: replay::newest_as_written(page, limit), recovered: true, work: 0 }))
    }
}

/// Returns false if publications of a period that a client does not have may have been deleted. It has those up to `since`.
/// `first` is the offset at which the period begins.
fn has_all_after(since: &Position, page: &Page, first: u64) -> bool {
    match replay::fit(since, page) {
        Fit::Whole => true,
        // If a kept publication is older than the period, so are all deleted ones.
        Fit::Truncated => page.oldest < first,
        Fit::OtherLog => false,
    }
}

/// Returns the refusal of a request for a topic that does not exist.
pub(super) fn unknown(topic: &Topic) -> Refusal {
    Refusal::new(
        ErrorCode::UnknownTopic,
        format!("nobody has published to {topic} yet, or it was deleted: check the name"),
    )
}
