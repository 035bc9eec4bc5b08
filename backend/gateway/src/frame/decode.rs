//! Decodes WebSocket messages from the bytes of a client, which may arrive in pieces of any size.

use super::header::{Header, HeaderError, MAX_HEADER_BYTES, Opcode, decode_header, unmask};

/// A complete message or control frame that a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A text message. If it was fragmented, its fragments are joined.
    Text(String),
    /// A ping. The gateway has to answer it with a pong that has the same payload.
    Ping(Vec<u8>),
    /// A pong. It needs no answer.
    Pong,
    /// A close frame, with which the client closes the connection.
    Close {
        /// Close code, or `None` if the close frame has no payload.
        code: Option<u16>,
        /// Reason for closing. It is empty if there is no code.
        reason: String,
    },
}

/// The reason why the bytes of a client cannot be decoded any further. The gateway closes the connection with
/// [`DecodeError::close_code`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The header of a frame violates RFC 6455.
    #[error("{0}")]
    Header(#[from] HeaderError),
    /// A continuation frame came without a first fragment, or a new message began within a fragmented one.
    #[error(
        "the fragments of a message are out of order: send all fragments of a message before the next message"
    )]
    Fragmentation,
    /// A close frame has a payload of one byte, or a code that must not be sent.
    #[error("the close frame has a payload of one byte, or a close code that must not be sent")]
    BadClose,
    /// The client sent a binary message. API Gateway accepts only text ("Working with binary media types for WebSocket
    /// APIs").
    #[error("binary messages are not accepted: send a WebSocket text message")]
    Binary,
    /// A text message is not valid UTF-8.
    #[error("the text of a message or close frame is not valid UTF-8")]
    NotUtf8,
    /// A frame or a message exceeds its limit ("Amazon API Gateway quotas", WebSocket APIs).
    #[error(
        "the frame or message has {size_bytes} bytes, and the limit is {limit_bytes}: send a smaller one"
    )]
    TooLarge {
        /// Size of the frame according to its header, or size of the message including this frame, in bytes.
        size_bytes: u64,
        /// The limit that is exceeded, in bytes.
        limit_bytes: u64,
    },
}

impl DecodeError {
    /// Returns the close code that stands for this error (RFC 6455 §7.4.1).
    pub fn close_code(&self) -> u16 {
        match self {
            Self::Header(_) | Self::Fragmentation | Self::BadClose => 1002,
            Self::Binary => 1003,
            Self::NotUtf8 => 1007,
            Self::TooLarge { .. } => 1009,
        }
    }
}

/// Decodes the WebSocket frames of one client. Between two messages it uses no heap memory.
#[derive(Debug)]
pub struct Decoder {
    frame_limit_bytes: u32,
    message_limit_bytes: u32,
    /// The message that has arrived only partly. Most connections have none most of the time.
    unfinished: Option<Box<Unfinished>>,
}

/// The parts of a message that have arrived, and of a control frame in between.
#[derive(Debug, Default)]
struct Unfinished {
    head: [u8; MAX_HEADER_BYTES],
    head_bytes: u8,
    frame: Option<Frame>,
    fragmented: bool,
    message: Vec<u8>,
    control: Vec<u8>,
}

/// A frame whose header was decoded and whose payload has not arrived completely.
#[derive(Debug)]
struct Frame {
    header: Header,
    received_bytes: usize,
}

impl Decoder {
    /// Creates a decoder that refuses frames and messages that are larger than these limits, before it stores any of
    /// their bytes.
    pub fn new(frame_limit_bytes: u32, message_limit_bytes: u32) -> Self {
        Self { frame_limit_bytes, message_limit_bytes, unfinished: None }
    }

    /// Removes bytes from the front of `input` until a message or control frame is complete, and returns it. Returns
    /// `None` if `input` contains no complete message; all of its bytes are then used.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the bytes cannot be decoded. The decoder must not be used after that.
    pub fn decode(&mut self, input: &mut &[u8]) -> Result<Option<Incoming>, DecodeError> {
        if input.is_empty() {
            return Ok(None);
        }
        let mut message = self.unfinished.take().map_or_else(Unfinished::default, |unfinished| *unfinished);
        let incoming = self.take_message(&mut message, input)?;
        if !message.is_empty() {
            self.unfinished = Some(Box::new(message));
        }
        Ok(incoming)
    }

    fn take_message(
        &self,
        message: &mut Unfinished,
        input: &mut &[u8],
    ) -> Result<Option<Incoming>, DecodeError> {
        loop {
            let Some(frame) = message.take_frame(self, input)? else { return Ok(None) };
            if let Some(incoming) = message.finish(frame.header)? {
                return Ok(Some(incoming));
            }
        }
    }
}

