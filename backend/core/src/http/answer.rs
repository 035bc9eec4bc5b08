//! Creates the answers of the HTTP API. Their bodies are JSON, and an error has a code, a name and a message.

use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::ErrorCode;
use shared::handshake::REFUSED_HEADER;

use crate::disk::DiskTrouble;
use crate::refusal::Refusal;

/// An answer of the HTTP API. The program that owns the socket writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status of the answer.
    pub status: u16,
    /// Headers of the answer, with names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Body of the answer: JSON text, or empty.
    pub body: String,
}

/// Headers of every answer. They prevent pages of other sites from reading the answer. Such a page can request a script
/// or an image without a token (Fetch Standard, "Cross-Origin-Resource-Policy header").
pub const SAFETY_HEADERS: [(&str, &str); 2] =
    [("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "same-origin")];

/// Headers of the answer to a browser's preflight request (Fetch Standard, "CORS protocol"). The header with the
/// allowed origin is missing here. The program that owns the socket adds it, because it has the list of allowed
/// origins.
pub const OPTIONS_HEADERS: [(&str, &str); 4] = [
    ("allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    ("access-control-allow-methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type, if-match, if-none-match"),
    ("access-control-max-age", "600"),
];

impl Answer {
    /// Creates an answer with the status 200 and `body` as JSON.
    pub fn json(body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => Self::with(200, text),
            Err(error) => Self::refused(&Refusal::new(ErrorCode::Internal, error)),
        }
    }

    /// Creates an answer with the status 200 and JSON text as its body.
    pub fn json_text(text: impl Into<String>) -> Self {
        Self::with(200, text.into())
    }

    /// Adds a header. `name` is in lower case.
    #[must_use]
    pub fn and_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Creates the answer to a health check. Its body contains the status `ok`, the version of the server, and
    /// `figures`.
    pub fn health(figures: Map<String, Value>) -> Self {
        let mut body = Map::from_iter([
            ("status".to_owned(), json!("ok")),
            ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ]);
        body.extend(figures);
        Self::json(&body)
    }

    /// Returns the answer to a health check of a server that takes no publications. It has the HTTP status 503,
    /// [`DiskTrouble::word`] as `status`, and the `reason` as a text.
    pub fn unhealthy(trouble: &DiskTrouble, figures: Map<String, Value>) -> Self {
        let mut answer = Self::health(figures);
        answer.status = 503;
        if let Ok(mut body) = serde_json::from_str::<Map<String, Value>>(&answer.body) {
            body.insert("status".into(), json!(trouble.word()));
            body.insert("reason".into(), json!(trouble.to_string()));
            answer.body = Value::Object(body).to_string();
        }
        answer
    }

    /// Creates the answer to an `OPTIONS` request: the status 204 and [`OPTIONS_HEADERS`].
    pub fn options() -> Self {
        let headers = OPTIONS_HEADERS.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { status: 204, headers, body: String::new() }
    }

    /// Creates an error answer. Its HTTP status follows from the code of `refusal`.
    pub fn refused(refusal: &Refusal) -> Self {
        Self::error(refusal.http_status(), refusal)
    }

    /// Creates an error answer with the HTTP status `status`, which may differ from the status that belongs to the code
    /// of `refusal`.
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

    /// Creates the answer with status 405 for a path that does not support this method. `allow` lists the methods that
    /// the path supports.
    pub fn method_not_allowed(method: &str, allow: &str) -> Self {
        let refusal = Refusal::new(
            ErrorCode::UnknownAction,
            format!("{method} is not allowed at this path: use {allow}"),
        );
        let mut answer = Self::error(405, &refusal);
        answer.headers.push(("allow", allow.into()));
        answer
    }

    /// Creates the answer with status 404 for an unknown path.
    pub fn nothing_at(path: &str) -> Self {
        Self::error(
            404,
            &Refusal::new(
                ErrorCode::UnknownAction,
                format!(
                    "there is nothing at {path}: the API has /topics, /topics/TOPIC, /boards, /boards/NAME and /healthz"
                ),
            ),
        )
    }

    /// Returns the value of a header of the answer. `name` is in lower case.
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
