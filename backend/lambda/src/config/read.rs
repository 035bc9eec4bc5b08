//! Reading variables one after another, and keeping what is wrong with them for the end.

use std::fmt;
use std::str::FromStr;

use super::Variable;

/// Everything that is wrong with an environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(pub Vec<Fault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.0.iter().map(Fault::to_string).collect();
        f.write_str(&faults.join("; "))
    }
}

/// One variable that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub name: &'static str,
    /// What is wrong.
    pub what: String,
    /// A right value.
    pub example: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}; a right value looks like {}", self.name, self.what, self.example)
    }
}

pub(super) struct Reader<E> {
    env: E,
    faults: Vec<Fault>,
}

/// Reads a value, or says what is wrong with it: "is …".
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

    /// The template sets what nobody has chosen to nothing, so that is as good as absent.
    pub(super) fn optional<T>(&mut self, variable: &Variable, parse: Parse<T>) -> Option<T> {
        let text = self.value(variable)?;
        self.parse(variable, &text, parse)
    }

    pub(super) fn fault<T>(&mut self, variable: &Variable, what: String) -> Option<T> {
        self.faults.push(Fault { name: variable.name, what, example: variable.example });
        None
    }

    /// The whole, if nothing was wrong.
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

/// Whatever can be read from text.
pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// A positive number.
pub(super) fn positive(text: &str) -> Result<i64, String> {
    parsed(text)
        .and_then(|number: i64| if number > 0 { Ok(number) } else { Err("it has to be above 0".into()) })
}

/// A table's name (Amazon DynamoDB developer guide, "Naming rules"); an ARN names one as well.
pub(super) fn table(text: &str) -> Result<String, String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    if text.starts_with("arn:") || (3..=255).contains(&text.len()) && text.chars().all(is_name) {
        return Ok(text.into());
    }
    Err("a table's name has 3 to 255 letters, digits, dots, hyphens and underscores".into())
}
