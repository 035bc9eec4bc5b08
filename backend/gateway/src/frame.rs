//! Encodes and decodes WebSocket frames (RFC 6455), without a socket or a clock.
//!
//! The frames that the gateway sends are neither masked nor fragmented, so that one encoded [`Frame`] can be sent to
//! every receiver. The gateway does not offer `permessage-deflate`, although API Gateway negotiates it: every receiver
//! would need a compressed copy of its own, and the compressor of a connection needs more memory than everything else
//! that belongs to the connection.
//!
//! ```
//! use apigw_websocket::Frame;
//! use apigw_websocket::frame::{Decoder, Incoming};
//!
//! assert_eq!(&Frame::text("Hello").wire()[..], b"\x81\x05Hello");
//!
//! let mut decoder = Decoder::new(32 * 1024, 128 * 1024);
//! let mut input: &[u8] = &[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
//! assert_eq!(decoder.decode(&mut input)?, Some(Incoming::Text("Hello".into())));
//! # Ok::<(), apigw_websocket::frame::DecodeError>(())
//! ```

mod decode;
mod header;

pub use decode::{DecodeError, Decoder, Incoming};
pub use header::{HeaderError, Opcode};

use bytes::{BufMut, Bytes, BytesMut};
use header::{MAX_CONTROL_BYTES, encode_header};

/// An encoded text frame. Cloning it, or posting it to any number of connections, does not copy its bytes.
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

    /// Returns the size of the payload in bytes. The limits on messages apply to this size, without the frame header.
    pub fn payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// Returns the payload, which the frame was made of.
    pub(crate) fn payload(&self) -> &str {
        let header_bytes = self.wire.len() - self.payload_bytes;
        str::from_utf8(&self.wire[header_bytes..]).unwrap_or_default()
    }

    /// Returns the encoded bytes of the frame, including its header.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }
}

/// Encodes the pong that answers a ping with this payload. The payload is truncated to 125 bytes, the maximum of a
/// control frame.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    encode(Opcode::Pong, &payload[..payload.len().min(MAX_CONTROL_BYTES)])
}

/// Encodes a close frame. Code 1005 ("no code") must not be sent, so it is encoded as an empty payload.
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
