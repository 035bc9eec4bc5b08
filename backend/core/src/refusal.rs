//! The error that is sent to a client if its request is refused: a code, a message and an HTTP status.

use serde::Serialize;
use shared::client::RequestId;
use shared::server::ErrorReply;
use shared::{Advice, ErrorCode, Filter, ServerMessage};

use crate::disk::DiskTrouble;
use crate::ports::{BoardError, Unavailable};

/// The error that is sent to a client if its request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// Kind of the error.
    pub code: ErrorCode,
    /// Description of the error for the client, of at most [`MESSAGE_CHARS`] characters.
    pub message: String,
    /// Time that the client should wait before it tries again, in milliseconds; `None` if no time is recommended.
    pub retry_after_ms: Option<u64>,
    /// Line of the request's body that caused the error, from 1; `None` if the body has only one line or no line is to
    /// blame.
    pub line: Option<usize>,
    /// Filters that the client's token allows, if it does not allow the requested one; empty for any other error.
    pub filters: Vec<Filter>,
    /// HTTP status of the answer; `None` for the status that usually belongs to `code`.
    status: Option<u16>,
}

/// Maximum length of an error message, in characters. Longer ones are cut, because a message may quote the request,
/// which may be long.
pub const MESSAGE_CHARS: usize = 400;

/// Maximum number of filters in an error.
pub const MOST_FILTERS: usize = 32;

impl Refusal {
    /// Creates an error without a line and without a time to wait.
    pub fn new(code: ErrorCode, message: impl ToString) -> Self {
        let message = clip(&message.to_string());
        Self { code, message, retry_after_ms: None, line: None, filters: Vec::new(), status: None }
    }

    /// Sets the filters that the client's token allows instead of the requested one. Only the first [`MOST_FILTERS`] are sent.
    #[must_use]
    pub fn allowing(self, filters: &[Filter]) -> Self {
        Self { filters: filters.iter().take(MOST_FILTERS).cloned().collect(), ..self }
    }

    /// Sets the time that the client should wait before it tries again, in milliseconds.
    #[must_use]
    pub fn retry_after(self, retry_after_ms: u64) -> Self {
        Self { retry_after_ms: Some(retry_after_ms), ..self }
    }

    /// Sets the line of the request's body that caused the error.
    #[must_use]
    pub fn on_line(self, line: Option<usize>) -> Self {
        Self { line, ..self }
    }

    /// Converts the error to a WebSocket message. `id` is the id of the refused request.
    pub fn to_message(&self, id: Option<RequestId>) -> ServerMessage {
        ServerMessage::Error(ErrorReply {
            id,
            code: self.code,
            message: self.message.clone(),
            retryable: self.code.advice() == Advice::Retry,
            retry_after_ms: self.retry_after_ms,
            filters: self.filters.clone(),
        })
    }

    /// Returns the HTTP status of the answer.
    pub fn http_status(&self) -> u16 {
        self.status.unwrap_or_else(|| http_status(self.code))
    }

    /// Returns the value of the header `Retry-After` in whole seconds, or `None` if no time to wait is recommended.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_ms.map(|ms| ms.div_ceil(1000).max(1))
    }

    /// Returns the body of the HTTP answer, such as `{"error": {"code", "name", "message", …}}`.
    pub fn to_http_body(&self) -> String {
        let error = HttpError {
            code: self.code.number(),
            name: self.code.word(),
            message: &self.message,
            line: self.line,
            retry_after_ms: self.retry_after_ms,
        };
        serde_json::json!({ "error": error }).to_string()
    }
}

#[derive(Serialize)]
struct HttpError<'a> {
    code: u16,
    name: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

/// Returns the HTTP status that has the same meaning as `code`.
pub fn http_status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::Internal => 500,
        ErrorCode::RateLimited => 429,
        ErrorCode::Unavailable => 503,
        ErrorCode::Malformed
        | ErrorCode::UnknownAction
        | ErrorCode::BadTopic
        | ErrorCode::BadFilter
        | ErrorCode::BadData
        | ErrorCode::BadTimestamp
        | ErrorCode::TooManySubscriptions
        | ErrorCode::StaleSequence
        | ErrorCode::TooManyTopics
        | ErrorCode::BadBoard
        | ErrorCode::TooManyBoards
        | ErrorCode::NotConflated => 400,
        ErrorCode::TooLarge => 413,
        ErrorCode::UnknownTopic | ErrorCode::UnknownBoard => 404,
        ErrorCode::BoardChanged => 412,
        ErrorCode::Unauthorized | ErrorCode::TokenExpired => 401,
        ErrorCode::Forbidden => 403,
        ErrorCode::Unknown(_) => match code.advice() {
            Advice::Retry | Advice::Reconnect => 503,
            Advice::Change => 400,
            Advice::SignIn => 401,
            Advice::GiveUp => 403,
        },
    }
}

