//! The HTTP API, but for its sockets: what `serve` and the ingest function answer.

use serde::Serialize;
use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::Service;
use super::history::unknown;
use crate::authorize::{self, Credentials};
use crate::body;
use crate::ingest::{IngestError, IngestRequest};
use crate::ports::{Head, TopicLog};
use crate::principal::Principal;
use crate::query::{HistoryQuery, PublishQuery, Since};
use crate::refusal::Refusal;
use crate::replay::Ask;

/// `POST /topics/{topic}`.
#[derive(Debug, Clone, Copy)]
pub struct HttpPublish<'a> {
    /// The rest of the path, percent-decoded.
    pub topic: &'a str,
    /// The query.
    pub query: &'a PublishQuery,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The body, at most [`limits::BODY_BYTES`].
    pub body: &'a [u8],
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpPublished {
    /// Whose log.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// Of the last publication.
    pub offset: u64,
    /// How many there were; left out for one.
    #[serde(skip_serializing_if = "is_one")]
    pub count: usize,
}

/// The answer to `GET /topics/{topic}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpHistory {
    /// Whose log.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// In order of offset, without holes.
    pub items: Vec<Publication>,
    /// The offset of the log's newest publication: read on until it is reached.
    pub head: u64,
    /// Whether nothing between `since` and the first item is lost. Without `since`: true.
    pub recovered: bool,
}

/// The answer to `GET /topics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpTopics {
    /// What the principal may read, in order of name.
    pub topics: Vec<HttpTopic>,
}

/// One topic of `GET /topics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpTopic {
    /// Its name.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// Its newest publication, whose offset is the end of the log.
    pub last: Publication,
    /// What its publishers told about it.
    pub meta: TopicMeta,
}

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Who sent a request.
    ///
    /// # Errors
    ///
    /// 300 or 301, where tokens are asked for.
    pub fn authorize(&self, credentials: &Credentials<'_>, now: Millis) -> Result<Principal, Refusal> {
        authorize::authorize(&self.settings.access, credentials, now).map_err(Refusal::from)
    }

    /// Publishes a body.
    ///
    /// # Errors
    ///
    /// [`Refusal`], with the line if the body has several.
    pub async fn http_publish(
        &self,
        principal: &Principal,
        request: HttpPublish<'_>,
        now: Millis,
    ) -> Result<HttpPublished, Refusal> {
        let topic = topic(request.topic)?;
        let body = body::read(request.content_type, request.body)?;
        let mut ingest = IngestRequest {
            topic,
            items: body.items.clone(),
            producer: request.query.producer.clone(),
            meta: Some(request.query.meta.clone()),
        };
        for item in &mut ingest.items {
            item.ts = item.ts.or(request.query.ts);
        }
        match self.ingest(principal, ingest, now).await {
            Ok(ingested) => {
                let Position { epoch, offset } = ingested.position;
                Ok(HttpPublished { topic: ingested.topic, epoch, offset, count: ingested.count })
            }
            Err(error) => {
                let line = item_index(&error).and_then(|index| body.line(index));
                Err(Refusal::from(error).on_line(line))
            }
        }
    }

    /// Reads a part of a log: after `since` the oldest, otherwise the newest.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub async fn http_history(
        &self,
        principal: &Principal,
        name: &str,
        query: &HistoryQuery,
        now: Millis,
    ) -> Result<HttpHistory, Refusal> {
        let topic = topic(name)?;
        principal.check_read(&topic)?;
        let ask = match &query.since {
            None => Ask::Last(limits::HISTORY_ITEMS),
            Some(Since::Position(position)) => Ask::Since(position.clone()),
            Some(Since::Offset(offset)) => Ask::Since(self.place(&topic, *offset).await?),
        };
        let past = self.page(principal, &topic, &ask, query.limit, now).await?;
        let page = past.page;
        let (epoch, head) = (page.epoch, page.head);
        Ok(HttpHistory { topic, epoch, items: page.items, head, recovered: past.recovered })
    }

    /// Lists what the principal may read.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub async fn http_topics(&self, principal: &Principal, now: Millis) -> Result<HttpTopics, Refusal> {
        principal.check_token(now)?;
        let heads = self.log.heads(&Filter::All).await?;
        let readable = heads.into_iter().filter(|head| principal.may_read(&head.topic));
        Ok(HttpTopics { topics: readable.map(HttpTopic::from).collect() })
    }

    async fn place(&self, topic: &Topic, offset: u64) -> Result<Position, Refusal> {
        let head = self.log.head(topic).await?.ok_or_else(|| unknown(topic))?;
        Ok(Position::new(head.epoch, offset))
    }
}

impl From<Head> for HttpTopic {
    fn from(head: Head) -> Self {
        let Head { topic, epoch, last, meta } = head;
        Self { topic, epoch, last, meta }
    }
}

fn topic(name: &str) -> Result<Topic, Refusal> {
    Topic::new(name).map_err(|error| Refusal::new(ErrorCode::BadTopic, error))
}

fn item_index(error: &IngestError) -> Option<usize> {
    if let IngestError::Item { index, .. } = error { Some(*index) } else { None }
}

fn is_one(count: &usize) -> bool {
    *count == 1
}
