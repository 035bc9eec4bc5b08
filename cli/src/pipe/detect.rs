//! Which format lines have, told from the first of them.

use serde_json::Value;

use super::format::{Format, columns, csv, logfmt, pairs, scalar};

/// So many lines are looked at, no more: whoever waits for a panel waits for this.
pub const LINES: usize = 5;
/// So long are a few lines looked at before the likeliest format is taken, in milliseconds.
pub const PATIENCE_MS: u64 = 1_000;

/// What the lines so far tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// This it is.
    Is(Format),
    /// It takes another line, or the end of patience.
    Unsure,
}

/// Holds the first lines back until their format is known.
#[derive(Debug, Default)]
pub struct Detector {
    held: Vec<String>,
}

impl Detector {
    /// Takes the next line and says what all of them tell.
    pub fn push(&mut self, line: String) -> Verdict {
        self.held.push(line);
        match tell(&self.held) {
            Some(format) => Verdict::Is(format),
            None if self.held.len() >= LINES => Verdict::Is(Format::Text),
            None => Verdict::Unsure,
        }
    }

    /// The likeliest format, if no further line will come soon.
    pub fn settle(&self) -> Format {
        match self.held.as_slice() {
            [only] if looks_like_a_header(only, 3) => Format::Csv,
            _ => Format::Text,
        }
    }

    /// Whether no line was held back.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The lines held back, in order.
    pub fn into_lines(self) -> Vec<String> {
        self.held
    }
}

fn tell(lines: &[String]) -> Option<Format> {
    let alone = lines.iter().find_map(|line| tell_by_itself(line.trim()));
    alone.or_else(|| lines.windows(2).find_map(|pair| tell_by_header(&pair[0], &pair[1])))
}

/// What a single line gives away.
fn tell_by_itself(line: &str) -> Option<Format> {
    if scalar::is_number(line) {
        Some(Format::Number)
    } else if is_json(line) {
        Some(Format::Json)
    } else if is_logfmt(line) {
        Some(Format::Logfmt)
    } else if has_mostly_pairs(line) {
        Some(Format::Kv)
    } else {
        None
    }
}

fn is_json(line: &str) -> bool {
    line.starts_with(['{', '[', '"']) && serde_json::from_str::<Value>(line).is_ok()
        || matches!(line, "true" | "false")
}

/// It begins with a pair and quotes a value: only logfmt does.
fn is_logfmt(line: &str) -> bool {
    let begins_with_pair = line.split_whitespace().next().is_some_and(|word| pairs::pair(word).is_some());
    begins_with_pair && line.contains("=\"") && logfmt::read(line).is_ok()
}

/// A third of the words: ping's line is pairs, a log's sentence that mentions one is not.
fn has_mostly_pairs(line: &str) -> bool {
    let found = pairs::words(line).filter(|word| pairs::pair(word).is_some()).count();
    found > 0 && found * 3 >= pairs::words(line).count()
}

/// What a line of names gives away together with the line below it.
fn tell_by_header(header: &str, row: &str) -> Option<Format> {
    if is_csv(header, row) {
        return Some(Format::Csv);
    }
    let names: Vec<&str> = header.split_whitespace().collect();
    let words: Vec<&str> = row.split_whitespace().collect();
    let has_names = !names.iter().any(|name| scalar::is_number(name));
    (has_names && names.len() == words.len() && columns::is_row(&words)).then_some(Format::Columns)
}

/// As many fields in both lines, and either numbers below names or more than a comma in a sentence.
fn is_csv(header: &str, row: &str) -> bool {
    if !looks_like_a_header(header, 2) {
        return false;
    }
    let separator = csv::separator(header);
    let (Ok(names), Ok(fields)) = (csv::split(header, separator), csv::split(row, separator)) else {
        return false;
    };
    names.len() == fields.len() && (names.len() > 2 || fields.iter().any(|field| scalar::is_number(field)))
}

/// At least so many names between separators, none of them a number, a sentence or nothing.
fn looks_like_a_header(line: &str, at_least: usize) -> bool {
    let Ok(names) = csv::split(line, csv::separator(line)) else { return false };
    names.len() >= at_least && names.iter().all(|name| is_name(name))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !scalar::is_number(text) && text.split_whitespace().count() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(lines: &[&str]) -> Verdict {
        let mut detector = Detector::default();
        let verdicts = lines.iter().map(|line| detector.push((*line).to_owned()));
        verdicts.last().unwrap()
    }

    #[test]
    fn one_line_is_enough_for_numbers_json_pairs_and_logfmt() {
        let table = [
            ("21.5", Format::Number),
            ("-3e2", Format::Number),
            ("{\"in\": 1}", Format::Json),
            ("[1, 2]", Format::Json),
            ("true", Format::Json),
            ("in=21.5 out=4", Format::Kv),
            ("64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=12.3 ms", Format::Kv),
            ("level=info msg=\"all is well\"", Format::Logfmt),
        ];
        for (line, format) in table {
            assert_eq!(verdict(&[line]), Verdict::Is(format), "{line}");
        }
    }

    #[test]
    fn a_header_needs_the_line_below_it() {
        assert_eq!(verdict(&["time,in,out"]), Verdict::Unsure);
        assert_eq!(verdict(&["time,in,out", "10:00,1,2"]), Verdict::Is(Format::Csv));
        assert_eq!(verdict(&["in;out", "1;2"]), Verdict::Is(Format::Csv));
        assert_eq!(verdict(&["r b swpd", "1 0 0"]), Verdict::Is(Format::Columns));
    }

    #[test]
    fn a_banner_above_the_header_or_the_data_is_no_hindrance() {
        let vmstat = ["procs -----------memory----------", " r  b   swpd   free", " 1  0      0 225488"];
        assert_eq!(verdict(&vmstat), Verdict::Is(Format::Columns));
        let ping =
            ["PING host (192.0.2.1) 56(84) bytes of data.", "64 bytes: icmp_seq=1 ttl=57 time=12.3 ms"];
        assert_eq!(verdict(&ping), Verdict::Is(Format::Kv));
    }

    #[test]
    fn sentences_are_text_after_five_lines_or_a_moment_of_silence() {
        let sentence = "Accepted, after all, from=somewhere in the great wide world of today";
        assert_eq!(verdict(&[sentence; LINES - 1]), Verdict::Unsure);
        assert_eq!(verdict(&[sentence; LINES]), Verdict::Is(Format::Text));
        let mut detector = Detector::default();
        detector.push("Listening on everything".into());
        assert_eq!(detector.settle(), Format::Text);
    }

    #[test]
    fn a_lone_header_of_three_names_settles_as_csv() {
        let mut detector = Detector::default();
        detector.push("time,in,out".into());
        assert_eq!(detector.settle(), Format::Csv);
        assert_eq!(detector.into_lines(), ["time,in,out"]);
    }
}
