//! Events: everything that the session reports to its owner.

use super::{Cause, SessionFailure, State};
use shared::server::Condition;
use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// Number of a publish request, unique within its session. [`Session::publish`](crate::Session::publish) returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// Something that the session reports, in the order in which [`Session::poll_event`](crate::Session::poll_event) returns it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The session has entered another state.
    StateChanged {
        /// Previous state.
        from: State,
        /// New state.
        to: State,
    },
    /// The result of [`Session::banner`](crate::Session::banner) has changed because time has passed.
    BannerChanged,
    /// The server has confirmed a subscription, for the first time or on a new connection.
    Subscribed {
        /// Filter of the subscription.
        filter: Filter,
        /// Number of connections that watch the filter, this one included; `None` if the server does not count them.
        viewers: Option<u64>,
        /// Number of topics that match the filter at the moment.
        topics: usize,
        /// Name of this connection, as given by the gateway.
        connection_id: String,
    },
    /// The server refused the subscription to a filter. The session will not subscribe to it again.
    SubscribeRefused {
        /// Filter that was refused.
        filter: Filter,
        /// Reason, as sent by the server.
        refused: Refused,
    },
    /// The server has confirmed the end of a subscription.
    Unsubscribed {
        /// Filter of the subscription that has ended.
        filter: Filter,
    },
    /// A topic has appeared, or its metadata has changed. Emitted before the first publications of the topic.
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
    /// The next part of a topic's log. The publications of these events are in order, without duplicates, and without a hole that
    /// was not announced by [`Event::Gap`].
    Publications {
        /// Topic of the log.
        topic: Topic,
        /// Epoch of the log.
        epoch: Epoch,
        /// Publications in order of offset; at least one.
        items: Vec<Publication>,
        /// True if the publications came by replay or `history`, false if they came as they were published.
        replay: bool,
    },
    /// An earlier part of a topic's log, requested by [`Session::fetch_earlier`](crate::Session::fetch_earlier). Its items are in
    /// order, but this event may come at any moment between two [`Event::Publications`].
    Earlier {
        /// Topic of the log.
        topic: Topic,
        /// Epoch of the log.
        epoch: Epoch,
        /// Publications in order of offset; empty if the server has none that are earlier.
        items: Vec<Publication>,
    },
    /// A request by [`Session::fetch_earlier`](crate::Session::fetch_earlier) was refused or lost. You may repeat it.
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
    /// A topic's log was started anew. Publications to the old log after `last` are lost. The new log is delivered from after
    /// `start`: this is its beginning, unless the server lost only the end of the old log.
    EpochChanged {
        /// Topic of the log.
        topic: Topic,
        /// Position of the last publication of the old log that was delivered.
        last: Position,
        /// Position in the new log. The publications after it are delivered.
        start: Position,
    },
    /// A publish request was appended to the log and stored durably.
    Published {
        /// Number by which later events of the session refer to this request.
        ticket: Ticket,
        /// Topic to which the request publishes.
        topic: Topic,
        /// Position of the request's last item.
        position: Position,
    },
    /// A publish request was refused and is not in the log.
    PublishRefused {
        /// Ticket of the request.
        ticket: Ticket,
        /// Reason, as sent by the server.
        refused: Refused,
    },
    /// Publish requests were dropped: the session no longer tries to send them.
    Dropped {
        /// Tickets of the requests, oldest first.
        tickets: Vec<Ticket>,
        /// Reason for which all of them were dropped.
        why: DropReason,
    },
    /// The number of connections that watch a filter has changed.
    Occupancy {
        /// Filter that is watched.
        filter: Filter,
        /// Number of connections that watch the filter.
        viewers: u64,
    },
    /// The problems of the server have changed. An empty list means that it has no problems any more.
    Conditions {
        /// All current problems of the server, each with the server's message.
        conditions: Vec<Condition>,
    },
    /// An attempt to connect failed. The session will make another.
    AttemptFailed {
        /// Reason for the failure.
        cause: Cause,
        /// Number of this attempt since the last stable connection, counted from 1.
        attempt: u32,
        /// Time until the next attempt, in milliseconds.
        retry_in_ms: u64,
    },
    /// The connection was lost. The session tries to make another.
    Disconnected {
        /// Reason for the loss.
        cause: Cause,
    },
    /// The session needs a new token. Call [`Session::set_token`](crate::Session::set_token).
    TokenWanted,
    /// The connection's token was replaced without reconnecting.
    Refreshed {
        /// Expiry of the new token, by the server's clock; `None` if it does not expire.
        expires_at: Option<Millis>,
    },
    /// The session gave up. Call [`Session::set_token`](crate::Session::set_token), `open` or `retry_now` to start it again.
    Failed {
        /// Reason for giving up, with a text for people.
        failure: SessionFailure,
    },
    /// The server refused a request that no other event reports, or could not read a message.
    Error {
        /// Reason, as sent by the server.
        refused: Refused,
    },
    /// A message from the server could not be read. It was ignored; the socket was kept.
    ProtocolError {
        /// Description of the error.
        message: String,
    },
}

/// A refused request: the server's error code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Error code, whose range says how to react.
    pub code: ErrorCode,
    /// Message for people.
    pub message: String,
}

/// Reason for which a publish request was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// The queue was full, and this request was the oldest in it.
    QueueFull,
    /// The request waited in the queue for longer than [`Settings::queue_age_ms`](crate::Settings::queue_age_ms).
    TooOld,
    /// The request was sent, and the connection was lost before the answer, so it may be in the log or not. This does not happen
    /// to an idempotent request, because it is sent again.
    OutcomeUnknown,
    /// The session was closed.
    Closed,
}
