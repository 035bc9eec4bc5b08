//! One connection: its socket, written to by whoever posts, and its outbox for what the socket does not take.

use std::io;
use std::net::Shutdown;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use tokio::net::TcpStream;

use crate::event::{Caller, End};
use crate::outbox::{Outbox, Stage};
use crate::{Frame, Limits, PostError};

/// A connection from the moment `$connect` returned until `$disconnect` has.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) caller: Caller,
    /// Which of the gateway's connections it is, in the order in which they were made: chaos decides by it.
    pub(crate) number: u64,
    opened_ms: u64,
    active_ms: AtomicU64,
    /// Set once the handshake is answered. Until then posts wait in the outbox.
    stream: OnceLock<TcpStream>,
    outbox: Mutex<Outbox>,
    fault: AtomicU8,
    /// Posts that chaos has decided on.
    posts: AtomicU64,
}

/// What chaos has done to a connection.
const FROZEN: u8 = 1;
const TORN: u8 = 2;

impl Connection {
    /// Times are monotonic, except in `caller`.
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

    /// Notes that the connection is in use.
    pub(crate) fn touch(&self, monotonic_ms: u64) {
        self.active_ms.fetch_max(monotonic_ms, Relaxed);
    }

    /// When the connection was last in use, on the wall clock.
    pub(crate) fn last_active_at_ms(&self) -> u64 {
        self.caller.connected_at_ms + (self.active_ms.load(Relaxed) - self.opened_ms)
    }

    /// Sends a frame: straight to the socket if nothing waits, else behind what waits. Never blocks.
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
                outbox.cut(End::abnormal());
                return Err(PostError::Gone);
            }
        }
        self.touch(monotonic_ms);
        Ok(())
    }

    /// Answers a ping, now or as soon as the socket takes it.
    pub(crate) fn pong(&self, wire: Bytes) {
        self.outbox().set_pong(wire);
    }

    /// Begins to close. `by_client` is the answer to a client's close frame.
    pub(crate) fn close(&self, end: End, monotonic_ms: u64, by_client: bool) {
        self.outbox().close(end, monotonic_ms, by_client);
    }

    /// Gives the socket up at once.
    pub(crate) fn cut(&self) {
        self.outbox().cut(End::abnormal());
    }

    /// Closes or cuts a connection that is past one of its times.
    pub(crate) fn expire(&self, limits: &Limits, monotonic_ms: u64) {
        let mut outbox = self.outbox();
        match outbox.stage() {
            Stage::Open => {
                let idle = passed(self.active_ms.load(Relaxed), limits.idle.as_millis(), monotonic_ms);
                if idle || passed(self.opened_ms, limits.life.as_millis(), monotonic_ms) {
                    outbox.close(End::going_away(), monotonic_ms, false);
                }
            }
            Stage::Closing { since_ms, .. } if passed(*since_ms, limits.close.as_millis(), monotonic_ms) => {
                outbox.cut(End::abnormal());
            }
            Stage::Closing { .. } | Stage::Cut { .. } => {}
        }
    }

    /// Writes what waits; ready when nothing does, with the stage the connection was in at that very moment. The task
    /// is woken when the socket takes more, and when more is queued, closed or cut.
    pub(crate) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<Stage> {
        let mut outbox = self.outbox();
        outbox.register(context);
        if self.is_frozen() {
            let stage = outbox.stage().clone();
            return if matches!(stage, Stage::Cut { .. }) { Poll::Ready(stage) } else { Poll::Pending };
        }
        let Some(stream) = self.stream.get() else { return Poll::Pending };
        while !outbox.is_empty() {
            let flushed = match ready!(stream.poll_write_ready(context)) {
                Ok(()) => outbox.flush(|slices| stream.try_write_vectored(slices)),
                Err(error) => Err(error),
            };
            match flushed {
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => outbox.cut(End::abnormal()),
                Ok(()) | Err(_) => {}
            }
        }
        Poll::Ready(outbox.stage().clone())
    }

    /// Tells the client's TCP that nothing more comes, unless chaos keeps it from the client.
    pub(crate) fn shut_down(&self, how: Shutdown) {
        if let Some(stream) = self.stream.get()
            && self.fault.load(Relaxed) == 0
        {
            // Fails only if the socket is already down.
            let _ = SockRef::from(stream).shutdown(how);
        }
    }

    /// How long it has been open.
    pub(crate) fn age_ms(&self, monotonic_ms: u64) -> u64 {
        monotonic_ms.saturating_sub(self.opened_ms)
    }

    /// Chaos: how many posts it has decided on before this one.
    pub(crate) fn count_post(&self) -> u64 {
        self.posts.fetch_add(1, Relaxed)
    }

    /// Chaos: reads and writes nothing from now on.
    pub(crate) fn freeze(&self) {
        self.fault.store(FROZEN, Relaxed);
    }

    /// Chaos: goes on after [`Connection::freeze`].
    pub(crate) fn thaw(&self) {
        // Not after a cut, which is for good.
        if self.fault.compare_exchange(FROZEN, 0, Relaxed, Relaxed).is_ok() {
            self.outbox().wake();
        }
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.fault.load(Relaxed) == FROZEN
    }

    /// Chaos: sends the first half of `frame`, if nothing waits before it, and resets the connection.
    pub(crate) fn tear(&self, frame: &Frame) {
        let mut outbox = self.outbox();
        if let Some(stream) = self.stream.get() {
            let wire = frame.wire();
            if outbox.is_empty() {
                // What does not go out is lost anyhow.
                let _ = stream.try_write(&wire[..wire.len().div_ceil(2)]);
            }
            // So that dropping the socket is a reset and no orderly end.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.fault.store(TORN, Relaxed);
        outbox.cut(End::abnormal());
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
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

impl End {
    pub(crate) fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// The idle limit, and by inference the life limit.
    pub(crate) fn going_away() -> Self {
        Self::new(1001, "Going away")
    }

    /// `DELETE @connections`.
    pub(crate) fn deleted() -> Self {
        Self::new(1000, "Connection Closed Normally")
    }

    /// The socket ended without a close frame.
    pub(crate) fn abnormal() -> Self {
        Self::new(1006, "")
    }

    /// The client's close frame.
    pub(crate) fn by_client(code: Option<u16>, reason: String) -> Self {
        match code {
            Some(code) => Self { code, reason },
            None => Self::new(1005, "Client-side close frame status not set"),
        }
    }
}
