//! The names of headers as a client wrote them. HTTP does not distinguish upper and lower case, and the types of the crate
//! `http` keep lower case only, but API Gateway passes each name to functions as the client wrote it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lock::Mutex;

/// Maximum size of a request's head that is recorded, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// Beginnings of the names of headers that the gateway sets itself, in its own spelling.
const OWN: [&str; 2] = ["x-forwarded-", "x-amzn-"];

/// The names of a handshake's headers as the client wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderNames(BTreeMap<String, String>);

impl HeaderNames {
    /// Reads the names in the head of a request.
    pub(crate) fn of_head(head: &[u8]) -> Self {
        let head = String::from_utf8_lossy(head);
        let lines = head.split("\r\n").skip(1);
        let names = lines.filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned());
        let named = names.map(|name| (name.to_ascii_lowercase(), name));
        Self(named.filter(|(lower, _)| !OWN.iter().any(|own| lower.starts_with(own))).collect())
    }

    /// Returns the name as the client wrote it. `name` is in lower case.
    pub fn spelled(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Records the head of the first request of a TCP connection, if it is a handshake. The stream writes to it, and the gateway
/// reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordedHead(Arc<Mutex<Recording>>);

#[derive(Debug, Default)]
struct Recording {
    bytes: Vec<u8>,
    is_over: bool,
}

impl RecordedHead {
    /// Adds bytes that were received, up to the end of the head. Returns false if the head is complete or is not recorded,
    /// so that more bytes would be ignored.
    pub(crate) fn add(&self, received: &[u8]) -> bool {
        let mut recording = self.0.lock();
        if recording.is_over {
            return false;
        }
        // The end may lie on both sides of the border between two reads.
        let from = recording.bytes.len().saturating_sub(3);
        recording.bytes.extend_from_slice(received);
        let end = recording.bytes[from..].windows(4).position(|window| window == b"\r\n\r\n");
        let is_get = recording.bytes.starts_with(b"GET ") || recording.bytes.len() < 4;
        recording.is_over = end.is_some() || !is_get || recording.bytes.len() > HEAD_BYTES;
        match end {
            Some(end) if is_get => recording.bytes.truncate(from + end),
            _ if recording.is_over => recording.bytes = Vec::new(),
            _ => {}
        }
        !recording.is_over
    }

    /// Returns the names in the recorded head, and forgets the head, so that a later request does not get the names of this
    /// one.
    pub(crate) fn take(&self) -> HeaderNames {
        HeaderNames::of_head(&std::mem::take(&mut self.0.lock().bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_the_client_wrote_them() {
        let head = RecordedHead::default();
        for piece in
            ["GET / HTTP/1.1\r\nhost: x\r\ntoken: a", "b\r\nX-FORWARDED-FOR: 1\r\nAUTH: c\r", "\n\r\nbody: d"]
        {
            head.add(piece.as_bytes());
        }
        let names = head.take();
        let spelled = ["host", "token", "auth", "x-forwarded-for", "body"].map(|name| names.spelled(name));
        assert_eq!(spelled, [Some("host"), Some("token"), Some("AUTH"), None, None]);
        assert_eq!(head.take(), HeaderNames::default());
    }

    #[test]
    fn only_heads_of_handshakes_are_recorded() {
        for request in
            ["POST / HTTP/1.1\r\na: b\r\n\r\n".to_owned(), format!("GET /{}", "x".repeat(HEAD_BYTES))]
        {
            let head = RecordedHead::default();
            head.add(request.as_bytes());
            assert_eq!(head.take(), HeaderNames::default());
        }
    }
}
