//! Counts what happens in an app, for its board. The functions here are pure: times are arguments.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Map, Value, json};
use shared::limits::PUBLICATION_BYTES;
use shared::{TopicMeta, topic};

use crate::term::{clip, time_of_day};

/// Number of frames that the table of all frames, and that of one connection, shows.
const ROWS: usize = 50;
/// Maximum number of connections with a table of their own.
const TABLES: usize = 24;
/// Maximum number of lines of a log that are published at once. If there are more, the others are counted.
const LINES: usize = 200;
/// Declared time between publications of topics that follow what clients do, in milliseconds. Silence of clients is no lack of data,
/// so the board must not learn a shorter one and call these topics stale.
const WHEN_USED_MS: u64 = 24 * 60 * 60 * 1_000;
/// Number of characters of a text that a table shows.
const TEXT_CHARS: usize = 120;
/// Number of characters of an event or a line that a log shows.
const LINE_CHARS: usize = 1_000;

/// Values for one topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Name of the topic.
    pub topic: String,
    /// Values, the oldest first.
    pub values: Vec<Value>,
    /// Metadata of the topic.
    pub meta: TopicMeta,
}

/// The counts of an app since they were last published, and its newest frames.
#[derive(Debug, Default)]
pub struct Tally {
    open: u64,
    messages: u64,
    sent: u64,
    handshakes: BTreeMap<String, u64>,
    posts: BTreeMap<&'static str, u64>,
    functions: BTreeMap<String, FunctionTally>,
    logs: BTreeMap<String, Lines>,
    frames: Table,
    connections: BTreeMap<String, Table>,
    /// Connections with a table that have ended or were refused, the one that ended first at the front.
    ended: VecDeque<String>,
    mappings: BTreeMap<String, MappingTally>,
    queues: BTreeMap<String, Value>,
}

#[derive(Debug, Default)]
struct MappingTally {
    records: usize,
    failed: usize,
    age: Option<Duration>,
}

#[derive(Debug, Default)]
struct FunctionTally {
    invocations: u64,
    errors: u64,
    running: u64,
    durations: Vec<Duration>,
    init: Option<Duration>,
    /// The last second had durations. After it, the line of the chart ends.
    has_line: bool,
}

#[derive(Debug, Default)]
struct Lines {
    lines: Vec<Value>,
    left_out: u64,
}

#[derive(Debug, Default)]
struct Table {
    rows: VecDeque<Value>,
    changed: bool,
}

/// A frame of a connection, for the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameRow<'a> {
    /// Time, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// Id of the connection.
    pub connection: &'a str,
    /// Direction: `in` or `out`, or what happened to the connection.
    pub way: &'a str,
    /// Text of the frame.
    pub text: &'a str,
    /// Key of the route that a message selected.
    pub route: Option<&'a str>,
    /// Answer of the gateway, or result of a post.
    pub answer: &'a str,
    /// Time until the answer.
    pub duration: Option<Duration>,
}

impl Tally {
    /// Counts a handshake by the status of its answer. If the connection was refused, its frame was its last one.
    pub fn handshake(&mut self, connection: &str, status: u16) {
        *self.handshakes.entry(status.to_string()).or_default() += 1;
        if status == 101 {
            self.open += 1;
        } else {
            self.give_up(connection);
        }
    }

    /// Counts the end of a connection, after its last frame.
    pub fn end(&mut self, connection: &str) {
        self.open = self.open.saturating_sub(1);
        self.give_up(connection);
    }

    /// Counts a message of a client, and the frame that answers it.
    pub fn message(&mut self, is_answered: bool) {
        self.messages += 1;
        self.sent += u64::from(is_answered);
    }

    /// Counts a post to a connection by its result.
    pub fn post(&mut self, result: &'static str) {
        *self.posts.entry(result).or_default() += 1;
        self.sent += u64::from(result == "200");
    }

    /// Adds a frame to the tables: the one of all, and that of its connection.
    pub fn frame(&mut self, frame: &FrameRow<'_>) {
        let row = frame.row();
        self.frames.add(row.clone());
        if self.has_table(frame) {
            self.connections.entry(frame.connection.to_owned()).or_default().add(row);
        }
    }

