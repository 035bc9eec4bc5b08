//! Encodes and decodes frame headers, which are two to fourteen bytes long and precede every payload (RFC 6455 §5.2).

use bytes::{BufMut, BytesMut};

/// Size of the longest header in bytes: two bytes, eight bytes of length, and four bytes of mask.
pub(super) const MAX_HEADER_BYTES: usize = 14;
/// Maximum size of the payload of a control frame, in bytes (RFC 6455 §5.5).
pub(super) const MAX_CONTROL_BYTES: usize = 125;

/// The type of a frame (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A further fragment of a message. It is not the first one.
    Continuation,
    /// A text message, or the first fragment of one.
    Text,
    /// A binary message, or the first fragment of one. API Gateway refuses it.
    Binary,
    /// A close frame, which ends the connection.
    Close,
    /// A request for a pong.
    Ping,
    /// The answer to a ping.
    Pong,
}

impl Opcode {
    fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0x0 => Some(Self::Continuation),
            0x1 => Some(Self::Text),
            0x2 => Some(Self::Binary),
            0x8 => Some(Self::Close),
            0x9 => Some(Self::Ping),
            0xA => Some(Self::Pong),
            _ => None,
        }
    }

    fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xA,
        }
    }

    /// Returns true for close, ping and pong frames. They are short, are never fragmented, and may come between the
    /// fragments of a message.
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// The decoded header of a client's frame. Everything in it has been checked that can be checked without the frames
/// before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub fin: bool,
    pub opcode: Opcode,
    pub mask: [u8; 4],
    pub payload_bytes: u64,
}

/// A header violates RFC 6455. The gateway closes the connection with code 1002.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// A reserved bit is set, although no extension was negotiated.
    #[error("the header of a frame has a reserved bit set, but no WebSocket extension was negotiated")]
    ReservedBit,
    /// The opcode is reserved.
    #[error("the opcode of a frame is not one of those that RFC 6455 defines")]
    UnknownOpcode,
    /// The frame is not masked. A client must mask its frames (RFC 6455 §5.1).
    #[error("the frame is not masked: clients must mask every WebSocket frame (RFC 6455, section 5.1)")]
    Unmasked,
    /// A control frame is fragmented or longer than 125 bytes.
    #[error("the control frame is fragmented or too long: it must be one fragment of at most 125 bytes")]
    BadControl,
    /// The highest bit of the payload's length is set.
    #[error("the payload length of a frame is not valid: its highest bit must be 0")]
    BadLength,
}

/// Decodes the header at the beginning of `bytes`. Returns the header and its size in bytes, or `None` if more bytes
/// are needed.
pub(super) fn decode_header(bytes: &[u8]) -> Result<Option<(Header, usize)>, HeaderError> {
    let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
    let (fin, opcode) = decode_first(first)?;
    if second & 0x80 == 0 {
        return Err(HeaderError::Unmasked);
    }
    if opcode.is_control() && (!fin || usize::from(second & 0x7F) > MAX_CONTROL_BYTES) {
        return Err(HeaderError::BadControl);
    }
    let Some((payload_bytes, length_bytes)) = decode_length(second & 0x7F, rest) else { return Ok(None) };
    if payload_bytes >> 63 == 1 {
        return Err(HeaderError::BadLength);
    }
    let Some(&mask) = rest.get(length_bytes..).and_then(<[u8]>::first_chunk::<4>) else { return Ok(None) };
    Ok(Some((Header { fin, opcode, mask, payload_bytes }, 2 + length_bytes + 4)))
}

fn decode_first(byte: u8) -> Result<(bool, Opcode), HeaderError> {
    if byte & 0x70 != 0 {
        return Err(HeaderError::ReservedBit);
    }
    let opcode = Opcode::from_bits(byte & 0x0F).ok_or(HeaderError::UnknownOpcode)?;
    Ok((byte & 0x80 != 0, opcode))
}

/// Decodes the length of the payload from `short`, the length field in the second byte of the header, and from the
/// bytes after it. Returns the length and the number of those bytes that encode it: 0, 2 or 8. Returns `None` if more
/// bytes are needed.
fn decode_length(short: u8, rest: &[u8]) -> Option<(u64, usize)> {
    match short {
        126 => rest.first_chunk::<2>().map(|bytes| (u64::from(u16::from_be_bytes(*bytes)), 2)),
        127 => rest.first_chunk::<8>().map(|bytes| (u64::from_be_bytes(*bytes), 8)),
        short => Some((u64::from(short), 0)),
    }
}

/// Writes the header of a frame that is neither masked nor fragmented.
pub(super) fn encode_header(opcode: Opcode, payload_bytes: usize, wire: &mut BytesMut) {
    wire.put_u8(0x80 | opcode.bits());
    match payload_bytes {
        0..=125 => wire.put_u8(payload_bytes as u8),
        126..=0xFFFF => {
            wire.put_u8(126);
            wire.put_u16(payload_bytes as u16);
        }
        _ => {
            wire.put_u8(127);
            wire.put_u64(payload_bytes as u64);
        }
    }
}

/// Applies `mask` to `bytes`. `offset` is the position of these bytes within the payload.
pub(super) fn unmask(bytes: &mut [u8], mask: [u8; 4], offset: usize) {
    let turned = std::array::from_fn::<u8, 4, _>(|at| mask[(offset + at) % 4]);
    let word = u64::from_ne_bytes(std::array::from_fn(|at| turned[at % 4]));
    let (words, tail) = bytes.as_chunks_mut::<8>();
    for chunk in words {
        *chunk = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
    }
    for (at, byte) in tail.iter_mut().enumerate() {
        *byte ^= turned[at % 4];
    }
}