/// Tells the client to try again. The store's own error message is left out, because it is meant for the log only.
impl From<Unavailable> for Refusal {
    fn from(_: Unavailable) -> Self {
        Self::new(ErrorCode::Unavailable, "the server cannot reach its store just now; try again")
            .retry_after(UNAVAILABLE_RETRY_MS)
    }
}

/// Tells the client why its board was not saved or deleted.
impl From<BoardError> for Refusal {
    fn from(error: BoardError) -> Self {
        match error {
            BoardError::Changed(Some(board)) => {
                let by = board.entry.saved_by;
                let words = format!(
                    "{by} has saved the board since you read it: merge your changes with that version, or save with its version to replace it"
                );
                Self::new(ErrorCode::BoardChanged, words)
            }
            BoardError::Changed(None) => Self::new(
                ErrorCode::BoardChanged,
                "the board does not exist any more: save it without If-Match to create it again",
            ),
            BoardError::ReadOnly => Self::new(
                ErrorCode::Forbidden,
                "the board comes from a file of the server and cannot be changed here: save it under another name, or change the file",
            ),
            BoardError::TooMany => {
                Self::new(ErrorCode::TooManyBoards, format!("{error}: delete one that is not needed"))
            }
            BoardError::Disk(trouble) => Self::from(&trouble),
            BoardError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

/// Tells the client what is wrong with the disk, because the person who publishes may be able to make room on it.
impl From<&DiskTrouble> for Refusal {
    fn from(trouble: &DiskTrouble) -> Self {
        let refusal = Self::new(ErrorCode::Unavailable, trouble).retry_after(DiskTrouble::RETRY_AFTER_MS);
        Self { status: Some(INSUFFICIENT_STORAGE), ..refusal }
    }
}

/// The status "Insufficient Storage" (RFC 4918, section 11.5).
const INSUFFICIENT_STORAGE: u16 = 507;

const UNAVAILABLE_RETRY_MS: u64 = 1_000;

fn clip(message: &str) -> String {
    match message.char_indices().nth(MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_with_the_same_meaning() {
        for code in ErrorCode::ALL {
            let status = http_status(*code);
            let fits = match code.advice() {
                Advice::Retry => matches!(status, 429 | 500 | 503),
                Advice::Change => matches!(status, 400 | 404 | 412 | 413),
                Advice::SignIn => status == 401,
                Advice::GiveUp => status == 403,
                Advice::Reconnect => false,
            };
            assert!(fits, "{code} is answered {status}");
        }
    }

    #[test]
    fn a_refusal_over_http_has_code_name_and_line() {
        let refusal = Refusal::new(ErrorCode::BadData, "no").on_line(Some(3));
        assert_eq!(
            refusal.to_http_body(),
            "{\"error\":{\"code\":204,\"name\":\"bad_data\",\"message\":\"no\",\"line\":3}}"
        );
    }

    #[test]
    fn a_full_disk_is_told_apart_from_a_store_that_does_not_answer() {
        let full = Refusal::from(&DiskTrouble::Full { free_bytes: 0, reserve_bytes: 64_000_000 });
        assert_eq!((full.http_status(), full.code), (507, ErrorCode::Unavailable));
        assert_eq!(full.retry_after_ms, Some(DiskTrouble::RETRY_AFTER_MS));
        assert!(full.message.contains("disk of the server is full"), "{}", full.message);
        assert_eq!(Refusal::from(Unavailable::new("x")).http_status(), 503);
    }

    #[test]
    fn a_message_that_quotes_something_long_is_cut() {
        let refusal = Refusal::new(ErrorCode::Malformed, "é".repeat(10_000));
        assert_eq!(refusal.message.chars().count(), MESSAGE_CHARS + 1);
    }

    #[test]
    fn waiting_is_rounded_up_to_whole_seconds() {
        let refusal = Refusal::new(ErrorCode::RateLimited, "slower").retry_after(1);
        assert_eq!(refusal.retry_after_seconds(), Some(1));
    }
}
