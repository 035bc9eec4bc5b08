//! Handles `$disconnect` by removing the connection. Delivery of this event is best effort, so nothing may rely on it.

use super::Service;
use crate::event::{Disconnect, Reply};
use crate::ports::{Connections, Management, TopicLog};
use crate::stats::add;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn disconnect(&self, disconnect: Disconnect) -> Reply {
        add(&self.stats.disconnects, 1);
        self.prune(&disconnect.connection).await;
        Reply::ok()
    }
}
