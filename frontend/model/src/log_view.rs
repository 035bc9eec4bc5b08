//! The part of a log that its reader wants to see: lines of some levels, and lines that contain a text. Depends on
//! [`super::lines`], [`super::digits`] and [`super::reading`].

use std::ops::Range;

use serde_json::Value;

use super::digits::Digits;
use super::lines::{Level, Line};
use super::reading::plain_text;

/// The levels with the words of their buttons, for one line and for several.
pub const LEVELS: [(Level, [&str; 2]); 5] = [
    (Level::Error, ["error", "errors"]),
    (Level::Warning, ["warning", "warnings"]),
    (Level::Info, ["info", "info"]),
    (Level::Debug, ["debug", "debug"]),
    (Level::Plain, ["without a level", "without a level"]),
];

/// The lines of a log that its reader wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// Text that a line has to contain. Case does not matter.
    sought: String,
    /// Levels whose lines are not shown.
    hidden: Vec<Level>,
}

impl LogView {
    /// Shows only lines that contain this text.
    pub fn seek(&mut self, text: &str) {
        text.clone_into(&mut self.sought);
    }

    /// Returns the text that is sought.
    pub fn sought(&self) -> &str {
        &self.sought
    }

    /// Hides the lines of a level, or shows them again.
    pub fn toggle(&mut self, level: Level) {
        if self.shows_level(level) {
            self.hidden.push(level);
        } else {
            self.hidden.retain(|hidden| *hidden != level);
        }
    }

    /// Returns true if the lines of a level are shown.
    pub fn shows_level(&self, level: Level) -> bool {
        !self.hidden.contains(&level)
    }

    /// Returns true if a line is shown.
    pub fn shows(&self, line: &Line) -> bool {
        let topic = line.topic.as_deref().unwrap_or_default();
        let is_in = |text: &str| found(text, &self.sought).next().is_some();
        self.shows_level(line.level) && (self.sought.is_empty() || is_in(&line.text) || is_in(topic))
    }

    /// Returns true if some lines may not be shown.
    pub fn is_narrow(&self) -> bool {
        !self.sought.is_empty() || !self.hidden.is_empty()
    }
}

/// Returns the number of lines of each level, in the order of [`LEVELS`].
pub fn count_levels<'a>(lines: impl Iterator<Item = &'a Line>) -> [usize; LEVELS.len()] {
    let mut counts = [0; LEVELS.len()];
    for line in lines {
        let place = LEVELS.iter().position(|(level, _)| *level == line.level);
        place.and_then(|place| counts.get_mut(place)).into_iter().for_each(|count| *count += 1);
    }
    counts
}

/// Divides a text into parts. Those that are equal to the sought text, apart from case, have the value true. Together they are the
/// whole text.
pub fn marked<'a>(text: &'a str, sought: &str) -> Vec<(&'a str, bool)> {
    let mut parts = Vec::new();
    let mut end = 0;
    for place in found(text, sought) {
        parts.push((&text[end..place.start], false));
        end = place.end;
        parts.push((&text[place], true));
    }
    parts.push((&text[end..], false));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// Returns the places of the sought text in a text, from left to right. They do not overlap.
fn found<'a>(text: &'a str, sought: &str) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let sought: Vec<char> = sought.chars().flat_map(char::to_lowercase).collect();
    let mut from = 0;
    std::iter::from_fn(move || {
        let place = text[from..].char_indices().find_map(|(start, _)| {
            let start = from + start;
            Some(start..start + length_of_match(&text[start..], &sought)?)
        })?;
        from = place.end;
        Some(place)
    })
}

/// Returns the length in bytes of the beginning of a text that is equal to the sought one, apart from case; `None` if the text
/// begins with something else. Nothing is found for an empty text.
fn length_of_match(text: &str, sought: &[char]) -> Option<usize> {
    let mut rest = sought;
    for (place, letter) in text.char_indices() {
        if rest.is_empty() {
            return (!sought.is_empty()).then_some(place);
        }
        for lower in letter.to_lowercase() {
            rest = rest.split_first().filter(|(first, _)| **first == lower)?.1;
        }
    }
    (rest.is_empty() && !sought.is_empty()).then_some(text.len())
}

