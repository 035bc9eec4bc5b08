//! Parses the events that Lambda functions receive, and builds the errors that Lambda expects.

use std::fmt::Display;

use lambda_runtime::Diagnostic;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Parses the event of a Lambda function to the type `T`.
///
/// # Errors
///
/// A diagnostic with the path of the field that does not have the type that `T` requires. The diagnostic does not
/// contain the parser's message, because that would quote the value, which may be a header with a token.
pub fn read<T: DeserializeOwned>(payload: Value) -> Result<T, Diagnostic> {
    serde_path_to_error::deserialize(payload).map_err(|error| {
        let place = error.path().to_string();
        diagnostic("Event", format!("the event is not of the expected form at {place}"))
    })
}

/// Returns the error of a failed invocation, with the type `kind` and the message `words`. Alarms and retries
/// distinguish errors by their type.
pub fn diagnostic(kind: &str, words: impl Display) -> Diagnostic {
    Diagnostic { error_type: kind.into(), error_message: words.to_string() }
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unreadable_event_is_located_and_not_quoted() {
        let event = json!({"headers": {"Authorization": {"unexpected": "Bearer aaa.bbb.ccc"}}});
        let error = read::<ApiGatewayWebsocketProxyRequest>(event).unwrap_err();
        assert!(error.error_message.contains("at headers"), "{error:?}");
        assert!(!format!("{error:?}").contains("bbb"), "{error:?}");
    }
}
