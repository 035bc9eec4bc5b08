//! Answers of the HTTP API: JSON, and errors with a code, a name and words.

use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::ErrorCode;
use shared::handshake::REFUSED_HEADER;

use crate::refusal::Refusal;

/// An answer, whoever writes it to a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, or nothing.
    pub body: String,
}

/// A page of another site can point an image or a script here without saying who it is; it gets nothing out of it
/// (Fetch Standard, "Cross-Origin-Resource-Policy header"). For every answer.
pub const SAFETY_HEADERS: [(&str, &str); 2] =
    [("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "same-origin")];

/// What a browser is told that asks before it sends (Fetch Standard, "CORS protocol"); of the origins, whoever
/// knows them tells.
pub const OPTIONS_HEADERS: [(&str, &str); 4] = [
    ("allow", "GET, HEAD, POST, OPTIONS"),
    ("access-control-allow-methods", "GET, HEAD, POST, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type"),
    ("access-control-max-age", "600"),
];

impl Answer {
    /// What was asked for.
    pub fn json(body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => Self::with(200, text),
            Err(error) => Self::refused(&Refusal::new(ErrorCode::Internal, error)),
        }
    }

    /// That the server lives, and what else it has to tell.
    pub fn health(figures: Map<String, Value>) -> Self {
        let mut body = Map::from_iter([
            ("status".to_owned(), json!("ok")),
            ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ]);
        body.extend(figures);
        Self::json(&body)
    }

    /// What may be asked for.
    pub fn options() -> Self {
        let headers = OPTIONS_HEADERS.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { status: 204, headers, body: String::new() }
    }

    /// A refusal, with the status it names.
    pub fn refused(refusal: &Refusal) -> Self {
        Self::error(refusal.http_status(), refusal)
    }

    /// A refusal with a status of HTTP's own.
    pub fn error(status: u16, refusal: &Refusal) -> Self {
        let mut answer = Self::with(status, refusal.to_http_body());
        answer.headers.push((REFUSED_HEADER, "1".into()));
        let seconds = refusal.retry_after_seconds();
        answer.headers.extend(seconds.map(|seconds| ("retry-after", seconds.to_string())));
        if status == 401 {
            answer.headers.push(("www-authenticate", "Bearer".into()));
        }
        answer
    }

    /// The path is there, and this is not how to use it; `allow` lists what would be.
    pub fn method_not_allowed(method: &str, allow: &str) -> Self {
        let refusal = Refusal::new(ErrorCode::UnknownAction, format!("{method} means nothing here"));
        let mut answer = Self::error(405, &refusal);
        answer.headers.push(("allow", allow.into()));
        answer
    }

    /// There is no such path.
    pub fn nothing_at(path: &str) -> Self {
        Self::error(404, &Refusal::new(ErrorCode::UnknownAction, format!("there is nothing at {path}")))
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
    }

    fn with(status: u16, body: String) -> Self {
        let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
        Self { status, headers: headers.map(|(name, value)| (name, value.to_owned())).to_vec(), body }
    }
}

impl<E: Into<Refusal>> From<E> for Answer {
    fn from(error: E) -> Self {
        Self::refused(&error.into())
    }
}
