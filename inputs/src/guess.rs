//! Recognises the format of an input by trying to read its first lines in each format.

use shared::Millis;

use crate::format::{Format, csv, json, pairs};
use crate::options::Options;
use crate::parser::Parser;
use crate::verdict::Read;

/// Maximum number of lines that are read before a format is chosen. Nothing is published before that, so the number
/// is small. In the output of `top`, five lines stand before the header.
pub const LINES: usize = 8;

/// The format that was recognised, and the number of lines before the first line that has this format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The format that was recognised.
    pub format: Format,
    /// Number of lines before the header. They do not have the recognised format.
    pub skip: usize,
    /// Number of lines that have this format.
    pub lines: usize,
}

impl Guess {
    fn from_start(format: Format, lines: usize) -> Self {
        Self { format, skip: 0, lines }
    }
}

/// Returns the format of the lines if it is certain. Returns `None` if further lines are needed to recognise it.
pub fn early(lines: &[&str], options: &Options) -> Option<Guess> {
    let last = lines.last()?;
    // This is the beginning of a value that is printed over several lines, as `jq` does.
    if matches!(last.trim(), "{" | "[") || Trial::run(Format::Json, lines, options).is_open {
        return None;
    }
    for format in ALONE {
        let trial = Trial::run(format, lines, options);
        let is_clear = match format {
            Format::Pairs => pairs::is_sure(last) || trial.rows >= 2,
            // A single number may be a count in a banner before the data, so more than half of the lines must be
            // numbers.
            Format::Number => trial.rows * 2 > lines.len(),
            // A text in quotes may be the title of something else.
            Format::Json => trial.rows >= 2 || !last.trim_start().starts_with('"'),
            // A sentence may contain a colon and a number, so a single line is not sufficient.
            Format::Labels => trial.rows >= 2 && trial.is_whole(lines),
            _ => true,
        };
        if trial.is_last_row && is_clear {
            return Some(Guess::from_start(format, trial.rows + trial.structure));
        }
    }
    with_header(lines, options)
}

/// Returns the most likely format of the lines, even if it is not certain. It is called when no further line is
/// expected soon.
pub fn late(lines: &[&str], options: &Options) -> Guess {
    if let Some(guess) = early(lines, options) {
        return guess;
    }
    if Trial::run(Format::Json, lines, options).is_open {
        return Guess::from_start(Format::Json, lines.len());
    }
    let half = |trial: &Trial| {
        trial.rows > 0 && (trial.rows + trial.structure) * 2 >= lines.len() && trial.is_last_row
    };
    let found = ALONE.into_iter().find(|format| half(&Trial::run(*format, lines, options)));
    match (found, lines) {
        (Some(format), _) => Guess::from_start(format, lines.len()),
        (None, [only]) if csv::looks_like_a_header(only, 3) => Guess::from_start(Format::Csv, 1),
        (None, _) => Guess::from_start(Format::Text, lines.len()),
    }
}

/// The formats that can be recognised from a single line, because they have no header. They are tried in this order.
const ALONE: [Format; 11] = [
    Format::Number,
    Format::Json,
    Format::Prometheus,
    Format::Influx,
    Format::Statsd,
    Format::Graphite,
    Format::Syslog,
    Format::Access,
    Format::Tools,
    Format::Pairs,
    Format::Labels,
];

/// Returns the format that all of the lines have, including the first one, or `None` if this is not certain.
pub fn whole(lines: &[&str], options: &Options) -> Option<Format> {
    let guess = early(lines, options).filter(|guess| guess.skip == 0)?;
    Trial::run(guess.format, lines, options).is_whole(lines).then_some(guess.format)
}

fn with_header(lines: &[&str], options: &Options) -> Option<Guess> {
    for (skip, pair) in lines.windows(2).enumerate() {
        let is_csv = csv::fits(pair[0], &lines[skip + 1..])
            || (pair[0].starts_with("sep=") && csv::looks_like_a_header(pair[1], 2));
        if is_csv {
            return Some(Guess { format: Format::Csv, skip, lines: lines.len() - skip });
        }
    }
    let trial = Trial::run(Format::Columns, lines, options);
    (trial.rows > 0 && trial.is_last_row)
        .then_some(Guess::from_start(Format::Columns, trial.rows + trial.structure))
}

