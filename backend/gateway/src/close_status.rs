//! The code and the reason with which a WebSocket connection ends. They are sent in its close frame and in its
//! DISCONNECT event.

/// A close code (RFC 6455 §7.4) and its reason. The texts of the reasons are those of API Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CloseStatus {
    pub code: u16,
    pub reason: String,
}

impl CloseStatus {
    pub(crate) fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// Returns the status of a connection that exceeded its idle limit or its life limit. It is not documented that AWS
    /// uses the same status for the life limit; this is inferred.
    pub(crate) fn going_away() -> Self {
        Self::new(1001, "Going away")
    }

    /// Returns the status of a connection that was closed by `DELETE @connections`.
    pub(crate) fn deleted() -> Self {
        Self::new(1000, "Connection Closed Normally")
    }

    /// Returns the status of a connection whose socket ended without a close frame.
    pub(crate) fn abnormal() -> Self {
        Self::new(1006, "")
    }

    /// Returns the status that a client sent in its close frame, or 1005 if the frame was empty.
    pub(crate) fn from_client(code: Option<u16>, reason: String) -> Self {
        match code {
            Some(code) => Self { code, reason },
            None => Self::new(1005, "Client-side close frame status not set"),
        }
    }
}
