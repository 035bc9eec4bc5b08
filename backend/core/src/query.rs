//! Parses the query strings of the HTTP API.

use serde_json::{Value, json};
use shared::client::Producer;
use shared::meta::MEANINGS;
use shared::{ErrorCode, Millis, Position, Topic, TopicMeta, timestamp};

use crate::refusal::Refusal;

/// The parsed query string of `POST /topics/{topic}`. Unknown keys are ignored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PublishQuery {
    /// Value of `ts`: time at which the published event happened, for publications that contain no time.
    pub ts: Option<Millis>,
    /// Values of `producer`, `seq` and `done`, by which a request that is sent twice is recognised. `producer` and
    /// `seq` have to be given together.
    pub producer: Option<Producer>,
    /// Metadata of the topic, from the keys `unit`, `label`, `expect_every_ms`, `min`, `max`, `decimals`, `scale`, `target` and
    /// `panel`, and from `good`, `warning`, `bad` and `neutral`. Each of the last four lists the states that have this meaning,
    /// separated by commas. The keys `above`, `below`, `warn_above` and `warn_below` are thresholds, also several of them.
    pub meta: TopicMeta,
}

impl PublishQuery {
    /// Parses the key-value pairs of a query string, which are already percent-decoded. If a key occurs twice, the last
    /// one counts.
    ///
    /// # Errors
    ///
    /// A refusal with code 206 for a bad `ts`, and with code 200 for any other bad value. The message names the key.
    pub fn read<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, Refusal>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut query = Self::default();
        let (mut producer, mut seq, mut done) = (None, None, false);
        for (key, value) in pairs {
            let value = value.as_ref();
            match key.as_ref() {
                "ts" => query.ts = Some(parse_ts(value)?),
                "producer" => producer = Some(value.to_owned()),
                "seq" => seq = Some(parse("seq", value, "a whole number")?),
                "done" => done = parse("done", value, "true or false")?,
                "unit" => query.meta.unit = Some(value.to_owned()),
                "label" => query.meta.label = Some(value.to_owned()),
                "panel" => query.meta.panel = Some(value.to_owned()),
                "expect_every_ms" => {
                    query.meta.expect_every_ms = Some(parse("expect_every_ms", value, "whole milliseconds")?);
                }
                meaning if MEANINGS.contains(&meaning) => {
                    let states = value.split(',').map(str::trim).filter(|state| !state.is_empty());
                    let named = states.map(|state| (state.to_owned(), meaning.to_owned()));
                    query.meta.states.extend(named);
                }
                "decimals" => query.meta.decimals = Some(parse("decimals", value, "a whole number")?),
                "above" | "below" | "warn_above" | "warn_below" => {
                    let threshold = threshold(key.as_ref(), parse_finite(key.as_ref(), value)?);
                    let thresholds =
                        query.meta.thresholds.get_or_insert_with(|| Box::new(Value::Array(Vec::new())));
                    thresholds.as_array_mut().into_iter().for_each(|list| list.push(threshold.clone()));
                }
                "min" => query.meta.min = Some(parse_finite("min", value)?),
                "max" => query.meta.max = Some(parse_finite("max", value)?),
                "scale" => query.meta.scale = Some(value.to_owned()),
                "target" => query.meta.target = Some(parse_finite("target", value)?),
                _ => {}
            }
        }
        query.producer = pair(producer, seq, done)?;
        Ok(query)
    }
}

/// Returns the threshold that a key such as `warn_above` means.
fn threshold(key: &str, bound: f64) -> Value {
    match key.strip_prefix("warn_") {
        Some(way) => json!({way: bound, "means": "warning"}),
        None => json!({key: bound}),
    }
}

fn pair(id: Option<String>, seq: Option<u64>, done: bool) -> Result<Option<Producer>, Refusal> {
    match (id, seq) {
        (Some(id), Some(seq)) => Ok(Some(Producer { id, seq, done })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(Refusal::new(
            ErrorCode::Malformed,
            "`producer` and `seq` belong together: send both or neither",
        )),
    }
}

/// The parsed query string of `GET /topics/{topic}`, which reads a part of a topic's log. Unknown keys are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Value of `since`: the place in the log after which to read; `None` to read the newest publications.
    pub since: Option<Since>,
    /// Value of `limit`: maximum number of publications to return.
    pub limit: Option<u32>,
    /// Value of `from_ms`: only publications that were received at this time or later.
    pub from_ms: Option<Millis>,
    /// Value of `to_ms`: only publications that were received before this time.
    pub to_ms: Option<Millis>,
    /// Value of `step_ms`: length of a bucket, to read buckets instead of publications.
    pub step_ms: Option<u64>,
}

