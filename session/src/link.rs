//! One socket, from the call to the end.

use std::collections::BTreeMap;

use super::constants::{
    CHECK_UP_MS, DOUBT_MS, FIRST_REPLY_MS, HISTORY_MS, OPEN_MS, PING_HIDDEN_MS, PING_VISIBLE_MS, PROBE_MS,
    REPLY_MS, SECOND_REPLY_MS,
};
use super::{Now, SocketId, Ticket};
use shared::client::RequestId;
use shared::{Filter, Millis, Position, Topic};

/// How far a socket has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Opening,
    /// Open; the first reply is awaited, for the second time if it was asked for again.
    Greeting {
        again: bool,
    },
    /// The server answers.
    Ready {
        since_ms: u64,
    },
}

/// A question that has been sent and not yet answered.
#[derive(Debug)]
pub(super) enum Request {
    Subscribe {
        filter: Filter,
        /// The positions sent along. Those the server does not mention are of topics it does not have.
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
        /// The first offset already seen.
        before: u64,
    },
    Refresh,
}

/// A request on its way.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) request: Request,
    pub(super) sent_ms: u64,
    /// When it is taken for lost.
    pub(super) due_ms: u64,
}

/// A ping on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ping {
    pub(super) t: Millis,
    pub(super) sent_ms: u64,
    pub(super) patience_ms: u64,
    pub(super) due_ms: u64,
}

impl Ping {
    /// Answer by `due_ms`, or be taken for dead.
    pub(super) fn hurry(&mut self, due_ms: u64) {
        self.due_ms = self.due_ms.min(due_ms);
    }
}

/// One socket and what is under way on it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: SocketId,
    pub(super) phase: Phase,
    /// While opening and greeting: when patience ends.
    phase_due_ms: u64,
    /// What was said first, to be said again.
    pub(super) greeting: Vec<String>,
    /// When anything was last received.
    heard_ms: u64,
    /// When a pong was last received.
    checked_ms: u64,
    pub(super) ping: Option<Ping>,
    /// When a doubt whether it lives becomes a question, unless something is received before.
    doubt_ms: Option<u64>,
    /// Since when no `history` has been answered though one should have been.
    unheeding_since_ms: Option<u64>,
    /// Whether the server has said when to replace this socket.
    rotation_told: bool,
    /// Few, and each once.
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
            doubt_ms: None,
            unheeding_since_ms: None,
            rotation_told: false,
            confirmed: Vec::new(),
            requests: BTreeMap::new(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready { .. })
    }

    /// How long the server has been answering.
    pub(super) fn ready_for_ms(&self, now: Now) -> Option<u64> {
        match self.phase {
            Phase::Ready { since_ms } => Some(now.mono_ms.saturating_sub(since_ms)),
            Phase::Opening | Phase::Greeting { .. } => None,
        }
    }

    /// The server has confirmed the subscription to `filter` here.
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

    /// Something was expected and has not come.
    pub(super) fn doubt(&mut self, now: Now) {
        self.doubt_ms = Some(now.mono_ms.max(self.heard_ms + DOUBT_MS));
    }

    /// Takes a doubt whose time has come.
    pub(super) fn take_doubt(&mut self, now: Now) -> bool {
        let is_due = self.doubt_due().is_some_and(|due_ms| due_ms <= now.mono_ms);
        is_due && self.doubt_ms.take().is_some()
    }

    /// Something was received: the socket lives, and a pong may take its time.
    pub(super) fn hear(&mut self, now: Now) {
        self.heard_ms = now.mono_ms;
        self.doubt_ms = None;
        if let Some(ping) = &mut self.ping {
            ping.due_ms = ping.due_ms.max(now.mono_ms + ping.patience_ms);
        }
    }

    /// A `history` was answered.
    pub(super) fn heed(&mut self) {
        self.unheeding_since_ms = None;
    }

    /// A `history` was not answered in time. Whether none has been for so long that another connection may do better.
    pub(super) fn is_unheeding(&mut self, now: Now) -> bool {
        let asked_ms = now.mono_ms.saturating_sub(HISTORY_MS);
        now.mono_ms >= *self.unheeding_since_ms.get_or_insert(asked_ms) + REPLY_MS
    }

    /// Takes the time to rotate that the server names, the first time.
    pub(super) fn learn_rotation(&mut self) -> bool {
        !std::mem::replace(&mut self.rotation_told, true)
    }

    /// Takes the ping that a pong with `t` answers.
    pub(super) fn ponged(&mut self, t: Millis, now: Now) -> Option<Ping> {
        let ping = self.ping.take_if(|ping| ping.t == t)?;
        self.checked_ms = now.mono_ms;
        Some(ping)
    }

    /// When opening or greeting has lasted too long.
    pub(super) fn phase_due(&self) -> Option<u64> {
        (!self.is_ready()).then_some(self.phase_due_ms)
    }

    /// When the next ping is to be sent; `None` while one is on its way.
    pub(super) fn ping_due(&self, visible: bool) -> Option<u64> {
        let silence_ms = if visible { PING_VISIBLE_MS } else { PING_HIDDEN_MS };
        let due_ms = (self.heard_ms + silence_ms).min(self.checked_ms + CHECK_UP_MS);
        (self.is_ready() && self.ping.is_none()).then_some(due_ms)
    }

    pub(super) fn pong_due(&self) -> Option<u64> {
        self.ping.map(|ping| ping.due_ms)
    }

    fn doubt_due(&self) -> Option<u64> {
        self.doubt_ms.filter(|_| self.is_ready())
    }

    /// The earliest moment at which something has to be done about this socket.
    pub(super) fn due(&self, visible: bool) -> Option<u64> {
        let request = self.requests.values().map(|pending| pending.due_ms).min();
        let pings = [self.ping_due(visible), self.pong_due(), self.doubt_due()];
        pings.into_iter().chain([self.phase_due(), request]).flatten().min()
    }

    pub(super) fn ask(&mut self, id: RequestId, request: Request, now: Now, patience_ms: u64) {
        let pending = Pending { request, sent_ms: now.mono_ms, due_ms: now.mono_ms + patience_ms };
        self.requests.insert(id, pending);
    }

    /// Takes one request that was not answered in time.
    pub(super) fn expired(&mut self, now: Now) -> Option<Pending> {
        let overdue = self.requests.iter().find(|(_, pending)| pending.due_ms <= now.mono_ms);
        let id = *overdue?.0;
        self.requests.remove(&id)
    }

    /// After a sleep: nothing could be answered meanwhile, so everything has time again.
    pub(super) fn forgive(&mut self, now: Now) {
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
