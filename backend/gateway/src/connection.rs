//! One connection: its socket, and the outbox for the bytes that the socket does not take at once.
//!
//! Every poster writes to the socket itself, under the lock of the outbox, so that frames neither mix nor overtake each
//! other. The connection's task (`socket`) reads, and writes what waits in the outbox.

use std::io;
use std::net::Shutdown;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{MutexGuard, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use tokio::net::TcpStream;

use crate::caller::Caller;
use crate::close_status::CloseStatus;
use crate::frame::Frame;
use crate::limits::Limits;
use crate::lock::Mutex;
use crate::outbox::{Outbox, Phase};
use crate::post_error::PostError;

/// A connection, from the moment when `$connect` returned until `$disconnect` has returned.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) caller: Caller,
    /// Sequence number among the gateway's connections, from which fault injection derives its decisions.
    pub(crate) number: u64,
    opened_ms: u64,
    active_ms: AtomicU64,
    /// The socket, once the handshake is answered. Until then posts wait in the outbox.
    stream: OnceLock<TcpStream>,
    outbox: Mutex<Outbox>,
    /// The injected fault: none, [`FROZEN`] or [`BROKEN`].
    fault: AtomicU8,
    /// Number of posts that fault injection has decided on.
    posts: AtomicU64,
}

const FROZEN: u8 = 1;
const BROKEN: u8 = 2;

impl Connection {
    /// Creates a connection without a socket. `opened_ms` is monotonic time; the times in `caller` are wall-clock time.
    pub(crate) fn new(caller: Caller, number: u64, opened_ms: u64) -> Self {
        Self {
            caller,
            number,
            opened_ms,
            active_ms: AtomicU64::new(opened_ms),
            stream: OnceLock::new(),
            outbox: Mutex::default(),
            fault: AtomicU8::new(0),
            posts: AtomicU64::new(0),
        }
    }

    /// Gives the connection its socket.
    pub(crate) fn attach(&self, stream: TcpStream) {
        // A second socket is never attached: a handshake is upgraded once.
        let _ = self.stream.set(stream);
    }

    pub(crate) fn stream(&self) -> Option<&TcpStream> {
        self.stream.get()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.outbox().is_open()
    }

    /// Restarts the connection's idle time.
    pub(crate) fn mark_active(&self, monotonic_ms: u64) {
        self.active_ms.fetch_max(monotonic_ms, Relaxed);
    }

    /// The wall-clock time of the last message in either direction, in milliseconds since the Unix epoch.
    pub(crate) fn last_active_at_ms(&self) -> u64 {
        self.caller.connected_at_ms + (self.active_ms.load(Relaxed) - self.opened_ms)
    }

    /// Sends a frame: straight to the socket if the outbox is empty, else by the outbox. Never blocks.
    pub(crate) fn post(&self, frame: &Frame, limits: &Limits, monotonic_ms: u64) -> Result<(), PostError> {
        let wire = frame.wire();
        let mut outbox = self.outbox();
        outbox.admit(wire.len(), limits)?;
        let written = match self.stream.get() {
            Some(stream) if outbox.is_empty() && !self.is_frozen() => write_now(stream, wire),
            _ => Ok(0),
        };
        match written {
            Ok(written) if written == wire.len() => {}
            Ok(written) => outbox.push(wire.slice(written..)),
            Err(_) => {
                outbox.abort(CloseStatus::abnormal());
                return Err(PostError::Gone);
            }
        }
        self.mark_active(monotonic_ms);
        Ok(())
    }

    /// Queues the answer to a ping; the connection's task writes it.
    pub(crate) fn pong(&self, wire: Bytes) {
        self.outbox().set_pong(wire);
    }

    /// Queues a close frame. `by_client` is true if it answers the client's close frame, false if the gateway closes.
    pub(crate) fn close(&self, status: CloseStatus, monotonic_ms: u64, by_client: bool) {
        self.outbox().close(status, monotonic_ms, by_client);
    }

    /// Gives the socket up at once, without a close frame.
    pub(crate) fn abort(&self) {
        self.outbox().abort(CloseStatus::abnormal());
    }

    /// Closes the connection if it is beyond its idle or life limit; aborts it if its client did not answer a close
    /// frame in time.
    pub(crate) fn expire(&self, limits: &Limits, monotonic_ms: u64) {
        let mut outbox = self.outbox();
        match outbox.phase() {
            Phase::Open => {
                let idle = passed(self.active_ms.load(Relaxed), limits.idle.as_millis(), monotonic_ms);
                if idle || passed(self.opened_ms, limits.life.as_millis(), monotonic_ms) {
                    outbox.close(CloseStatus::going_away(), monotonic_ms, false);
                }
            }
            Phase::Closing { since_ms, .. } if passed(*since_ms, limits.close.as_millis(), monotonic_ms) => {
                outbox.abort(CloseStatus::abnormal());
            }
            Phase::Closing { .. } | Phase::Aborted { .. } => {}
        }
    }

