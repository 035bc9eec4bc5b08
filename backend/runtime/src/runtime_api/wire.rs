//! One connection of a process to the Runtime API: reads its requests and writes the answers.
//!
//! An answer is written when the connection waits for something. So the answer to a result and the next event are one packet, if a
//! process sends its result together with its request for the next event, as our runtime client for Node.js does. A general HTTP server
//! needs several times the processor time of this for an invocation, which is most of the time of a short one.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::head::{self, ErrorFields, Head, Length, Malformed};

/// Maximum size of the head or of the trailers of a request, in bytes. Lambda's own runtimes report the cause of an error in a header
/// of up to 1 MB.
const HEAD_BYTES: usize = 1024 * 1024 + 16 * 1024;
/// Number of bytes for which there is room at each read.
const READ_BYTES: usize = 8 * 1024;
/// Longest line with the length of a chunk.
const CHUNK_LINE_BYTES: usize = 1024;

/// One connection of a process to the Runtime API.
pub(super) struct Wire {
    stream: TcpStream,
    input: BytesMut,
    /// Answers that have not been written yet.
    output: Vec<u8>,
}

/// The body of a request.
pub(super) enum Body {
    Whole {
        bytes: Bytes,
        trailers: ErrorFields,
    },
    /// The body is larger than allowed. It was read to its end and dropped, so that the client can read the answer.
    TooLarge,
}

impl From<Malformed> for io::Error {
    fn from(malformed: Malformed) -> Self {
        Self::new(io::ErrorKind::InvalidData, malformed.to_string())
    }
}

impl Wire {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, input: BytesMut::new(), output: Vec::new() }
    }

    /// Reads the head of the next request. Returns `None` if the client has closed the connection.
    ///
    /// # Errors
    ///
    /// If the connection is broken, or the request is malformed or its head too large (`InvalidData`).
    pub async fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            if let Some((head, size)) = head::parse(&self.input)? {
                self.input.advance(size);
                return Ok(Some(head));
            }
            self.check_head()?;
            match self.fill().await {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && self.input.is_empty() => {
                    return Ok(None);
                }
                filled => filled?,
            }
        }
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// If the connection ends within the body, or the body is malformed (`InvalidData`).
    pub async fn body(&mut self, head: &Head, limit_bytes: usize) -> io::Result<Body> {
        if head.expects_continue && self.input.is_empty() {
            self.output.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        match head.length {
            Length::Bytes(length) => self.sized(length, limit_bytes).await,
            Length::Chunked => self.chunked(limit_bytes).await,
        }
    }

    async fn sized(&mut self, length: u64, limit_bytes: usize) -> io::Result<Body> {
        match usize::try_from(length) {
            Ok(length) if length <= limit_bytes => {
                while self.input.len() < length {
                    self.fill().await?;
                }
                let bytes = self.input.split_to(length).freeze();
                Ok(Body::Whole { bytes, trailers: ErrorFields::default() })
            }
            Ok(_) | Err(_) => {
                self.take(length, |_| {}).await?;
                Ok(Body::TooLarge)
            }
        }
    }

    async fn chunked(&mut self, limit_bytes: usize) -> io::Result<Body> {
        let (mut bytes, mut is_too_large) = (BytesMut::new(), false);
        loop {
            let length = self.chunk_length().await?;
            if length == 0 {
                let trailers = self.trailers().await?;
                let whole = Body::Whole { bytes: bytes.freeze(), trailers };
                return Ok(if is_too_large { Body::TooLarge } else { whole });
            }
            self.take(length, |part| {
                is_too_large |= bytes.len() + part.len() > limit_bytes;
                if !is_too_large {
                    bytes.extend_from_slice(part);
                }
            })
            .await?;
            // A line break follows each chunk.
            self.take(2, |_| {}).await?;
        }
    }

    async fn chunk_length(&mut self) -> io::Result<u64> {
        loop {
            match httparse::parse_chunk_size(&self.input) {
                Ok(httparse::Status::Complete((size, length))) => {
                    self.input.advance(size);
                    return Ok(length);
                }
                Ok(httparse::Status::Partial) if self.input.len() <= CHUNK_LINE_BYTES => self.fill().await?,
                Ok(httparse::Status::Partial) | Err(_) => return Err(Malformed.into()),
            }
        }
    }

    async fn trailers(&mut self) -> io::Result<ErrorFields> {
        loop {
            if let Some((trailers, size)) = head::parse_trailers(&self.input)? {
                self.input.advance(size);
                return Ok(trailers);
            }
            self.check_head()?;
            self.fill().await?;
        }
    }

    /// Reads `length` bytes of a body, and passes them on part by part.
    async fn take(&mut self, mut length: u64, mut part: impl FnMut(&[u8])) -> io::Result<()> {
        while length > 0 {
            if self.input.is_empty() {
                self.fill().await?;
            }
            let size =
                usize::try_from(length).map_or(self.input.len(), |length| length.min(self.input.len()));
            part(&self.input[..size]);
            self.input.advance(size);
            length -= size as u64;
        }
        Ok(())
    }

    /// Adds an answer, which is written when the connection waits for something. `headers` are whole lines.
    pub fn answer(&mut self, status: StatusCode, headers: &str, body: &[u8]) {
        let reason = status.canonical_reason().unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} {reason}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
            status.as_u16(),
            body.len()
        );
        self.output.reserve(head.len() + body.len());
        self.output.extend_from_slice(head.as_bytes());
        self.output.extend_from_slice(body);
    }

    /// Writes the answers.
    pub async fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let written = self.stream.write_all(&self.output).await;
        self.output.clear();
        // The memory of a large event is not kept.
        self.output.shrink_to(READ_BYTES);
        written
    }

    /// Waits until the client closes the connection or breaks the protocol by sending too much. What it sends is kept.
    pub async fn closed(&mut self) {
        while self.input.len() < HEAD_BYTES && self.read().await.is_ok() {}
    }

    /// Writes the answers, then reads some bytes. The end of the connection is the error `UnexpectedEof`.
    async fn fill(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.read().await
    }

    async fn read(&mut self) -> io::Result<()> {
        self.input.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    fn check_head(&self) -> io::Result<()> {
        if self.input.len() > HEAD_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "The headers of the request are too large",
            ));
        }
        Ok(())
    }
}
