//! Handles a `subscribe` message. It writes the subscription before it reads history, so that no publication in between
//! is missed.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use shared::client::Subscribe;
use shared::server::{Subscribed, SubscribedTopic};
use shared::{ErrorCode, Filter, Millis, Position, ServerMessage, limits};

use super::{Answer, RequestError, Service, frame};
use crate::lock::lock;
use crate::pack::{self, Part};
use crate::permission;
use crate::ports::{Connection, Connections, Head, Management, SubscribeError, TopicLog, Unavailable};
use crate::refusal::Refusal;
use crate::replay::{self, Ask, Beginning, Share};

/// Maximum number of topics whose logs are read at the same time for one subscription.
const LOGS_AT_ONCE: usize = 16;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn subscribe(&self, connection: &Connection, request: Subscribe, now: Millis) -> Answer {
        permission::check_token(&connection.principal, now)?;
        permission::check_subscribe(&connection.principal, &request.filter)?;
        self.check_rate(&request)?;
        self.note_rate(connection, &request, now).await?;
        if let Err(refused) = self.connections.subscribe(&connection.id, &request.filter, now).await {
            // Otherwise a connection could have the server remember any number of filters.
            self.forget_rate(&connection.id, &request.filter);
            return Err(refused.into());
        }
        // From here on every new publication is sent to the connection live. The history that is read below may contain
        // some of these publications again, but none is missing.
        let heads = self.log.heads(&request.filter).await?;
        let beginnings = self.begin_all(heads, &request, now).await?;
        let entries = beginnings.iter().map(Beginning::entry).collect();
        let parts: Vec<Part> = beginnings.iter().filter_map(part).collect();
        let viewers = self.count_viewers(&request.filter, now).await?;
        let mut frames = self.subscribed(connection, request, entries, viewers, now);
        frames.extend(pack::frames(&parts, limits::PACK_BYTES));
        Ok(frames)
    }

    /// Returns the number of subscribers of `filter`; `None` if the server does not count them.
    async fn count_viewers(&self, filter: &Filter, now: Millis) -> Result<Option<u64>, Unavailable> {
        if !self.settings.counts_viewers {
            return Ok(None);
        }
        let viewers = self.connections.viewers(filter, now).await?;
        lock(&self.occupancy).joined(filter, viewers);
        Ok(Some(viewers))
    }

    /// Reads the past publications of several topics at the same time, since the store may be across a network. The
    /// results are in the order of `heads`.
    async fn begin_all(
        &self,
        heads: Vec<Head>,
        request: &Subscribe,
        now: Millis,
    ) -> Result<Vec<Beginning>, Unavailable> {
        let share = Share::of(heads.len());
        let begins: Vec<_> = heads.into_iter().map(|head| self.begin(head, request, share, now)).collect();
        let mut begins = stream::iter(begins).buffered(LOGS_AT_ONCE);
        let mut beginnings = Vec::new();
        while let Some(beginning) = begins.try_next().await? {
            beginnings.extend(beginning);
        }
        Ok(beginnings)
    }

    async fn begin(
        &self,
        head: Head,
        request: &Subscribe,
        share: Share,
        now: Millis,
    ) -> Result<Option<Beginning>, Unavailable> {
        let ask = replay::ask(request, &head.topic, now);
        let position = head.position();
        let Head { topic, meta, .. } = head;
        if ask == Ask::Nothing {
            return Ok(Some(Beginning { topic, position, recovered: true, items: Vec::new(), meta }));
        }
        let Some(past) = self.past(&topic, &ask, share.items, now).await? else { return Ok(None) };
        let items = replay::cut(past.page.items, &ask, share);
        let position = Position::new(past.page.epoch, past.page.head);
        Ok(Some(Beginning { topic, position, recovered: past.recovered, items, meta }))
    }

    fn subscribed(
        &self,
        connection: &Connection,
        request: Subscribe,
        entries: Vec<SubscribedTopic>,
        viewers: Option<u64>,
        now: Millis,
    ) -> Vec<Bytes> {
        let mut message = Subscribed {
            id: request.id,
            connection_id: connection.id.as_str().to_owned(),
            filter: request.filter,
            topics: Vec::new(),
            viewers,
            server_ts: now,
            limits: self.settings.announced(),
            rotate_in_ms: self.settings.rotate_in_ms,
            conditions: self.conditions(),
            more: true,
        };
        let fixed = frame(&ServerMessage::Subscribed(message.clone())).len();
        let mut runs = pack::runs(entries, limits::PACK_BYTES - fixed);
        let last = runs.pop().unwrap_or_default();
        let mut frames = Vec::with_capacity(runs.len() + 1);
        for topics in runs {
            frames.push(frame(&ServerMessage::Subscribed(Subscribed { topics, ..message.clone() })));
        }
        message.topics = last;
        message.more = false;
        frames.push(frame(&ServerMessage::Subscribed(message)));
        frames
    }
}

fn part(beginning: &Beginning) -> Option<Part> {
    let Beginning { topic, position, items, .. } = beginning;
    (!items.is_empty()).then(|| Part::new(topic, &position.epoch, items, true, None))
}

impl From<SubscribeError> for RequestError {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::Gone => Self::NotConnected,
            SubscribeError::TooMany { .. } => {
                Self::Refused(Refusal::new(ErrorCode::TooManySubscriptions, error))
            }
            SubscribeError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