    /// Writes the outbox to the socket. Ready when the outbox is empty, with the phase read under the same lock, so that
    /// no frame can have been queued in between. Otherwise the task is woken when the socket takes more, and when a
    /// frame is queued or the phase changes.
    pub(crate) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<Phase> {
        let mut outbox = self.outbox();
        outbox.register(context);
        if self.is_frozen() {
            let phase = outbox.phase().clone();
            return if matches!(phase, Phase::Aborted { .. }) { Poll::Ready(phase) } else { Poll::Pending };
        }
        let Some(stream) = self.stream.get() else { return Poll::Pending };
        while !outbox.is_empty() {
            let flushed = match ready!(stream.poll_write_ready(context)) {
                Ok(()) => outbox.flush(|slices| stream.try_write_vectored(slices)),
                Err(error) => Err(error),
            };
            match flushed {
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                    outbox.abort(CloseStatus::abnormal())
                }
                Ok(()) | Err(_) => {}
            }
        }
        Poll::Ready(outbox.phase().clone())
    }

    /// Shuts the socket down, unless an injected fault is to hide that from the client.
    pub(crate) fn shut_down(&self, how: Shutdown) {
        if let Some(stream) = self.stream.get()
            && self.fault.load(Relaxed) == 0
        {
            // Fails only if the socket is already down.
            let _ = SockRef::from(stream).shutdown(how);
        }
    }

    /// Milliseconds since the connection was opened.
    pub(crate) fn age_ms(&self, monotonic_ms: u64) -> u64 {
        monotonic_ms.saturating_sub(self.opened_ms)
    }

    /// Fault injection: returns the sequence number of this post and counts it.
    pub(crate) fn count_post(&self) -> u64 {
        self.posts.fetch_add(1, Relaxed)
    }

    /// Fault injection: stops reading and writing.
    pub(crate) fn freeze(&self) {
        self.fault.store(FROZEN, Relaxed);
    }

    /// Fault injection: resumes reading and writing after [`Connection::freeze`].
    pub(crate) fn thaw(&self) {
        // A broken connection stays broken.
        if self.fault.compare_exchange(FROZEN, 0, Relaxed, Relaxed).is_ok() {
            self.outbox().wake();
        }
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.fault.load(Relaxed) == FROZEN
    }

    /// Fault injection: sends the first half of `frame`, if the outbox is empty, and resets the TCP connection.
    pub(crate) fn break_mid_frame(&self, frame: &Frame) {
        let mut outbox = self.outbox();
        if let Some(stream) = self.stream.get() {
            let wire = frame.wire();
            if outbox.is_empty() {
                // The connection ends here, so it does not matter how much is written.
                let _ = stream.try_write(&wire[..wire.len().div_ceil(2)]);
            }
            // With a linger of zero, dropping the socket sends a reset instead of an orderly end.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.fault.store(BROKEN, Relaxed);
        outbox.abort(CloseStatus::abnormal());
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock()
    }
}

fn write_now(stream: &TcpStream, wire: &[u8]) -> io::Result<usize> {
    match stream.try_write(wire) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        written => written,
    }
}

fn passed(since_ms: u64, limit_ms: u128, now_ms: u64) -> bool {
    u128::from(now_ms.saturating_sub(since_ms)) >= limit_ms
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::Ipv4Addr;

    use super::*;
    use crate::id::ConnectionId;

    #[test]
    fn a_frame_that_waits_for_several_clients_is_not_copied() {
        let frame = Frame::text("shared");
        for number in 0..2 {
            let connection = connection(number);
            connection.post(&frame, &Limits::default(), 0).expect("queued, as there is no socket yet");
            let mut waiting = Vec::new();
            let write = |slices: &[io::IoSlice<'_>]| {
                waiting.extend(slices.iter().map(|slice| slice.as_ptr()));
                Ok(slices.iter().map(|slice| slice.len()).sum())
            };
            connection.outbox().flush(write).expect("written");
            assert_eq!(waiting, [frame.wire().as_ptr()]);
        }
    }

    fn connection(number: u64) -> Connection {
        let caller = Caller {
            id: ConnectionId::new(0, number),
            connected_at_ms: 0,
            source_ip: Ipv4Addr::LOCALHOST.into(),
            domain_name: "localhost".into(),
            user_agent: None,
            authorizer: HashMap::new(),
        };
        Connection::new(caller, number, 0)
    }
}
