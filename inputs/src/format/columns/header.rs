//! Reads the header of a table, and divides the rows below it into columns.

use super::words::{self, Bars, Group, distinct, in_groups, wide};
use crate::cell::{self, Style};
use crate::time;
use crate::unit::Unit;

/// The names of the columns, and the texts of a row. Each text is given with the index of its column.
pub type NamedCells = (Vec<String>, Vec<(usize, String)>);

/// Names of columns that are the last of their table and may contain text of several words.
pub const LAST: [&str; 9] =
    ["command", "cmd", "args", "comm", "mounted on", "mounted", "description", "what", "last sample"];
/// Names of columns that consist of two words with a single blank between them, in the output of df and chronyc.
const TWO_WORDS: [&str; 5] = ["mounted on", "name/ip address", "last sample", "freq skew", "std dev"];

/// The header of a table: the names of its columns, and the properties by which the rows below it are divided into
/// columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The words of the header line.
    pub words: Vec<String>,
    pub names: Vec<String>,
    pub units: Vec<Option<Unit>>,
    /// The names in the header line if names are separated by at least two blanks, so that a name may consist of
    /// several words.
    pub wide: Vec<String>,
    /// True if the first column contains a time and has no name. In the header lines of sysstat, the time of printing
    /// stands in place of the name.
    pub begins_with_time: bool,
    /// The name of a section that the header line contains before the names of the columns, such as `avg-cpu:`.
    pub section: Option<String>,
    /// True if the words of the header line are separated by single blanks, so that the line may also be a sentence.
    pub is_spaced_like_prose: bool,
    /// True if rows begin with a name above which the header line is blank, as in the output of `free`.
    pub has_row_names: bool,
    /// The bars between the columns.
    pub bars: Bars,
}

/// Returns true if the words have the punctuation of a sentence, of JSON or of `name: value`. The colon of a section such as `avg-cpu:`
/// stands behind the first word.
fn is_sentence(names: &[String]) -> bool {
    let has_end =
        |name: &String| name.ends_with([',', ';', '.', '!', '?']) || name.contains(['=', '{', '}', '"']);
    names.iter().any(has_end) || names[1..].iter().any(|name| name.ends_with(':'))
}

/// Joins the words of names that consist of two words.
fn join_names(names: &mut Vec<String>) {
    let mut at = 0;
    while at + 1 < names.len() && names.len() > 2 {
        let joined = format!("{} {}", names[at], names[at + 1]);
        if TWO_WORDS.iter().any(|known| joined.eq_ignore_ascii_case(known)) {
            names.splice(at..at + 2, [joined]);
        }
        at += 1;
    }
}

/// Returns true if a word is a value in tables and never the name of a column.
fn is_value(word: &str) -> bool {
    ["unlimited", "none", "yes", "no"].iter().any(|value| word.eq_ignore_ascii_case(value))
}

impl Header {
    /// Parses a line as a header. `groups` are the names of groups of columns in the line above it. Returns `None` if
    /// the line contains fewer than two names, or if one of them is a number.
    pub fn read(line: &str, mut words: Vec<String>, groups: &[Group]) -> Option<Self> {
        let bars = Bars::of(line);
        let plain = bars.remove(line);
        match bars {
            Bars::None => {}
            Bars::BetweenGroups => words = words::words(&plain),
            Bars::BetweenColumns => words = words::cells(line),
        }
        let line = plain.as_str();
        let has_hash = line.trim_start().starts_with('#');
        if has_hash {
            if words.first().is_some_and(|word| word == "#") {
                words.remove(0);
            } else if let Some(first) = words.first_mut() {
                *first = first.trim_start_matches('#').to_owned();
            }
        }
        let begins_with_time = time::read_time_of_day(words.first()?).is_some();
        let mut names = if begins_with_time { words[1..].to_vec() } else { words.clone() };
        let style = Style { has_letters: true, ..Style::default() };
        let is_number = |name: &String| {
            cell::is_numeric(name, style) || time::read_time_of_day(name).is_some() || is_value(name)
        };
        if names.is_empty()
            || (names.len() < 2 && !begins_with_time)
            || names.iter().any(is_number)
            || is_sentence(&names)
        {
            return None;
        }
        join_names(&mut names);
        let is_spaced_like_prose =
            !line.trim().contains("  ") && !line.contains('\t') && !begins_with_time && !has_hash;
        // A name with a colon and a tab behind it begins a line of labels.
        if (is_spaced_like_prose || line.contains(":\t"))
            && names[0].ends_with(':')
            && !names[0].eq_ignore_ascii_case("device:")
        {
            return None;
        }
        let section =
            (names.len() > 2 && names[0].ends_with(':') && !names[0].eq_ignore_ascii_case("device:"))
                .then(|| names.remove(0).trim_end_matches(':').to_owned());
        if begins_with_time {
            names.insert(0, "time".to_owned());
        }
        let has_row_names = bars == Bars::None
            && section.is_none()
            && !begins_with_time
            && !has_hash
            && line.starts_with("      ");
        let names = distinct(in_groups(line, names, groups));
        let units = vec![None; names.len()];
        let wide = distinct(wide(line));
        Some(Self {
            words,
            names,
            units,
            wide,
            begins_with_time,
            section,
            is_spaced_like_prose,
            has_row_names,
            bars,
        })
    }

