//! One socket: its phase, its deadlines, and the requests that were sent on it and not answered yet.

use std::collections::BTreeMap;

use super::constants::{
    FIRST_REPLY_MS, HISTORY_MS, LIVENESS_CHECK_MS, MAX_PING_INTERVAL_MS, OPEN_MS, PING_HIDDEN_MS,
    PING_VISIBLE_MS, PROBE_MS, REPLY_MS, SECOND_REPLY_MS,
};
use super::sorted_map::SortedMap;
use super::{Now, SocketId, Ticket};
use shared::client::RequestId;
use shared::{Filter, Millis, Position, Topic};

/// Phase of a socket, from the opening to the first reply of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Opening,
    /// The socket is open, and the session waits for the first reply. `again` is true if the first messages were sent a
    /// second time.
    Greeting {
        again: bool,
    },
    /// The server has replied, so the connection is in use. `since_ms` is the moment of the first reply.
    Ready {
        since_ms: u64,
    },
}

/// A request that was sent and not answered yet, with the data that is needed to handle the answer.
#[derive(Debug)]
pub(super) enum Request {
    Subscribe {
        filter: Filter,
        /// Positions that the request contained. A topic in this map that the reply does not list is probably unknown
        /// to the server.
        since: BTreeMap<Topic, Position>,
        first: bool,
        topics: usize,
    },
    Unsubscribe,
    Publish {
        ticket: Ticket,
    },
    History {
        topic: Topic,
        since: Position,
    },
    Earlier {
        topic: Topic,
        /// Offset before which publications are requested. Those from this offset on are known already.
        before: u64,
    },
    /// A request by [`Session::read_past`](crate::Session::read_past).
    Past {
        /// Number of the request, by which its result is reported.
        id: RequestId,
        topic: Topic,
    },
    Refresh,
}

/// A request that was sent and not answered yet, with its deadline.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) request: Request,
    pub(super) sent_ms: u64,
    /// Moment after which the request is considered lost, in milliseconds of the monotonic clock.
    pub(super) due_ms: u64,
}

/// A ping that was sent and not answered yet, with its deadline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ping {
    pub(super) t: Millis,
    pub(super) sent_ms: u64,
    pub(super) timeout_ms: u64,
    pub(super) due_ms: u64,
}

impl Ping {
    /// Moves the deadline of the ping to `due_ms` if that is earlier.
    pub(super) fn shorten_deadline(&mut self, due_ms: u64) {
        self.due_ms = self.due_ms.min(due_ms);
    }
}

/// A socket, with the requests that were sent on it and not answered yet.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: SocketId,
    pub(super) phase: Phase,
    /// Deadline while the socket is being opened, and then until the first reply of the server, in milliseconds of the
    /// monotonic clock.
    phase_due_ms: u64,
    /// First messages that were sent on this socket, kept because they may have to be sent again.
    pub(super) greeting: Vec<String>,
    /// Moment at which a message was last received, in milliseconds of the monotonic clock.
    heard_ms: u64,
    /// Moment at which a pong was last received, in milliseconds of the monotonic clock.
    checked_ms: u64,
    pub(super) ping: Option<Ping>,
    /// Moment at which to send a ping because of [`Session::check_liveness`](crate::Session::check_liveness). It is
    /// removed if a message is received before.
    liveness_check_ms: Option<u64>,
    /// Moment at which the first `history` request was sent that timed out; `None` if one has been answered since then.
    unresponsive_since_ms: Option<u64>,
    /// True if the server has said when to replace this connection.
    has_rotation_time: bool,
    /// Filters of the subscriptions that the server has confirmed on this socket, without duplicates.
    pub(super) confirmed: Vec<Filter>,
    pub(super) requests: SortedMap<Pending>,
}

