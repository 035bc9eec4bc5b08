//! Reads the file of `--env`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use serverless_emulator::FunctionEnvironment;

use crate::command::env_file;
use crate::error::CliError;

/// Key of the variables of all functions, as `sam local --env-vars` has it.
const ALL: &str = "Parameters";

const HINT: &str = "give a file with a line such as TABLE=topics for each variable, or JSON such as {\"Parameters\": {\"TABLE\": \"topics\"}}";

/// Reads files of environment variables: lines of `NAME=VALUE`, or JSON with an object for each function. Variables of a later
/// file take precedence.
///
/// # Errors
///
/// A usage error that names the file and the line.
pub fn read_all(paths: &[PathBuf]) -> Result<FunctionEnvironment, CliError> {
    let mut all = FunctionEnvironment::default();
    for path in paths {
        merge(&mut all, read(path)?);
    }
    Ok(all)
}

fn merge(all: &mut FunctionEnvironment, later: FunctionEnvironment) {
    all.all.extend(later.all);
    for (function, variables) in later.single {
        all.single.entry(function).or_default().extend(variables);
    }
}

fn read(path: &Path) -> Result<FunctionEnvironment, CliError> {
    let unusable = |reason: String| {
        CliError::usage(format!("--env {} cannot be used: {reason}", path.display())).hint(HINT)
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let read = if text.trim_start().starts_with('{') { of_json(&text) } else { of_lines(&text) };
    read.map_err(unusable)
}

fn of_lines(text: &str) -> Result<FunctionEnvironment, String> {
    let all =
        env_file::variables(text).map_err(|line| format!("line {line} is not of the form NAME=VALUE"))?;
    Ok(FunctionEnvironment { all, single: BTreeMap::new() })
}

fn of_json(text: &str) -> Result<FunctionEnvironment, String> {
    let json: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut read = FunctionEnvironment::default();
    for (function, variables) in json {
        let variables = variables.into_iter().map(|(name, value)| (name, text_of(&value))).collect();
        if function == ALL {
            read.all = variables;
        } else {
            read.single.insert(function, variables);
        }
    }
    Ok(read)
}

/// Returns a value as `sam local` gives it to functions: `null` is an empty text.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_file_takes_precedence_and_the_rest_stays() {
        let mut all =
            of_json(r#"{"Parameters": {"A": "1", "B": "1"}, "Chat": {"C": 1, "D": 1}}"#).expect("valid");
        merge(&mut all, of_json(r#"{"Parameters": {"B": "2"}, "Chat": {"D": 2}}"#).expect("valid"));
        let values = [&all.all["A"], &all.all["B"], &all.single["Chat"]["C"], &all.single["Chat"]["D"]];
        assert_eq!(values, ["1", "2", "1", "2"]);
    }

    #[test]
    fn json_has_the_variables_of_each_function() {
        let read = of_json(r#"{"Parameters": {"A": "1"}, "Chat": {"B": 2}}"#).expect("it is well-formed");
        assert_eq!((&read.all["A"], &read.single["Chat"]["B"]), (&"1".to_owned(), &"2".to_owned()));
        assert!(of_json(r#"{"A": 1}"#).is_err());
    }

    #[test]
    fn values_in_json_become_the_texts_that_sam_gives_to_functions() {
        for (value, expected) in
            [("\"a\"", "a"), ("1", "1"), ("true", "true"), ("null", ""), ("\"null\"", "null")]
        {
            let read = of_json(&format!(r#"{{"Parameters": {{"A": {value}}}}}"#)).expect("it is well-formed");
            assert_eq!(read.all["A"], expected, "{value}");
        }
    }
}
