//! Reading events, and failing as Lambda wants it.

use std::fmt::Display;

use lambda_runtime::Diagnostic;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An event of this type.
///
/// # Errors
///
/// Says where it is not of this type. The parser's words would quote what it found there, which may be a header, and one
/// of them holds a token.
pub fn read<T: DeserializeOwned>(payload: Value) -> Result<T, Diagnostic> {
    serde_path_to_error::deserialize(payload).map_err(|error| {
        let place = error.path().to_string();
        failure("Event", format!("the event is not of the expected form at {place}"))
    })
}

/// A failed invocation: `kind` is what alarms and retries tell apart.
pub fn failure(kind: &str, words: impl Display) -> Diagnostic {
    Diagnostic { error_type: kind.into(), error_message: words.to_string() }
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_placed_and_not_quoted() {
        let event = json!({"headers": {"Authorization": {"unexpected": "Bearer aaa.bbb.ccc"}}});
        let error = read::<ApiGatewayWebsocketProxyRequest>(event).unwrap_err();
        assert!(error.error_message.contains("at headers"), "{error:?}");
        assert!(!format!("{error:?}").contains("bbb"), "{error:?}");
    }
}