impl Link {
    pub(super) fn new(id: SocketId, now: Now) -> Self {
        Self {
            id,
            phase: Phase::Opening,
            phase_due_ms: now.mono_ms + OPEN_MS,
            greeting: Vec::new(),
            heard_ms: now.mono_ms,
            checked_ms: now.mono_ms,
            ping: None,
            liveness_check_ms: None,
            unresponsive_since_ms: None,
            has_rotation_time: false,
            confirmed: Vec::new(),
            requests: SortedMap::new(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready { .. })
    }

    /// Returns the time since the first reply on this socket, in milliseconds, or `None` if there was none.
    pub(super) fn ready_for_ms(&self, now: Now) -> Option<u64> {
        match self.phase {
            Phase::Ready { since_ms } => Some(now.mono_ms.saturating_sub(since_ms)),
            Phase::Opening | Phase::Greeting { .. } => None,
        }
    }

    /// Records that the server has confirmed the subscription to `filter` on this socket.
    pub(super) fn confirm(&mut self, filter: &Filter) {
        if !self.confirmed.contains(filter) {
            self.confirmed.push(filter.clone());
        }
    }

    pub(super) fn greet(&mut self, again: bool, now: Now) {
        self.phase = Phase::Greeting { again };
        self.phase_due_ms = now.mono_ms + if again { SECOND_REPLY_MS } else { FIRST_REPLY_MS };
    }

    pub(super) fn become_ready(&mut self, now: Now) {
        self.phase = Phase::Ready { since_ms: now.mono_ms };
        self.greeting = Vec::new();
    }

    /// Schedules a ping for the moment when nothing has been received for [`LIVENESS_CHECK_MS`].
    pub(super) fn request_liveness_check(&mut self, now: Now) {
        self.liveness_check_ms = Some(now.mono_ms.max(self.heard_ms + LIVENESS_CHECK_MS));
    }

    /// Returns true and removes the scheduled liveness check if it is due at `now`.
    pub(super) fn take_liveness_check(&mut self, now: Now) -> bool {
        let is_due = self.liveness_check_due().is_some_and(|due_ms| due_ms <= now.mono_ms);
        is_due && self.liveness_check_ms.take().is_some()
    }

    /// Records that a message was received. Because the socket is alive, the deadline of an unanswered ping is
    /// extended.
    pub(super) fn hear(&mut self, now: Now) {
        self.heard_ms = now.mono_ms;
        self.liveness_check_ms = None;
        if let Some(ping) = &mut self.ping {
            ping.due_ms = ping.due_ms.max(now.mono_ms + ping.timeout_ms);
        }
    }

    /// Records that a `history` request was answered.
    pub(super) fn mark_responsive(&mut self) {
        self.unresponsive_since_ms = None;
    }

    /// Records that a `history` request was not answered in time. Returns true if none has been answered for so long
    /// that the connection should be replaced.
    pub(super) fn is_unresponsive(&mut self, now: Now) -> bool {
        let asked_ms = now.mono_ms.saturating_sub(HISTORY_MS);
        now.mono_ms >= *self.unresponsive_since_ms.get_or_insert(asked_ms) + REPLY_MS
    }

    /// Records that the server has said when to replace this connection. Returns true at the first call only.
    pub(super) fn learn_rotation(&mut self) -> bool {
        !std::mem::replace(&mut self.has_rotation_time, true)
    }

    /// Handles a pong that contains the time `t`. Removes the ping that it answers and returns it, or returns `None` if
    /// the pong answers no ping.
    pub(super) fn ponged(&mut self, t: Millis, now: Now) -> Option<Ping> {
        let ping = self.ping.take_if(|ping| ping.t == t)?;
        self.checked_ms = now.mono_ms;
        Some(ping)
    }

    /// Returns the deadline of the current phase, or `None` if the server has replied.
    pub(super) fn phase_due(&self) -> Option<u64> {
        (!self.is_ready()).then_some(self.phase_due_ms)
    }

    /// Returns the moment at which to send the next ping. Returns `None` while a ping is unanswered, or before the
    /// first reply. The time between pings depends on whether the page is `visible`.
    pub(super) fn ping_due(&self, visible: bool) -> Option<u64> {
        let silence_ms = if visible { PING_VISIBLE_MS } else { PING_HIDDEN_MS };
        let due_ms = (self.heard_ms + silence_ms).min(self.checked_ms + MAX_PING_INTERVAL_MS);
        (self.is_ready() && self.ping.is_none()).then_some(due_ms)
    }

    pub(super) fn pong_due(&self) -> Option<u64> {
        self.ping.map(|ping| ping.due_ms)
    }

    fn liveness_check_due(&self) -> Option<u64> {
        self.liveness_check_ms.filter(|_| self.is_ready())
    }

    /// Returns the earliest moment at which a deadline or timer of this socket expires, in milliseconds of the
    /// monotonic clock.
    pub(super) fn due(&self, visible: bool) -> Option<u64> {
        let request = self.requests.iter().map(|(_, pending)| pending.due_ms).min();
        let pings = [self.ping_due(visible), self.pong_due(), self.liveness_check_due()];
        pings.into_iter().chain([self.phase_due(), request]).flatten().min()
    }

    pub(super) fn ask(&mut self, id: RequestId, request: Request, now: Now, timeout_ms: u64) {
        // The time-out may be a number of the server.
        let due_ms = now.mono_ms.saturating_add(timeout_ms);
        let pending = Pending { request, sent_ms: now.mono_ms, due_ms };
        self.requests.insert(id, pending);
    }

    /// Removes a request that was not answered in time and returns it, if there is one.
    pub(super) fn expired(&mut self, now: Now) -> Option<Pending> {
        let overdue = self.requests.iter().find(|(_, pending)| pending.due_ms <= now.mono_ms);
        let (id, _) = overdue?;
        self.requests.remove(id)
    }

    /// Extends every deadline after a sleep of the machine, because no answer could arrive during the sleep.
    pub(super) fn extend_deadlines(&mut self, now: Now) {
        self.ping = None;
        self.phase_due_ms = self.phase_due_ms.max(now.mono_ms + PROBE_MS);
        for pending in self.requests.values_mut() {
            pending.due_ms = pending.due_ms.max(now.mono_ms + PROBE_MS);
        }
    }

    pub(super) fn histories(&self) -> usize {
        self.count(|request| matches!(request, Request::History { .. }))
    }

    pub(super) fn publishes(&self) -> usize {
        self.count(|request| matches!(request, Request::Publish { .. }))
    }

    pub(super) fn earlier(&self) -> usize {
        self.count(|request| matches!(request, Request::Earlier { .. }))
    }

    pub(super) fn past(&self) -> usize {
        self.count(|request| matches!(request, Request::Past { .. }))
    }

    fn count(&self, is_counted: impl Fn(&Request) -> bool) -> usize {
        self.requests.iter().filter(|(_, pending)| is_counted(&pending.request)).count()
    }
}
