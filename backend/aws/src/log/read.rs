//! Reads a page of a topic's log: first the head (the state after the last append), and then only as much of the
//! history table as the query needs.
//!
//! The head contains the publications of the last append. The function `broadcast` writes them to the history table a
//! moment later. A reader therefore adds the last append from the head if it directly follows the publications in
//! history. If an earlier append is still missing in history, the reader returns neither that append nor the last one.
//! The subscriber receives both as live publications.
//!
//! For example, if history contains the offsets 1 to 5 and the head contains 6 and 7, a reader gets 1 to 7. If history
//! contains only 1 to 3, the reader gets 1 to 3.
//!
//! The appends of a topic are written to history in order. So if history contains an append, and not the one before it, that
//! one is lost: `broadcast` could not read it, or gave it up. A reader that would begin with it begins after it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use backend_core::Retention;
use backend_core::ports::{Page, ReadFrom, Unavailable};
use shared::{Millis, Publication};

use super::head::StoredHead;
use super::names::{LOG, OFFSET};
use super::part;
use super::run::{Backward, Forward};
use crate::item::{Item, number, text};
use crate::request::unavailable;

/// Maximum number of items of the history table in one query. DynamoDB also ends a page at 1 MB.
const PARTS: usize = 1_000;

/// The description of the page to read from a topic's log: its beginning, its maximum length, and the current time.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    pub from: ReadFrom,
    pub limit: usize,
    pub now: Millis,
}

/// Reads the log of one topic, as it was when the topic's state (`head`) was read.
#[derive(Debug)]
pub struct Log<'a> {
    pub client: &'a Client,
    pub history: &'a str,
    pub retention: Retention,
    pub head: StoredHead,
}

