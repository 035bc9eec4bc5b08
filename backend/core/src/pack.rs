//! Packing publications into frames: each is serialised once, whatever number of frames carries it.

use bytes::Bytes;
use serde::Serialize;
use shared::{Epoch, Publication, Topic, TopicMeta};

/// A stretch of one topic's log, serialised and ready to be put into frames.
#[derive(Debug, Clone)]
pub struct Part {
    /// `"topic":…,"epoch":…,"replay":…`
    head: String,
    meta: Option<String>,
    items: Vec<String>,
}

impl Part {
    /// Serialises `items`, in order of offset.
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
        }
    }
}

/// The frames that carry `parts` in order, each at most `limit` bytes unless a single publication is larger.
/// One part makes a `publications` message, several a `batch`.
pub fn frames<'a>(parts: impl IntoIterator<Item = &'a Part>, limit: usize) -> Vec<Bytes> {
    let mut packer = Packer { limit, frames: Vec::new(), sections: Vec::new(), bytes: WRAPPING };
    for part in parts {
        packer.add(part);
    }
    packer.flush();
    packer.frames
}

/// How many bytes `value` has as JSON.
pub(crate) fn json_len(value: &impl Serialize) -> usize {
    to_json(value).len()
}

/// How many of `sizes`, from the first, fit into `room` with a comma each.
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

/// Splits `values` into runs that fit into `room` bytes each; a value that does not fit alone is alone.
pub(crate) fn runs<T: Serialize>(mut values: Vec<T>, room: usize) -> Vec<Vec<T>> {
    let mut runs = Vec::new();
    while !values.is_empty() {
        let count = fitting(values.iter().map(json_len), room).max(1);
        let rest = values.split_off(count);
        runs.push(std::mem::replace(&mut values, rest));
    }
    runs
}

/// More than the longest wrapping, `{"type":"batch","parts":[…]}` or `{"type":"publications",…}`.
const WRAPPING: usize = 32;
/// `{"items":[],"meta":},` around a section.
const SECTION: usize = 24;

struct Packer {
    limit: usize,
    frames: Vec<Bytes>,
    sections: Vec<String>,
    bytes: usize,
}

impl Packer {
    fn add(&mut self, part: &Part) {
        let mut meta = part.meta.as_deref();
        let mut items = part.items.as_slice();
        while !items.is_empty() {
            let fixed = SECTION + part.head.len() + meta.map_or(0, str::len);
            let room = self.limit.saturating_sub(self.bytes + fixed);
            let mut count = fitting(items.iter().map(String::len), room);
            if count == 0 && !self.sections.is_empty() {
                self.flush();
                continue;
            }
            count = count.max(1);
            let (now, later) = items.split_at(count);
            self.push(section(&part.head, meta.take(), now));
            items = later;
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

fn section(head: &str, meta: Option<&str>, items: &[String]) -> String {
    let bytes = items.iter().map(|item| item.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(SECTION + head.len() + meta.map_or(0, str::len) + bytes);
    text.push_str(head);
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
    // Names, numbers and JSON values with string keys always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
