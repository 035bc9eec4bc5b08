//! One WebSocket connection: its socket, and the outbox, which is the queue of bytes that the socket has not accepted
//! yet.
//!
//! A caller that posts a frame writes to the socket itself, while it holds the lock of the outbox. Frames are therefore
//! neither mixed nor reordered. The connection's task (`socket`) reads from the socket, and writes the frames that wait
//! in the outbox.

use std::io;
use std::net::Shutdown;
use std::ops::{Deref, DerefMut};
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
use crate::shares::Membership;

/// One WebSocket connection. The gateway keeps it from the moment when `$connect` has returned until `$disconnect` has
/// returned.
///
/// The fields are in memory in this order, beginning with those that a post needs. Among thousands of connections, none of
/// them is in the processor's cache, so each cache line that a post needs costs time.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Connection {
    /// The socket; empty until the handshake's 101 response has been sent. Messages that are to be sent before then wait
    /// in the outbox.
    stream: OnceLock<TcpStream>,
    outbox: Mutex<Outbox>,
    active_ms: AtomicU64,
    /// The fault that was injected: 0 for none, [`FROZEN`] or [`BROKEN`].
    fault: AtomicU8,
    opened_ms: u64,
    pub(crate) caller: Caller,
    /// Sequence number among the connections of the gateway, counted from 0. Fault injection derives its random
    /// decisions from this number.
    pub(crate) number: u64,
    /// Counts this connection, and the bytes that wait in its outbox, against the limits of its client.
    membership: Membership,
    /// Number of posts that fault injection has made a decision about.
    posts: AtomicU64,
}

const FROZEN: u8 = 1;
const BROKEN: u8 = 2;

impl Connection {
    /// Creates a connection that has no socket yet. `opened_ms` is the current monotonic time, whereas the times in
    /// `caller` are wall-clock times.
    pub(crate) fn new(caller: Caller, membership: Membership, number: u64, opened_ms: u64) -> Self {
        Self {
            caller,
            number,
            opened_ms,
            active_ms: AtomicU64::new(opened_ms),
            stream: OnceLock::new(),
            outbox: Mutex::default(),
            membership,
            fault: AtomicU8::new(0),
            posts: AtomicU64::new(0),
        }
    }

    /// Sets the socket of the connection.
    pub(crate) fn attach(&self, stream: TcpStream) {
        // There is never a second socket, because a handshake is upgraded only once.
        let _ = self.stream.set(stream);
    }

    pub(crate) fn stream(&self) -> Option<&TcpStream> {
        self.stream.get()
    }

    /// Reads the memory that [`Connection::post`] needs, so that it is in the processor's cache.
    pub(crate) fn fetch(&self) {
        std::hint::black_box((self.stream.get().map(SockRef::from), self.active_ms.load(Relaxed)));
    }

    pub(crate) fn is_open(&self) -> bool {
        self.outbox().is_open()
    }

    /// Restarts the idle time of the connection, because a message was sent or received at `monotonic_ms`.
    pub(crate) fn mark_active(&self, monotonic_ms: u64) {
        self.active_ms.fetch_max(monotonic_ms, Relaxed);
    }

    /// Returns the wall-clock time of the last message in either direction, in milliseconds since the Unix epoch.
    pub(crate) fn last_active_at_ms(&self) -> u64 {
        self.caller.connected_at_ms + (self.active_ms.load(Relaxed) - self.opened_ms)
    }

    /// Sends a frame to the client, and never blocks. If nothing is queued, the frame is written directly to the
    /// socket, and only the bytes that the socket does not accept are queued. Otherwise the whole frame is queued.
    ///
    /// Returns an error if the connection is not open or its queue is full.
    pub(crate) fn post(&self, frame: &Frame, limits: &Limits, monotonic_ms: u64) -> Result<(), PostError> {
        let wire = frame.wire();
        let mut outbox = self.outbox();
        outbox.admit(wire.len(), limits)?;
        if !outbox.is_empty() && !self.membership.has_room(wire.len(), limits) {
            return Err(PostError::LimitExceeded);
        }
        let written = match self.stream.get() {
            Some(stream) if outbox.is_empty() && !self.is_frozen() => write_now(stream, wire),
            _ => Ok(0),
        };
        match written {
            Ok(written) if written == wire.len() => {}
            Ok(0) => outbox.push(wire.clone()),
            Ok(written) => outbox.push_rest(wire.slice(written..), true),
            Err(_) => {
                outbox.abort(CloseStatus::abnormal());
                return Err(PostError::Gone);
            }
        }
        self.mark_active(monotonic_ms);
        Ok(())
    }

