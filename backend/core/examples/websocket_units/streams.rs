//! Makes the publications of one minute for several typical publishers.

use backend_core::ports::Change;
use serde_json::{Value, json};
use shared::{Epoch, Millis, Publication, Topic};

const START: Millis = 1_800_000_000_000;
const MINUTE_MS: Millis = 60_000;

/// A series of publications as a typical publisher makes them in one minute.
pub struct Stream {
    /// Description of the stream, which is printed.
    pub name: &'static str,
    /// One change for each publication, in the order in which the publications were received.
    pub changes: Vec<Change>,
}

impl Stream {
    /// Returns the number of publications in the stream.
    pub fn publications(&self) -> usize {
        self.changes.iter().map(|change| change.items.len()).sum()
    }

    /// Creates a stream of `topics` topics. Each topic has `a_minute` publications at equal intervals. Topic number n
    /// begins n times `apart_ms` milliseconds after the first one.
    fn regular(
        name: &'static str,
        topics: i64,
        a_minute: i64,
        apart_ms: Millis,
        data: fn(i64) -> Value,
    ) -> Self {
        let mut changes: Vec<Change> = (0..topics)
            .flat_map(|topic| (0..a_minute).map(move |number| (topic, number)))
            .map(|(topic, number)| {
                let at = START + number * MINUTE_MS / a_minute + topic * apart_ms;
                change(topic, number, at, data(number))
            })
            .collect();
        changes.sort_by_key(|change| change.items.first().map(|item| item.received_at));
        Self { name, changes }
    }

    /// Creates a stream of `count` publications to one topic, which are all received at the same time.
    fn burst(name: &'static str, count: i64) -> Self {
        Self { name, changes: (0..count).map(|number| change(0, number, START, small(number))).collect() }
    }
}

/// Returns all streams for which the program computes the bill.
pub fn all() -> Vec<Stream> {
    vec![
        Stream::regular("1 topic at 1 Hz", 1, 60, 0, small),
        Stream::regular("1 topic at 50 Hz", 1, 3_000, 0, small),
        Stream::regular("30 topics at 1 Hz, all at once", 30, 60, 0, small),
        Stream::regular("30 topics at 1 Hz, over the second", 30, 60, 33, small),
        Stream::burst("a burst of 300 to 1 topic", 300),
        Stream::regular("1 topic of 10 KB at 1 Hz", 1, 60, 0, table),
        Stream::regular("10 topics of 10 KB at 1 Hz, at once", 10, 60, 0, table),
    ]
}

fn change(topic: i64, number: i64, at: Millis, data: Value) -> Change {
    let offset = number.unsigned_abs() + 1;
    Change {
        topic: Topic::new(&format!("host/metric{topic:02}")).unwrap(),
        epoch: Epoch::new("9f86d081884c"),
        items: vec![Publication { offset, ts: at, received_at: at, data: data.into() }],
        meta: None,
        ended: false,
    }
}

/// Returns the data of a typical small publication: two named numbers.
fn small(number: i64) -> Value {
    json!({"user": number % 100, "system": 1.25})
}

/// Returns the data of a typical large publication: a table of processes with 10 KB of JSON.
fn table(number: i64) -> Value {
    let row = |place: i64| json!({"pid": 1_000 + place, "name": "a-program-of-some-kind", "cpu": number % 100, "memory": 12_345_678});
    Value::Array((0..141).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_ten_kilobytes() {
        let bytes = table(7).to_string().len();
        assert!((10_000..10_400).contains(&bytes), "{bytes}");
    }

    #[test]
    fn topics_of_one_stream_begin_one_after_the_other_and_are_told_in_order_of_time() {
        let stream = Stream::regular("test", 3, 60, 100, small);
        let at: Vec<Millis> =
            stream.changes.iter().map(|change| change.items[0].received_at - START).collect();
        assert_eq!(at[..5], [0, 100, 200, 1_000, 1_100]);
        assert_eq!(stream.publications(), 180);
    }
}