/// A place in a log after which a client wants to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// A position in the form `EPOCH:OFFSET`.
    Position(Position),
    /// An offset without an epoch, which is understood as an offset in the current log.
    Offset(u64),
}

impl HistoryQuery {
    /// Parses the key-value pairs of a query string, which are already percent-decoded. If a key occurs twice, the last
    /// one counts.
    ///
    /// # Errors
    ///
    /// A refusal with code 200, whose message names the key.
    pub fn read<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, Refusal>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut query = Self::default();
        for (key, value) in pairs {
            match key.as_ref() {
                "since" => query.since = Some(parse_since(value.as_ref())?),
                "limit" => query.limit = Some(parse("limit", value.as_ref(), "a whole number")?),
                "from_ms" => query.from_ms = Some(parse("from_ms", value.as_ref(), MILLIS)?),
                "to_ms" => query.to_ms = Some(parse("to_ms", value.as_ref(), MILLIS)?),
                "step_ms" => query.step_ms = Some(parse("step_ms", value.as_ref(), "whole milliseconds")?),
                _ => {}
            }
        }
        Ok(query)
    }
}

/// The format of a time in a query, for error messages.
const MILLIS: &str = "whole milliseconds since 1970";

/// The parsed query string of `GET /topics`, which lists topics. Unknown keys are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicsQuery {
    /// Value of `after`: only topics whose names come after this one are listed. A client takes it from the field
    /// `next` of the previous page.
    pub after: Option<Topic>,
    /// Value of `limit`: maximum number of topics to return.
    pub limit: Option<u32>,
}

impl TopicsQuery {
    /// Parses the key-value pairs of a query string, which are already percent-decoded. If a key occurs twice, the last
    /// one counts.
    ///
    /// # Errors
    ///
    /// A refusal with code 202 for a bad topic in `after`, and with code 200 for a bad `limit`. The message names the
    /// key.
    pub fn read<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, Refusal>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut query = Self::default();
        for (key, value) in pairs {
            match key.as_ref() {
                "after" => query.after = Some(parse_topic("after", value.as_ref())?),
                "limit" => query.limit = Some(parse("limit", value.as_ref(), "a whole number")?),
                _ => {}
            }
        }
        Ok(query)
    }
}

fn parse_topic(key: &str, text: &str) -> Result<Topic, Refusal> {
    Topic::new(text).map_err(|error| {
        Refusal::new(ErrorCode::BadTopic, format!("the parameter {key} is not valid: {error}"))
    })
}

fn parse_since(text: &str) -> Result<Since, Refusal> {
    if let Ok(offset) = text.parse() {
        return Ok(Since::Offset(offset));
    }
    text.parse().map(Since::Position).map_err(|error| {
        Refusal::new(
            ErrorCode::Malformed,
            format!("the parameter since is not valid: {error}, or write the offset alone, such as 17"),
        )
    })
}

fn parse_ts(text: &str) -> Result<Millis, Refusal> {
    let value = text.parse().map_or_else(|_| Value::from(text), Value::Number);
    timestamp::read(&value).map_err(|error| Refusal::new(ErrorCode::BadTimestamp, error.to_string()))
}

fn parse_finite(key: &str, text: &str) -> Result<f64, Refusal> {
    let number: f64 = parse(key, text, "a number")?;
    if number.is_finite() { Ok(number) } else { Err(expected(key, text, "a finite number")) }
}

fn parse<T: std::str::FromStr>(key: &str, text: &str, what: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| expected(key, text, what))
}

fn expected(key: &str, text: &str, what: &str) -> Refusal {
    Refusal::new(ErrorCode::Malformed, format!("the parameter {key} is {text:?}, but must be {what}"))
}

#[cfg(test)]
mod tests {
    use shared::Epoch;

    use super::*;

