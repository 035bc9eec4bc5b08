//! The error about a variable without a value.

use crate::error::Error;
use crate::place::Place;

/// Returns the error about a variable without a value. `source` is its first source.
pub(super) fn error(source: &str, inner: &str, place: &Place) -> Error {
    let address = source.split_once(':').map_or(source, |(_, address)| address);
    let give = match source.split([':', '(']).next().unwrap_or_default() {
        "opt" if address == "stage" => "give it with --stage NAME".to_owned(),
        "opt" | "param" => format!("give it a value: --param {address}=VALUE"),
        "env" => format!("set the environment variable {address}"),
        "self" => format!("add `{address}` to the document"),
        "file" => "write the path of a file that exists".to_owned(),
        _ => "write another source".to_owned(),
    };
    let problem = format!("`${{{inner}}}` has no value");
    Error::new(place, problem, format!("{give}, or add a default: ${{{inner}, 'VALUE'}}"))
}
