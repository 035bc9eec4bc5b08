//! The JSON bodies of successful answers of the HTTP API.

use serde::Serialize;
use shared::bucket::{LeftOut, Series, Tally};
use shared::server::BucketsReply;
use shared::{Epoch, Millis, Publication, Topic, TopicMeta};

use crate::ports::Head;

/// The body of the answer to `POST /topics/{topic}`, which publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpPublished {
    /// Topic to which the publications were appended.
    pub topic: Topic,
    /// Epoch of the topic's log: an identifier of the log, which changes if the log is deleted and begins anew.
    pub epoch: Epoch,
    /// Offset of the last publication of the request.
    pub offset: u64,
    /// Number of publications in the request; the JSON omits it if it is 1.
    #[serde(skip_serializing_if = "is_one")]
    pub count: usize,
}

fn is_one(count: &usize) -> bool {
    *count == 1
}

/// The body of the answer to `DELETE /topics/{topic}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpForgotten {
    /// Topic that was deleted.
    pub topic: Topic,
}

/// The body of the answer to `GET /topics/{topic}`, which reads a part of the topic's log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpHistory {
    /// Topic whose log was read.
    pub topic: Topic,
    /// Epoch of the topic's log: an identifier of the log, which changes if the log is deleted and begins anew.
    pub epoch: Epoch,
    /// Publications in order of offset. No offset between the first and the last one is missing.
    pub items: Vec<Publication>,
    /// Offset of the newest publication of the log. A client that wants all publications sends further requests until
    /// it has this one.
    pub head: u64,
    /// False if publications after the position `since` of the request were deleted before they could be read. True if
    /// the request has no `since`.
    pub recovered: bool,
}

/// The body of the answer to `GET /topics/{topic}` with `step_ms`, which reads a stretch of the topic's past in buckets. Fields without a
/// description mean the same as in [`BucketsReply`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the fields are those of the message")]
pub struct HttpBuckets {
    pub topic: Topic,
    pub epoch: Epoch,
    pub from_ms: Millis,
    pub to_ms: Millis,
    pub step_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_from_ms: Option<Millis>,
    /// Offset of the newest publication of the log.
    pub head: u64,
    pub series: Vec<Series>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Tally>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Tally>,
    #[serde(skip_serializing_if = "LeftOut::is_empty")]
    pub left_out: LeftOut,
    /// The value of `since` in the request for the rest, in the form `EPOCH:OFFSET`; the JSON omits it if nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl From<BucketsReply> for HttpBuckets {
    fn from(reply: BucketsReply) -> Self {
        let BucketsReply { topic, epoch, from_ms, to_ms, step_ms, kept_from_ms, head, .. } = reply;
        let BucketsReply { series, lines, lost, left_out, next, .. } = reply;
        let (head, next) = (head.offset, next.map(|next| next.to_string()));
        Self {
            topic,
            epoch,
            from_ms,
            to_ms,
            step_ms,
            kept_from_ms,
            head,
            series,
            lines,
            lost,
            left_out,
            next,
        }
    }
}

/// The body of the answer to `GET /topics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpTopics {
    /// The topics that the sender may read, in order of name.
    pub topics: Vec<HttpTopic>,
    /// The topic to pass as `after` in the request for the next page; the JSON omits it if this is the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Topic>,
}

/// The entry of one topic in the answer to `GET /topics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpTopic {
    /// Name of the topic.
    pub topic: Topic,
    /// Epoch of the topic's log: an identifier of the log, which changes if the log is deleted and begins anew.
    pub epoch: Epoch,
    /// Newest publication of the topic. Its offset is the end of the topic's log.
    pub last: Publication,
    /// Metadata that the topic's publishers have sent.
    pub meta: TopicMeta,
}

impl From<Head> for HttpTopic {
    fn from(head: Head) -> Self {
        let Head { topic, epoch, last, meta } = head;
        Self { topic, epoch, last, meta }
    }
}
