//! Announces to every client that the server shuts down.

use shared::{Advice, DisconnectCode, Millis, limits};

use super::broadcast::BroadcastReport;
use super::{Service, disconnect_message};
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Sends a `disconnect` message to every connection. If `code` advises the client to reconnect, the message
    /// contains the length of the time window in which it should do so. The connections are not closed here, but by the
    /// gateway.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot list the connections; then nothing was sent.
    pub async fn announce_shutdown(
        &self,
        code: DisconnectCode,
        reason: &str,
        now: Millis,
    ) -> Result<BroadcastReport, Unavailable> {
        let everybody = self.connections.all(now).await?;
        let comes_back = code.advice() == Advice::Reconnect;
        let window_ms = comes_back.then(|| window_ms(everybody.len() as u64));
        let mut report = BroadcastReport::default();
        let frames = vec![disconnect_message(code, reason, window_ms)];
        self.post_to_all(everybody, frames, &mut report, now).await;
        Ok(report)
    }
}

/// Returns the length of the time window, in milliseconds, within which `viewers` clients reconnect after a shutdown,
/// each at a random moment. On average they use 45 percent of the rate at which the gateway accepts connections
/// ([`limits::CONNECTS_PER_SECOND`]), so that the busiest second stays below 60 percent.
fn window_ms(viewers: u64) -> u64 {
    viewers * 100_000 / (45 * u64::from(limits::CONNECTS_PER_SECOND))
}
