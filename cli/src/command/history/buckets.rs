//! Prints the past of a topic in buckets.

use serde::Serialize;
use shared::bucket::{Bucket, Tally};
use shared::{Data, Epoch, Millis, Topic};
use tickertape_client::history::{Past, Period};

use crate::command::output::Output;
use crate::error::CliError;
use crate::term::{Look, Paint, date_and_time, escaped, say};

/// A line of the output.
enum Row<'a> {
    /// A bucket of the series with this name.
    Bucket(&'a str, &'a Bucket),
    /// Publications without values.
    Lines(&'a Tally),
    /// Publications that are lost.
    Lost(&'a Tally),
}

/// Prints a stretch of a topic's past, in the order of time. What is not as requested is told on standard error.
///
/// # Errors
///
/// An error if standard output cannot be written.
pub(super) fn print(
    topic: &Topic,
    period: Period,
    step_ms: u64,
    past: &Past,
    as_json: bool,
) -> Result<(), CliError> {
    let mut output = Output::open();
    let paint = Paint::stdout();
    for row in rows(past) {
        if as_json {
            output.json(&json_line(topic, past, &row))?;
        } else {
            output.words(&words(&row, &|look, text| paint.paint(look, text)))?;
        }
    }
    output.flush()?;
    notes(period, step_ms, past).into_iter().for_each(say);
    Ok(())
}

fn rows(past: &Past) -> Vec<Row<'_>> {
    let buckets = past
        .series
        .iter()
        .flat_map(|series| series.buckets.iter().map(|bucket| Row::Bucket(&series.name, bucket)));
    let lines = past.lines.iter().map(Row::Lines);
    let mut rows: Vec<_> = buckets.chain(lines).chain(past.lost.iter().map(Row::Lost)).collect();
    // Rows of the same time keep the order of the series.
    rows.sort_by_key(Row::first_ms);
    rows
}

impl Row<'_> {
    fn times(&self) -> (Millis, Millis) {
        match self {
            Self::Bucket(_, bucket) => (bucket.first_ms, bucket.last_ms),
            Self::Lines(tally) | Self::Lost(tally) => (tally.first_ms, tally.last_ms),
        }
    }

    fn first_ms(&self) -> Millis {
        self.times().0
    }
}

/// Returns a row as text. `paint` adds a style to a part of it.
fn words(row: &Row<'_>, paint: &dyn Fn(Look, String) -> String) -> String {
    let (first_ms, last_ms) = row.times();
    let time = paint(Look::Dim, format!("{} {}", date_and_time(first_ms), span(last_ms.abs_diff(first_ms))));
    let text = match row {
        Row::Bucket(name, bucket) => bucket_words(name, bucket),
        Row::Lines(tally) => format!("{} without values", publications(tally.count)),
        Row::Lost(tally) => paint(Look::Red, format!("{} lost", publications(tally.count))),
    };
    format!("{time}  {text}")
}

fn bucket_words(name: &str, bucket: &Bucket) -> String {
    let name = if name.is_empty() { String::new() } else { format!("{}  ", escaped(name)) };
    let value = |of: &str, data: &Data| format!(" {of}={}", escaped(data.text()));
    let range = bucket.range.as_ref();
    let range = range.map(|range| value("min", &range.min) + &value("max", &range.max)).unwrap_or_default();
    let others = if bucket.others > 0 { format!(" others={}", bucket.others) } else { String::new() };
    let (first, last) = (value("first", &bucket.first), value("last", &bucket.last));
    format!("{name}n={}{first}{last}{range}{others}", bucket.count)
}

/// Formats the length of a bucket in seconds with a fixed width, such as `   59.000s`.
fn span(ms: u64) -> String {
    format!("{:>8}s", format!("{}.{:03}", ms / 1_000, ms % 1_000))
}

fn publications(count: u64) -> String {
    if count == 1 { "1 publication".to_owned() } else { format!("{count} publications") }
}

/// Returns sentences about everything in which the answer is not as requested.
fn notes(period: Period, step_ms: u64, past: &Past) -> Vec<String> {
    let mut notes = Vec::new();
    if past.step_ms > step_ms {
        let length = span(past.step_ms);
        notes.push(format!(
            "the buckets are {} long, because there would be too many of the given length",
            length.trim()
        ));
    }
    if let (Some(from_ms), Some(kept_from_ms)) = (period.from_ms, past.kept_from_ms)
        && kept_from_ms > from_ms
    {
        notes.push(format!(
            "the server has nothing of this topic from before {}",
            date_and_time(kept_from_ms)
        ));
    }
    if !past.left_out.is_empty() {
        let names = past.left_out.names.join(", ");
        notes.push(format!(
            "{} fields of the data are left out, such as {}",
            past.left_out.count,
            escaped(&names)
        ));
    }
    notes
}