impl Unfinished {
    fn is_empty(&self) -> bool {
        self.head_bytes == 0 && self.frame.is_none() && !self.fragmented
    }

    fn take_frame(&mut self, limits: &Decoder, input: &mut &[u8]) -> Result<Option<Frame>, DecodeError> {
        let mut frame = match self.frame.take() {
            Some(frame) => frame,
            None => match self.take_header(limits, input)? {
                Some(header) => Frame { header, received_bytes: 0 },
                None => return Ok(None),
            },
        };
        self.take_payload(&mut frame, input);
        if (frame.received_bytes as u64) < frame.header.payload_bytes {
            self.frame = Some(frame);
            return Ok(None);
        }
        Ok(Some(frame))
    }

    fn take_header(&mut self, limits: &Decoder, input: &mut &[u8]) -> Result<Option<Header>, DecodeError> {
        let known = usize::from(self.head_bytes);
        let taken = input.len().min(MAX_HEADER_BYTES - known);
        self.head[known..known + taken].copy_from_slice(&input[..taken]);
        match decode_header(&self.head[..known + taken])? {
            Some((header, header_bytes)) => {
                *input = &input[header_bytes - known..];
                self.head_bytes = 0;
                self.admit(limits, header)?;
                Ok(Some(header))
            }
            None => {
                *input = &input[taken..];
                self.head_bytes += taken as u8;
                Ok(None)
            }
        }
    }

    /// Checks that a header may follow the fragments before it, and that the frame and the message do not exceed their
    /// limits.
    fn admit(&self, limits: &Decoder, header: Header) -> Result<(), DecodeError> {
        match header.opcode {
            Opcode::Close | Opcode::Ping | Opcode::Pong => return Ok(()),
            Opcode::Binary => return Err(DecodeError::Binary),
            Opcode::Continuation if !self.fragmented => return Err(DecodeError::Fragmentation),
            Opcode::Text if self.fragmented => return Err(DecodeError::Fragmentation),
            Opcode::Continuation | Opcode::Text => {}
        }
        within(header.payload_bytes, limits.frame_limit_bytes)?;
        within(self.message.len() as u64 + header.payload_bytes, limits.message_limit_bytes)
    }

    fn take_payload(&mut self, frame: &mut Frame, input: &mut &[u8]) {
        let missing = frame.header.payload_bytes - frame.received_bytes as u64;
        let taken = usize::try_from(missing).unwrap_or(usize::MAX).min(input.len());
        let target = if frame.header.opcode.is_control() { &mut self.control } else { &mut self.message };
        let start = target.len();
        target.extend_from_slice(&input[..taken]);
        unmask(&mut target[start..], frame.header.mask, frame.received_bytes);
        frame.received_bytes += taken;
        *input = &input[taken..];
    }

    fn finish(&mut self, header: Header) -> Result<Option<Incoming>, DecodeError> {
        match header.opcode {
            Opcode::Ping => Ok(Some(Incoming::Ping(std::mem::take(&mut self.control)))),
            Opcode::Pong => {
                self.control = Vec::new();
                Ok(Some(Incoming::Pong))
            }
            Opcode::Close => decode_close(&std::mem::take(&mut self.control)).map(Some),
            Opcode::Text | Opcode::Binary | Opcode::Continuation => self.finish_data(header.fin),
        }
    }

    fn finish_data(&mut self, fin: bool) -> Result<Option<Incoming>, DecodeError> {
        self.fragmented = !fin;
        if !fin {
            return Ok(None);
        }
        let text = String::from_utf8(std::mem::take(&mut self.message)).map_err(|_| DecodeError::NotUtf8)?;
        Ok(Some(Incoming::Text(text)))
    }
}

fn within(size_bytes: u64, limit_bytes: u32) -> Result<(), DecodeError> {
    let limit_bytes = u64::from(limit_bytes);
    if size_bytes > limit_bytes { Err(DecodeError::TooLarge { size_bytes, limit_bytes }) } else { Ok(()) }
}

fn decode_close(payload: &[u8]) -> Result<Incoming, DecodeError> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        let empty = Incoming::Close { code: None, reason: String::new() };
        return if payload.is_empty() { Ok(empty) } else { Err(DecodeError::BadClose) };
    };
    let code = u16::from_be_bytes(*code);
    if !is_close_code(code) {
        return Err(DecodeError::BadClose);
    }
    let reason = str::from_utf8(reason).map_err(|_| DecodeError::NotUtf8)?;
    Ok(Incoming::Close { code: Some(code), reason: reason.to_owned() })
}

/// Returns true if a client may send this close code (RFC 6455 §7.4 and the IANA registry of close codes).
fn is_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
