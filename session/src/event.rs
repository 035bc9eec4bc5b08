//! Events: everything that the session reports to its owner.

use super::{Cause, SessionFailure, State};
use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// Number of a publish request, unique within its session. Returned by [`Session::publish`](crate::Session::publish).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// An event, in the order in which [`Session::poll_event`](crate::Session::poll_event) returns them.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The session has entered another state.
    StateChanged {
        /// State before.
        from: State,
        /// State now.
        to: State,
    },
    /// The answer of [`Session::banner`](crate::Session::banner) has changed because time has passed.
    BannerChanged,
    /// The server has confirmed a subscription, for the first time or on a new connection.
    Subscribed {
        /// Filter of the subscription.
        filter: Filter,
        /// Number of connections that watch the filter, this one included; `None` where the server does not count them.
        viewers: Option<u64>,
        /// Number of topics that match the filter now.
        topics: usize,
        /// Name that the gateway has given to this connection.
        connection_id: String,
    },
    /// A filter was refused and is no longer asked for.
    SubscribeRefused {
        /// Filter that was refused.
        filter: Filter,
        /// Reason, as the server put it.
        refused: Refused,
    },
    /// The server has confirmed the end of a subscription.
    Unsubscribed {
        /// Filter of the subscription.
        filter: Filter,
    },
    /// A topic has appeared, or its metadata has changed. Emitted before the topic's first publications.
    Topic {
        /// Name of the topic.
        topic: Topic,
        /// Metadata that its publishers have set.
        meta: TopicMeta,
    },
    /// The server no longer knows a topic that was watched: its log was lost or removed.
    TopicGone {
        /// Name of the topic.
        topic: Topic,
        /// Position of the last publication that was delivered.
        last: Position,
    },
    /// The next part of a topic's log: in order, nothing twice, and without a hole that was not announced by
    /// [`Event::Gap`].
    Publications {
        /// Topic of the log.
        topic: Topic,
        /// Epoch of the log.
        epoch: Epoch,
        /// Publications in order of offset; at least one.
        items: Vec<Publication>,
        /// True if they came by replay or `history`, false if they came as they were published.
        replay: bool,
    },
    /// An earlier part of a topic's log, requested by [`Session::fetch_earlier`](crate::Session::fetch_earlier). Its items
    /// are in order, but it may come at any moment between [`Event::Publications`].
    Earlier {
        /// Topic of the log.
        topic: Topic,
        /// Epoch of the log.
        epoch: Epoch,
        /// Publications in order of offset; empty if the server keeps none.
        items: Vec<Publication>,
    },
    /// A request of [`Session::fetch_earlier`](crate::Session::fetch_earlier) was refused or lost. It may be repeated.
    EarlierFailed {
        /// Topic of the log.
        topic: Topic,
    },
    /// A part of a topic's log is lost for this subscriber: the publications after `from`, up to and including `to`. The
    /// server no longer has them, or has refused or failed to send them for
    /// [`GIVE_UP_MS`](crate::constants::GIVE_UP_MS) while newer ones were held back. Emitted once, before anything that
    /// comes after the gap.
    Gap {
        /// Topic of the log.
        topic: Topic,
        /// Position before the gap.
        from: Position,
        /// Position of the last lost publication.
        to: Position,
        /// Time stamp of the last publication before the gap, if one was delivered.
        from_ts: Option<Millis>,
        /// Time stamp of the first publication after the gap, if it has arrived.
        to_ts: Option<Millis>,
    },
    /// A topic's log was started anew. Publications to the old log after `last` are lost. The new log is followed from
    /// `start`: its beginning, unless the server lost only the end of the old log.
    EpochChanged {
        /// Topic of the log.
        topic: Topic,
        /// Position of the last publication that was delivered of the old log.
        last: Position,
        /// Position in the new log after which publications follow.
        start: Position,
    },
    /// A publication is durable.
    Published {
        /// Ticket of the request.
        ticket: Ticket,
        /// Topic that was published to.
        topic: Topic,
        /// Position of the request's last item.
        position: Position,
    },
    /// A publication was refused and is not in the log.
    PublishRefused {
        /// Ticket of the request.
        ticket: Ticket,
        /// Reason, as the server put it.
        refused: Refused,
    },
    /// Publish requests that the session no longer tries to deliver.
    Dropped {
        /// Tickets of the requests, oldest first.
        tickets: Vec<Ticket>,
        /// Reason, the same for all of them.
        why: DropReason,
    },
    /// The number of connections that watch a filter has changed.
    Occupancy {
        /// Filter that is watched.
        filter: Filter,
        /// Number of connections.
        viewers: u64,
    },
    /// An attempt to connect failed; another follows.
    AttemptFailed {
        /// Reason.
        cause: Cause,
        /// Number of this attempt since the last stable connection, from 1.
        attempt: u32,
        /// Time until the next attempt, in milliseconds.
        retry_in_ms: u64,
    },
    /// The connection was lost; another is being made.
    Disconnected {
        /// Reason.
        cause: Cause,
    },
    /// The session needs a new token, by [`Session::set_token`](crate::Session::set_token).
    TokenWanted,
    /// The connection's token was replaced without reconnecting.
    Refreshed {
        /// Expiry of the new token, by the server's clock; `None` if it does not expire.
        expires_at: Option<Millis>,
    },
    /// The session gave up. [`Session::set_token`](crate::Session::set_token), `open` or `retry_now` starts it again.
    Failed {
        /// Reason, with words for people.
        failure: SessionFailure,
    },
    /// The server refused a request that none of the other events is about, or could not read a message.
    Error {
        /// Reason, as the server put it.
        refused: Refused,
    },
    /// A message from the server could not be read. It was left out; the socket was kept.
    ProtocolError {
        /// Description of the fault.
        message: String,
    },
}

/// A refused request: the server's error code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Error code, whose range says what to do.
    pub code: ErrorCode,
    /// Message for people.
    pub message: String,
}

/// Reason for which a publish request is not tried any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// The queue was full, and this was the oldest in it.
    QueueFull,
    /// It waited too long in the queue.
    TooOld,
    /// It was sent, and the connection was lost before the answer: it may be in the log or not. An idempotent request
    /// is sent again instead.
    OutcomeUnknown,
    /// The session was closed.
    Closed,
}