    /// Queues the encoded pong frame `wire`, which answers a ping. The connection's task writes it to the socket.
    pub(crate) fn pong(&self, wire: Bytes) {
        self.outbox().set_pong(wire);
    }

    /// Queues a close frame. `by_client` is true if the frame answers a close frame of the client, and false if the
    /// gateway closes the connection.
    pub(crate) fn close(&self, status: CloseStatus, monotonic_ms: u64, by_client: bool) {
        self.outbox().close(status, monotonic_ms, by_client);
    }

    /// Discards all queued frames except one that is partly written, and then queues `last` and a close frame.
    pub(crate) fn close_with(&self, last: &Frame, status: CloseStatus, monotonic_ms: u64) {
        let mut outbox = self.outbox();
        if outbox.is_open() {
            outbox.discard_waiting();
            outbox.push(last.wire().clone());
            outbox.close(status, monotonic_ms, false);
        }
    }

    /// Returns the time for which bytes have been queued without the client reading any, in milliseconds, as far as
    /// [`Connection::inspect`] has noticed it. Returns 0 if the queue is empty or the connection is being closed.
    pub(crate) fn stalled_ms(&self, monotonic_ms: u64) -> u64 {
        let since_ms = self.outbox().stalled_since_ms();
        since_ms.map_or(0, |since_ms| monotonic_ms.saturating_sub(since_ms))
    }

    /// Ends the connection at once, without a close frame.
    pub(crate) fn abort(&self) {
        self.outbox().abort(CloseStatus::abnormal());
    }

    /// Closes the connection if it has exceeded its idle or life limit. Aborts it if the client has not answered a
    /// close frame within the close limit. Returns true if the connection is open and bytes are queued. Must be called at
    /// regular intervals, because it also notices since when the client has read nothing.
    pub(crate) fn inspect(&self, limits: &Limits, monotonic_ms: u64) -> bool {
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
        outbox.note_progress(monotonic_ms);
        outbox.stalled_since_ms().is_some()
    }

    /// Writes the queued bytes to the socket. Returns `Ready` with the phase of the connection when the queue is empty.
    /// The phase is read under the same lock, so that no frame can have been queued in between. As long as the queue is
    /// not empty, returns `Pending`, and the task is woken when the socket accepts more bytes. In both cases, the task
    /// is also woken when a frame is queued or the phase changes.
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

    /// Shuts the socket down. Does nothing while an injected fault hides the end of the connection from the client.
    pub(crate) fn shut_down(&self, how: Shutdown) {
        if let Some(stream) = self.stream.get()
            && self.fault.load(Relaxed) == 0
        {
            // An error only means that the socket is already shut down.
            let _ = SockRef::from(stream).shutdown(how);
        }
    }

    /// Returns the time since the connection was opened, in milliseconds.
    pub(crate) fn age_ms(&self, monotonic_ms: u64) -> u64 {
        monotonic_ms.saturating_sub(self.opened_ms)
    }

    /// Counts a post to this connection and returns its sequence number, which fault injection uses.
    pub(crate) fn count_post(&self) -> u64 {
        self.posts.fetch_add(1, Relaxed)
    }

    /// Stops reading and writing, for fault injection.
    pub(crate) fn freeze(&self) {
        self.fault.store(FROZEN, Relaxed);
    }

    /// Resumes reading and writing after [`Connection::freeze`], for fault injection.
    pub(crate) fn thaw(&self) {
        // Only a frozen connection is resumed. One that was broken by fault injection stays broken.
        if self.fault.compare_exchange(FROZEN, 0, Relaxed, Relaxed).is_ok() {
            self.outbox().wake();
        }
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.fault.load(Relaxed) == FROZEN
    }

    /// Sends the first half of `frame` if the outbox is empty, and resets the TCP connection, for fault injection.
    pub(crate) fn break_mid_frame(&self, frame: &Frame) {
        let mut outbox = self.outbox();
        if let Some(stream) = self.stream.get() {
            let wire = frame.wire();
            if outbox.is_empty() {
                // The connection ends here, so it does not matter how many bytes are written.
                let _ = stream.try_write(&wire[..wire.len().div_ceil(2)]);
            }
            // With a linger time of zero, dropping the socket sends a TCP reset instead of closing the connection in
            // the normal way.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.fault.store(BROKEN, Relaxed);
        outbox.abort(CloseStatus::abnormal());
    }

    fn outbox(&self) -> CountedOutbox<'_> {
        let outbox = self.outbox.lock();
        CountedOutbox { before: outbox.queued_bytes(), outbox, membership: &self.membership }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.outbox().abort(CloseStatus::abnormal());
    }
}

