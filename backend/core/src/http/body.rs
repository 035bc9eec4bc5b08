//! The bodies of successful answers of the HTTP API, as JSON.

use serde::Serialize;
use shared::{Epoch, Publication, Topic, TopicMeta};

use crate::ports::Head;

/// The answer to `POST /topics/{topic}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpPublished {
    /// Topic that was appended to.
    pub topic: Topic,
    /// Epoch of its log.
    pub epoch: Epoch,
    /// Offset of the last publication of the request.
    pub offset: u64,
    /// Number of publications in the request; left out if it is 1.
    #[serde(skip_serializing_if = "is_one")]
    pub count: usize,
}

fn is_one(count: &usize) -> bool {
    *count == 1
}

/// The answer to `DELETE /topics/{topic}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpForgotten {
    /// Topic that was deleted.
    pub topic: Topic,
}

/// The answer to `GET /topics/{topic}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpHistory {
    /// Topic of the log.
    pub topic: Topic,
    /// Epoch of the log.
    pub epoch: Epoch,
    /// Publications in order of offset, without holes.
    pub items: Vec<Publication>,
    /// Offset of the log's newest publication: read on until it is reached.
    pub head: u64,
    /// False if publications between `since` and the first item are lost. Without `since`: true.
    pub recovered: bool,
}

/// The answer to `GET /topics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpTopics {
    /// The topics that the principal may read, in order of name.
    pub topics: Vec<HttpTopic>,
    /// The topic to pass as `after` for the next page; left out if this page is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Topic>,
}

/// One topic of `GET /topics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpTopic {
    /// Name of the topic.
    pub topic: Topic,
    /// Epoch of its log.
    pub epoch: Epoch,
    /// Its newest publication, whose offset is the end of the log.
    pub last: Publication,
    /// Metadata that its publishers have sent.
    pub meta: TopicMeta,
}

impl From<Head> for HttpTopic {
    fn from(head: Head) -> Self {
        let Head { topic, epoch, last, meta } = head;
        Self { topic, epoch, last, meta }
    }
}
