//! What waits to be written to one client, and whether more may be. No socket.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Context, Waker};

use bytes::{Buf, Bytes};

use crate::event::End;
use crate::{Limits, PostError, frame};

/// As many frames as go into one vectored write.
const MAX_SLICES: usize = 16;

/// A connection's way out: a bounded queue that is empty, and owns no memory, whenever the client keeps up.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Bytes>,
    queued_bytes: usize,
    /// Only the latest ping needs an answer (RFC 6455 §5.5.3), so a flood of pings costs one pong.
    pong: Option<Bytes>,
    stage: Stage,
    waker: Option<Waker>,
}

/// How far a connection is on its way to its end.
#[derive(Clone, Debug, Default)]
pub(crate) enum Stage {
    #[default]
    Open,
    /// A close frame is queued or sent; nothing follows it.
    Closing { end: Box<End>, since_ms: u64, by_client: bool },
    /// The wire is of no further use.
    Cut { end: Box<End> },
}

impl Outbox {
    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.pong.is_none()
    }

    /// Whether one more frame of this size may be posted.
    pub(crate) fn admit(&self, wire_bytes: usize, limits: &Limits) -> Result<(), PostError> {
        if !self.is_open() {
            return Err(PostError::Gone);
        }
        let full = self.queue.len() >= limits.queue_frames
            || self.queued_bytes > 0 && self.queued_bytes + wire_bytes > limits.queue_bytes;
        if full { Err(PostError::LimitExceeded) } else { Ok(()) }
    }

    pub(crate) fn push(&mut self, wire: Bytes) {
        self.queued_bytes += wire.len();
        self.queue.push_back(wire);
        self.wake();
    }

    pub(crate) fn set_pong(&mut self, wire: Bytes) {
        if self.is_open() {
            self.pong = Some(wire);
        }
    }

    /// Lets the client know, and lets nothing else out any more.
    pub(crate) fn close(&mut self, end: End, since_ms: u64, by_client: bool) {
        if !self.is_open() {
            return;
        }
        self.push(frame::close(end.code, &end.reason));
        self.stage = Stage::Closing { end: Box::new(end), since_ms, by_client };
    }

    /// Gives the wire up, and whatever waits for it. What ended the connection first is its end.
    pub(crate) fn cut(&mut self, end: End) {
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Open => Stage::Cut { end: Box::new(end) },
            Stage::Closing { end, .. } | Stage::Cut { end } => Stage::Cut { end },
        };
        self.queue = VecDeque::new();
        self.queued_bytes = 0;
        self.pong = None;
        self.wake();
    }

    /// Writes until nothing waits or `write` would block, which is an error like any other.
    pub(crate) fn flush(
        &mut self,
        mut write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<()> {
        while !self.is_empty() {
            if self.queue.is_empty()
                && let Some(pong) = self.pong.take()
            {
                self.queued_bytes += pong.len();
                self.queue.push_back(pong);
            }
            let written = write(&self.slices())?;
            self.advance(written);
        }
        self.queue = VecDeque::new();
        Ok(())
    }

    fn slices(&self) -> Vec<IoSlice<'_>> {
        self.queue.iter().take(MAX_SLICES).map(|wire| IoSlice::new(wire)).collect()
    }

    fn advance(&mut self, mut written: usize) {
        self.queued_bytes -= written;
        while let Some(first) = self.queue.front_mut() {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.queue.pop_front();
        }
    }

    /// Remembers whom to wake when something is to be written or has ended.
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
        assert_eq!(outbox.queued_bytes, 0);
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
        outbox.close(end(1000), 0, false);
        outbox.close(end(1001), 0, false);
        outbox.set_pong(frame::pong(b""));
        assert_eq!(outbox.admit(1, &Limits::default()), Err(PostError::Gone));
        assert_eq!(written(&mut outbox), frame::close(1000, ""));
    }

    #[test]
    fn the_first_end_is_the_end() {
        let mut outbox = Outbox::default();
        outbox.close(end(1000), 0, false);
        outbox.cut(end(1006));
        assert!(matches!(outbox.stage(), Stage::Cut { end } if end.code == 1000));
        assert!(outbox.is_empty());
    }

    fn end(code: u16) -> End {
        End { code, reason: String::new() }
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
