//! Checks JSON, and rewrites the little of it that is not YAML.

use crate::error::Error;
use crate::place::Place;

/// Returns a JSON document as YAML. Places stay the same, except to the right of escaped surrogates in the same line.
pub(super) fn as_yaml(file: &str, text: &str) -> Result<String, Error> {
    let text = text.trim_start_matches('\u{feff}');
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        return Err(mistake(file, &error));
    }
    // In valid JSON, a tab is white space between values. YAML does not accept it everywhere.
    Ok(join_surrogates(&text.replace('\t', " ")))
}

fn mistake(file: &str, error: &serde_json::Error) -> Error {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let place = Place { file: file.into(), line: number(error.line()), column: number(error.column()) };
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    Error::new(&place, format!("this is not valid JSON ({words})"), "correct it here")
}

/// Writes each pair of escaped surrogates as the one escaped character that it stands for.
fn join_surrogates(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        joined.push_str(before);
        let length = match surrogates(escape) {
            Some(character) => {
                joined.push_str(&format!("\\U{:08X}", u32::from(character)));
                12
            }
            None => {
                let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
                joined.push_str(&escape[..length]);
                length
            }
        };
        rest = &escape[length..];
    }
    joined + rest
}

fn surrogates(escape: &str) -> Option<char> {
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?, 16).ok();
    let pair = [unit(escape.get(..6)?)?, unit(escape.get(6..12)?)?];
    let is_pair = (0xd800..0xdc00).contains(&pair[0]);
    is_pair.then(|| char::decode_utf16(pair).next()?.ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_surrogates_are_rewritten() {
        let yaml = as_yaml("a.json", "{\t\"a\":\"\\ud83d\\ude00 \\\\ud83d \\n\"}").unwrap();
        assert_eq!(yaml, "{ \"a\":\"\\U0001F600 \\\\ud83d \\n\"}");
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let error = as_yaml("a.json", "{\n \"a\": }").unwrap_err();
        assert_eq!(error.to_string(), "a.json:2:7: this is not valid JSON (expected value): correct it here");
    }
}