    #[test]
    fn every_key_of_a_publication_is_read() {
        let pairs = [
            ("ts", "1800000000000"),
            ("producer", "me"),
            ("seq", "7"),
            ("unit", "°C"),
            ("min", "-10.5"),
            ("target", "20"),
            ("scale", "log"),
            ("expect_every_ms", "1000"),
            ("later", "x"),
        ];
        let query = PublishQuery::read(pairs).unwrap();
        assert_eq!(query.ts, Some(1_800_000_000_000));
        assert_eq!(query.producer, Some(Producer { id: "me".into(), seq: 7, done: false }));
        assert_eq!((query.meta.unit.as_deref(), query.meta.min), (Some("°C"), Some(-10.5)));
        assert_eq!((query.meta.scale.as_deref(), query.meta.target), (Some("log"), Some(20.0)));
        assert_eq!(query.meta.expect_every_ms, Some(1000));
    }

    #[test]
    fn thresholds_are_keys_with_a_number_and_several_are_a_list() {
        let query = PublishQuery::read([("above", "30"), ("warn_above", "25.5"), ("decimals", "1")]).unwrap();
        let expected = json!([{"above": 30.0}, {"above": 25.5, "means": "warning"}]);
        assert_eq!((query.meta.thresholds.as_deref(), query.meta.decimals), (Some(&expected), Some(1)));
        assert!(PublishQuery::read([("below", "cold")]).unwrap_err().message.contains("below"));
    }

    #[test]
    fn a_time_is_read_as_that_of_an_envelope() {
        let ts = |text: &str| PublishQuery::read([("ts", text)]).map(|query| query.ts);
        for text in ["1800000000000", "1800000000", "1800000000.0", "1800000000000.4", "2027-01-15T08:00:00Z"]
        {
            assert_eq!(ts(text), Ok(Some(1_800_000_000_000)), "{text}");
        }
        assert_eq!(ts("2027-01-15T09:00:00.5+01:00"), Ok(Some(1_800_000_000_500)));
        assert!(ts("2027-01-15T08:00:00").is_err(), "the zone is not known");
    }

    #[test]
    fn states_have_the_meanings_that_the_query_gives_them() {
        let query = PublishQuery::read([("good", "open, on"), ("bad", "shut")]).unwrap();
        let states = [("open", "good"), ("on", "good"), ("shut", "bad")];
        assert_eq!(
            query.meta.states,
            states.map(|(state, meaning)| (state.to_owned(), meaning.to_owned())).into()
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_names_its_key() {
        for (key, value, code) in [
            ("ts", "now", ErrorCode::BadTimestamp),
            ("ts", "2027-01-15 without a time", ErrorCode::BadTimestamp),
            ("min", "NaN", ErrorCode::Malformed),
            ("max", "inf", ErrorCode::Malformed),
            ("expect_every_ms", "-1", ErrorCode::Malformed),
            ("producer", "alone", ErrorCode::Malformed),
            ("seq", "x", ErrorCode::Malformed),
            ("done", "1", ErrorCode::Malformed),
        ] {
            let refusal = PublishQuery::read([(key, value)]).unwrap_err();
            assert_eq!(refusal.code, code, "{key}={value}");
            assert!(refusal.message.contains(key), "{}", refusal.message);
        }
    }

    #[test]
    fn a_page_of_topics_begins_after_a_topic() {
        let read = |key, value| TopicsQuery::read([(key, value)]);
        assert_eq!(read("after", "host/cpu").unwrap().after, Some(Topic::new("host/cpu").unwrap()));
        assert_eq!(read("after", "a b").unwrap_err().code, ErrorCode::BadTopic);
        assert_eq!(read("limit", "many").unwrap_err().code, ErrorCode::Malformed);
    }

    #[test]
    fn since_is_a_position_or_an_offset() {
        let since = |text| HistoryQuery::read([("since", text)]).map(|query| query.since);
        assert_eq!(since("17"), Ok(Some(Since::Offset(17))));
        assert_eq!(since("abc:17"), Ok(Some(Since::Position(Position::new(Epoch::new("abc"), 17)))));
        assert_eq!(since("abc").unwrap_err().code, ErrorCode::Malformed);
        assert_eq!(HistoryQuery::read([("limit", "-1")]).unwrap_err().code, ErrorCode::Malformed);
        for key in ["from_ms", "to_ms", "step_ms"] {
            let refusal = HistoryQuery::read([(key, "yesterday")]).unwrap_err();
            assert!(refusal.message.contains(key), "{}", refusal.message);
        }
    }
}
