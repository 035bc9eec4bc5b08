//! The JSON bodies of answers about boards, and the headers that name a board's version (RFC 9110, section 13.1).

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use shared::board::BoardName;
use shared::{ErrorCode, Millis};

use super::answer::Answer;
use super::request::RequestHead;
use crate::ports::{BoardEntry, Expected, StoredBoard};
use crate::refusal::Refusal;

/// The body of the answer to `GET /boards`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpBoards {
    /// The boards, in order of name.
    pub boards: Vec<HttpBoard>,
}

/// A board in a list, and the body of the answer to `PUT /boards/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpBoard {
    /// Name of the board.
    pub name: BoardName,
    /// Identifier of what was saved last, which the header `ETag` contains too.
    pub version: String,
    /// Title of the board; the JSON omits it if the document has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Time at which the board was saved.
    pub saved_at: Millis,
    /// Name of the principal that saved the board.
    pub saved_by: String,
    /// Size of the document, in bytes of JSON.
    pub bytes: u64,
    /// True if the board cannot be saved or deleted, because it comes from a file of the server; the JSON omits it if it is false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
}

impl From<BoardEntry> for HttpBoard {
    fn from(entry: BoardEntry) -> Self {
        let BoardEntry { name, version, title, saved_at, saved_by, bytes, is_read_only } = entry;
        Self { name, version, title, saved_at, saved_by, bytes, read_only: is_read_only }
    }
}

/// Returns the version of the board that the client says it has seen. A request without such a header expects that there is no
/// board of this name, so that nobody replaces a board by accident.
///
/// # Errors
///
/// A refusal with code 200 if a header is neither `*` nor one version in quotation marks.
pub(crate) fn expected_of(head: &RequestHead<'_>) -> Result<Expected, Refusal> {
    match (head.if_match.map(str::trim), head.if_none_match.map(str::trim)) {
        (None, None | Some("*")) => Ok(Expected::Absent),
        (Some("*"), None) => Ok(Expected::Any),
        (Some(tag), None) => version_in(tag).map(Expected::Version),
        (_, Some(_)) => Err(malformed("If-None-Match", "send If-None-Match: *, without If-Match")),
    }
}

/// Returns the version in an entity tag. A proxy that compresses answers may have made the tag weak (`W/"…"`).
fn version_in(tag: &str) -> Result<String, Refusal> {
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let version = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = version.filter(|version| !version.is_empty() && !version.contains('"'));
    let hint = "send one version in quotation marks, as in the ETag of the answer to GET, or *";
    version.map(str::to_owned).ok_or_else(|| malformed("If-Match", hint))
}

fn malformed(header: &str, hint: &str) -> Refusal {
    Refusal::new(ErrorCode::Malformed, format!("the header {header} cannot be used: {hint}"))
}

/// Returns the answer to a request to save or delete a board that somebody else has changed since: `refusal` with the status 412.
/// Besides the error, the body contains the board as it is now, so that nothing is lost; without it, the board was deleted.
pub(crate) fn board_changed(refusal: &Refusal, current: Option<StoredBoard>) -> Answer {
    #[derive(Serialize)]
    struct Current<'a> {
        #[serde(flatten)]
        board: HttpBoard,
        document: &'a RawValue,
    }
    let answer = Answer::refused(refusal);
    let Some(StoredBoard { entry, text }) = current else { return answer };
    let (tag, board) = (quoted(&entry.version), HttpBoard::from(entry));
    let document = serde_json::from_str(&text).unwrap_or(RawValue::NULL);
    let mut body: Map<String, Value> = serde_json::from_str(&answer.body).unwrap_or_default();
    let error = body.remove("error").unwrap_or_default();
    #[derive(Serialize)]
    struct Body<'a> {
        error: Value,
        board: Current<'a>,
    }
    let body = serde_json::to_string(&Body { error, board: Current { board, document } });
    Answer { body: body.unwrap_or(answer.body), headers: answer.headers, status: answer.status }
        .and_header("etag", tag)
}

/// Returns a version as an entity tag.
pub(crate) fn quoted(version: &str) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_was_seen_is_read_from_the_headers() {
        let expected = |if_match, if_none_match| {
            expected_of(&RequestHead { if_match, if_none_match, ..RequestHead::default() })
        };
        assert_eq!(expected(None, None), Ok(Expected::Absent));
        assert_eq!(expected(None, Some("*")), Ok(Expected::Absent));
        assert_eq!(expected(Some("*"), None), Ok(Expected::Any));
        for tag in ["\"ab\"", " \"ab\" ", "W/\"ab\""] {
            assert_eq!(expected(Some(tag), None), Ok(Expected::Version("ab".into())), "{tag}");
        }
        for (if_match, if_none_match) in [
            (Some("ab"), None),
            (Some("\"a\", \"b\""), None),
            (Some("\"\""), None),
            (None, Some("\"a\"")),
            (Some("*"), Some("*")),
        ] {
            let refusal = expected(if_match, if_none_match).unwrap_err();
            assert_eq!(refusal.code, ErrorCode::Malformed, "{if_match:?} {if_none_match:?}");
        }
    }
}
