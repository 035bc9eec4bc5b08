//! The lines of a recording, and the limits of its length.

use crate::{Filter, Millis, Position, Topic};

/// Version of the format that this build writes and reads.
pub const VERSION: u32 = 1;
/// Maximum length of a recording in bytes.
pub const MOST_BYTES: usize = 256 << 20;
/// Maximum number of lines of a recording.
pub const MOST_LINES: usize = 4_000_000;

/// The first line of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Time at which the recording began.
    pub started_at: Millis,
    /// Topics that were recorded.
    pub filter: Filter,
    /// Address of the server, without a token.
    pub server: String,
}

/// One line of a recording after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Time of receipt.
    pub at: Millis,
    /// The frame or the event.
    pub entry: Entry,
}

/// Something that was received, or that happened to the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A frame from the server, byte for byte.
    Frame(Box<str>),
    /// The WebSocket was opened.
    Opened,
    /// The WebSocket was closed.
    Closed {
        /// Close code of the WebSocket; 1006 if the connection broke.
        code: u16,
        /// Reason that the peer gave, which may be empty.
        reason: String,
    },
    /// Publications of a topic are lost for this client: those after `from`, up to and including `to`.
    Gap {
        /// Topic of the lost publications.
        topic: Topic,
        /// Position of the last publication before the lost ones.
        from: Position,
        /// Position of the last lost publication.
        to: Position,
        /// Time stamp of the last publication before the lost ones, if it was received.
        from_ts: Option<Millis>,
        /// Time stamp of the first publication after the lost ones, if it has arrived.
        to_ts: Option<Millis>,
    },
}
