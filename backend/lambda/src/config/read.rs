//! Reads environment variables one after the other. It collects all faults, so that they can be reported together.

use std::fmt;
use std::str::FromStr;

use shared::limits::FRAME_EVERY_MS;

use super::Variable;

/// The error for settings that cannot be used: every environment variable that is missing or invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(pub Vec<Fault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.0.iter().map(Fault::to_string).collect();
        f.write_str(&faults.join("; "))
    }
}

/// An environment variable that is missing or invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the environment variable.
    pub name: &'static str,
    /// Description of the fault. It follows the variable's name in a sentence, for example "is not set".
    pub what: String,
    /// A valid value of the variable, which the error message shows as an example.
    pub example: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}; a valid value is for example {}", self.name, self.what, self.example)
    }
}

pub(super) struct Reader<E> {
    env: E,
    faults: Vec<Fault>,
}

/// A function that parses the value of an environment variable. Its error completes the sentence "NAME is VALUE: …".
pub(super) type Parse<T> = fn(&str) -> Result<T, String>;

impl<E: Fn(&str) -> Option<String>> Reader<E> {
    pub(super) fn new(env: E) -> Self {
        Self { env, faults: Vec::new() }
    }

    pub(super) fn required<T>(&mut self, variable: &Variable, parse: Parse<T>) -> Option<T> {
        match self.value(variable) {
            Some(text) => self.parse(variable, &text, parse),
            None => self.fault(variable, "is not set".into()),
        }
    }

    /// Reads a variable that may be absent. An empty value counts as absent, because the template sets the variable to
    /// the empty string if a parameter has no value.
    pub(super) fn optional<T>(&mut self, variable: &Variable, parse: Parse<T>) -> Option<T> {
        let text = self.value(variable)?;
        self.parse(variable, &text, parse)
    }

    pub(super) fn fault<T>(&mut self, variable: &Variable, what: String) -> Option<T> {
        self.faults.push(Fault { name: variable.name, what, example: variable.example });
        None
    }

    /// Returns the settings that `build` makes of the parsed values, or all faults that were found.
    pub(super) fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, ConfigError> {
        match build().filter(|_| self.faults.is_empty()) {
            Some(config) => Ok(config),
            None => Err(ConfigError(self.faults)),
        }
    }

    fn value(&self, variable: &Variable) -> Option<String> {
        (self.env)(variable.name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn parse<T>(&mut self, variable: &Variable, text: &str, parse: Parse<T>) -> Option<T> {
        match parse(text) {
            Ok(value) => Some(value),
            Err(why) if variable.is_shown => self.fault(variable, format!("is {text:?}: {why}")),
            Err(why) => self.fault(variable, format!("cannot be used: {why}")),
        }
    }
}

/// Parses a value of any type that implements `FromStr`.
pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Parses an integer of at least 1.
pub(super) fn positive(text: &str) -> Result<i64, String> {
    parsed(text)
        .and_then(|number: i64| if number > 0 { Ok(number) } else { Err("it must be above 0".into()) })
}

/// Parses a time between two broadcasts, in milliseconds.
pub(super) fn frame_every_ms(text: &str) -> Result<u64, String> {
    parsed(text).and_then(|ms: u64| match ms {
        0..=FRAME_EVERY_MS => Ok(ms),
        _ => Err(format!("it must be at most {FRAME_EVERY_MS}")),
    })
}

/// Checks that a text is the name of a DynamoDB table (Amazon DynamoDB developer guide, "Naming rules"), or an ARN,
/// which DynamoDB accepts in place of the name.
pub(super) fn table(text: &str) -> Result<String, String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    if text.starts_with("arn:") || (3..=255).contains(&text.len()) && text.chars().all(is_name) {
        return Ok(text.into());
    }
    Err("a table name has 3 to 255 characters, which are letters, digits, dots, hyphens and underscores"
        .into())
}