    /// Returns true if the connection of a frame has a table, or may have one. If there are as many as there may be, the table of the
    /// connection that ended first makes room.
    fn has_table(&mut self, frame: &FrameRow<'_>) -> bool {
        if self.connections.contains_key(frame.connection) {
            return true;
        }
        if frame.is_failed_post() {
            return false;
        }
        if self.connections.len() >= TABLES
            && let Some(ended) = self.ended.pop_front()
        {
            self.connections.remove(&ended);
        }
        self.connections.len() < TABLES
    }

    /// Lets the table of a connection make room for that of another one. Until then it stays, so that its last frames are seen.
    fn give_up(&mut self, connection: &str) {
        if self.connections.contains_key(connection) && !self.ended.iter().any(|ended| ended == connection) {
            self.ended.push_back(connection.to_owned());
        }
    }

    /// Counts an invocation that begins.
    pub fn begin(&mut self, function: &str) {
        self.function(function).running += 1;
    }

    /// Counts an invocation that has ended.
    pub fn report(&mut self, function: &str, init: Option<Duration>, duration: Duration, failed: bool) {
        let tally = self.function(function);
        tally.running = tally.running.saturating_sub(1);
        tally.invocations += 1;
        tally.errors += u64::from(failed);
        tally.durations.push(duration);
        tally.init = init.or(tally.init);
    }

    /// Sets the time that a process took to start, which no invocation has waited for.
    pub fn started(&mut self, function: &str, init: Duration) {
        self.function(function).init = Some(init);
    }

    /// Counts the records of a batch that a mapping has passed to its function.
    pub fn batch(&mut self, mapping: &str, records: usize, failed: usize) {
        let tally = self.mappings.entry(mapping.to_owned()).or_default();
        tally.records += records;
        tally.failed += failed;
    }

    /// Sets the age of the last record of a stream that a mapping has read.
    pub fn iterator_age(&mut self, mapping: &str, age: Duration) {
        self.mappings.entry(mapping.to_owned()).or_default().age = Some(age);
    }

    /// Sets the numbers of messages in a queue.
    pub fn queue(&mut self, queue: &str, depth: Value) {
        self.queues.insert(queue.to_owned(), depth);
    }

    /// Adds a line to a log.
    pub fn line(&mut self, log: &str, level: Option<&str>, message: &str, request_id: Option<&str>) {
        let lines = self.logs.entry(log.to_owned()).or_default();
        if lines.lines.len() >= LINES {
            lines.left_out += 1;
            return;
        }
        let mut line = Map::new();
        line.insert("message".into(), clip(message, LINE_CHARS).into());
        line.extend(level.map(|level| ("level".to_owned(), level.into())));
        line.extend(request_id.map(|id| ("request".to_owned(), id.into())));
        lines.lines.push(Value::Object(line));
    }

    /// Returns what is to be published once a second, and begins to count anew.
    pub fn take(&mut self) -> Vec<Published> {
        let mut all = vec![
            numbers("app/connections", "Connections open", None, json!(self.open)),
            numbers("app/messages", "Frames a second", None, json!({"in": self.messages, "out": self.sent})),
        ];
        (self.messages, self.sent) = (0, 0);
        // A status that was counted once goes on as 0, so that its line ends at the bottom of the chart.
        for (topic, label, counts) in [
            ("app/handshakes", "Handshakes a second by status", counted(&mut self.handshakes)),
            ("app/posts", "Posts a second by status", counted(&mut self.posts)),
        ] {
            all.extend(counts.map(|counts| numbers(topic, label, None, counts)));
        }
        for (name, tally) in &mut self.functions {
            all.extend(tally.take(name));
        }
        for (name, tally) in &mut self.mappings {
            all.extend(tally.take(name));
        }
        for (name, depth) in &self.queues {
            all.push(numbers(&format!("queues/{name}"), "Messages in the queue", None, depth.clone()));
        }
        for (name, lines) in std::mem::take(&mut self.logs) {
            all.push(lines.published(&name));
        }
        all.extend(self.frames.take("frames/all", "All frames"));
        for (connection, table) in &mut self.connections {
            let name = connection.trim_end_matches('=');
            all.extend(table.take(&format!("frames/{name}"), &format!("Frames of {connection}")));
        }
        all
    }

