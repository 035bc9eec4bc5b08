//! Parses the three kinds of payload that the function `broadcast` accepts.

use backend_aws::Image;
use backend_core::fanout::Delivery;
use backend_core::ingest::IngestRequest;
use backend_core::ports::{Change, ConnectionId};
use backend_edge::{StreamRecord, stream_records};
use bytes::Bytes;
use lambda_runtime::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::Topic;
use shared::client::Publish;

use crate::event::diagnostic;

/// A parsed payload of the function `broadcast`.
pub enum Work {
    /// Records of the topics table's stream.
    Stream(Vec<StreamRecord>),
    /// The deliveries to a part of the subscribers, which another invocation has passed on.
    Shard(Vec<Delivery>),
    /// A publication that somebody sent by invoking the function directly.
    Publish(Box<IngestRequest>),
}

impl Work {
    /// Parses a payload of the function `broadcast`. Its kind is determined by the field that it has: `Records`,
    /// `shard` or `topic`.
    pub fn read(payload: Value) -> Result<Self, Diagnostic> {
        if payload.get("Records").is_some() {
            let records = stream_records(payload).map_err(|error| diagnostic("Event", error))?;
            return Ok(Self::Stream(records));
        }
        if payload.get("shard").is_some() {
            let Payload { shard } =
                serde_json::from_value(payload).map_err(|error| diagnostic("Event", error))?;
            return Ok(Self::Shard(shard.into_iter().map(Delivery::from).collect()));
        }
        if payload.get("topic").is_some() {
            return read_publication(payload).map(Box::new).map(Self::Publish);
        }
        Err(diagnostic(
            "Event",
            "the payload must be a stream event with Records, a shard, or {\"topic\": …, \"data\": …}",
        ))
    }
}

/// Parses a publication that was sent by invoking the function directly. It has the fields of the protocol's message
/// `publish` except `id`, because there is no connection to reply to.
fn read_publication(mut payload: Value) -> Result<IngestRequest, Diagnostic> {
    payload["id"] = json!(0);
    let publish: Publish = serde_json::from_value(payload).map_err(|error| diagnostic("Refused", error))?;
    IngestRequest::try_from(publish).map_err(|error| diagnostic("Refused", error))
}

/// Returns the partition key of the item that a stream record is about, for the program's log.
pub fn item(record: &StreamRecord) -> String {
    let name = record.new_image.as_ref().and_then(|image| image["pk"]["S"].as_str());
    name.unwrap_or_default().to_owned()
}

/// Returns the topic whose alarm (an item that DynamoDB deletes after a certain time) has been deleted, or `None` if
/// the record is about something else. Perhaps nobody has published to this topic for long.
pub fn expired(record: &StreamRecord) -> Option<Topic> {
    if record.new_image.is_some() {
        return None;
    }
    let keys: Image = serde_json::from_value(record.keys.clone()).ok()?;
    backend_aws::expired(&keys).ok().flatten()
}

/// Returns the change of a topic's log that a stream record contains. Returns `None` if the record contains none, for
/// example if its item is a topic's name in the catalogue.
pub fn change(record: StreamRecord) -> Result<Option<Change>, String> {
    let Some(image) = record.new_image else { return Ok(None) };
    let image: Image = serde_json::from_value(image).map_err(|error| error.to_string())?;
    backend_aws::change(&image).map_err(|error| error.to_string())
}

/// Encodes the deliveries of a shard (a part of the subscribers) as the payload of a further invocation of `broadcast`.
pub fn shard_payload(shard: &[Delivery]) -> Vec<u8> {
    let shard = shard.iter().map(Part::from).collect();
    // This cannot fail: strings and lists always serialise.
    serde_json::to_vec(&Payload { shard }).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct Payload {
    shard: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    frames: Vec<String>,
    to: Vec<String>,
}

impl From<&Delivery> for Part {
    fn from(delivery: &Delivery) -> Self {
        let text = |frame: &Bytes| String::from_utf8_lossy(frame).into_owned();
        Self {
            frames: delivery.frames.iter().map(text).collect(),
            to: delivery.to.iter().map(ConnectionId::to_string).collect(),
        }
    }
}

impl From<Part> for Delivery {
    fn from(part: Part) -> Self {
        Self {
            frames: part.frames.into_iter().map(Bytes::from).collect(),
            to: part.to.iter().map(|id| ConnectionId::new(id)).collect(),
        }
    }
}