impl Log<'_> {
    /// Reads the page of the log that `query` describes.
    pub async fn page(&self, query: Query) -> Result<Page, Unavailable> {
        let oldest = self.oldest(self.retention.cutoff(query.now)).await?;
        let items = match query.from {
            _ if query.limit == 0 => Vec::new(),
            ReadFrom::After(offset) => return self.after(offset, oldest, query.limit).await,
            ReadFrom::Newest => self.newest(Millis::MIN, oldest, query.limit).await?,
            ReadFrom::ReceivedSince(time) => self.newest(time, oldest, query.limit).await?,
        };
        Ok(self.page_of(items, oldest))
    }

    fn page_of(&self, items: Vec<Publication>, oldest: u64) -> Page {
        Page { epoch: self.head.epoch.clone(), items, head: self.head.end(), oldest, ends_at_loss: false }
    }

    /// Returns the offset of the oldest publication that is still kept. Publications that were received before `cutoff`
    /// are expired. If all are expired, returns the offset after the last one of the log. It takes one query if
    /// DynamoDB has already deleted the expired items.
    async fn oldest(&self, cutoff: Millis) -> Result<u64, Unavailable> {
        if self.head.received_at() < cutoff {
            return Ok(self.head.end() + 1);
        }
        let lowest = self.retention.lowest_offset(self.head.end());
        let Some(first) = self.part_from(lowest).await? else { return Ok(self.unwritten(lowest, cutoff)) };
        match first_since(&first, cutoff) {
            Some(offset) => Ok(offset.max(lowest)),
            None => self.bisect(beyond(&first), cutoff).await,
        }
    }

    /// Returns the offset of the oldest publication for the case that the history table contains nothing from `lowest`
    /// on. If the append before the last one is not expired, nothing of this log was written to history yet, and the
    /// result is `lowest`. Otherwise only the last append is left.
    fn unwritten(&self, lowest: u64, cutoff: Millis) -> u64 {
        match self.head.previous_at {
            Some(previous_at) if previous_at >= cutoff => lowest,
            Some(_) | None => self.head.first().max(lowest),
        }
    }

    /// Finds the first offset from `low` on that is not expired, by bisection. Requires that the times of receipt rise
    /// with the offsets, and that the last append is not expired.
    async fn bisect(&self, mut low: u64, cutoff: Millis) -> Result<u64, Unavailable> {
        let mut high = self.head.first().max(low);
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(part) = self.part_from(middle).await? else {
                high = middle;
                continue;
            };
            match first_since(&part, cutoff) {
                None => low = beyond(&part),
                Some(offset) if offset > middle => return Ok(offset.min(high)),
                Some(offset) => high = offset.max(low),
            }
        }
        Ok(low)
    }

    /// Reads the part of history that contains `offset`, or the next later part. Returns `None` if there is neither.
    async fn part_from(&self, offset: u64) -> Result<Option<Vec<Publication>>, Unavailable> {
        let found = self.parts_from(offset).limit(1).send().await.map_err(unavailable)?.items;
        Ok(found.unwrap_or_default().first().map(part::read).transpose()?)
    }

    /// Reads the oldest publications after `offset`, at most `limit`. A page that would begin with lost publications begins after them, and
    /// a page that reaches lost ones later ends before them.
    async fn after(&self, offset: u64, mut oldest: u64, limit: usize) -> Result<Page, Unavailable> {
        let mut run = Forward::from(offset.saturating_add(1).max(oldest));
        let mut ends_at_loss = false;
        if run.next() < self.head.first() {
            let mut parts =
                self.parts_from(run.next()).limit(page_size(limit)).into_paginator().items().send();
            while run.len() < limit && run.next() < self.head.first() {
                let Some(item) = parts.try_next().await.map_err(unavailable)? else { break };
                if run.add(part::read(&item)?) {
                    continue;
                }
                let Some(first) = self.after_loss(run.next()).await? else { break };
                ends_at_loss = run.len() > 0;
                if ends_at_loss {
                    break;
                }
                oldest = first.min(self.head.first());
                run = Forward::from(oldest);
                run.add(part::read(&item)?);
            }
        }
        run.add(self.head.items.iter().cloned());
        let items = run.into_items(self.head.end(), limit);
        Ok(Page { ends_at_loss, ..self.page_of(items, oldest) })
    }

    /// Returns the offset of the first publication in history after `offset` if the one at `offset` is lost, and `None` if it is there.
    /// A part of history after `offset` must have been read before. A query reads one item after the other, so the missing parts may have
    /// been written, together with that part, after the query had passed their place. So this looks for them again.
    async fn after_loss(&self, offset: u64) -> Result<Option<u64>, Unavailable> {
        let part = self.part_from(offset).await?;
        Ok(part.and_then(|part| part.first().map(|first| first.offset)).filter(|first| *first > offset))
    }

    async fn newest(
        &self,
        since: Millis,
        oldest: u64,
        limit: usize,
    ) -> Result<Vec<Publication>, Unavailable> {
        let mut run = Backward::from(&self.head.items);
        let wants_more = |run: &Backward| run.len() < limit && run.begin() > oldest && run.is_since(since);
        if wants_more(&run) {
            let parts = self.parts().scan_index_forward(false).limit(page_size(limit));
            let mut parts = parts.into_paginator().items().send();
            while wants_more(&run) {
                let Some(item) = parts.try_next().await.map_err(unavailable)? else {
                    run.end();
                    break;
                };
                if !run.add(self.up_to_head(&item)?) {
                    break;
                }
            }
        }
        Ok(run.into_items(oldest, since, limit))
    }

    /// Returns the publications of an item of the history table. Those that were appended after the topic's state was
    /// read are left out.
    fn up_to_head(&self, item: &Item) -> Result<Vec<Publication>, Unavailable> {
        let mut part = part::read(item)?;
        part.retain(|item| item.offset <= self.head.end());
        Ok(part)
    }

    fn parts_from(&self, offset: u64) -> QueryFluentBuilder {
        self.parts()
            .key_condition_expression("#log = :log AND #offset >= :offset")
            .expression_attribute_names("#offset", OFFSET)
            .expression_attribute_values(":offset", number(offset))
    }

    fn parts(&self) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(self.history)
            .consistent_read(true)
            .key_condition_expression("#log = :log")
            .expression_attribute_names("#log", LOG)
            .expression_attribute_values(":log", text(part::log(&self.head.topic, &self.head.epoch)))
    }
}

/// Returns the offset of the first of these publications that was received at `cutoff` or later, or `None` if there is
/// none.
fn first_since(part: &[Publication], cutoff: Millis) -> Option<u64> {
    part.iter().find(|item| item.received_at >= cutoff).map(|item| item.offset)
}

/// Returns the offset after the last of these publications.
fn beyond(part: &[Publication]) -> u64 {
    part.last().map_or(1, |last| last.offset + 1)
}

/// Returns the number of items of the history table to request for `limit` publications. Every item contains at least
/// one publication, so that `limit` items are enough.
fn page_size(limit: usize) -> i32 {
    i32::try_from(limit.clamp(1, PARTS)).unwrap_or(1)
}
