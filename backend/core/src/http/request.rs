//! The head of an HTTP request, and the check that its body has a supported type.

use core::net::IpAddr;

use shared::ErrorCode;

use super::Answer;
use crate::authorize::Credentials;
use crate::refusal::Refusal;

/// The parts of an HTTP request that are known before its body is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestHead<'a> {
    /// HTTP method in capitals.
    pub method: &'a str,
    /// Path of the request, percent-encoded and without the query.
    pub path: &'a str,
    /// Query of the request, percent-encoded and without the question mark; empty if there is none.
    pub query: &'a str,
    /// The headers that may hold a token.
    pub credentials: Credentials<'a>,
    /// IP address of the client; `None` if it is not known.
    pub peer: Option<IpAddr>,
    /// Value of the header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// Value of the header `Content-Encoding`.
    pub content_encoding: Option<&'a str>,
    /// Value of the header `If-Match`: the version of a board that the client has seen.
    pub if_match: Option<&'a str>,
    /// Value of the header `If-None-Match`: `*` if the client has seen that there is no such board.
    pub if_none_match: Option<&'a str>,
}

/// Checks, before the body of a request is read, that it can contain publications or a board document.
///
/// # Errors
///
/// An answer with status 415 if the body is compressed, or if its type is multipart, image, audio or video.
pub fn check_type(head: &RequestHead<'_>) -> Result<(), Answer> {
    let encoding = head.content_encoding.unwrap_or_default();
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(unsupported(format!(
            "Content-Encoding {encoding} is not supported: send the body uncompressed"
        )));
    }
    let kind = head.content_type.unwrap_or_default().trim().to_ascii_lowercase();
    if ["multipart/", "image/", "audio/", "video/"].iter().any(|prefix| kind.starts_with(prefix)) {
        return Err(unsupported(format!("{kind} is not supported: send JSON, NDJSON or text")));
    }
    Ok(())
}

fn unsupported(message: String) -> Answer {
    Answer::error(415, &Refusal::new(ErrorCode::Malformed, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_cannot_hold_publications_is_refused_unread() {
        let form =
            RequestHead { content_type: Some("Multipart/form-data; boundary=x"), ..Default::default() };
        let zipped = RequestHead { content_encoding: Some("gzip"), ..Default::default() };
        let plain = RequestHead {
            content_type: Some("application/x-www-form-urlencoded"),
            content_encoding: Some("Identity"),
            ..Default::default()
        };
        assert_eq!(check_type(&form).unwrap_err().status, 415);
        assert_eq!(check_type(&zipped).unwrap_err().status, 415);
        assert_eq!(check_type(&plain), Ok(()), "curl calls everything a form");
    }
}
