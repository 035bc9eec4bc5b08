//! The queue of the bytes that a client's socket has not accepted yet.
//!
//! While the outbox is empty, frames are written directly to the socket. Only the bytes that the socket does not accept
//! are queued. If a client reads fast enough, its outbox therefore stays empty and uses no memory. The connection's
//! task writes the queue when the socket accepts bytes again. The outbox does not access the socket: [`Outbox::flush`]
//! calls a function that writes.
//!
//! # Example
//!
//! A client that reads slowly, with `queue_frames: 3` and `queue_bytes: 100`:
//!
//! | step | socket takes | queue afterwards | result |
//! |---|---|---|---|
//! | post A, 8 bytes | 8 bytes | empty | `Ok`: written directly |
//! | post B, 8 bytes | 2 bytes, then it is full | `B[2..]` | `Ok`: the last 6 bytes of B wait |
//! | post C, 8 bytes | nothing, since C must not overtake B | `B[2..]`, `C` | `Ok` |
//! | post D, 8 bytes | nothing | `B[2..]`, `C`, `D` | `Ok` |
//! | post E, 8 bytes | nothing | `B[2..]`, `C`, `D` | `LimitExceeded`: three frames wait already |
//! | flush | 10 of 22 bytes, in one vectored write | `C[4..]`, `D` | |
//! | two pings arrive | | `C[4..]`, `D`; pong 2 waits beside them | pong 1 is replaced by pong 2 |
//! | close with 1000 | | `C[4..]`, `D`, pong 2, close | |
//! | post F | | unchanged | `Gone`: nothing follows a close frame |
//! | flush | everything | empty | the client sees A B C D, the pong and the close, in order |

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Context, Waker};

use bytes::{Buf, Bytes};

use crate::close_status::CloseStatus;
use crate::frame;
use crate::limits::Limits;
use crate::post_error::PostError;

/// Maximum number of frames that one vectored write contains.
const MAX_SLICES: usize = 16;

/// The bounded queue of encoded frames that wait to be written to one connection, and the phase of the connection.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    phase: Phase,
    waker: Option<Waker>,
    /// The bytes that wait. There are none most of the time, so they have memory of their own, and a broadcast finds what
    /// it needs of each connection in few cache lines.
    waiting: Option<Box<Waiting>>,
}

/// The bytes that wait to be written to one connection.
#[derive(Debug, Default)]
struct Waiting {
    queue: VecDeque<Bytes>,
    queued_bytes: usize,
    /// True if a part of the queue's first frame is already written to the socket.
    is_first_begun: bool,
    /// Number of bytes written from the queue since it was last empty.
    written_bytes: u64,
    /// Value of `written_bytes` at the last call of [`Outbox::note_progress`].
    noted_bytes: u64,
    stalled_since_ms: Option<u64>,
    /// The encoded pong frame that has to be sent. It is replaced when another ping arrives, since only the latest ping
    /// needs an answer (RFC 6455 §5.5.3). Many pings therefore cost only one pong.
    pong: Option<Bytes>,
}

/// The phase of a WebSocket connection: open, closing or aborted.
#[derive(Clone, Debug, Default)]
pub(crate) enum Phase {
    #[default]
    Open,
    /// A close frame is queued or was sent, and nothing is sent after it. `by_client` is true if the client sent a
    /// close frame first.
    Closing { status: Box<CloseStatus>, since_ms: u64, by_client: bool },
    /// The connection was aborted. Nothing is read or written any more.
    Aborted { status: Box<CloseStatus> },
}

impl Outbox {
    pub(crate) fn phase(&self) -> &Phase {
        &self.phase
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_none()
    }

    /// Checks that one more frame of this size may be posted, which means that the connection is open and its queue is
    /// not full. An empty queue accepts a frame of any size.
    pub(crate) fn admit(&self, wire_bytes: usize, limits: &Limits) -> Result<(), PostError> {
        if !self.is_open() {
            return Err(PostError::Gone);
        }
        let (frames, bytes) =
            (self.waiting.as_ref().map_or(0, |waiting| waiting.queue.len()), self.queued_bytes());
        let full = frames >= limits.queue_frames || bytes > 0 && bytes + wire_bytes > limits.queue_bytes;
        if full { Err(PostError::LimitExceeded) } else { Ok(()) }
    }

    /// Returns the number of bytes in the queue.
    pub(crate) fn queued_bytes(&self) -> usize {
        self.waiting.as_ref().map_or(0, |waiting| waiting.queued_bytes)
    }

