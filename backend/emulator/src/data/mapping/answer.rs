//! Reads the answers of functions that report which records of a batch failed. The module is pure.

use serde_json::Value;

/// Records of a batch that a function did not process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failures {
    /// The records with these identifiers. There are none if everything was processed.
    These(Vec<String>),
    /// All records, because the answer is not valid.
    All,
}

impl Failures {
    /// Reads the answer of a function whose mapping has `ReportBatchItemFailures`. An empty answer means success. An
    /// identifier that is empty or absent makes the whole batch fail ("Configuring partial batch response").
    pub fn of(answer: &[u8]) -> Self {
        if answer.is_empty() {
            return Self::These(Vec::new());
        }
        match serde_json::from_slice(answer) {
            Ok(Value::Null) => Self::These(Vec::new()),
            Ok(Value::Object(fields)) => Self::of_list(fields.get("batchItemFailures")),
            // Any other JSON has no list, and text that is no JSON is not an answer.
            Ok(_) => Self::These(Vec::new()),
            Err(_) => Self::All,
        }
    }

    fn of_list(list: Option<&Value>) -> Self {
        let name = |failure: &Value| {
            failure["itemIdentifier"].as_str().filter(|identifier| !identifier.is_empty()).map(str::to_owned)
        };
        match list {
            None | Some(Value::Null) => Self::These(Vec::new()),
            Some(Value::Array(failures)) => {
                failures.iter().map(name).collect::<Option<_>>().map_or(Self::All, Self::These)
            }
            Some(_) => Self::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_failures_is_a_success() {
        for answer in
            ["", "null", "{}", r#"{"batchItemFailures":[]}"#, r#"{"batchItemFailures":null}"#, "\"ok\""]
        {
            assert_eq!(Failures::of(answer.as_bytes()), Failures::These(Vec::new()), "{answer}");
        }
    }

    #[test]
    fn failures_are_named_by_their_identifiers() {
        let answer = br#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"a"}]}"#;
        assert_eq!(Failures::of(answer), Failures::These(vec!["b".into(), "a".into()]));
    }

    #[test]
    fn an_invalid_failure_makes_the_whole_batch_fail() {
        for failures in [
            r#"[{"itemIdentifier":""}]"#,
            r#"[{"itemIdentifier":null}]"#,
            r#"[{"id":"a"}]"#,
            r#"[{"itemIdentifier":"a"},{}]"#,
            "7",
        ] {
            let answer = format!(r#"{{"batchItemFailures":{failures}}}"#);
            assert_eq!(Failures::of(answer.as_bytes()), Failures::All, "{answer}");
        }
        assert_eq!(Failures::of(b"not json"), Failures::All);
    }
}
