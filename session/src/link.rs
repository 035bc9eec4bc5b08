//! One socket: its phase, its deadlines and the requests that were sent on it and not yet answered.

use std::collections::BTreeMap;

use super::constants::{
    FIRST_REPLY_MS, HISTORY_MS, LIVENESS_CHECK_MS, MAX_PING_INTERVAL_MS, OPEN_MS, PING_HIDDEN_MS,
    PING_VISIBLE_MS, PROBE_MS, REPLY_MS, SECOND_REPLY_MS,
};
use super::{Now, SocketId, Ticket};
use shared::client::RequestId;
use shared::{Filter, Millis, Position, Topic};

/// Phase of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Opening,
    /// The socket is open, and the session waits for the first reply. `again` is true if the first messages were sent a second
    /// time.
    Greeting {
        again: bool,
    },
    /// The server has replied.
    Ready {
        since_ms: u64,
    },
}

/// A request that was sent and not yet answered.
#[derive(Debug)]
pub(super) enum Request {
    Subscribe {
        filter: Filter,
        /// Positions that were sent. A topic of these that the reply does not list is not known to the server.
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
        /// Offset before which publications are requested; the owner has those from this offset on.
        before: u64,
    },
    Refresh,
}

/// A request that was sent and not yet answered, with its deadline.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) request: Request,
    pub(super) sent_ms: u64,
    /// Moment after which the request is taken for lost.
    pub(super) due_ms: u64,
}

/// A ping that was sent and not yet answered, with its deadline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ping {
    pub(super) t: Millis,
    pub(super) sent_ms: u64,
    pub(super) timeout_ms: u64,
    pub(super) due_ms: u64,
}

impl Ping {
    /// Moves the deadline to `due_ms` if that is earlier.
    pub(super) fn shorten_deadline(&mut self, due_ms: u64) {
        self.due_ms = self.due_ms.min(due_ms);
    }
}

/// A socket, with the requests that were sent on it and not yet answered.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: SocketId,
    pub(super) phase: Phase,
    /// Deadline of the phases `Opening` and `Greeting`.
    phase_due_ms: u64,
    /// First messages on this socket, kept because they may have to be sent again.
    pub(super) greeting: Vec<String>,
    /// Moment at which a message was last received.
    heard_ms: u64,
    /// Moment at which a pong was last received.
    checked_ms: u64,
    pub(super) ping: Option<Ping>,
    /// Moment at which to send a ping because of [`Session::check_liveness`](crate::Session::check_liveness), unless a message is
    /// received before.
    liveness_check_ms: Option<u64>,
    /// Moment at which the first `history` request was sent that timed out, if none has been answered since then.
    unresponsive_since_ms: Option<u64>,
    /// True once the server has sent the time after which to replace this socket.
    has_rotation_time: bool,
    /// Filters that the server has confirmed on this socket, without duplicates.
    pub(super) confirmed: Vec<Filter>,
    pub(super) requests: BTreeMap<RequestId, Pending>,
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
            requests: BTreeMap::new(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready { .. })
    }

    /// Returns the time since the first reply, in milliseconds, or `None` if there was none.
    pub(super) fn ready_for_ms(&self, now: Now) -> Option<u64> {
        match self.phase {
            Phase::Ready { since_ms } => Some(now.mono_ms.saturating_sub(since_ms)),
            Phase::Opening | Phase::Greeting { .. } => None,
        }
    }

    /// Records that the server has confirmed `filter` on this socket.
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

    /// Returns true, and removes the scheduled liveness check, if it is due.
    pub(super) fn take_liveness_check(&mut self, now: Now) -> bool {
        let is_due = self.liveness_check_due().is_some_and(|due_ms| due_ms <= now.mono_ms);
        is_due && self.liveness_check_ms.take().is_some()
    }

    /// Records that a message was received. The socket is alive, so the deadline of an expected pong is moved.
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

    /// Records that a `history` request was not answered in time. Returns true if none has been answered for so long that
    /// the connection should be replaced.
    pub(super) fn is_unresponsive(&mut self, now: Now) -> bool {
        let asked_ms = now.mono_ms.saturating_sub(HISTORY_MS);
        now.mono_ms >= *self.unresponsive_since_ms.get_or_insert(asked_ms) + REPLY_MS
    }

    /// Records that the server has sent the time after which to replace this socket. Returns true at the first call.
    pub(super) fn learn_rotation(&mut self) -> bool {
        !std::mem::replace(&mut self.has_rotation_time, true)
    }

    /// Removes and returns the ping that is answered by a pong with `t`.
    pub(super) fn ponged(&mut self, t: Millis, now: Now) -> Option<Ping> {
        let ping = self.ping.take_if(|ping| ping.t == t)?;
        self.checked_ms = now.mono_ms;
        Some(ping)
    }

    /// Returns the deadline of the phases `Opening` and `Greeting`.
    pub(super) fn phase_due(&self) -> Option<u64> {
        (!self.is_ready()).then_some(self.phase_due_ms)
    }

    /// Returns the moment at which to send the next ping, or `None` while a ping is not answered.
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

    /// Returns the earliest moment at which a timer of this socket expires.
    pub(super) fn due(&self, visible: bool) -> Option<u64> {
        let request = self.requests.values().map(|pending| pending.due_ms).min();
        let pings = [self.ping_due(visible), self.pong_due(), self.liveness_check_due()];
        pings.into_iter().chain([self.phase_due(), request]).flatten().min()
    }

    pub(super) fn ask(&mut self, id: RequestId, request: Request, now: Now, timeout_ms: u64) {
        let pending = Pending { request, sent_ms: now.mono_ms, due_ms: now.mono_ms + timeout_ms };
        self.requests.insert(id, pending);
    }

    /// Removes and returns a request that was not answered in time.
    pub(super) fn expired(&mut self, now: Now) -> Option<Pending> {
        let overdue = self.requests.iter().find(|(_, pending)| pending.due_ms <= now.mono_ms);
        let id = *overdue?.0;
        self.requests.remove(&id)
    }

    /// Extends every deadline after a sleep of the machine, because no answer could arrive during it.
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

    fn count(&self, is_counted: impl Fn(&Request) -> bool) -> usize {
        self.requests.values().filter(|pending| is_counted(&pending.request)).count()
    }
}
