//! A TCP stream whose writes fail with a time-out if the client does not read.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::header_names::RecordedHead;

/// Number of bytes that a client has to accept within the time limit. Bytes in the buffers of the operating system
/// count as accepted.
const PIECE_BYTES: usize = 64 * 1024;

/// A TCP stream whose writes fail with `TimedOut` if the client does not read. This is the case if bytes wait to be
/// written and the client accepts less than [`PIECE_BYTES`] of them within the time limit.
#[derive(Debug)]
pub(crate) struct PatientStream {
    stream: TcpStream,
    limit: Duration,
    wait: Option<Wait>,
    head: RecordedHead,
    /// True as long as more bytes may belong to the recorded head.
    is_recording: bool,
}

/// The state of a write that waits for the client: the timer of the time limit, and the number of bytes accepted since
/// it was started.
#[derive(Debug)]
struct Wait {
    timer: Pin<Box<Sleep>>,
    taken_bytes: usize,
}

impl PatientStream {
    pub(crate) fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, limit, wait: None, head: RecordedHead::default(), is_recording: true }
    }

    /// Returns the record of the head of the first request.
    pub(crate) fn head(&self) -> RecordedHead {
        self.head.clone()
    }

    pub(crate) fn into_inner(self) -> TcpStream {
        self.stream
    }

    /// Applies the time limit to the result of a write, and returns the result or `TimedOut`. A pending write starts
    /// the timer. The timer stops when everything was accepted, and starts again each time that [`PIECE_BYTES`] were
    /// accepted. `asked_bytes` is the number of bytes that should be written, and `bytes` are the first of them.
    fn after(
        &mut self,
        written: Poll<io::Result<usize>>,
        bytes: &[u8],
        asked_bytes: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(bytes)) => self.taken(*bytes, asked_bytes),
            Poll::Ready(Err(_)) => self.wait = None,
            Poll::Pending => {
                let limit = self.limit;
                let wait =
                    self.wait.get_or_insert_with(|| Wait { timer: Box::pin(sleep(limit)), taken_bytes: 0 });
                if wait.timer.as_mut().poll(context).is_ready() {
                    return Poll::Ready(self.last_try(bytes, asked_bytes));
                }
            }
        }
        written
    }

    /// Writes once more when the time limit has passed, and fails with `TimedOut` if the client has still not accepted
    /// enough. This is necessary because the operating system reports a socket as writable only when a large part of
    /// its buffer is free. A slow client may therefore have accepted [`PIECE_BYTES`] without such a report.
    fn last_try(&mut self, bytes: &[u8], asked_bytes: usize) -> io::Result<usize> {
        let taken_bytes = self.wait.take().map_or(0, |wait| wait.taken_bytes);
        match SockRef::from(&self.stream).send(bytes) {
            Ok(written) if written >= asked_bytes || taken_bytes + written >= PIECE_BYTES => Ok(written),
            Ok(_) | Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn taken(&mut self, bytes: usize, asked_bytes: usize) {
        let Some(wait) = &mut self.wait else { return };
        wait.taken_bytes += bytes;
        if bytes >= asked_bytes {
            self.wait = None;
        } else if wait.taken_bytes >= PIECE_BYTES {
            wait.taken_bytes = 0;
            wait.timer.as_mut().reset(Instant::now() + self.limit);
        }
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if self.is_recording {
            self.is_recording = self.head.add(&buffer.filled()[before..]);
        }
        read
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after(written, bytes, bytes.len(), context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        self.after(written, first, slices.iter().map(|slice| slice.len()).sum(), context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