/// The locked outbox of a connection. When this guard is dropped, the bytes by which the queue has grown or shrunk are
/// added to or subtracted from the client's total.
struct CountedOutbox<'a> {
    outbox: MutexGuard<'a, Outbox>,
    membership: &'a Membership,
    before: usize,
}

impl Deref for CountedOutbox<'_> {
    type Target = Outbox;

    fn deref(&self) -> &Outbox {
        &self.outbox
    }
}

impl DerefMut for CountedOutbox<'_> {
    fn deref_mut(&mut self) -> &mut Outbox {
        &mut self.outbox
    }
}

impl Drop for CountedOutbox<'_> {
    fn drop(&mut self) {
        self.membership.count_queued(self.before, self.outbox.queued_bytes());
    }
}

/// Writes as much as the socket accepts at once. The system call is made without asking tokio if the socket is writable: the answer
/// is in another place in memory for each connection, and most sockets are.
fn write_now(stream: &TcpStream, wire: &[u8]) -> io::Result<usize> {
    match SockRef::from(stream).send(wire) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        written => written,
    }
}

fn passed(since_ms: u64, limit_ms: u128, now_ms: u64) -> bool {
    u128::from(now_ms.saturating_sub(since_ms)) >= limit_ms
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use super::*;
    use crate::id::ConnectionId;
    use crate::shares::{Holder, Shares};

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

    #[test]
    fn queued_bytes_are_counted_for_the_client_until_its_connection_ends() {
        let limits = Limits { queued_bytes_of_principal: Some(40), ..Limits::default() };
        let shares = Arc::new(Shares::default());
        let (first, second) = (member(&shares, 1), member(&shares, 2));
        let frame = Frame::text("twelve bytes");
        assert_eq!(first.post(&frame, &limits, 0), Ok(()));
        assert_eq!(second.post(&frame, &limits, 0), Ok(()), "an empty queue takes one message");
        assert_eq!(first.post(&frame, &limits, 0), Err(PostError::LimitExceeded));
        drop(second);
        let other = member(&shares, 3);
        assert!(other.membership.has_room(26, &limits) && !other.membership.has_room(27, &limits));
        drop(first);
        assert!(other.membership.has_room(40, &limits), "nothing waits any more");
    }

    #[test]
    fn a_client_that_takes_nothing_is_noticed_and_the_last_words_replace_what_waits() {
        let connection = connection(1);
        let limits = Limits::default();
        connection.inspect(&limits, 0);
        assert_eq!(connection.stalled_ms(9000), 0, "nothing waits");
        connection.post(&Frame::text("waits"), &limits, 0).expect("queued");
        assert!(connection.inspect(&limits, 1000));
        connection.inspect(&limits, 2000);
        assert_eq!(connection.stalled_ms(31_000), 30_000);
        connection.close_with(&Frame::text("bye"), CloseStatus::deleted(), 31_000);
        let mut written = Vec::new();
        let write = |slices: &[io::IoSlice<'_>]| {
            written.extend(slices.iter().flat_map(|slice| slice.iter().copied()));
            Ok(slices.iter().map(|slice| slice.len()).sum())
        };
        connection.outbox().flush(write).expect("written");
        let text = String::from_utf8_lossy(&written).into_owned();
        assert!(text.contains("bye") && !text.contains("waits"), "{text:?}");
    }

    fn connection(number: u64) -> Connection {
        member(&Arc::default(), number)
    }

    fn member(shares: &Arc<Shares>, number: u64) -> Connection {
        let caller = Caller {
            id: ConnectionId::new(0, number),
            connected_at_ms: 0,
            source_ip: Ipv4Addr::LOCALHOST.into(),
            host: "localhost".into(),
            user_agent: None,
            authorizer: Arc::default(),
        };
        let holder = Holder::new("", caller.source_ip);
        let membership = shares.join(holder, &Limits::default()).expect("room");
        Connection::new(caller, membership, number, 0)
    }
}
