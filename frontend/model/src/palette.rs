//! The search of the palette: topics, boards and actions whose names match what was typed, the best first. Depends on
//! [`super::sorted`].

use std::ops::Range;

use super::sorted;

mod score;

pub use score::{Match, matched};

/// Maximum number of entries that are remembered as chosen recently.
pub const MOST_RECENT: usize = 6;
/// Maximum number of entries of a section that are shown. The others are counted.
pub const MOST_SHOWN: usize = 50;

/// Something that can be chosen in the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Text that identifies the entry in the browser's storage, such as `topic host/cpu`.
    pub key: String,
    /// Part of the list in which the entry stands.
    pub section: Section,
    /// Name by which the entry is found, and which is shown.
    pub name: String,
    /// Words beside the name, such as the state of a topic.
    pub about: String,
    /// Further words by which the entry is found. They are not shown.
    pub also: String,
    /// The keys that do the same, in words; empty if there are none.
    pub keys: String,
}

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Entries that were chosen recently. They are shown if nothing is typed.
    Recent,
    /// Topics.
    Topics,
    /// Boards of the server.
    Boards,
    /// Actions.
    Actions,
}

impl Section {
    /// Returns the heading of the part.
    pub fn words(self) -> &'static str {
        match self {
            Self::Recent => "Recent",
            Self::Topics => "Topics",
            Self::Boards => "Boards",
            Self::Actions => "Actions",
        }
    }
}

/// An entry that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of the entry in the list that was searched.
    pub index: usize,
    /// The parts of the name that match, as ranges of bytes.
    pub ranges: Vec<Range<usize>>,
}

/// The entries of a section that were found, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The section.
    pub section: Section,
    /// At most [`MOST_SHOWN`] entries.
    pub hits: Vec<Hit>,
    /// Number of all entries that were found.
    pub count: usize,
    /// Number of entries of the section, whether they were found or not.
    pub of: usize,
}

impl Found {
    /// Returns the heading of the section, such as `Topics, 3 of 214`.
    pub fn heading(&self) -> String {
        let words = self.section.words();
        match self.section {
            Section::Recent => words.to_owned(),
            Section::Topics | Section::Boards | Section::Actions if self.hits.len() == self.of => {
                words.to_owned()
            }
            Section::Topics | Section::Boards | Section::Actions => {
                format!("{words}, {} of {}", self.hits.len(), self.of)
            }
        }
    }
}

/// Returns the entries that match a text, in sections. Without a text, these are the entries that were chosen recently, then all
/// others in their order. With a text, the section with the best match is the first, and an entry that was chosen recently stands
/// before others that match as well. `recent` are the keys of the entries that were chosen recently, the last one first.
pub fn search(items: &[Item], text: &str, recent: &[String]) -> Vec<Found> {
    let is_typed = !text.trim().is_empty();
    let place = |item: &Item| recent.iter().position(|key| *key == item.key);
    let mut found: Vec<(Section, i64, Hit)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(Match { score, ranges }) = matched(text, &item.name, &item.also) else { continue };
        let place = place(item);
        let section = if is_typed || place.is_none() { item.section } else { Section::Recent };
        let rank = match (is_typed, place) {
            (true, Some(_)) => score + 1,
            (true, None) => score,
            (false, place) => place.map_or(0, |place| -(place as i64)),
        };
        found.push((section, rank, Hit { index, ranges }));
    }
    // The sort keeps the order of entries that match equally well.
    sorted::sort_by_key(&mut found, |(_, rank, _)| -*rank);
    let mut sections = [Section::Recent, Section::Topics, Section::Boards, Section::Actions].map(|section| {
        let is_of = |item: &&Item| item.section == section && (is_typed || place(item).is_none());
        let of = items.iter().filter(is_of).count();
        let best = found.iter().find(|(other, ..)| *other == section).map_or(-i64::MAX, |(_, rank, _)| *rank);
        let hits = found.iter().filter(|(other, ..)| *other == section).map(|(.., hit)| hit.clone());
        let hits: Vec<Hit> = hits.collect();
        let count = hits.len();
        (best, Found { section, hits: hits.into_iter().take(MOST_SHOWN).collect(), count, of })
    });
    if is_typed {
        sorted::sort_by(&mut sections, |(best, _)| -*best);
    }
    sections.into_iter().map(|(_, found)| found).filter(|found| found.count > 0).collect()
}

/// Returns the keys of recently chosen entries after `key` was chosen.
pub fn remember(recent: &[String], key: &str) -> Vec<String> {
    let others = recent.iter().filter(|other| *other != key).cloned();
    std::iter::once(key.to_owned()).chain(others).take(MOST_RECENT).collect()
}

/// Returns the index of the entry that is chosen after a key was pressed; `None` for other keys. `chosen` is the index before, and
/// `count` the number of entries.
pub fn step(key: &str, chosen: usize, count: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    Some(match key {
        "ArrowDown" if chosen >= last => 0,
        "ArrowDown" => chosen + 1,
        "ArrowUp" if chosen == 0 => last,
        "ArrowUp" => chosen - 1,
        "PageDown" => (chosen + 8).min(last),
        "PageUp" => chosen.saturating_sub(8),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
