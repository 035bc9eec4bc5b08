//! Frame headers: two to fourteen bytes before every payload (RFC 6455 §5.2).

use bytes::{BufMut, BytesMut};

/// The longest header: two bytes, eight of length, four of mask.
pub(super) const MAX_HEADER_BYTES: usize = 14;
/// The longest payload of a control frame (RFC 6455 §5.5).
pub(super) const MAX_CONTROL_BYTES: usize = 125;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// Goes on with a fragmented message.
    Continuation,
    /// Begins a text message.
    Text,
    /// Begins a binary message, which API Gateway refuses.
    Binary,
    /// Ends the conversation.
    Close,
    /// Asks for a pong.
    Ping,
    /// Answers a ping.
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

    /// Whether this is a close, ping or pong: short, never fragmented, allowed between fragments.
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// A client's frame header, decoded and found lawful by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub fin: bool,
    pub opcode: Opcode,
    pub mask: [u8; 4],
    pub payload_bytes: u64,
}

/// A header that breaks RFC 6455; the connection closes with 1002.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// A reserved bit is set though no extension was negotiated.
    #[error("a reserved bit is set")]
    ReservedBit,
    /// The opcode is one of the reserved ones.
    #[error("unknown opcode")]
    UnknownOpcode,
    /// Clients must mask (RFC 6455 §5.1).
    #[error("the frame is not masked")]
    Unmasked,
    /// A control frame is fragmented or longer than 125 bytes.
    #[error("the control frame is fragmented or too long")]
    BadControl,
    /// The length's highest bit is set.
    #[error("the length is out of range")]
    BadLength,
}

/// Decodes the header at the start of `bytes`: itself and its size, or `None` while more bytes are needed.
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

/// The payload's length, and how many bytes beyond the first two hold it.
fn decode_length(short: u8, rest: &[u8]) -> Option<(u64, usize)> {
    match short {
        126 => rest.first_chunk::<2>().map(|bytes| (u64::from(u16::from_be_bytes(*bytes)), 2)),
        127 => rest.first_chunk::<8>().map(|bytes| (u64::from_be_bytes(*bytes), 8)),
        short => Some((u64::from(short), 0)),
    }
}

/// Writes the header of an unmasked, unfragmented frame.
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

/// Applies `mask` to `bytes`, whose first byte lies `offset` bytes into the payload.
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
