//! Divides a line into words, parts or groups of columns, and recognises separator lines such as `-----`.

use crate::names::Names;
use crate::time;

/// The name that a line of dashes gives to a group of columns. The group reaches from the byte with the index `from`
/// to the byte before `to`.
#[derive(Debug, Clone)]
pub struct Group {
    pub name: String,
    pub from: usize,
    pub to: usize,
}

/// Divides a line into words at blanks. A date and the time after it are one word, and so are a time and the AM or PM
/// after it.
pub fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let joined = words.last().map(|last| format!("{last} {word}"));
        match joined {
            Some(joined)
                if time::read(&joined).is_some()
                    || (matches!(word, "AM" | "PM") && time::read_time_of_day(&joined).is_some()) =>
            {
                words.pop();
                words.push(joined);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// The bars that a program has drawn between the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bars {
    /// There are none. A bar in a row is part of a value.
    None,
    /// Bars stand between groups of columns, as in the output of dstat.
    BetweenGroups,
    /// There is a bar between any two columns.
    BetweenColumns,
}

impl Bars {
    /// Returns the kind of bars in a header line.
    pub fn of(line: &str) -> Self {
        if line.trim_start().starts_with('|') {
            Self::BetweenColumns
        } else if line.contains('|') {
            Self::BetweenGroups
        } else {
            Self::None
        }
    }

    /// Returns a line with its bars replaced by blanks.
    pub fn remove(self, line: &str) -> String {
        if self == Self::None { line.to_owned() } else { line.replace('|', " ") }
    }
}

/// Divides a line into the texts between its bars.
pub fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// Divides a line into parts that are separated by at least two blanks.
pub fn wide(line: &str) -> Vec<String> {
    let parts = line.trim().split("  ").map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Returns the groups of columns that are named in a line such as `disk- -----reads----- ----writes----`, each with
/// its place in the line.
pub fn groups(line: &str) -> Vec<Group> {
    let words = line.split_whitespace().map(|word| (word.as_ptr() as usize - line.as_ptr() as usize, word));
    let group = |(from, word): (usize, &str)| Group {
        name: word.trim_matches('-').to_owned(),
        from,
        to: from + word.len(),
    };
    words.map(group).filter(|group| group.name.contains(char::is_alphanumeric)).collect()
}

/// Returns the groups of columns that are named between the bars of a line, such as `Inter-| Receive | Transmit` in
/// /proc/net/dev.
pub fn groups_between_bars(line: &str) -> Vec<Group> {
    let mut from = 0;
    let cells = line.split('|').map(|cell| {
        let group = Group { name: cell.trim().to_owned(), from, to: from + cell.len() };
        from = group.to + 1;
        group
    });
    let mut groups: Vec<Group> = cells.filter(|group| !group.name.is_empty()).collect();
    // The line ends behind the name of its last group, but the columns of this group do not.
    if let Some(last) = groups.last_mut() {
        last.to = usize::MAX;
    }
    groups
}

/// Makes the names of columns different by means of their groups: several columns `total` become `reads.total` and
/// `writes.total`. Other names are returned unchanged.
pub fn in_groups(line: &str, names: Vec<String>, groups: &[Group]) -> Vec<String> {
    let places: Vec<usize> = line
        .split_whitespace()
        .map(|word| word.as_ptr() as usize - line.as_ptr() as usize + word.len() / 2)
        .collect();
    if places.len() != names.len() {
        return names;
    }
    let is_ambiguous = |name: &String| names.iter().filter(|other| *other == name).count() > 1;
    let with_group = |(name, place): (&String, usize)| {
        let group = groups.iter().find(|group| (group.from..group.to).contains(&place));
        match group.filter(|_| is_ambiguous(name)) {
            Some(group) => format!("{}.{name}", group.name),
            None => name.clone(),
        }
    };
    names.iter().zip(places).map(with_group).collect()
}

pub fn distinct(names: Vec<String>) -> Vec<String> {
    let mut taken = Names::default();
    names.into_iter().map(|name| taken.take(name)).collect()
}

/// Returns true if a line consists of dashes or similar characters. It may also contain names of groups of columns:
/// `procs -----memory----- ---swap--`. Each of these names has dashes on both sides; only the first may have none.
pub fn is_separator(line: &str) -> bool {
    let line = line.trim();
    // In the Markdown language, a colon specifies the alignment of a column.
    let is_line = |c: char| matches!(c, '-' | '=' | '+' | '|' | '_' | '*' | '─' | '│' | ' ' | ':');
    let is_group = |word: &str| word.len() > 1 && word.starts_with('-') && word.ends_with('-');
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_first = is_group(first) || first.chars().all(|c| c.is_alphabetic() || c == '-');
    (line.len() >= 3 && line.chars().all(is_line) && !line.chars().all(|c| matches!(c, ':' | ' ')))
        || (is_first && line.contains("--") && line.contains(' ') && words.all(is_group))
}
