//! The last data of the board as text, for a page that is opened while its server cannot be reached. Depends on the
//! session's events.
//!
//! The text is a line with a version and a time, and then a line of JSON for each topic: [`Publications`], as the server
//! sends them. For example:
//!
//! ```text
//! 1 1764426682000
//! {"topic":"kitchen/temp","epoch":"e1","items":[{"offset":7,"ts":5,"received_at":5,"data":21.5}],"meta":{"unit":"°C"}}
//! ```

use std::collections::BTreeMap;

use shared::server::Publications;
use shared::{Epoch, Millis, Publication, Topic, TopicMeta};
use tickertape_session::Event;

use crate::budget::MOST_TOPICS;

/// Version of the format. A text of another version is not read.
const VERSION: &str = "1";
/// Maximum number of publications that are kept for each topic.
const MOST_ITEMS: usize = 200;
/// Minimum time between two publications that are kept, unless their data is text, in milliseconds. Of publications
/// that follow each other faster, the last one is kept.
const LEAST_DISTANCE_MS: Millis = 1_500;
/// Maximum length of the data that is kept for each topic, in bytes. The newest publication is kept however long it is.
const MOST_TOPIC_BYTES: usize = 6_000;

/// The newest data of each topic.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    topics: BTreeMap<Topic, Kept>,
}

/// The newest data of one topic.
#[derive(Clone, Debug, Default)]
struct Kept {
    epoch: Option<Epoch>,
    meta: TopicMeta,
    items: Vec<Publication>,
}

impl Picture {
    /// Adds the data of an event. Events without data are ignored.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::Publications { topic, epoch, items, .. } => {
                if let Some(kept) = self.kept(topic) {
                    kept.epoch = Some(epoch.clone());
                    items.iter().for_each(|item| kept.add(item));
                }
            }
            Event::Topic { topic, meta } => {
                if let Some(kept) = self.kept(topic) {
                    kept.meta = meta.clone();
                }
            }
            Event::TopicGone { topic, .. } => drop(self.topics.remove(topic)),
            // The token before may have allowed others. If the server names no filters, the board stays as it is.
            Event::SubscribeRefused { allowed, .. } if !allowed.is_empty() => {
                self.topics.retain(|topic, _| allowed.iter().any(|filter| filter.matches(topic)));
            }
            Event::Earlier { .. }
            | Event::EarlierFailed { .. }
            | Event::Buckets { .. }
            | Event::PastItems { .. }
            | Event::PastFailed { .. }
            | Event::StateChanged { .. }
            | Event::BannerChanged
            | Event::Subscribed { .. }
            | Event::SubscribeRefused { .. }
            | Event::Unsubscribed { .. }
            | Event::Gap { .. }
            | Event::EpochChanged { .. }
            | Event::Published { .. }
            | Event::PublishRefused { .. }
            | Event::Dropped { .. }
            | Event::Occupancy { .. }
            | Event::Conditions { .. }
            | Event::Error { .. }
            | Event::ProtocolError { .. }
            | Event::TokenWanted
            | Event::Refreshed { .. }
            | Event::AttemptFailed { .. }
            | Event::Disconnected { .. }
            | Event::Failed { .. } => {}
        }
    }

    /// Returns the data as text. `at` is the present time, in milliseconds since the Unix epoch.
    pub fn write(&self, at: Millis) -> String {
        let mut text = format!("{VERSION} {at}\n");
        for (topic, kept) in &self.topics {
            let Some(epoch) = kept.epoch.clone() else { continue };
            let (items, meta) = (kept.items.clone(), Some(kept.meta.clone()));
            let part = Publications { topic: topic.clone(), epoch, items, replay: true, after: None, meta };
            text += &serde_json::to_string(&part).unwrap_or_default();
            text += "\n";
        }
        text
    }

    /// Reads a text that [`Self::write`] has written. Returns its time and the data of each topic, or `None` if the
    /// text is of another version. Lines that are not valid are left out.
    pub fn read(text: &str) -> Option<(Millis, Vec<Publications>)> {
        let (head, lines) = text.split_once('\n')?;
        let (version, at) = head.split_once(' ')?;
        let at = at.parse().ok().filter(|_| version == VERSION)?;
        let parts = lines.lines().take(MOST_TOPICS).filter_map(|line| serde_json::from_str(line).ok());
        Some((at, parts.collect()))
    }

    /// Returns the data of a topic, which is added if there is room for it.
    fn kept(&mut self, topic: &Topic) -> Option<&mut Kept> {
        let is_full = self.topics.len() >= MOST_TOPICS;
        if is_full && !self.topics.contains_key(topic) {
            return None;
        }
        Some(self.topics.entry(topic.clone()).or_default())
    }
}

impl Kept {
    fn add(&mut self, item: &Publication) {
        let is_text = item.data.text().starts_with('"');
        let is_near = |before: &Publication| item.ts - before.ts < LEAST_DISTANCE_MS;
        let has_near = self.items.len() >= 2 && self.items.iter().nth_back(1).is_some_and(is_near);
        if has_near && !is_text {
            self.items.pop();
        }
        self.items.push(item.clone());
        let mut bytes: usize = self.items.iter().map(|item| item.data.text().len()).sum();
        let mut dropped = 0;
        while self.items.len() - dropped > 1
            && (self.items.len() - dropped > MOST_ITEMS || bytes > MOST_TOPIC_BYTES)
        {
            bytes -= self.items[dropped].data.text().len();
            dropped += 1;
        }
        self.items.drain(..dropped);
    }
}

