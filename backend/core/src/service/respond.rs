//! One HTTP request, answered: the order of questions is who, what kind, then what.

use std::future::Future;

use bytes::Bytes;
use serde_json::Map;
use shared::Millis;

use super::{HttpPublish, Service};
use crate::http::{self, Answer, RequestHead, Route};
use crate::ports::TopicLog;
use crate::principal::Principal;
use crate::query::{HistoryQuery, PublishQuery};

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Answers a request. `body` is awaited only if its sender may speak and its kind can be read; `clock` is asked
    /// again afterwards, since a body may take its time.
    pub async fn http<B>(&self, head: RequestHead<'_>, body: B, clock: impl Fn() -> Millis) -> Answer
    where
        B: Future<Output = Result<Bytes, Answer>>,
    {
        self.respond(head, body, clock).await.unwrap_or_else(|refused| refused)
    }

    async fn respond<B>(
        &self,
        head: RequestHead<'_>,
        body: B,
        clock: impl Fn() -> Millis,
    ) -> Result<Answer, Answer>
    where
        B: Future<Output = Result<Bytes, Answer>>,
    {
        match Route::of(head.method, head.path)? {
            Route::Options => Ok(Answer::options()),
            Route::Health => Ok(Answer::health(Map::new())),
            Route::Topics => {
                let principal = self.authorize(&head.credentials, clock())?;
                Ok(Answer::json(&self.http_topics(&principal, clock()).await?))
            }
            Route::History(name) => {
                let principal = self.authorize(&head.credentials, clock())?;
                let query = HistoryQuery::read(pairs(head.query))?;
                Ok(Answer::json(&self.http_history(&principal, &name, &query, clock()).await?))
            }
            Route::Publish(name) => {
                let principal = self.authorize(&head.credentials, clock())?;
                http::check_type(&head)?;
                let body = body.await?;
                self.respond_to_publish(&principal, &name, head, &body, clock()).await
            }
        }
    }

    async fn respond_to_publish(
        &self,
        principal: &Principal,
        topic: &str,
        head: RequestHead<'_>,
        body: &[u8],
        now: Millis,
    ) -> Result<Answer, Answer> {
        let query = PublishQuery::read(pairs(head.query))?;
        let request = HttpPublish { topic, query: &query, content_type: head.content_type, body };
        Ok(Answer::json(&self.http_publish(principal, request, now).await?))
    }
}

fn pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}
