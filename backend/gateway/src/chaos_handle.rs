//! Controls fault injection in a running gateway.

use crate::chaos::{Chaos, ChaosCounts, HttpError, PostFault, Probability};
use crate::connections::Connections;
use crate::frame::Frame;
use crate::id::ConnectionId;
use crate::post_error::Gone;

/// Controls the fault injection of a running gateway. All clones control the same gateway.
#[derive(Clone)]
pub struct ChaosHandle(Connections);

impl Connections {
    /// Returns the handle that controls the fault injection of this gateway.
    pub fn chaos(&self) -> ChaosHandle {
        ChaosHandle(self.clone())
    }
}

impl ChaosHandle {
    /// Replaces the fault-injection settings. Their time scale has no effect here, because the limits of a gateway
    /// cannot be changed after it was created.
    pub fn set(&self, chaos: Chaos) {
        self.0.faults().set(chaos);
    }

    /// Returns the current fault-injection settings.
    pub fn settings(&self) -> Chaos {
        self.0.faults().settings()
    }

    /// Replaces the setting for refused handshakes. With `true`, every handshake is refused with 503. With `false`,
    /// none is refused.
    pub fn refuse_handshakes(&self, refuses: bool) {
        let mut chaos = self.settings();
        chaos.refuse.probability = if refuses { Probability::ALWAYS } else { Probability::NEVER };
        chaos.refuse.status = HttpError::default();
        self.set(chaos);
    }

    /// Stops reading from a connection and writing to it, but does not close it. To the client it looks as if the
    /// network had failed.
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is no such connection.
    pub fn freeze(&self, id: &ConnectionId) -> Result<(), Gone> {
        self.0.find(id).ok_or(Gone)?.freeze();
        self.0.faults().count(PostFault::Frozen);
        Ok(())
    }

    /// Continues reading and writing after [`freeze`](Self::freeze).
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is no such connection.
    pub fn thaw(&self, id: &ConnectionId) -> Result<(), Gone> {
        self.0.find(id).ok_or(Gone)?.thaw();
        Ok(())
    }

    /// Sends a part of a frame to a connection, and then resets the TCP connection.
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is no such connection.
    pub fn cut(&self, id: &ConnectionId) -> Result<(), Gone> {
        self.0.find(id).ok_or(Gone)?.break_mid_frame(&Frame::text(r#"{"this":"frame never ends"}"#));
        self.0.faults().count(PostFault::Broken);
        Ok(())
    }

    /// Returns the number of faults that were injected so far.
    pub fn counts(&self) -> ChaosCounts {
        self.0.faults().counts()
    }
}