    /// Compares the number of bytes written from the queue with the number at the last call, and records the time since
    /// which the client has read nothing although bytes are queued.
    pub(crate) fn note_progress(&mut self, monotonic_ms: u64) {
        let is_open = self.is_open();
        let Some(waiting) = &mut self.waiting else { return };
        if !is_open || waiting.queued_bytes == 0 {
            waiting.stalled_since_ms = None;
        } else if waiting.noted_bytes != waiting.written_bytes || waiting.stalled_since_ms.is_none() {
            waiting.stalled_since_ms = Some(monotonic_ms);
        }
        waiting.noted_bytes = waiting.written_bytes;
    }

    /// Returns the time since which the client has read nothing although bytes are queued, as of the last call of
    /// [`Outbox::note_progress`].
    pub(crate) fn stalled_since_ms(&self) -> Option<u64> {
        self.waiting.as_ref()?.stalled_since_ms
    }

    pub(crate) fn push(&mut self, wire: Bytes) {
        let waiting = self.waiting.get_or_insert_default();
        waiting.queued_bytes += wire.len();
        waiting.queue.push_back(wire);
        self.wake();
    }

    /// Queues the rest of a frame. `is_begun` is true if a part of this frame is already written to the socket. The
    /// queue must be empty.
    pub(crate) fn push_rest(&mut self, rest: Bytes, is_begun: bool) {
        self.waiting.get_or_insert_default().is_first_begun = is_begun;
        self.push(rest);
    }

    /// Removes all queued frames of which nothing is written yet.
    pub(crate) fn discard_waiting(&mut self) {
        let Some(waiting) = &mut self.waiting else { return };
        if !waiting.is_first_begun {
            self.waiting = None;
            return;
        }
        waiting.queue.truncate(1);
        waiting.queued_bytes = waiting.queue.iter().map(Bytes::len).sum();
        waiting.pong = None;
    }

    pub(crate) fn set_pong(&mut self, wire: Bytes) {
        if self.is_open() {
            self.waiting.get_or_insert_default().pong = Some(wire);
        }
    }

    /// Queues a close frame. Everything that is posted after it is refused. Has no effect if the connection is already
    /// closing or aborted.
    pub(crate) fn close(&mut self, status: CloseStatus, since_ms: u64, by_client: bool) {
        if !self.is_open() {
            return;
        }
        if let Some(pong) = self.waiting.as_mut().and_then(|waiting| waiting.pong.take()) {
            self.push(pong);
        }
        self.push(frame::close(status.code, &status.reason));
        self.phase = Phase::Closing { status: Box::new(status), since_ms, by_client };
    }

    /// Aborts the connection and discards the queue. If the connection was already being closed, the status of that
    /// close is kept.
    pub(crate) fn abort(&mut self, status: CloseStatus) {
        self.phase = match std::mem::take(&mut self.phase) {
            Phase::Open => Phase::Aborted { status: Box::new(status) },
            Phase::Closing { status, .. } | Phase::Aborted { status } => Phase::Aborted { status },
        };
        self.waiting = None;
        self.wake();
    }

    /// Calls `write` with the queued bytes until the queue is empty. `write` returns the number of bytes that the
    /// socket accepted.
    ///
    /// # Errors
    ///
    /// The first error of `write`, including `WouldBlock`. The bytes that were not written stay queued.
    pub(crate) fn flush(
        &mut self,
        mut write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<()> {
        while let Some(waiting) = &mut self.waiting {
            waiting.queue_pong();
            if waiting.queue.is_empty() {
                self.waiting = None;
                return Ok(());
            }
            let written = write(&waiting.slices())?;
            waiting.advance(written);
        }
        Ok(())
    }

    /// Stores the waker of the connection's task. The task is woken when a frame is queued or the phase changes.
    pub(crate) fn register(&mut self, context: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => self.waker = Some(context.waker().clone()),
        }
    }

    pub(crate) fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

impl Waiting {
    /// Adds the pong to the queue if nothing else waits.
    fn queue_pong(&mut self) {
        if self.queue.is_empty()
            && let Some(pong) = self.pong.take()
        {
            self.queued_bytes += pong.len();
            self.queue.push_back(pong);
        }
    }

    fn slices(&self) -> Vec<IoSlice<'_>> {
        self.queue.iter().take(MAX_SLICES).map(|wire| IoSlice::new(wire)).collect()
    }

