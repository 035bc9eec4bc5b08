//! Reads single arguments of a command line as values.

use shared::Millis;

use crate::data::Data;
use crate::error::LineError;
use crate::format::json;
use crate::number::{self, Comma, Place};

/// Divides an argument of the form `name=value` into name and value. Returns `None` if it does not have this form.
pub fn pair(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '%'));
    (is_name && !value.is_empty()).then_some((name, value))
}

/// Reads an argument that is a value without a name: a number, true or false, or a text.
///
/// # Errors
///
/// [`LineError::NotAValue`] for `NaN`, an infinity and other words that stand for a missing value.
pub fn alone(word: &str) -> Result<Data, LineError> {
    read(word, Place::Alone)
}

/// Reads the value of an argument of the form `name=value`. An id that looks like a number remains a text.
///
/// # Errors
///
/// [`LineError::NotAValue`] for `NaN`, an infinity and other words that stand for a missing value.
pub fn field(word: &str) -> Result<Data, LineError> {
    read(word, Place::Field)
}

/// Reads JSON text, which is either data or an object `{"data", "ts"}` with data and its time. Returns the JSON text
/// of the data unchanged, and the time in milliseconds since the Unix epoch if there is one.
///
/// # Errors
///
/// [`LineError::NotJson`] if the text is not JSON, or [`LineError::Timestamp`] if `ts` is not a valid time.
pub fn json(text: &str) -> Result<(String, Option<Millis>), LineError> {
    json::read_item(text)
}

fn read(word: &str, place: Place) -> Result<Data, LineError> {
    match word {
        "true" => Ok(Data::Bool(true)),
        "false" => Ok(Data::Bool(false)),
        _ => match number::read(word, Comma::Separates, place) {
            Some(number) => Ok(Data::Number(number)),
            None if !word.is_empty() && number::is_missing(word) => {
                Err(LineError::NotAValue { text: word.to_owned() })
            }
            None => Ok(Data::Text(word.to_owned())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_looks_like_a_number_stays_text() {
        assert_eq!(alone("1234e8"), Ok(Data::Text("1234e8".into())));
        assert_eq!(alone("0042"), Ok(Data::Text("0042".into())));
        assert_eq!(alone("21.50"), Ok(Data::Number("21.50".into())));
        assert_eq!(alone("1e3"), Ok(Data::Number("1e3".into())));
        assert_eq!(field("1e3"), Ok(Data::Text("1e3".into())));
        assert!(alone("NaN").is_err());
    }

    #[test]
    fn json_is_data_or_an_envelope() {
        assert_eq!(json("{\"b\": 1.0}"), Ok(("{\"b\": 1.0}".into(), None)));
        assert_eq!(json("{\"data\": 1.0, \"ts\": 1795344127}"), Ok(("1.0".into(), Some(1_795_344_127_000))));
        assert!(json("{b: 1}").is_err());
    }
}
