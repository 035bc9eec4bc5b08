//! Packs publications into frames (WebSocket messages). Each publication is serialised once, however many frames carry
//! it.
//!
//! API Gateway bills each started 32 KB of a message, so frames are filled up to a limit. For example, with a limit of
//! 100 bytes and two parts, topic `a` with publications of 30, 30 and 30 bytes and topic `b` with one of 10:
//!
//! 1. The first section, of `a`, needs some bytes for its topic and epoch, and for the JSON around it (`SECTION`).
//!    Assume that there is room for two of the three publications: they go into the section `a: 30, 30`.
//! 2. The third one does not fit into this frame, so the frame is complete. It becomes a `publications` message, since
//!    it has one section. A new frame begins with the section `a: 30`.
//! 3. The part `b` fits into the second frame as well. This frame has two sections, and becomes a `batch`.
//!
//! A publication that is larger than a whole frame gets a frame of its own, which exceeds the limit. The metadata of a
//! part is in its first section only.

use bytes::Bytes;
use serde::Serialize;
use shared::{Epoch, Publication, Topic, TopicMeta};

/// Consecutive publications of one topic, serialised as JSON and ready to be put into frames (WebSocket messages).
#[derive(Debug, Clone)]
pub struct Part {
    /// The fields `"topic":…,"epoch":…,"replay":…` as JSON.
    head: String,
    meta: Option<String>,
    items: Vec<String>,
    /// For each of the items, the offset after which it stands for all publications; empty if they are not conflated.
    stand_after: Vec<u64>,
}

impl Part {
    /// Serialises the publications `items` of one topic, which must be sorted by offset. `replay` is true if they are
    /// sent again from history, and false if they are new.
    pub fn new<'a>(
        topic: &Topic,
        epoch: &Epoch,
        items: impl IntoIterator<Item = &'a Publication>,
        replay: bool,
        meta: Option<&TopicMeta>,
    ) -> Self {
        Self {
            head: format!("\"topic\":{},\"epoch\":{},\"replay\":{replay}", to_json(topic), to_json(epoch)),
            meta: meta.map(to_json),
            items: items.into_iter().map(to_json).collect(),
            stand_after: Vec::new(),
        }
    }

    /// Serialises conflated publications of one topic, which must be sorted by offset. They stand for all after the offset `after`.
    pub fn conflated(
        topic: &Topic,
        epoch: &Epoch,
        after: u64,
        items: &[Publication],
        meta: Option<&TopicMeta>,
    ) -> Self {
        let before = std::iter::once(after).chain(items.iter().map(|item| item.offset));
        let stand_after = before.take(items.len()).collect();
        Self { stand_after, ..Self::new(topic, epoch, items, false, meta) }
    }
}

/// Packs `parts`, in their order, into WebSocket messages of at most `limit` bytes, which are called frames. A frame is
/// larger only if it contains a single publication that is too large. A frame with one part is a `publications`
/// message, a frame with several parts is a `batch`.
pub fn frames<'a>(parts: impl IntoIterator<Item = &'a Part>, limit: usize) -> Vec<Bytes> {
    let mut packer = Packer { limit, frames: Vec::new(), sections: Vec::new(), bytes: WRAPPING };
    for part in parts {
        packer.add(part);
    }
    packer.flush();
    packer.frames
}

/// Returns the length of `value` as JSON, in bytes.
pub(crate) fn json_len(value: &impl Serialize) -> usize {
    to_json(value).len()
}

/// Returns how many of `sizes`, counted from the first one, fit into `room` bytes. `sizes` are in bytes, and one byte
/// is added to each for a comma.
pub(crate) fn fitting(sizes: impl IntoIterator<Item = usize>, room: usize) -> usize {
    let mut used = 0;
    sizes
        .into_iter()
        .take_while(|size| {
            used += size + 1;
            used <= room
        })
        .count()
}

/// Splits `values` into groups of consecutive values. The values of a group have at most `room` bytes of JSON together,
/// unless the group consists of a single larger value.
pub(crate) fn runs<T: Serialize>(mut values: Vec<T>, room: usize) -> Vec<Vec<T>> {
    let mut runs = Vec::new();
    while !values.is_empty() {
        let count = fitting(values.iter().map(json_len), room).max(1);
        let rest = values.split_off(count);
        runs.push(std::mem::replace(&mut values, rest));
    }
    runs
}

/// Upper bound for the length in bytes of the JSON around the content of a frame, which is
/// `{"type":"batch","parts":[…]}` or `{"type":"publications",…}`.
const WRAPPING: usize = 32;
/// Upper bound for the length in bytes of the text `{"items":[],"meta":},`, which surrounds the publications of one
/// topic in a frame.
const SECTION: usize = 24;
/// Upper bound for the length in bytes of the text `"after":,` with an offset, which conflated publications have in addition.
const AFTER: usize = 29;

struct Packer {
    limit: usize,
    frames: Vec<Bytes>,
    /// The content of the frame that is being filled: JSON text for each topic.
    sections: Vec<String>,
    /// Length of the frame so far, in bytes.
    bytes: usize,
}

impl Packer {
    fn add(&mut self, part: &Part) {
        let mut meta = part.meta.as_deref();
        let mut items = part.items.as_slice();
        let mut stand_after = part.stand_after.as_slice();
        let after_bytes = if stand_after.is_empty() { 0 } else { AFTER };
        while !items.is_empty() {
            let fixed = SECTION + after_bytes + part.head.len() + meta.map_or(0, str::len);
            let room = self.limit.saturating_sub(self.bytes + fixed);
            let mut count = fitting(items.iter().map(String::len), room);
            if count == 0 && !self.sections.is_empty() {
                self.flush();
                continue;
            }
            // A publication that is larger than the limit is put alone into an empty frame.
            count = count.max(1);
            let (now, later) = items.split_at(count);
            self.push(section(&part.head, stand_after.first().copied(), meta.take(), now));
            items = later;
            stand_after = stand_after.get(count..).unwrap_or_default();
        }
    }

    fn push(&mut self, section: String) {
        self.bytes += section.len() + 3;
        self.sections.push(section);
    }

    fn flush(&mut self) {
        self.bytes = WRAPPING;
        let frame = match self.sections.as_slice() {
            [] => return,
            [only] => format!("{{\"type\":\"publications\",{only}}}"),
            several => format!("{{\"type\":\"batch\",\"parts\":[{{{}}}]}}", several.join("},{")),
        };
        self.sections.clear();
        self.frames.push(frame.into());
    }
}

fn section(head: &str, after: Option<u64>, meta: Option<&str>, items: &[String]) -> String {
    let bytes = items.iter().map(|item| item.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(SECTION + AFTER + head.len() + meta.map_or(0, str::len) + bytes);
    text.push_str(head);
    if let Some(after) = after {
        text.push_str(",\"after\":");
        text.push_str(&after.to_string());
    }
    if let Some(meta) = meta {
        text.push_str(",\"meta\":");
        text.push_str(meta);
    }
    text.push_str(",\"items\":[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(item);
    }
    text.push(']');
    text
}

fn to_json(value: &(impl Serialize + ?Sized)) -> String {
    // This cannot fail, because only names, numbers and JSON values with string keys are serialised.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