/// Time of reading in a trial. The format of a line does not depend on it.
const ANY_TIME: Millis = 0;

/// The result of trying to read lines in one format: how many of the lines were rows of values, how many were
/// structure such as headers, and whether the last line was a row.
struct Trial {
    rows: usize,
    structure: usize,
    is_last_row: bool,
    /// True if the last lines are the beginning of a value that continues on the next line.
    is_open: bool,
}

impl Trial {
    fn run(format: Format, lines: &[&str], options: &Options) -> Self {
        let mut parser = Parser::new(format, options, false);
        let mut trial = Self { rows: 0, structure: 0, is_last_row: false, is_open: false };
        let mut open = 0;
        for line in lines {
            // A line that does not look like JSON is not passed to the reader. A number does look like JSON, but its
            // own format is tried first.
            let is_json = || json::looks_like_json(line.trim()) && !json::is_number(line.trim());
            if format == Format::Json && open == 0 && !is_json() {
                trial.is_last_row = false;
                continue;
            }
            let read = parser.read(line, ANY_TIME);
            trial.is_last_row = matches!(read, Read::Row(_));
            match read {
                Read::Row(_) => {
                    trial.rows += 1 + open;
                    open = 0;
                }
                Read::More => open += 1,
                Read::Structure | Read::PerhapsHeader => trial.structure += 1,
                Read::Broken(_) | Read::Unfit | Read::Misfit(_) | Read::Bad(_) => open = 0,
            }
        }
        trial.is_open = open > 0;
        trial
    }

    /// Returns true if every one of `lines` has the format of this trial.
    fn is_whole(&self, lines: &[&str]) -> bool {
        self.rows > 0 && self.rows + self.structure >= lines.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(lines: &[&str]) -> Option<Format> {
        super::early(lines, &Options::default()).map(|guess| guess.format)
    }

    fn late(lines: &[&str]) -> Format {
        super::late(lines, &Options::default()).format
    }

    #[test]
    fn one_line_is_enough_where_it_says_what_it_is() {
        let table = [
            ("21.5", Format::Number),
            ("{\"in\": 1}", Format::Json),
            ("[1, 2]", Format::Json),
            ("true", Format::Json),
            ("in=21.5 out=4", Format::Pairs),
            ("level=info msg=\"all is well\"", Format::Pairs),
            ("http_requests{code=\"200\"} 7", Format::Prometheus),
            ("cpu,host=a idle=98.2 1795344127101388154", Format::Influx),
            ("api.requests:1|c", Format::Statsd),
            ("<34>1 2026-11-22T10:42:07Z board su - - - failed", Format::Syslog),
            ("Nov 22 10:42:07 board sshd[811]: Server listening.", Format::Syslog),
            ("192.0.2.7 - - [22/Nov/2026:10:42:07 +0000] \"GET / HTTP/1.1\" 200 12", Format::Access),
        ];
        for (line, format) in table {
            assert_eq!(early(&[line]), Some(format), "{line}");
        }
    }

    #[test]
    fn a_header_needs_the_line_below_it() {
        assert_eq!(early(&["time,in,out"]), None);
        assert_eq!(early(&["time,in,out", "10:00,1,2"]), Some(Format::Csv));
        assert_eq!(early(&["in;out", "1;2"]), Some(Format::Csv));
        assert_eq!(early(&["r b swpd", "1 0 0"]), Some(Format::Columns));
        assert_eq!(late(&["time,in,out"]), Format::Csv);
    }

    #[test]
    fn a_banner_above_the_header_or_the_data_is_no_hindrance() {
        let vmstat =
            ["procs -----------memory---------- ---swap--", " r  b   swpd   free", " 1  0      0 225488"];
        assert_eq!(early(&vmstat), Some(Format::Columns));
        let ping =
            ["PING host (192.0.2.1) 56(84) bytes of data.", "64 bytes: icmp_seq=1 ttl=57 time=12.3 ms"];
        assert_eq!((early(&ping), late(&ping)), (None, Format::Pairs));
    }

    #[test]
    fn a_sentence_with_a_pair_in_it_decides_nothing() {
        assert_eq!(early(&["listening addr=:8080"]), None);
        assert_eq!(late(&["listening addr=:8080", "GET / took 3 ms", "shutting down"]), Format::Text);
        assert_eq!(late(&["5", "files were read from here"]), Format::Text);
    }
}