    fn function(&mut self, name: &str) -> &mut FunctionTally {
        self.functions.entry(name.to_owned()).or_default()
    }
}

impl FunctionTally {
    fn take(&mut self, name: &str) -> Vec<Published> {
        let counts =
            json!({"invocations": self.invocations, "errors": self.errors, "concurrency": self.running});
        let mut all = vec![numbers(&format!("functions/{name}"), "a second", None, counts)];
        let durations = self.values();
        let has_line = durations.is_some();
        // `null` says that there is no value, so that the next one is not joined to the last one.
        let end = || self.has_line.then(|| json!({"mean": null, "longest": null, "init": null}));
        all.extend(durations.or_else(end).map(|values| {
            numbers(&format!("durations/{name}"), "Duration of invocations", Some("ms"), values)
        }));
        *self = Self { running: self.running, has_line, ..Self::default() };
        all
    }

    /// Returns the durations of a second, in milliseconds, or `None` if in it no invocation has ended and no process has started.
    fn values(&self) -> Option<Value> {
        let ms = |duration: Duration| (duration.as_secs_f64() * 10_000.0).round() / 10.0;
        let Some(longest) = self.durations.iter().max() else {
            return self.init.map(|init| json!({"mean": null, "longest": null, "init": ms(init)}));
        };
        let sum: Duration = self.durations.iter().sum();
        let mean = sum / u32::try_from(self.durations.len()).unwrap_or(u32::MAX);
        // No process was started in a second without an init phase. A missing value would look like one that has stopped.
        let init = self.init.unwrap_or_default();
        Some(json!({"mean": ms(mean), "longest": ms(*longest), "init": ms(init)}))
    }
}

impl MappingTally {
    fn take(&mut self, name: &str) -> Vec<Published> {
        let counts = json!({"records": self.records, "failed": self.failed});
        (self.records, self.failed) = (0, 0);
        let mut all = vec![numbers(&format!("mappings/{name}"), "Records a second", None, counts)];
        all.extend(self.age.map(|age| {
            let age = json!(u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
            numbers(&format!("mappings/{name}/age"), "Iterator age", Some("ms"), age)
        }));
        all
    }
}

impl Lines {
    fn published(mut self, name: &str) -> Published {
        if self.left_out > 0 {
            let message = format!("{} more lines in this second are left out", self.left_out);
            self.lines.push(json!({"message": message, "level": "WARN"}));
        }
        let meta = TopicMeta { panel: Some("log".into()), ..TopicMeta::default() };
        let name: String =
            name.chars().map(|letter| if topic::is_allowed(letter) { letter } else { '-' }).collect();
        Published { topic: format!("logs/{name}"), values: self.lines, meta }
    }
}

impl Table {
    fn add(&mut self, row: Value) {
        self.rows.truncate(ROWS - 1);
        self.rows.push_front(row);
        self.changed = true;
    }

    fn take(&mut self, topic: &str, label: &str) -> Option<Published> {
        let meta = TopicMeta {
            panel: Some("table".into()),
            label: Some(clip(label, 60)),
            expect_every_ms: Some(WHEN_USED_MS),
            ..TopicMeta::default()
        };
        // One publication has all rows. If they are too large, the oldest are left out.
        while serde_json::to_string(&self.rows).is_ok_and(|json| json.len() > PUBLICATION_BYTES) {
            self.rows.pop_back();
        }
        let values = vec![self.rows.iter().cloned().collect()];
        std::mem::take(&mut self.changed).then(|| Published { topic: topic.to_owned(), values, meta })
    }
}

impl FrameRow<'_> {
    /// Returns true for a post that failed. It is no sign of a connection, whose end would follow.
    fn is_failed_post(&self) -> bool {
        self.way == "out" && self.answer != "200"
    }

    fn row(&self) -> Value {
        json!({
            "time": time_of_day(self.at_ms),
            "connection": self.connection,
            "way": self.way,
            "text": clip(self.text, TEXT_CHARS),
            "route": self.route.unwrap_or_default(),
            "answer": clip(self.answer, TEXT_CHARS),
            "ms": self.duration.map_or(Value::Null, |duration| json!(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))),
        })
    }
}

