//! Before the server goes down.

use shared::{Advice, DisconnectCode, Millis, limits};

use super::broadcast::BroadcastReport;
use super::{Service, disconnect_message};
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Tells every connection why it is about to be closed and, if it is to come back, within which time; the
    /// closing itself is the gateway's.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot name the connections; then nobody was told.
    pub async fn farewell(
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

/// How long so many viewers must take to come back, to use 45 percent of the rate at which the gateway lets
/// connections in ([`limits::CONNECTS_PER_SECOND`]): chance then keeps every second below 60 percent.
fn window_ms(viewers: u64) -> u64 {
    viewers * 100_000 / (45 * u64::from(limits::CONNECTS_PER_SECOND))
}
