//! Answers to requests of the HTTP API, for `serve` and for the ingest function alike.
//!
//! A request is checked in this order: the path, the sender, the type of the body, and the body itself.

use std::future::Future;

use bytes::Bytes;
use serde_json::Map;
use shared::{ErrorCode, Filter, Millis, Position, Topic, limits};

use super::Service;
use super::history::unknown;
use crate::authorize::{self, Credentials};
use crate::body::{self, Body};
use crate::http::{self, Answer, HttpHistory, HttpPublished, HttpTopic, HttpTopics, RequestHead, Route};
use crate::ingest::{IngestError, IngestRequest};
use crate::permission;
use crate::ports::TopicLog;
use crate::principal::Principal;
use crate::query::{HistoryQuery, PublishQuery, Since};
use crate::refusal::Refusal;
use crate::replay::Ask;

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Answers one request.
    ///
    /// `body` is awaited only if the sender is known and the type of the body can be read. `clock` is asked again
    /// afterwards, since a body may arrive slowly.
    pub async fn http<B>(&self, head: RequestHead<'_>, body: B, clock: impl Fn() -> Millis) -> Answer
    where
        B: Future<Output = Result<Bytes, Answer>>,
    {
        let answer = async {
            match Route::of(head.method, head.path)? {
                Route::Options => Ok(Answer::options()),
                Route::Health => Ok(Answer::health(Map::new())),
                Route::Topics => {
                    let principal = self.authorize(&head.credentials, clock())?;
                    Ok(Answer::json(&self.observed(&principal, self.http_topics(&principal, clock()).await)?))
                }
                Route::History(name) => {
                    let principal = self.authorize(&head.credentials, clock())?;
                    let query = HistoryQuery::read(pairs(head.query))?;
                    let history = self.http_history(&principal, &name, query, clock()).await;
                    Ok(Answer::json(&self.observed(&principal, history)?))
                }
                Route::Publish(name) => {
                    let principal = self.authorize(&head.credentials, clock())?;
                    http::check_type(&head)?;
                    let body = body.await?;
                    let query = PublishQuery::read(pairs(head.query))?;
                    let published = self.http_publish(&principal, &name, query, &body, clock()).await;
                    Ok(Answer::json(&self.observed(&principal, published)?))
                }
            }
        };
        answer.await.unwrap_or_else(|refused: Answer| refused)
    }

    /// Authenticates the sender of a request.
    ///
    /// # Errors
    ///
    /// 300 or 301, if the server needs tokens.
    pub fn authorize(&self, credentials: &Credentials<'_>, now: Millis) -> Result<Principal, Refusal> {
        authorize::authorize(&self.settings.access, credentials, now).map_err(Refusal::from)
    }

    /// Reports a refusal to the operator's log.
    fn observed<T>(&self, principal: &Principal, result: Result<T, Refusal>) -> Result<T, Refusal> {
        if let Err(refusal) = &result {
            (self.settings.on_refusal)(principal, refusal);
        }
        result
    }

    /// Publishes the `body` of `POST /topics/{name}`. The name is percent-decoded.
    ///
    /// # Errors
    ///
    /// [`Refusal`], with the line if the body has several.
    pub async fn http_publish(
        &self,
        principal: &Principal,
        name: &str,
        query: PublishQuery,
        body: &[u8],
        now: Millis,
    ) -> Result<HttpPublished, Refusal> {
        let topic = topic(name)?;
        let Body { mut items, lines } = body::read(body)?;
        let PublishQuery { ts, producer, meta } = query;
        for item in &mut items {
            item.ts = item.ts.or(ts);
        }
        match self.ingest(principal, IngestRequest { topic, items, producer, meta: Some(meta) }, now).await {
            Ok(ingested) => {
                let Position { epoch, offset } = ingested.position;
                Ok(HttpPublished { topic: ingested.topic, epoch, offset, count: ingested.count })
            }
            Err(error) => {
                let index = if let IngestError::Item { index, .. } = error { Some(index) } else { None };
                let line = index.and_then(|index| lines.get(index).copied());
                Err(Refusal::from(error).on_line(line))
            }
        }
    }

    /// Reads a part of a log: the oldest publications after `since`, or the newest without it.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub async fn http_history(
        &self,
        principal: &Principal,
        name: &str,
        query: HistoryQuery,
        now: Millis,
    ) -> Result<HttpHistory, Refusal> {
        let topic = topic(name)?;
        permission::check_read(principal, &topic)?;
        let ask = match query.since {
            None => Ask::Last(limits::HISTORY_ITEMS),
            Some(Since::Position(position)) => Ask::Since(position),
            Some(Since::Offset(offset)) => {
                let head = self.log.head(&topic).await?.ok_or_else(|| unknown(&topic))?;
                Ask::Since(Position::new(head.epoch, offset))
            }
        };
        let past = self.page(principal, &topic, &ask, query.limit, now).await?;
        let page = past.page;
        let (epoch, head) = (page.epoch, page.head);
        Ok(HttpHistory { topic, epoch, items: page.items, head, recovered: past.recovered })
    }

    /// Lists the topics that the principal may read.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub async fn http_topics(&self, principal: &Principal, now: Millis) -> Result<HttpTopics, Refusal> {
        permission::check_token(principal, now)?;
        let heads = self.log.heads(&Filter::All).await?;
        let readable = heads.into_iter().filter(|head| principal.may_read(&head.topic));
        Ok(HttpTopics { topics: readable.map(HttpTopic::from).collect() })
    }
}

fn topic(name: &str) -> Result<Topic, Refusal> {
    Topic::new(name).map_err(|error| Refusal::new(ErrorCode::BadTopic, error))
}

fn pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}
