//! SQS queues.

use crate::place::Place;

/// An SQS queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Name of the queue.
    pub name: String,
    /// Name in the description.
    pub logical_id: String,
    /// Resource name of the queue.
    pub arn: String,
    /// Address of the queue.
    pub url: String,
    /// True if the order of messages is kept (`FifoQueue`).
    pub is_fifo: bool,
    /// True if messages with the same content are the same message (`ContentBasedDeduplication`).
    pub deduplicates_content: bool,
    /// Time for which a received message is hidden from other receivers, in seconds.
    pub visibility_timeout_s: u32,
    /// Time before a new message can be received, in seconds.
    pub delay_s: u32,
    /// Time for which messages are kept, in seconds.
    pub retention_s: u32,
    /// Time for which a receiver waits for a message by default, in seconds.
    pub wait_s: u32,
    /// Treatment of messages that are received too often.
    pub redrive: Option<Redrive>,
    /// Place of the queue.
    pub place: Place,
}

/// Treatment of messages that are received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// Resource name of the queue to which such messages are moved.
    pub target_arn: String,
    /// Number of times that a message may be received.
    pub max_receive_count: u32,
}