fn counted<K: Ord + AsRef<str>>(counts: &mut BTreeMap<K, u64>) -> Option<Value> {
    let object: Map<String, Value> =
        counts.iter().map(|(name, count)| (name.as_ref().to_owned(), (*count).into())).collect();
    counts.values_mut().for_each(|count| *count = 0);
    (!object.is_empty()).then_some(Value::Object(object))
}

fn numbers(topic: &str, label: &str, unit: Option<&str>, value: Value) -> Published {
    let meta = TopicMeta {
        label: Some(label.to_owned()),
        unit: unit.map(str::to_owned),
        expect_every_ms: Some(if unit.is_none() { 1_000 } else { WHEN_USED_MS }),
        min: Some(0.0),
        ..TopicMeta::default()
    };
    Published { topic: topic.to_owned(), values: vec![value], meta }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(published: &[Published], topic: &str) -> Option<Value> {
        published.iter().find(|one| one.topic == topic).map(|one| one.values.iter().cloned().collect())
    }

    fn frame<'a>(connection: &'a str, text: &'a str) -> FrameRow<'a> {
        FrameRow { at_ms: 0, connection, way: "in", text, route: None, answer: "", duration: None }
    }

    #[test]
    fn counts_begin_anew_each_second_and_gauges_stay() {
        let mut tally = Tally::default();
        tally.handshake("a", 101);
        tally.handshake("b", 403);
        tally.message(true);
        tally.post("410");
        tally.begin("chat");
        let first = tally.take();
        assert_eq!(of(&first, "app/connections"), Some(json!([1])));
        assert_eq!(of(&first, "app/messages"), Some(json!([{"in": 1, "out": 1}])));
        assert_eq!(of(&first, "app/handshakes"), Some(json!([{"101": 1, "403": 1}])));
        assert_eq!(of(&first, "app/posts"), Some(json!([{"410": 1}])));
        assert_eq!(
            of(&first, "functions/chat"),
            Some(json!([{"invocations": 0, "errors": 0, "concurrency": 1}]))
        );
        tally.end("a");
        tally.report("chat", Some(Duration::from_millis(90)), Duration::from_millis(20), true);
        let second = tally.take();
        assert_eq!(of(&second, "app/connections"), Some(json!([0])));
        assert_eq!(of(&second, "app/posts"), Some(json!([{"410": 0}])));
        assert_eq!(
            of(&second, "functions/chat"),
            Some(json!([{"invocations": 1, "errors": 1, "concurrency": 0}]))
        );
        assert_eq!(
            of(&second, "durations/chat"),
            Some(json!([{"mean": 20.0, "longest": 20.0, "init": 90.0}]))
        );
    }

    #[test]
    fn durations_after_a_second_without_invocations_are_not_joined_to_those_before() {
        let mut tally = Tally::default();
        let mut durations = |invoked: bool| {
            if invoked {
                tally.report("chat", None, Duration::from_millis(20), false);
            }
            of(&tally.take(), "durations/chat")
        };
        let value = Some(json!([{"mean": 20.0, "longest": 20.0, "init": 0.0}]));
        assert_eq!(durations(false), None);
        assert_eq!(durations(true), value);
        assert_eq!(durations(false), Some(json!([{"mean": null, "longest": null, "init": null}])));
        assert_eq!((durations(false), durations(true)), (None, value));
    }

    #[test]
    fn a_start_without_an_invocation_has_its_time() {
        let mut tally = Tally::default();
        tally.started("chat", Duration::from_millis(90));
        let times = json!([{"mean": null, "longest": null, "init": 90.0}]);
        assert_eq!(of(&tally.take(), "durations/chat"), Some(times));
    }

    #[test]
    fn a_table_has_the_newest_frames_and_each_connection_has_its_own() {
        let mut tally = Tally::default();
        (0..ROWS + 5).for_each(|number| tally.frame(&frame("a=", &number.to_string())));
        tally.frame(&frame("b=", "hello"));
        let published = tally.take();
        let all = of(&published, "frames/all").expect("a table");
        assert_eq!((all[0].as_array().map(Vec::len), &all[0][0]["text"]), (Some(ROWS), &json!("hello")));
        assert_eq!(of(&published, "frames/b").expect("a table")[0][0]["connection"], "b=");
        assert_eq!(of(&tally.take(), "frames/all"), None);
    }

    /// Returns the connections that have a table.
    fn with_table(tally: &Tally) -> Vec<&str> {
        tally.connections.keys().map(String::as_str).collect()
    }

    #[test]
    fn the_table_of_the_connection_that_ended_first_makes_room_for_another_one() {
        let mut tally = Tally::default();
        let names: Vec<String> = (0..TABLES + 3).map(|number| format!("{number:02}")).collect();
        for name in &names[..TABLES] {
            tally.frame(&frame(name, "hello"));
        }
        tally.end("07");
        tally.end("03");
        tally.frame(&frame("07", "a late frame"));
        assert_eq!(with_table(&tally), names[..TABLES]);
        tally.frame(&frame(&names[TABLES], "hello"));
        assert!(!with_table(&tally).contains(&"07") && with_table(&tally).contains(&"24"));
        tally.frame(&frame(&names[TABLES + 1], "hello"));
        assert!(!with_table(&tally).contains(&"03") && with_table(&tally).contains(&"25"));
        tally.frame(&frame(&names[TABLES + 2], "hello"));
        assert_eq!((tally.connections.len(), with_table(&tally).contains(&"26")), (TABLES, false));
    }

    #[test]
    fn a_page_that_is_loaded_again_and_again_and_a_refused_client_leave_room_for_others() {
        let mut tally = Tally::default();
        for number in 0..3 * TABLES {
            let (loaded, refused) = (format!("loaded-{number}"), format!("refused-{number}"));
            tally.frame(&frame(&loaded, "hello"));
            tally.handshake(&loaded, 101);
            tally.end(&loaded);
            tally.frame(&frame(&refused, ""));
            tally.handshake(&refused, 401);
            tally.frame(&FrameRow { way: "out", answer: "410", ..frame("loaded-0", "too late") });
        }
        (0..TABLES).for_each(|number| tally.frame(&frame(&format!("open-{number}"), "hello")));
        assert!(with_table(&tally).iter().all(|name| name.starts_with("open-")), "{:?}", with_table(&tally));
        assert_eq!((tally.connections.len(), tally.ended.len()), (TABLES, 0));
    }

    #[test]
    fn what_follows_the_clients_is_not_expected_every_second() {
        let mut tally = Tally::default();
        tally.frame(&frame("a=", "hello"));
        tally.report("chat", None, Duration::from_millis(20), false);
        let published = tally.take();
        for (topic, expected) in
            [("frames/all", WHEN_USED_MS), ("durations/chat", WHEN_USED_MS), ("functions/chat", 1_000)]
        {
            let one = published.iter().find(|one| one.topic == topic).expect("it is published");
            assert_eq!(one.meta.expect_every_ms, Some(expected), "{topic}");
        }
    }

    #[test]
    fn a_table_of_long_texts_has_the_newest_frames_that_fit_into_a_publication() {
        let mut tally = Tally::default();
        let text = "\u{4e00}".repeat(TEXT_CHARS);
        (0..ROWS).for_each(|_| tally.frame(&FrameRow { answer: &text, ..frame("a=", &text) }));
        let all = of(&tally.take(), "frames/all").expect("a table");
        let rows = all[0].as_array().map_or(0, Vec::len);
        assert!((20..ROWS).contains(&rows) && all[0].to_string().len() <= PUBLICATION_BYTES, "{rows} rows");
    }

    #[test]
    fn a_log_whose_name_has_a_blank_has_a_topic() {
        let mut tally = Tally::default();
        tally.line("DynamoDB Local", None, "started", None);
        assert!(of(&tally.take(), "logs/DynamoDB-Local").is_some());
    }

    #[test]
    fn lines_beyond_the_maximum_are_counted() {
        let mut tally = Tally::default();
        (0..LINES + 2).for_each(|_| tally.line("chat", Some("INFO"), "x", Some("id")));
        let lines = of(&tally.take(), "logs/chat").expect("lines");
        assert_eq!(lines[0], json!({"message": "x", "level": "INFO", "request": "id"}));
        assert_eq!(lines[LINES]["message"], "2 more lines in this second are left out");
    }
}
