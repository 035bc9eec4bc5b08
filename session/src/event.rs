//! What the session has to tell.

use super::{Cause, SessionFailure, State};
use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// Numbers what was handed to [`super::Session::publish`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// What the session has to tell, in the order of [`super::Session::poll_event`].
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The session stands elsewhere now.
    StateChanged {
        /// Before.
        from: State,
        /// Now.
        to: State,
    },
    /// What [`super::Session::banner`] answers has changed by the passing of time.
    BannerChanged,
    /// A filter is being watched, on a new connection too.
    Subscribed {
        /// Which.
        filter: Filter,
        /// Connections that watch it, this one included; `None` where the server does not count.
        viewers: Option<u64>,
        /// Topics that match now.
        topics: usize,
        /// This connection, as the gateway names it.
        connection_id: String,
    },
    /// A filter was refused and is no longer asked for.
    SubscribeRefused {
        /// Which.
        filter: Filter,
        /// Why.
        refused: Refused,
    },
    /// A filter is watched no longer, as asked.
    Unsubscribed {
        /// Which.
        filter: Filter,
    },
    /// A topic is there, or its metadata has changed. Comes before the topic's first publications.
    Topic {
        /// Which.
        topic: Topic,
        /// What its publishers told, as far as the server passed it on.
        meta: TopicMeta,
    },
    /// A topic that was watched is not on the server any more: its log was lost or taken away.
    TopicGone {
        /// Which.
        topic: Topic,
        /// The last place seen.
        last: Position,
    },
    /// The next part of a topic's log: in order, nothing twice, no hole within or before that was not
    /// told by [`Event::Gap`].
    Publications {
        /// Whose log.
        topic: Topic,
        /// Which log.
        epoch: Epoch,
        /// At least one.
        items: Vec<Publication>,
        /// Whether they came by replay or `history`, rather than as they were published.
        replay: bool,
    },
    /// An earlier part of a topic's log, as asked by [`super::Session::fetch_earlier`]: what lies before
    /// what was seen. In order within, and in no order to [`Event::Publications`].
    Earlier {
        /// Whose log.
        topic: Topic,
        /// Which log.
        epoch: Epoch,
        /// In order; empty if nothing is kept.
        items: Vec<Publication>,
    },
    /// What [`super::Session::fetch_earlier`] asked for did not come; it may be asked for again.
    EarlierFailed {
        /// Whose log.
        topic: Topic,
    },
    /// A part of a topic's log is lost for this viewer: the publications after `from`, up to and with
    /// `to`. The server no longer has it, or refused or failed to tell it for
    /// [`GIVE_UP_MS`](super::constants::GIVE_UP_MS) while newer ones waited. Told once, before anything that comes
    /// after.
    Gap {
        /// Whose log.
        topic: Topic,
        /// The last place before it.
        from: Position,
        /// The last place in it.
        to: Position,
        /// The time stamp of the last publication before it, if one was seen.
        from_ts: Option<Millis>,
        /// The time stamp of the first publication after it, if one is here already.
        to_ts: Option<Millis>,
    },
    /// A topic's log was started anew. What was published to the old one after `last` is lost; the new one
    /// is followed from `start`: its beginning, unless the server lost only the end of the old one.
    EpochChanged {
        /// Whose log.
        topic: Topic,
        /// The last place seen in the old log.
        last: Position,
        /// The place in the new log after which publications follow.
        start: Position,
    },
    /// A publication is durable.
    Published {
        /// Which.
        ticket: Ticket,
        /// Where to.
        topic: Topic,
        /// The place of its last item.
        position: Position,
    },
    /// A publication was refused and is not in the log.
    PublishRefused {
        /// Which.
        ticket: Ticket,
        /// Why.
        refused: Refused,
    },
    /// Publications this session no longer tries to deliver.
    Dropped {
        /// Which, oldest first.
        tickets: Vec<Ticket>,
        /// Why.
        why: DropReason,
    },
    /// How many connections watch.
    Occupancy {
        /// Which filter.
        filter: Filter,
        /// Connections.
        viewers: u64,
    },
    /// An attempt to connect failed; another follows.
    AttemptFailed {
        /// Why.
        cause: Cause,
        /// Which attempt since the last connection that stood, from 1.
        attempt: u32,
        /// Time until the next, in milliseconds.
        retry_in_ms: u64,
    },
    /// The connection was lost; another is being made.
    Disconnected {
        /// Why.
        cause: Cause,
    },
    /// A new token is wanted: hand it in by [`super::Session::set_token`].
    TokenWanted,
    /// The connection's token was replaced without reconnecting.
    Refreshed {
        /// When the new one runs out, by the server's clock; `None` if it does not.
        expires_at: Option<Millis>,
    },
    /// The session gave up. [`super::Session::set_token`], `open` or `retry_now` starts it again.
    Failed {
        /// Why, with words for people.
        failure: SessionFailure,
    },
    /// The server refused something that is none of the above, or could not read what it got.
    Error {
        /// What it said.
        refused: Refused,
    },
    /// A message from the server could not be read. It was left out; the socket was kept.
    ProtocolError {
        /// What is wrong with it.
        message: String,
    },
}

/// A refusal, as the server worded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What kind.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

/// Why a publication is not tried any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// The queue was full, and this was the oldest in it.
    QueueFull,
    /// It waited too long in the queue.
    TooOld,
    /// It was sent and the connection was lost before the answer: it may be in the log or not. Idempotent
    /// publications are sent again instead.
    OutcomeUnknown,
    /// The session was closed.
    Closed,
}
