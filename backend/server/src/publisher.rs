//! Publishes from this process, without a socket.

use std::sync::Arc;

use backend_core::Principal;
use backend_core::ingest::{IngestError, IngestRequest};
use shared::publication::Item;
use shared::{Topic, TopicMeta};

use crate::app::App;
use crate::clock::now_ms;

/// Publishes to a server of this process. Its publications do not count towards the rate limits of clients.
#[derive(Clone)]
pub struct Publisher {
    app: Arc<App>,
    principal: Principal,
}

impl Publisher {
    /// Creates a publisher with a name, which counts towards the rate limit of this name.
    pub(crate) fn new(app: Arc<App>, name: &str) -> Self {
        Self { app, principal: Principal { name: name.into(), ..Principal::local() } }
    }

    /// Publishes values to a topic, and returns when they are durable.
    ///
    /// # Errors
    ///
    /// An [`IngestError`] with the reason.
    pub async fn publish(
        &self,
        topic: Topic,
        items: Vec<Item>,
        meta: Option<TopicMeta>,
    ) -> Result<(), IngestError> {
        let request = IngestRequest { topic, items, producer: None, meta };
        self.app.ingest(&self.principal, request, now_ms(&self.app)).await.map(drop)
    }
}
