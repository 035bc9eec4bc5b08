//! A TCP stream that gives up a client which does not take what is written to it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// Number of bytes that a client has to take within the time limit. What the operating system buffers counts as taken.
const PIECE_BYTES: usize = 64 * 1024;

/// A stream whose writes fail with `TimedOut` if the client takes less than [`PIECE_BYTES`] within the time limit while
/// more is waiting.
#[derive(Debug)]
pub(crate) struct PatientStream {
    stream: TcpStream,
    limit: Duration,
    wait: Option<Wait>,
}

/// The wait of a write for the client.
#[derive(Debug)]
struct Wait {
    timer: Pin<Box<Sleep>>,
    taken_bytes: usize,
}

impl PatientStream {
    pub(crate) fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, limit, wait: None }
    }

    pub(crate) fn into_inner(self) -> TcpStream {
        self.stream
    }

    /// Takes in the outcome of a write of `bytes`, which begin the `asked_bytes` that are waiting. Without a wait, a write that is
    /// pending begins one; a wait ends when everything was taken, and begins anew with each piece.
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

    /// Writes once more, after the time limit. The operating system reports a socket as writable only when a large part of its
    /// buffer is free, so that a slow client may have taken a piece without that.
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
        Pin::new(&mut self.stream).poll_read(context, buffer)
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