    /// Returns true if the other header has the same names of columns and the same section as this one. The time at
    /// its beginning may differ.
    pub fn is_same(&self, other: &Self) -> bool {
        self.names == other.names && self.section == other.section
    }

    /// Returns the time of day in the header line, in milliseconds since midnight; `None` if it contains none.
    pub fn time_of_day(&self) -> Option<i64> {
        let first = self.words.first().filter(|_| self.begins_with_time)?;
        time::read_time_of_day(first)
    }

    /// Returns true if the table has a column with this name. The column above which the header is blank is called
    /// `name`.
    pub fn has_column(&self, name: &str) -> bool {
        self.names.iter().chain(&self.wide).any(|known| known.eq_ignore_ascii_case(name))
            || (self.has_row_names && name == "name")
    }

    /// Returns true if this line, whose words are separated by single blanks, is the header of another table with as
    /// many columns as the one that `known` is the header of. A sentence in a table contains other words.
    pub fn is_next_after(&self, known: &Self) -> bool {
        const WARNINGS: [&str; 8] =
            ["error", "warn", "warning", "fatal", "critical", "panic", "failed", "failure"];
        let is_warning = |name: &String| WARNINGS.iter().any(|word| name.eq_ignore_ascii_case(word));
        let is_upper = |name: &String| !name.contains(char::is_lowercase);
        let is_known = |name: &String| known.names.contains(name);
        let are_upper = self.names.iter().chain(&known.names).all(is_upper);
        self.names.len() == known.names.len()
            && !self.names.iter().any(is_warning)
            && (self.names.iter().any(is_known) || are_upper)
    }

    /// Divides a row into the texts of its columns. `words` are the words of the line. Returns `None` if the row does
    /// not have the columns of this header.
    pub fn split(&self, line: &str, words: &[String]) -> Option<NamedCells> {
        match self.bars {
            Bars::None => self.split_words(line, words),
            Bars::BetweenGroups => {
                let plain = self.bars.remove(line);
                self.split_words(&plain, &words::words(&plain))
            }
            Bars::BetweenColumns => {
                let cells = words::cells(line);
                let is_row = cells.len() == self.names.len();
                is_row.then(|| (self.names.clone(), cells.into_iter().enumerate().collect()))
            }
        }
    }

    fn split_words(&self, line: &str, words: &[String]) -> Option<NamedCells> {
        let by = |names: &[String], texts: &[String]| {
            Some((names.to_vec(), texts.iter().cloned().enumerate().collect::<Vec<_>>()))
        };
        if self.has_row_names && line.starts_with(|c: char| !c.is_whitespace()) && words.len() > 1 {
            // The name of the row comes first. A short row has no texts for the last columns.
            let is_named = words.len() == self.names.len() + 1
                || (words.len() <= self.names.len() && words[0].ends_with(':'));
            if is_named {
                return by(&[&["name".to_owned()], self.names.as_slice()].concat(), words);
            }
        }
        let wide_row = wide(line);
        let is_wide = self.wide.len() >= 2 && self.wide.len() == wide_row.len();
        // Texts of several words that contain no number are not several columns.
        if is_wide && self.wide.len() < self.names.len() && !wide_row.iter().any(|text| has_numbers(text)) {
            return by(&self.wide, &wide_row);
        }
        if words.len() == self.names.len() {
            return by(&self.names, words);
        }
        let has_long_end =
            self.names.last().is_some_and(|last| LAST.iter().any(|name| last.eq_ignore_ascii_case(name)));
        if has_long_end && words.len() > self.names.len() {
            let first = if self.ends_with_mount() { self.words_of_first(words)? } else { 1 };
            let head = words[..first].join(" ");
            let at = self.names.len() - 2 + first;
            let tail = after_words(line, &words[..at]);
            return by(&self.names, &[&[head], &words[first..at], &[tail.to_owned()]].concat());
        }
        is_wide.then(|| by(&self.wide, &wide_row)).flatten()
    }

    fn ends_with_mount(&self) -> bool {
        self.names.last().is_some_and(|last| last.to_ascii_lowercase().starts_with("mounted"))
    }

    /// Returns the number of words in the first column of a row of `df`, which may contain blanks, as in
    /// `map auto_home`. The mount point in the last column is a path, and there is a number before it.
    fn words_of_first(&self, words: &[String]) -> Option<usize> {
        let last = self.names.len() - 2;
        let style = Style { has_letters: true, ..Style::default() };
        (1..=words.len() - last - 1).find(|first| {
            words[last + first].starts_with('/') && cell::is_numeric(&words[last + first - 1], style)
        })
    }
}

/// Returns true if a text consists of several words and one of them is a number.
fn has_numbers(text: &str) -> bool {
    let style = Style { has_letters: true, ..Style::default() };
    text.contains(' ') && text.split_whitespace().any(|word| cell::is_numeric(word, style))
}

/// Returns the part of a line behind these words, with which it begins.
fn after_words<'a>(line: &'a str, words: &[String]) -> &'a str {
    let count: usize = words.iter().map(|word| word.split_whitespace().count()).sum();
    (0..count).fold(line.trim(), |rest, _| {
        rest.find(char::is_whitespace).map_or("", |end| rest[end..].trim_start())
    })
}
