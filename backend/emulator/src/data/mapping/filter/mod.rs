//! Filter patterns of event source mappings ("Control which events Lambda sends to your function"). The module is pure.

mod pattern;
mod rule;

use serde_json::Value;

use self::pattern::Pattern;

/// A mistake in a filter pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter pattern {pattern}: {problem}")]
pub struct FilterError {
    /// The pattern, as the description has it.
    pub pattern: String,
    /// The mistake, with its path and what to write instead.
    pub problem: String,
}

/// The patterns of a mapping. A record has to match one of them, unless there are none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters(Vec<Pattern>);

impl Filters {
    /// Parses patterns, each of which is the text of a JSON object.
    ///
    /// # Errors
    ///
    /// [`FilterError`] for the first pattern with a mistake.
    pub fn parse(patterns: &[String]) -> Result<Self, FilterError> {
        let parse = |text: &String| {
            let failed = |problem| FilterError { pattern: text.clone(), problem };
            let json: Value =
                serde_json::from_str(text).map_err(|error| failed(format!("it is not JSON: {error}")))?;
            Pattern::parse(&json).map_err(failed)
        };
        patterns.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Returns true if a record of a stream is sent to the function.
    pub fn match_record(&self, record: &Value) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(record))
    }

    /// Returns true if a message of a queue is sent to the function. A body that is a JSON object is compared as JSON, and any
    /// other body as text ("Using event filtering with an Amazon SQS event source").
    pub fn match_message(&self, message: &Value) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let mut message = message.clone();
        let parsed = message["body"].as_str().and_then(|body| serde_json::from_str::<Value>(body).ok());
        if let Some(object) = parsed.filter(Value::is_object) {
            message["body"] = object;
        }
        self.match_record(&message)
    }
}

#[cfg(test)]
mod tests;
