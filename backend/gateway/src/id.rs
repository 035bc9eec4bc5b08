//! Connection, request and message ids in the format of API Gateway: 11 bytes as URL-safe base64, which are 16
//! characters that end in `=`.
//!
//! The meaning of the bytes was observed on AWS and is not documented. Bytes 0 to 3 count the time in steps of about 25
//! ms. Byte 8 is the kind of id: 2 for connections and messages, 5 for requests. The last two bytes of a message's id
//! are those of its connection's id.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

const ID_CHARS: usize = 16;
const ID_BYTES: usize = 11;
const TICK_MS: u64 = 25;
const CONNECTION_OR_MESSAGE: u8 = 0x02;
const REQUEST: u8 = 0x05;

/// The id of a WebSocket connection: 16 characters of URL-safe base64 that end in `=`. It is unique within a gateway.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId([u8; ID_CHARS]);

impl ConnectionId {
    pub(crate) fn new(now_ms: u64, random: u64) -> Self {
        Self(encode(now_ms, random, CONNECTION_OR_MESSAGE, (random >> 32) as u16))
    }

    /// Returns the id as it is written in events, and in `@connections` paths (where `=` is written as `%3D`).
    pub fn as_str(&self) -> &str {
        // This cannot fail, because `encode` and `from_str` store only ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns the last two bytes of the id. They are also the last two bytes of the ids of the connection's messages.
    fn tail(&self) -> u16 {
        let mut bytes = [0; ID_BYTES + 1];
        let decoded = URL_SAFE.decode_slice(self.0, &mut bytes).unwrap_or(0);
        if decoded == ID_BYTES { u16::from_be_bytes([bytes[9], bytes[10]]) } else { 0 }
    }
}

/// The error for a text that does not have the format of a connection id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a connection id: an id is 16 characters of URL-safe base64 that end in '='")]
pub struct MalformedConnectionId;

impl FromStr for ConnectionId {
    type Err = MalformedConnectionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let chars: [u8; ID_CHARS] = text.as_bytes().try_into().map_err(|_| MalformedConnectionId)?;
        let (last, body) = chars.split_last().ok_or(MalformedConnectionId)?;
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if *last == b'=' && body.iter().all(is_base64) { Ok(Self(chars)) } else { Err(MalformedConnectionId) }
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ConnectionId({})", self.as_str())
    }
}

/// Creates the id of an invocation, or the id of a request that was refused or that failed.
pub(crate) fn request_id(now_ms: u64, random: u64) -> String {
    text(encode(now_ms, random, REQUEST, (random >> 32) as u16))
}

/// Creates the id of a message that `connection` sent.
pub(crate) fn message_id(now_ms: u64, random: u64, connection: &ConnectionId) -> String {
    text(encode(now_ms, random, CONNECTION_OR_MESSAGE, connection.tail()))
}

fn text(chars: [u8; ID_CHARS]) -> String {
    // This cannot fail, because `encode` returns only ASCII.
    str::from_utf8(&chars).unwrap_or_default().to_owned()
}

fn encode(now_ms: u64, random: u64, kind: u8, tail: u16) -> [u8; ID_CHARS] {
    let mut bytes = [0; ID_BYTES];
    bytes[..4].copy_from_slice(&((now_ms / TICK_MS) as u32).to_be_bytes());
    bytes[4..8].copy_from_slice(&(random as u32).to_be_bytes());
    bytes[8] = kind;
    bytes[9..].copy_from_slice(&tail.to_be_bytes());
    let mut chars = [b'='; ID_CHARS];
    // The result always fits, because 11 bytes are encoded as 16 characters.
    let written = URL_SAFE.encode_slice(bytes, &mut chars);
    debug_assert_eq!(written, Ok(ID_CHARS));
    chars
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_707_502_303_419;

    #[test]
    fn an_id_is_sixteen_characters_that_end_in_an_equals_sign_and_names_its_kind() {
        let id = ConnectionId::new(NOW_MS, 0x0123_4567_89ab_cdef);
        assert_eq!(id.as_str().len(), 16);
        assert!(id.as_str().ends_with('='));
        assert_eq!(bytes(id.as_str())[8], 0x02);
        assert_eq!(bytes(&request_id(NOW_MS, 7))[8], 0x05);
    }

    #[test]
    fn a_message_id_ends_like_its_connection() {
        let connection = ConnectionId::new(NOW_MS, 0x0123_4567_89ab_cdef);
        let message = message_id(NOW_MS + 90_000, 42, &connection);
        assert_eq!(bytes(&message)[8..], bytes(connection.as_str())[8..]);
        assert_ne!(bytes(&message)[..8], bytes(connection.as_str())[..8]);
    }

    #[test]
    fn ids_observed_on_aws_are_read_and_written_unchanged() {
        for observed in ["XDmENcnwIE0CFEQ=", "R0oXAdfD0kwCH6w="] {
            assert_eq!(observed.parse::<ConnectionId>().map(|id| id.to_string()), Ok(observed.to_owned()));
        }
    }

    #[test]
    fn text_that_is_not_an_id_is_refused() {
        for text in
            ["", "short=", "XDmENcnwIE0CFEQ", "XDmENcnwIE0CFEQA", "XDmENcn/IE0CFEQ=", "XDmENcnwIE0CFEQ=="]
        {
            assert_eq!(text.parse::<ConnectionId>(), Err(MalformedConnectionId), "{text}");
        }
    }

    fn bytes(id: &str) -> Vec<u8> {
        URL_SAFE.decode(id).expect("base64")
    }
}
