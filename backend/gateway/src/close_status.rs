//! The code and reason with which a connection ends, in its close frame and in its DISCONNECT event.

/// A close code (RFC 6455 §7.4) and its reason, with the texts that API Gateway uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CloseStatus {
    pub code: u16,
    pub reason: String,
}

impl CloseStatus {
    pub(crate) fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// The status of a connection beyond its idle limit and, by inference, beyond its life limit.
    pub(crate) fn going_away() -> Self {
        Self::new(1001, "Going away")
    }

    /// The status of a connection that was closed by `DELETE @connections`.
    pub(crate) fn deleted() -> Self {
        Self::new(1000, "Connection Closed Normally")
    }

    /// The status of a connection whose socket ended without a close frame.
    pub(crate) fn abnormal() -> Self {
        Self::new(1006, "")
    }

    /// The status that a client sent in its close frame; 1005 if the frame was empty.
    pub(crate) fn from_client(code: Option<u16>, reason: String) -> Self {
        match code {
            Some(code) => Self { code, reason },
            None => Self::new(1005, "Client-side close frame status not set"),
        }
    }
}
