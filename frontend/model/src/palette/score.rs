//! The comparison of a name with what was typed.

use std::ops::Range;

/// A name that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Measure of how well the name matches; greater is better.
    pub score: i64,
    /// The parts of the name that match, as ranges of bytes, in order and without overlap.
    pub ranges: Vec<Range<usize>>,
}

/// Score of a word that is found at the beginning of the name.
const AT_START: i64 = 1_000;
/// Score of a word that is found at the beginning of a word of the name.
const AT_WORD: i64 = 800;
/// Score of a word that is found elsewhere in the name.
const INSIDE: i64 = 500;
/// Score of a word that is found in the further words only.
const BESIDE: i64 = 150;
/// Score of a word whose letters are found in order, with others between them.
const SCATTERED: i64 = 300;
/// Letters that are scattered over more than this many times their number do not count as found.
const MOST_SCATTERED: usize = 4;

/// Compares a name with the words of a text, which must all be found, in any order. Upper and lower case are not distinguished.
/// The letters of a word may have others between them, so that `hcpu` finds `host/cpu`. `also` are further words that are found
/// only if they begin as typed. Returns `None` if a word is not found. An empty text matches every name.
pub fn matched(text: &str, name: &str, also: &str) -> Option<Match> {
    let letters: Vec<(usize, char)> = name.char_indices().map(|(at, letter)| (at, lower(letter))).collect();
    let (mut score, mut found) = (0, Vec::new());
    for word in text.split_whitespace() {
        let word: Vec<char> = word.chars().map(lower).collect();
        let (of_word, places) = find(&letters, &word).or_else(|| beside(also, &word))?;
        score += of_word;
        found.extend(places);
    }
    // Of names that match equally well, a shorter one is meant more probably.
    score -= if found.is_empty() { 0 } else { letters.len().min(100) as i64 };
    Some(Match { score, ranges: ranges(&letters, found, name.len()) })
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// Returns the score of a word and the indexes of its letters in the name; `None` if it is not found.
fn find(letters: &[(usize, char)], word: &[char]) -> Option<(i64, Vec<usize>)> {
    let is_at = |start: usize| {
        letters.len() >= start + word.len() && letters[start..].iter().zip(word).all(|((_, a), b)| a == b)
    };
    let begins_word = |start: usize| start == 0 || !letters[start - 1].1.is_alphanumeric();
    let whole = |start: usize| (start..start + word.len()).collect();
    let starts = || (0..letters.len()).filter(|start| is_at(*start));
    if let Some(start) = starts().find(|start| begins_word(*start)) {
        let score = if start == 0 { AT_START } else { AT_WORD };
        return Some((score, whole(start)));
    }
    starts().next().map(|start| (INSIDE, whole(start))).or_else(|| scattered(letters, word))
}

/// Finds letters in their order, with others between them. Among the places of the first letter, takes the one after which the
/// letters are nearest to each other.
fn scattered(letters: &[(usize, char)], word: &[char]) -> Option<(i64, Vec<usize>)> {
    let first = *word.first()?;
    let from = |start: usize| {
        let mut places = vec![start];
        for wanted in &word[1..] {
            let after = places.last().map_or(0, |last| last + 1);
            let next = letters[after..].iter().position(|(_, letter)| letter == wanted)?;
            places.push(after + next);
        }
        Some(places)
    };
    let starts = (0..letters.len()).filter(|start| letters[*start].1 == first);
    let span =
        |places: &Vec<usize>| places.last().zip(places.first()).map_or(0, |(last, first)| last - first + 1);
    let best = starts.filter_map(from).min_by_key(span)?;
    let length = span(&best);
    let is_near = word.len() > 1 && length <= MOST_SCATTERED * word.len();
    is_near.then(|| (SCATTERED - 10 * (length - word.len()) as i64, best))
}

fn beside(also: &str, word: &[char]) -> Option<(i64, Vec<usize>)> {
    let begins = |other: &str| {
        let mut letters = other.chars().map(lower);
        word.iter().all(|letter| letters.next() == Some(*letter))
    };
    also.split_whitespace().any(begins).then(|| (BESIDE, Vec::new()))
}

/// Joins the indexes of letters to ranges of bytes.
fn ranges(letters: &[(usize, char)], mut places: Vec<usize>, end: usize) -> Vec<Range<usize>> {
    places.sort_unstable();
    places.dedup();
    let byte = |place: usize| letters.get(place).map_or(end, |(at, _)| *at);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for place in places {
        let range = byte(place)..byte(place + 1);
        match ranges.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            Some(_) | None => ranges.push(range),
        }
    }
    ranges
}
