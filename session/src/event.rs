//! Events: everything that a session reports to the program that uses it.

use super::{Cause, SessionFailure, State};
use shared::client::RequestId;
use shared::server::{BucketsReply, Condition};
use shared::{Epoch, ErrorCode, Filter, Millis, Position, Publication, Topic, TopicMeta};

/// Number of a publish request, unique within its session. [`Session::publish`](crate::Session::publish) returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// Something that the session reports to the program that uses it. [`Session::poll_event`](crate::Session::poll_event)
/// returns the events in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The session has entered another state, such as connected or waiting.
    StateChanged {
        /// Previous state.
        from: State,
        /// New state.
        to: State,
    },
    /// The banner about a lost connection, which [`Session::banner`](crate::Session::banner) returns, has changed
    /// because time has passed.
    BannerChanged,
    /// The server has confirmed a subscription, for the first time or on a new connection.
    Subscribed {
        /// Filter of the subscription.
        filter: Filter,
        /// Number of connections that are subscribed to the filter, this one included; `None` if the server does not
        /// count them.
        viewers: Option<u64>,
        /// Number of topics that match the filter at the moment.
        topics: usize,
        /// Id of this connection, as given by the gateway.
        connection_id: String,
    },
    /// The server refused the subscription to a filter. The session will not subscribe to the filter again.
    SubscribeRefused {
        /// Filter that was refused.
        filter: Filter,
        /// Filters that the token allows instead, as far as the server tells them.
        allowed: Vec<Filter>,
        /// Reason for the refusal, as sent by the server.
        refused: Refused,
    },
    /// The server has confirmed the end of a subscription.
    Unsubscribed {
        /// Filter of the subscription that has ended.
        filter: Filter,
    },
    /// A topic has appeared, or its metadata has changed. This event comes before the first publications of the topic.
    Topic {
        /// Name of the topic.
        topic: Topic,
        /// Metadata of the topic, which its publishers have set.
        meta: TopicMeta,
    },
    /// The server no longer knows a topic that this session followed, because its log was lost or deleted.
    TopicGone {
        /// Name of the topic.
        topic: Topic,
        /// Position of the last publication of the topic that was delivered.
        last: Position,
    },
    /// The next publications of a topic's log. Over all these events, the publications are in order, without
    /// duplicates, and without missing ones except for those that were announced by [`Event::Gap`] and those that the server left
    /// out.
    Publications {
        /// Topic to which the publications were published.
        topic: Topic,
        /// Epoch (identifier) of the topic's log.
        epoch: Epoch,
        /// Publications in order of offset. There is at least one.
        items: Vec<Publication>,
        /// True if the publications are past ones that the session requested; false if they arrived when they were
        /// published.
        replay: bool,
        /// Number of publications before the last of these that the server left out, because
        /// [`Session::conflate`](crate::Session::conflate) has asked for that. They are not lost: the server has them. Usually 0.
        left_out: u64,
    },
    /// Publications from an earlier part of a topic's log, which were requested by
    /// [`Session::fetch_earlier`](crate::Session::fetch_earlier). They are in order, but this event may come at any
    /// moment between two [`Event::Publications`]. If an answer has several frames, there is an event for each: the last one
    /// reaches the offset before which publications were requested, or is empty.
    Earlier {
        /// Topic to which the publications were published.
        topic: Topic,
        /// Epoch (identifier) of the topic's log.
        epoch: Epoch,
        /// Publications in order of offset. Empty if the server has no earlier ones.
        items: Vec<Publication>,
    },
    /// A request by [`Session::fetch_earlier`](crate::Session::fetch_earlier) was refused or lost. The caller may send
    /// it again.
    EarlierFailed {
        /// Topic of which earlier publications were requested.
        topic: Topic,
    },
    /// A stretch of a topic's past in buckets, which was requested by [`Session::read_past`](crate::Session::read_past).
    Buckets {
        /// Number that [`Session::read_past`](crate::Session::read_past) returned.
        id: RequestId,
        /// The answer of the server. If it has [`BucketsReply::next`], it is only the first part of the stretch.
        reply: Box<BucketsReply>,
    },
    /// Publications of a stretch of a topic's past, which were requested by
    /// [`Session::read_past`](crate::Session::read_past) without a length of buckets.
    PastItems {
        /// Number that [`Session::read_past`](crate::Session::read_past) returned.
        id: RequestId,
        /// Topic to which the publications were published.
        topic: Topic,
        /// Epoch (identifier) of the topic's log.
        epoch: Epoch,
        /// Publications in order of offset, as many as fit into one frame. Empty if there are no further ones.
        items: Vec<Publication>,
        /// End of the topic's log.
        head: Position,
    },
    /// A request by [`Session::read_past`](crate::Session::read_past) was refused or lost.
    PastFailed {
        /// Number that [`Session::read_past`](crate::Session::read_past) returned.
        id: RequestId,
        /// Topic whose past was requested.
        topic: Topic,
        /// Reason for the refusal, as sent by the server; `None` if the request was lost. A lost request may be sent again.
        refused: Option<Refused>,
    },
    /// Publications of a topic are lost for this subscriber: those after `from`, up to and including `to`. The server
    /// no longer has them, or has refused or failed to send them for [`GIVE_UP_MS`](crate::constants::GIVE_UP_MS) while
    /// newer ones were held back. This event comes once, before all events about newer publications.
    Gap {
        /// Topic of the lost publications.
        topic: Topic,
        /// Position of the last publication before the lost ones.
        from: Position,
        /// Position of the last lost publication.
        to: Position,
        /// Time stamp of the last publication before the lost ones, if it was delivered.
        from_ts: Option<Millis>,
        /// Time stamp of the first publication after the lost ones, if it has arrived.
        to_ts: Option<Millis>,
    },
    /// A topic's log was started anew, with another epoch. Publications of the old log after `last` are lost. Of the
    /// new log, the publications after `start` are delivered. This is its beginning, unless the server lost only the
    /// end of the old log.
    EpochChanged {
        /// Topic whose log was started anew.
        topic: Topic,
        /// Position of the last publication of the old log that was delivered.
        last: Position,
        /// Position in the new log. The publications after it are delivered.
        start: Position,
    },
    /// The server has stored the publications of a publish request durably.
    Published {
        /// Number of the publish request, as returned by [`Session::publish`](crate::Session::publish).
        ticket: Ticket,
        /// Topic to which the publications were appended.
        topic: Topic,
        /// Position of the last publication of the request.
        position: Position,
    },
    /// The server refused a publish request. Its publications are not in the log.
    PublishRefused {
        /// Number of the publish request, as returned by [`Session::publish`](crate::Session::publish).
        ticket: Ticket,
        /// Reason for the refusal, as sent by the server.
        refused: Refused,
    },
    /// Publish requests were dropped: the session no longer tries to send them.
    Dropped {
        /// Numbers of the publish requests, as returned by [`Session::publish`](crate::Session::publish), oldest first.
        tickets: Vec<Ticket>,
        /// Reason for which all of these requests were dropped.
        why: DropReason,
    },
    /// The number of connections that are subscribed to a filter has changed.
    Occupancy {
        /// Filter to which the connections are subscribed.
        filter: Filter,
        /// Number of connections that are subscribed to the filter.
        viewers: u64,
    },
    /// The list of the server's current problems has changed. An empty list means that the server no longer has any
    /// problems.
    Conditions {
        /// All current problems of the server, such as a full disk.
        conditions: Vec<Condition>,
    },
    /// An attempt to connect failed. The session will try again.
    AttemptFailed {
        /// Reason for which the attempt failed.
        cause: Cause,
        /// Number of this attempt since the last stable connection, counted from 1.
        attempt: u32,
        /// Time until the next attempt, in milliseconds.
        retry_in_ms: u64,
    },
    /// The connection was lost. The session tries to connect again.
    Disconnected {
        /// Reason for which the connection was lost.
        cause: Cause,
    },
    /// The session needs a new token. Call [`Session::set_token`](crate::Session::set_token).
    TokenWanted,
    /// The connection's token was replaced without reconnecting.
    Refreshed {
        /// Time at which the new token expires, by the server's clock; `None` if it does not expire.
        expires_at: Option<Millis>,
    },
    /// The session gave up. Call [`Session::set_token`](crate::Session::set_token), `open` or `retry_now` to start it
    /// again.
    Failed {
        /// Reason for which the session gave up.
        failure: SessionFailure,
    },
    /// The server refused a request that no other event reports, or could not read a message of this session.
    Error {
        /// Reason for the refusal, as sent by the server.
        refused: Refused,
    },
    /// A message from the server could not be read. The session ignored the message and kept the socket.
    ProtocolError {
        /// Description of the parse error.
        message: String,
    },
}

/// A request that the server refused, with the server's error code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Error code. The range of its number says how to react.
    pub code: ErrorCode,
    /// Description of the error for people.
    pub message: String,
}

/// Reason for which a publish request was dropped, that is, not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// The outbound queue was full, and this request was the oldest unsent one in it.
    QueueFull,
    /// The request waited in the outbound queue for longer than
    /// [`Settings::queue_age_ms`](crate::Settings::queue_age_ms).
    TooOld,
    /// The request was sent, and the connection was lost before the answer, so the publications may be in the log or
    /// not. An idempotent request is sent again, so it gets this reason only if it has to be dropped before its outcome
    /// is known.
    OutcomeUnknown,
    /// The session was closed before the request was sent.
    Closed,
}
