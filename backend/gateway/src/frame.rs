//! The WebSocket wire (RFC 6455) as values: bytes in, messages out, and back. No socket, no clock.
//!
//! Frames of the server are neither masked nor fragmented, so that one encoded [`Frame`] is right for every
//! receiver. `permessage-deflate` is not offered, although API Gateway negotiates it: compressing once for each
//! receiver is the work that sharing a frame avoids, and a compressor for each connection costs more memory than
//! everything else a connection holds.

mod decode;
mod header;

pub use decode::{DecodeError, Decoder, Incoming};
pub use header::{HeaderError, Opcode};

use bytes::{BufMut, Bytes, BytesMut};
use header::{MAX_CONTROL_BYTES, encode_header};

/// A text frame, encoded once. Cloning it, and posting it to any number of connections, shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    wire: Bytes,
    payload_bytes: usize,
}

impl Frame {
    /// Encodes `payload` as one text frame.
    pub fn text(payload: &str) -> Self {
        Self { wire: encode(Opcode::Text, payload.as_bytes()), payload_bytes: payload.len() }
    }

    /// The size of the payload: what a limit on messages counts.
    pub fn payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// The bytes as they go over the wire, header included.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }
}

/// A pong that answers a ping with this payload. What exceeds a control frame's 125 bytes is cut.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    encode(Opcode::Pong, &payload[..payload.len().min(MAX_CONTROL_BYTES)])
}

/// A close frame. Code 1005 ("no code") is written as an empty payload, as it may not go over the wire.
pub(crate) fn close(code: u16, reason: &str) -> Bytes {
    if code == 1005 {
        return encode(Opcode::Close, &[]);
    }
    let reason = &reason[..reason.floor_char_boundary(MAX_CONTROL_BYTES - 2)];
    let mut payload = BytesMut::with_capacity(2 + reason.len());
    payload.put_u16(code);
    payload.put_slice(reason.as_bytes());
    encode(Opcode::Close, &payload)
}

fn encode(opcode: Opcode, payload: &[u8]) -> Bytes {
    let mut wire = BytesMut::with_capacity(10 + payload.len());
    encode_header(opcode, payload.len(), &mut wire);
    wire.put_slice(payload);
    wire.freeze()
}

#[cfg(test)]
mod tests;