fn json_line(topic: &Topic, past: &Past, row: &Row<'_>) -> String {
    // `json!` is not used, because it would parse the data and lose digits.
    #[derive(Serialize)]
    struct Line<'a> {
        topic: &'a Topic,
        epoch: &'a Epoch,
        step_ms: u64,
        #[serde(flatten)]
        of: Of<'a>,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Of<'a> {
        Bucket {
            series: &'a str,
            first_ms: Millis,
            last_ms: Millis,
            count: u64,
            changes: u64,
            first: &'a Data,
            last: &'a Data,
            min: Option<&'a Data>,
            max: Option<&'a Data>,
            others: u64,
        },
        Lines {
            lines: Count,
        },
        Lost {
            lost: Count,
        },
    }
    #[derive(Serialize)]
    struct Count {
        first_ms: Millis,
        last_ms: Millis,
        count: u64,
    }
    let count = |Tally { first_ms, last_ms, count }: Tally| Count { first_ms, last_ms, count };
    let of = match row {
        Row::Bucket(series, bucket) => {
            let Bucket { first_ms, last_ms, count, changes, first, last, range, others } = bucket;
            let (min, max) = (range.as_ref().map(|range| &range.min), range.as_ref().map(|range| &range.max));
            let (first_ms, last_ms, count, changes) = (*first_ms, *last_ms, *count, *changes);
            Of::Bucket { series, first_ms, last_ms, count, changes, first, last, min, max, others: *others }
        }
        Row::Lines(tally) => Of::Lines { lines: count(**tally) },
        Row::Lost(tally) => Of::Lost { lost: count(**tally) },
    };
    // This cannot fail, because only names, numbers and JSON text are serialised.
    serde_json::to_string(&Line { topic, epoch: &past.epoch, step_ms: past.step_ms, of }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use shared::bucket::{LeftOut, Series};

    use super::*;

    fn past() -> Past {
        let bucket = |text: &str| serde_json::from_str(text).unwrap();
        let tally = |first_ms, count| Tally { first_ms, last_ms: first_ms + 500, count };
        Past {
            epoch: Epoch::new("e"),
            step_ms: 60_000,
            kept_from_ms: Some(1_800_000_000_000),
            series: vec![
                Series {
                    name: "load".to_owned(),
                    buckets: vec![
                        bucket("[1800000000000,59000,60,58,12.50,13,11.9,97.250]"),
                        bucket("[1800000060000,0,1,0,7]"),
                    ],
                },
                Series {
                    name: String::new(),
                    buckets: vec![bucket(r#"[1800000000000,1000,3,2,"\u001b[2J",2.0,1,2.0,1]"#)],
                },
            ],
            lines: vec![tally(1_800_000_030_000, 2)],
            lost: vec![tally(1_800_000_040_000, 1)],
            left_out: LeftOut { count: 70, names: vec!["disk.64".to_owned()] },
        }
    }

    #[test]
    fn rows_are_in_the_order_of_time_and_show_digits_as_published() {
        let words: Vec<String> = rows(&past()).iter().map(|row| words(row, &|_, text| text)).collect();
        assert_eq!(
            words,
            [
                "2027-01-15T08:00:00.000Z   59.000s  load  n=60 first=12.50 last=13 min=11.9 max=97.250",
                "2027-01-15T08:00:00.000Z    1.000s  n=3 first=\"\\u001b[2J\" last=2.0 min=1 max=2.0 others=1",
                "2027-01-15T08:00:30.000Z    0.500s  2 publications without values",
                "2027-01-15T08:00:40.000Z    0.500s  1 publication lost",
                "2027-01-15T08:01:00.000Z    0.000s  load  n=1 first=7 last=7 min=7 max=7",
            ]
        );
    }

    #[test]
    fn lines_of_json_have_the_fields_of_a_bucket_or_a_count() {
        let topic = Topic::new("a").unwrap();
        let past = past();
        let lines: Vec<String> = rows(&past).iter().map(|row| json_line(&topic, &past, row)).collect();
        assert_eq!(
            lines[0],
            r#"{"topic":"a","epoch":"e","step_ms":60000,"series":"load","first_ms":1800000000000,"last_ms":1800000059000,"count":60,"changes":58,"first":12.50,"last":13,"min":11.9,"max":97.250,"others":0}"#
        );
        assert_eq!(
            lines[3],
            r#"{"topic":"a","epoch":"e","step_ms":60000,"lost":{"first_ms":1800000040000,"last_ms":1800000040500,"count":1}}"#
        );
    }

    #[test]
    fn everything_that_is_not_as_requested_is_told() {
        let period = Period { from_ms: Some(1_799_000_000_000), to_ms: None };
        assert_eq!(
            notes(period, 1_000, &past()),
            [
                "the buckets are 60.000s long, because there would be too many of the given length",
                "the server has nothing of this topic from before 2027-01-15T08:00:00.000Z",
                "70 fields of the data are left out, such as disk.64",
            ]
        );
        assert_eq!(
            notes(Period::default(), 60_000, &Past { left_out: LeftOut::default(), ..past() }),
            [""; 0]
        );
    }
}
