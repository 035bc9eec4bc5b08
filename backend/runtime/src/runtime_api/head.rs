//! The head of a request: its first line and its headers. Everything here is pure.

use std::fmt;

/// Maximum number of headers of a request.
const HEADERS: usize = 100;
/// Name of the header with the type of an error. It is also a trailer of streamed responses.
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
/// Name of the trailer with the error object in base64.
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// The parts of the head of a request that the Runtime API needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub method: String,
    /// The path, without the query.
    pub path: String,
    pub length: Length,
    /// The client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// The client wants the connection to end after the answer.
    pub is_last: bool,
    pub error: ErrorFields,
}

/// The length of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Bytes(u64),
    /// The body consists of chunks, each with its length (RFC 9112, section 7.1).
    Chunked,
}

/// The headers or trailers that describe an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorFields {
    /// Type of the error.
    pub kind: Option<String>,
    /// The error object in base64.
    pub body: Option<String>,
}

/// A request that is not valid HTTP/1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The request is not valid HTTP/1.1")
    }
}

impl From<httparse::Error> for Malformed {
    fn from(_: httparse::Error) -> Self {
        Self
    }
}

/// Reads the head at the beginning of `input`. Returns it with its length in bytes, or `None` if it has not arrived as a whole.
pub(super) fn parse(input: &[u8]) -> Result<Option<(Head, usize)>, Malformed> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(size) = request.parse(input)? else { return Ok(None) };
    let path = request.path.unwrap_or_default();
    let mut head = Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: path.split_once('?').map_or(path, |(path, _)| path).to_owned(),
        length: Length::Bytes(0),
        expects_continue: false,
        // HTTP/1.0 closes a connection after each answer.
        is_last: request.version == Some(0),
        error: error_fields(request.headers),
    };
    for header in request.headers.iter() {
        let value = header.value.trim_ascii();
        if header.name.eq_ignore_ascii_case("content-length") {
            // Chunks count, if a request has both (RFC 9112, section 6.3).
            if head.length != Length::Chunked {
                let number = str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                head.length = Length::Bytes(number.ok_or(Malformed)?);
            }
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Malformed);
            }
            head.length = Length::Chunked;
        } else if header.name.eq_ignore_ascii_case("expect") {
            head.expects_continue = value.eq_ignore_ascii_case(b"100-continue");
        } else if header.name.eq_ignore_ascii_case("connection") {
            head.is_last |= value.eq_ignore_ascii_case(b"close");
        }
    }
    Ok(Some((head, size)))
}

/// Reads the trailers at the beginning of `input`, which follow the last chunk. Returns those that describe an error, with the length
/// of all in bytes, or `None` if they have not arrived as a whole.
pub(super) fn parse_trailers(input: &[u8]) -> Result<Option<(ErrorFields, usize)>, Malformed> {
    let mut trailers = [httparse::EMPTY_HEADER; HEADERS];
    match httparse::parse_headers(input, &mut trailers)? {
        httparse::Status::Complete((size, trailers)) => Ok(Some((error_fields(trailers), size))),
        httparse::Status::Partial => Ok(None),
    }
}

fn error_fields(headers: &[httparse::Header<'_>]) -> ErrorFields {
    let text = |name: &str| {
        let found = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        str::from_utf8(found.value).ok().map(str::to_owned)
    };
    ErrorFields { kind: text(ERROR_TYPE), body: text(ERROR_BODY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Head {
        let (head, size) = parse(text.as_bytes()).expect("valid").expect("whole");
        assert_eq!(size, text.len());
        head
    }

    #[test]
    fn a_head_is_read_when_it_has_arrived_as_a_whole() {
        let text = "GET /2018-06-01/runtime/invocation/next?x=1 HTTP/1.1\r\nHost: api\r\n\r\n";
        assert_eq!(parse(&text.as_bytes()[..text.len() - 1]), Ok(None));
        let head = read(text);
        assert_eq!(
            (head.method.as_str(), head.path.as_str()),
            ("GET", "/2018-06-01/runtime/invocation/next")
        );
        assert_eq!((head.length, head.is_last, head.expects_continue), (Length::Bytes(0), false, false));
    }

    #[test]
    fn headers_are_read_in_any_case() {
        let head = read(
            "POST /x HTTP/1.1\r\nCONTENT-LENGTH: 12 \r\nexpect: 100-Continue\r\nConnection: Close\r\n\
             Lambda-Runtime-Function-Error-Type: A.B\r\n\r\n",
        );
        assert_eq!((head.length, head.is_last, head.expects_continue), (Length::Bytes(12), true, true));
        assert_eq!(head.error.kind.as_deref(), Some("A.B"));
    }

    #[test]
    fn chunks_count_if_a_request_also_has_a_length() {
        for headers in [
            "Transfer-Encoding: chunked\r\nContent-Length: 1",
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
        ] {
            assert_eq!(read(&format!("POST /x HTTP/1.1\r\n{headers}\r\n\r\n")).length, Length::Chunked);
        }
    }

    #[test]
    fn what_is_not_http_is_malformed() {
        for text in [
            "\0\0\r\n\r\n",
            "GET /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "GET /x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(Malformed), "{text:?}");
        }
    }
}
