//! The HTTP API without its sockets: which path means what, and how an answer looks. `serve` and the ingest
//! function both answer by [`Service::http`](crate::Service::http), so they cannot differ.
//!
//! | request | answer |
//! |---|---|
//! | `POST /topics/{topic}` | where the publication landed, once durable |
//! | `GET /topics` | what may be read, with the last value |
//! | `GET /topics/{topic}` | a part of a topic's log |
//! | `GET /healthz` | that the server lives |
//!
//! `HEAD` is `GET` without its body, which whoever writes the answer leaves out.

mod answer;
mod route;

pub use answer::{Answer, OPTIONS_HEADERS, SAFETY_HEADERS};
pub use route::{Route, check_type};

use crate::authorize::Credentials;

/// What of a request is known before its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestHead<'a> {
    /// In capitals.
    pub method: &'a str,
    /// Percent-encoded, without the query.
    pub path: &'a str,
    /// Percent-encoded, without the question mark; empty if there is none.
    pub query: &'a str,
    /// `Authorization`.
    pub credentials: Credentials<'a>,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Content-Encoding`.
    pub content_encoding: Option<&'a str>,
}