/// Returns the fields of a publication with their values as text, in the order in which they were sent. Numbers have the digits
/// that were sent. `sent` is the JSON text of the publication. Returns an empty list if it is not an object.
pub fn fields(sent: &str) -> Vec<(String, String)> {
    let data: Value = serde_json::from_str(sent).unwrap_or_default();
    let digits = Digits::of(&data, sent);
    let Value::Object(fields) = &data else { return Vec::new() };
    fields.iter().map(|(name, value)| (name.clone(), plain_text(value, &digits))).collect()
}

/// Returns the whole text of a publication: that of a JSON string, or else the JSON text as it was sent.
pub fn whole_text(sent: &str) -> String {
    match serde_json::from_str(sent) {
        Ok(Value::String(text)) => text,
        Ok(_) | Err(_) => sent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lines::Lines;
    use crate::order::Order;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn lines(texts: &[&str]) -> Vec<Line> {
        let mut lines = Lines::default();
        for (text, offset) in texts.iter().zip(1..) {
            lines.add(Order::at(offset, offset as u64), offset, &json!(text), &Digits::default(), "");
        }
        lines.newest(99).cloned().collect()
    }

    fn shown(view: &LogView, lines: &[Line]) -> Vec<String> {
        lines.iter().filter(|line| view.shows(line)).map(|line| line.text.clone()).collect()
    }

    #[test]
    fn lines_of_a_level_are_hidden_and_shown_again() {
        let lines = lines(&["ERROR disk", "info started", "hello"]);
        let mut view = LogView::default();
        view.toggle(Level::Info);
        assert_eq!(shown(&view, &lines), ["hello", "ERROR disk"]);
        assert!(view.is_narrow() && !view.shows_level(Level::Info));
        view.toggle(Level::Info);
        assert_eq!(shown(&view, &lines).len(), 3);
        assert!(!view.is_narrow());
        assert_eq!(count_levels(lines.iter()), [1, 0, 1, 0, 1]);
    }

    #[test]
    fn a_text_is_found_in_any_case_and_marked() {
        let mut view = LogView::default();
        view.seek("DISK");
        assert_eq!(shown(&view, &lines(&["Disk full", "order paid"])), ["Disk full"]);
        assert_eq!(
            marked("a disk, the Disk", "disk"),
            [("a ", false), ("disk", true), (", the ", false), ("Disk", true)]
        );
        assert_eq!(marked("İstanbul ÄRGER", "ärger"), [("İstanbul ", false), ("ÄRGER", true)]);
        assert_eq!(marked("nothing", ""), [("nothing", false)]);
        assert_eq!(marked("", "x"), []);
    }

    #[test]
    fn the_fields_of_an_entry_have_the_digits_that_were_sent() {
        let fields = fields(r#"{"msg": "paid \"all\"", "eur": 12.50, "items": [1.0, "x"], "by": null}"#);
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [("msg", "paid \"all\""), ("eur", "12.50"), ("items", "[1.0,\"x\"]"), ("by", "null")]
        );
        assert_eq!(super::fields("\"text\""), []);
        assert_eq!(whole_text("\"a \\\"b\\\"\""), "a \"b\"");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_of_a_text_are_the_whole_text(text in "[abAB äÄİ]{0,30}", sought in "[abÄi]{0,3}") {
            let parts = marked(&text, &sought);
            prop_assert_eq!(parts.iter().map(|(part, _)| *part).collect::<String>(), text.clone());
            for (part, is_marked) in parts {
                let same = part.to_lowercase() == sought.to_lowercase();
                prop_assert!(!is_marked || same, "{} {}", part, sought);
            }
        }
    }
}