    fn advance(&mut self, mut written: usize) {
        self.queued_bytes -= written;
        self.written_bytes += written as u64;
        while let Some(first) = self.queue.front_mut() {
            if written < first.len() {
                first.advance(written);
                self.is_first_begun |= written > 0;
                return;
            }
            written -= first.len();
            self.queue.pop_front();
            self.is_first_begun = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_refuses_and_an_empty_one_takes_any_size() {
        let limits = Limits { queue_bytes: 10, queue_frames: 3, ..Limits::default() };
        let mut outbox = Outbox::default();
        assert_eq!(outbox.admit(100, &limits), Ok(()));
        outbox.push(Bytes::from_static(b"12345678"));
        assert_eq!(outbox.admit(2, &limits), Ok(()));
        assert_eq!(outbox.admit(3, &limits), Err(PostError::LimitExceeded));
        outbox.push(Bytes::from_static(b"1"));
        outbox.push(Bytes::from_static(b"2"));
        assert_eq!(outbox.admit(0, &limits), Err(PostError::LimitExceeded));
    }

    #[test]
    fn frames_leave_in_order_however_little_is_written_at_once() {
        let mut outbox = Outbox::default();
        for wire in ["one,", "two,", "three"] {
            outbox.push(Bytes::from_static(wire.as_bytes()));
        }
        let mut written = Vec::new();
        let trickle = |slices: &[IoSlice<'_>]| {
            let all: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).take(3).collect();
            written.extend_from_slice(&all);
            Ok(all.len())
        };
        assert!(outbox.flush(trickle).is_ok());
        assert_eq!(written, b"one,two,three");
        assert!(outbox.is_empty());
        assert_eq!(outbox.queued_bytes(), 0);
    }

    #[test]
    fn of_many_pings_only_the_last_is_answered() {
        let mut outbox = Outbox::default();
        outbox.set_pong(frame::pong(b"1"));
        outbox.set_pong(frame::pong(b"2"));
        assert_eq!(written(&mut outbox), frame::pong(b"2"));
    }

    #[test]
    fn nothing_follows_a_close() {
        let mut outbox = Outbox::default();
        outbox.close(status(1000), 0, false);
        outbox.close(status(1001), 0, false);
        outbox.set_pong(frame::pong(b""));
        assert_eq!(outbox.admit(1, &Limits::default()), Err(PostError::Gone));
        assert_eq!(written(&mut outbox), frame::close(1000, ""));
    }

    #[test]
    fn a_pong_that_waits_is_sent_before_the_close_and_not_after_it() {
        let mut outbox = Outbox::default();
        outbox.set_pong(frame::pong(b"1"));
        outbox.close(status(1000), 0, false);
        assert_eq!(written(&mut outbox), [frame::pong(b"1"), frame::close(1000, "")].concat());
    }

    #[test]
    fn the_steps_of_the_example_are_as_described() {
        let limits = Limits { queue_frames: 3, queue_bytes: 100, ..Limits::default() };
        let mut outbox = Outbox::default();
        outbox.push(Bytes::from_static(b"BBBBBB"));
        for wire in [b"CCCCCCCC", b"DDDDDDDD"] {
            assert_eq!(outbox.admit(8, &limits), Ok(()));
            outbox.push(Bytes::from_static(wire));
        }
        assert_eq!(outbox.admit(8, &limits), Err(PostError::LimitExceeded));
        let mut taken = 10;
        let once = |_: &[IoSlice<'_>]| match std::mem::take(&mut taken) {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            bytes => Ok(bytes),
        };
        assert!(outbox.flush(once).is_err());
        assert_eq!(outbox.queued_bytes(), 12);
        outbox.set_pong(frame::pong(b"1"));
        outbox.set_pong(frame::pong(b"2"));
        outbox.close(status(1000), 0, false);
        assert_eq!(outbox.admit(8, &limits), Err(PostError::Gone));
        let expected = [&b"CCCCDDDDDDDD"[..], &frame::pong(b"2"), &frame::close(1000, "")].concat();
        assert_eq!(written(&mut outbox), expected);
    }

    #[test]
    fn the_status_of_the_first_close_is_kept() {
        let mut outbox = Outbox::default();
        outbox.close(status(1000), 0, false);
        outbox.abort(status(1006));
        assert!(matches!(outbox.phase(), Phase::Aborted { status } if status.code == 1000));
        assert!(outbox.is_empty());
    }

    fn status(code: u16) -> CloseStatus {
        CloseStatus::new(code, "")
    }

    fn written(outbox: &mut Outbox) -> Vec<u8> {
        let mut written = Vec::new();
        let all = |slices: &[IoSlice<'_>]| {
            slices.iter().for_each(|slice| written.extend_from_slice(slice));
            Ok(slices.iter().map(|slice| slice.len()).sum())
        };
        assert!(outbox.flush(all).is_ok());
        written
    }
}
