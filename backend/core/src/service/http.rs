//! Answers the requests of the HTTP API, both for the program `tickertape serve` and for the Lambda function `ingest`.
//!
//! A request is checked in this order: the path, the sender, the type of the body, and the body itself.

use core::net::IpAddr;
use std::collections::BTreeMap;
use std::future::Future;

use bytes::Bytes;
use serde_json::Map;
use shared::{ErrorCode, Millis, Position, Topic, limits};

use super::Service;
use super::buckets::BucketsAsk;
use super::catch_up::{Period, unknown};
use super::ping::widest;
use crate::authorize::{self, Credentials};
use crate::body::{self, Body};
use crate::http::{
    self, Answer, HttpBuckets, HttpForgotten, HttpHistory, HttpPublished, HttpTopic, HttpTopics, RequestHead,
    Route,
};
use crate::ingest::{IngestError, IngestRequest};
use crate::pack;
use crate::payer::Payer;
use crate::permission;
use crate::ports::{Boards, Head, TopicLog};
use crate::principal::Principal;
use crate::query::{HistoryQuery, PublishQuery, Since, TopicsQuery};
use crate::refusal::Refusal;
use crate::replay::{self, Ask, Share};

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Answers one request of the HTTP API. `boards` is the store of board documents.
    ///
    /// `body` is awaited only if the sender is authenticated and the type of the body is supported. `clock` returns the
    /// current time. It is called again after the body was read, since a body may arrive slowly.
    pub async fn http<S, B>(
        &self,
        boards: &S,
        head: RequestHead<'_>,
        body: B,
        clock: impl Fn() -> Millis,
    ) -> Answer
    where
        S: Boards,
        B: Future<Output = Result<Bytes, Answer>>,
    {
        let answer = async {
            let route = Route::of(head.method, head.path);
            if matches!(route, Ok(Route::Options | Route::Health) | Err(_)) {
                self.admit_anybody(head.peer, clock())?;
            }
            match route? {
                Route::Options => Ok(Answer::options()),
                Route::Health => Ok(Answer::health(Map::new())),
                Route::Topics => {
                    let principal = self.admit_reader(&head, clock())?;
                    let query = TopicsQuery::read(pairs(head.query))?;
                    let topics = self.http_topics(&principal, query, clock()).await;
                    let answer = Answer::json(&self.observed(&principal, topics)?);
                    Ok(self.charge_answer(&principal, &head, answer, clock()))
                }
                Route::History(name) => {
                    let principal = self.admit_reader(&head, clock())?;
                    let query = HistoryQuery::read(pairs(head.query))?;
                    let payer = Payer::new(&principal.name, head.peer);
                    let answer = if query.step_ms.is_some() {
                        let buckets = self.http_buckets(&principal, &payer, &name, query, clock()).await;
                        Answer::json(&self.observed(&principal, buckets)?)
                    } else {
                        let history = self.http_history(&principal, &payer, &name, query, clock()).await;
                        Answer::json(&self.observed(&principal, history)?)
                    };
                    Ok(self.charge_answer(&principal, &head, answer, clock()))
                }
                Route::Boards(route) => self.http_boards(boards, route, &head, body, &clock).await,
                Route::Forget(name) => {
                    let principal = self.admit(&head, clock())?;
                    let forgotten = self.http_forget(&principal, &name, clock()).await;
                    Ok(Answer::json(&self.observed(&principal, forgotten)?))
                }
                Route::Publish(name) => {
                    let principal = self.admit(&head, clock())?;
                    http::check_type(&head)?;
                    let body = body.await?;
                    let query = PublishQuery::read(pairs(head.query))?;
                    let published =
                        self.publish_body(&principal, head.peer, &name, query, &body, clock()).await;
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
    /// If the server needs tokens: a refusal with code 300 if the token is missing or not valid, or with code 301 if it
    /// has expired.
    pub fn authorize(&self, credentials: &Credentials<'_>, now: Millis) -> Result<Principal, Refusal> {
        authorize::authorize(&self.settings.access, credentials, now).map_err(Refusal::from)
    }

    /// Counts a request that needs no token against the rate limits of its sender's address. Such a request is for a
    /// file of the page or for `/healthz`, or has the method OPTIONS.
    ///
    /// # Errors
    ///
    /// A refusal with code 101 if the address has sent too many requests, or has received too many bytes in answers
    /// ([`Service::charge_anybody`]).
    pub fn admit_anybody(&self, peer: Option<IpAddr>, now: Millis) -> Result<(), Refusal> {
        let payer = Payer::stranger(peer);
        self.charge_request(&payer, now)?;
        self.check_read(&payer, now)
    }

    /// Counts the size of the answer to a request that needed no token against the rate limit of the sender's address.
    pub fn charge_anybody(&self, peer: Option<IpAddr>, answer_bytes: usize, now: Millis) {
        self.charge_read(&Payer::stranger(peer), answer_bytes, now);
    }

    /// Authenticates the sender of a request, and counts the request against the rate limit of the sender at its
    /// address. A request without a valid token is counted against the limit of the address alone.
    pub(super) fn admit(&self, head: &RequestHead<'_>, now: Millis) -> Result<Principal, Refusal> {
        match self.authorize(&head.credentials, now) {
            Ok(principal) => {
                self.charge_request(&Payer::new(&principal.name, head.peer), now)?;
                Ok(principal)
            }
            Err(refusal) => {
                self.charge_request(&Payer::stranger(head.peer), now)?;
                Err(refusal)
            }
        }
    }

    pub(super) fn admit_reader(&self, head: &RequestHead<'_>, now: Millis) -> Result<Principal, Refusal> {
        let principal = self.admit(head, now)?;
        self.check_read(&Payer::new(&principal.name, head.peer), now)?;
        Ok(principal)
    }

    pub(super) fn charge_answer(
        &self,
        principal: &Principal,
        head: &RequestHead<'_>,
        answer: Answer,
        now: Millis,
    ) -> Answer {
        self.charge_read(&Payer::new(&principal.name, head.peer), answer.body.len(), now);
        answer
    }

    /// Calls [`Settings::on_refusal`](crate::Settings::on_refusal) if `result` is a refusal, so that it is logged.
    /// Returns `result` unchanged.
    pub(super) fn observed<T>(
        &self,
        principal: &Principal,
        result: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let Err(refusal) = &result {
            (self.settings.on_refusal)(principal, refusal);
        }
        result
    }

    /// Publishes `body`, which has the same format as the body of `POST /topics/{name}`. It comes from a part of this
    /// program and not from a client, so no client's address is involved. `name` is the percent-decoded topic.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with the reason. It contains the line at fault if the body has several lines.
    pub async fn http_publish(
        &self,
        principal: &Principal,
        name: &str,
        query: PublishQuery,
        body: &[u8],
        now: Millis,
    ) -> Result<HttpPublished, Refusal> {
        self.publish_body(principal, None, name, query, body, now).await
    }

    async fn publish_body(
        &self,
        principal: &Principal,
        peer: Option<IpAddr>,
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
        let request = IngestRequest { topic, items, producer, meta: Some(meta) };
        match self.ingest_from(peer, principal, request, now).await {
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

    /// Deletes a topic and its history.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with code 400 if the token does not allow deleting this topic, or with code 208 if there is no
    /// such topic.
    pub async fn http_forget(
        &self,
        principal: &Principal,
        name: &str,
        now: Millis,
    ) -> Result<HttpForgotten, Refusal> {
        let topic = topic(name)?;
        permission::check_token(principal, now)?;
        permission::check_forget(principal, &topic)?;
        if self.log.forget(&topic).await? { Ok(HttpForgotten { topic }) } else { Err(unknown(&topic)) }
    }

    /// Reads a part of a topic's log. If the query has `since`, these are the oldest publications after it, and
    /// otherwise the newest ones. They have at most [`limits::HISTORY_BYTES`] bytes, but there is always one if any
    /// match. A search by time of receipt is counted against the limit of the client `payer`.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with the reason.
    pub async fn http_history(
        &self,
        principal: &Principal,
        payer: &Payer,
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
        let period = Period { from_ms: query.from_ms, to_ms: query.to_ms };
        let past = self.page(principal, &topic, &ask, query.limit, period, now).await?;
        self.charge_work(payer, past.work, now);
        let page = past.page;
        let (epoch, head) = (page.epoch, page.head);
        let share = Share { items: limits::HISTORY_ITEMS, bytes: limits::HISTORY_BYTES };
        let items = replay::cut(page.items, &ask, share);
        Ok(HttpHistory { topic, epoch, items, head, recovered: past.recovered })
    }

    /// Reads a stretch of a topic's past in buckets. The client is `payer`, against whose limit the work is counted.
    async fn http_buckets(
        &self,
        principal: &Principal,
        payer: &Payer,
        name: &str,
        query: HistoryQuery,
        now: Millis,
    ) -> Result<HttpBuckets, Refusal> {
        let topic = topic(name)?;
        let HistoryQuery { since, from_ms, to_ms, step_ms, .. } = query;
        let period = Period { from_ms, to_ms };
        let room_bytes = limits::TOPICS_PAGE_BYTES;
        let ask = BucketsAsk { period, step_ms: step_ms.unwrap_or(0), since, room_bytes };
        let answered = self.buckets(principal, payer, &topic, ask, now).await?;
        Ok(answered.into_reply(0, topic).into())
    }

    /// Returns a page of the topics that the principal may read, in order of name.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] if the token has expired or the store cannot be reached.
    pub async fn http_topics(
        &self,
        principal: &Principal,
        query: TopicsQuery,
        now: Millis,
    ) -> Result<HttpTopics, Refusal> {
        permission::check_token(principal, now)?;
        let limit = query.limit.map_or(limits::TOPICS_PAGE, |limit| limit as usize);
        let limit = limit.clamp(1, limits::TOPICS_PAGE);
        let mut heads = BTreeMap::new();
        // One head more than the limit is read, which shows whether there is another page.
        for filter in widest(&principal.subscribe) {
            let page = self.log.page_of_heads(filter, query.after.as_ref(), limit + 1).await?;
            heads.extend(page.into_iter().map(|head| (head.topic.clone(), head)));
        }
        Ok(page_of_topics(heads.into_values(), limit))
    }
}

/// Returns the first page of the topics in `heads`. It has at most `limit` topics and [`limits::TOPICS_PAGE_BYTES`]
/// bytes, but always at least one topic if there are any.
fn page_of_topics(heads: impl Iterator<Item = Head>, limit: usize) -> HttpTopics {
    let (mut topics, mut bytes): (Vec<HttpTopic>, usize) = (Vec::new(), 0);
    for head in heads {
        let topic = HttpTopic::from(head);
        bytes += pack::json_len(&topic);
        let is_full = topics.len() >= limit || bytes > limits::TOPICS_PAGE_BYTES;
        if let Some(last) = topics.last().filter(|_| is_full) {
            let next = Some(last.topic.clone());
            return HttpTopics { topics, next };
        }
        topics.push(topic);
    }
    HttpTopics { topics, next: None }
}

fn topic(name: &str) -> Result<Topic, Refusal> {
    Topic::new(name).map_err(|error| Refusal::new(ErrorCode::BadTopic, error))
}

fn pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}
