//! Formats the measured start times as a table of text.

use std::time::Duration;

/// Returns the lines of the table: a heading, and a line for each function, in the order of `measured`.
pub fn lines(measured: Vec<(String, Vec<Duration>)>) -> Vec<String> {
    let medians: Vec<(String, f64)> =
        measured.iter().map(|(name, starts)| (name.clone(), Spread::of(starts).median)).collect();
    let first = medians.first().map_or("", |(name, _)| name);
    let heading = format!(
        "{:16} {:>6} {:>9} {:>9} {:>9} {:>12} {:>12}",
        "start to first",
        "starts",
        "least ms",
        "median",
        "most",
        format!("to {first}"),
        "to Node's"
    );
    let line = |(name, starts): &(String, Vec<Duration>)| {
        let Spread { least, median, most } = Spread::of(starts);
        format!(
            "{name:16} {:>6} {least:>9.1} {median:>9.1} {most:>9.1} {:>12} {:>12}",
            starts.len(),
            times(median, medians.first().map(|(_, median)| *median)),
            times(median, median_of(&medians, &format!("node-{name}")))
        )
    };
    std::iter::once(heading).chain(measured.iter().map(line)).collect()
}

/// The shortest, median and longest duration, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(starts: &[Duration]) -> Self {
        let mut starts = starts.to_vec();
        starts.sort();
        let ms = |at: usize| starts.get(at).map_or(f64::NAN, |start| start.as_secs_f64() * 1_000.0);
        Self { least: ms(0), median: ms(starts.len() / 2), most: ms(starts.len().saturating_sub(1)) }
    }
}

fn median_of(medians: &[(String, f64)], name: &str) -> Option<f64> {
    medians.iter().find(|(other, _)| other == name).map(|(_, median)| *median)
}

/// Formats the ratio of two medians, for example `2.50 x`. Returns a dash if `other` is `None`.
fn times(median: f64, other: Option<f64>) -> String {
    other.map_or("-".to_owned(), |other| format!("{:.2} x", median / other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(ms: &[u64]) -> Vec<Duration> {
        ms.iter().map(|ms| Duration::from_millis(*ms)).collect()
    }

    #[test]
    fn a_function_is_compared_with_the_first_and_with_its_peer() {
        let measured = [("hello", [2, 1, 3]), ("ingest", [10, 30, 12]), ("node-ingest", [120, 121, 90])];
        let lines = lines(measured.map(|(name, ms)| (name.to_owned(), starts(&ms))).into());
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&lines[2]), ["ingest", "3", "10.0", "12.0", "30.0", "6.00", "x", "0.10", "x"]);
        assert_eq!(words(&lines[1]), ["hello", "3", "1.0", "2.0", "3.0", "1.00", "x", "-"]);
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn all_lines_are_equally_long() {
        let lines = lines(vec![("hello".into(), starts(&[2])), ("a-longer-name".into(), starts(&[1_000]))]);
        let widths: Vec<usize> = lines.iter().map(String::len).collect();
        assert_eq!(widths, [widths[0]; 3]);
    }
}