#[cfg(test)]
mod tests {
    use shared::{ErrorCode, Filter};
    use tickertape_session::Refused;

    use super::*;
    use crate::chart::SeriesSet;
    use crate::kind::Kind;
    use crate::stream::{Origin, Stream};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    fn publish(picture: &mut Picture, name: &str, offset: u64, ts: Millis, data: &str) {
        let data = shared::Data::parse(data).unwrap();
        let items = vec![Publication { offset, ts, received_at: ts, data }];
        let epoch = serde_json::from_str("\"abc123\"").unwrap();
        picture.note(&Event::Publications { topic: topic(name), epoch, items, replay: false, left_out: 0 });
    }

    fn restored(picture: &Picture) -> (Millis, Vec<Publications>) {
        Picture::read(&picture.write(90_000)).unwrap()
    }

    #[test]
    fn what_is_read_shows_the_same_values_units_and_kinds() {
        let mut picture = Picture::default();
        let meta = TopicMeta { unit: Some("°C".to_owned()), ..TopicMeta::default() };
        picture.note(&Event::Topic { topic: topic("oven"), meta: meta.clone() });
        publish(&mut picture, "oven", 1, 1_000, "21.50");
        publish(&mut picture, "log", 1, 2_000, "\"order 88213 paid by card, table 4, two guests\"");
        let (at, parts) = restored(&picture);
        assert_eq!((at, parts.len()), (90_000, 2));
        for (part, kind) in parts.iter().zip([Kind::Log, Kind::Number]) {
            let (mut stream, mut series) = (Stream::new(part.topic.clone()), SeriesSet::new(100));
            stream.tell(part.meta.clone().unwrap(), &mut series);
            stream.take(&part.items, Origin::Replayed, &mut series, 90_000);
            assert_eq!(stream.kind(), Some(kind));
        }
        assert_eq!(parts[1].items[0].data.text(), "21.50");
        assert_eq!(parts[1].meta, Some(meta));
    }

    #[test]
    fn a_fast_topic_keeps_its_newest_value_and_one_every_second_and_a_half() {
        let mut picture = Picture::default();
        for number in 0..6_000 {
            publish(&mut picture, "fast", number + 1, 16 * number as i64, &number.to_string());
        }
        let (_, parts) = restored(&picture);
        let items = &parts[0].items;
        assert_eq!(items.last().unwrap().data.text(), "5999");
        assert!((60..=70).contains(&items.len()), "{} items of 96 s", items.len());
        assert!(items.iter().zip(items.iter().skip(1)).all(|(a, b)| a.ts < b.ts));
    }

    #[test]
    fn the_size_is_limited_for_each_topic_and_the_number_of_topics_too() {
        let mut picture = Picture::default();
        let line = format!("\"{}\"", "x".repeat(900));
        for number in 0..50 {
            publish(&mut picture, "log", number + 1, number as i64, &line);
        }
        assert_eq!(restored(&picture).1[0].items.len(), MOST_TOPIC_BYTES / 902);
        let long = format!("\"{}\"", "x".repeat(20_000));
        publish(&mut picture, "log", 60, 60, &long);
        assert_eq!(restored(&picture).1[0].items.len(), 1, "the newest is kept however long it is");
        for number in 0..MOST_TOPICS + 20 {
            publish(&mut picture, &format!("t{number}"), 1, 1, "1");
        }
        assert_eq!(restored(&picture).1.len(), MOST_TOPICS);
    }

    #[test]
    fn a_topic_that_is_gone_is_forgotten() {
        let mut picture = Picture::default();
        publish(&mut picture, "a", 1, 1, "1");
        let last = shared::Position { epoch: serde_json::from_str("\"abc123\"").unwrap(), offset: 1 };
        picture.note(&Event::TopicGone { topic: topic("a"), last });
        assert_eq!(restored(&picture).1, []);
    }

    #[test]
    fn topics_that_a_new_token_does_not_allow_are_forgotten() {
        let cases: [(&[&str], &[&str]); 3] = [
            (&["shop/*"], &["shop/door"]),
            (&["a", "host/*"], &["a", "host/fan"]),
            (&[], &["a", "host/fan", "shop/door"]),
        ];
        for (allowed, kept) in cases {
            let mut picture = Picture::default();
            for name in ["a", "host/fan", "shop/door"] {
                publish(&mut picture, name, 1, 1, "1");
            }
            let allowed: Vec<Filter> = allowed.iter().map(|filter| filter.parse().unwrap()).collect();
            let refused = Refused { code: ErrorCode::Forbidden, message: String::new() };
            picture.note(&Event::SubscribeRefused { filter: Filter::All, allowed, refused });
            let topics: Vec<_> =
                restored(&picture).1.into_iter().map(|part| part.topic.to_string()).collect();
            assert_eq!(topics, kept);
        }
    }

    #[test]
    fn other_text_is_no_picture_and_damaged_lines_are_left_out() {
        for text in ["", "<!doctype html>", "2 90000\n", "1 soon\n", "1"] {
            assert_eq!(Picture::read(text), None, "{text}");
        }
        assert_eq!(Picture::read("1 5\n{\"topic\":\nnonsense\n"), Some((5, Vec::new())));
    }
}
