//! Where `publish` over the WebSocket and `POST /topics/{topic}` meet.

use shared::{Epoch, Millis};

use super::{Service, lock};
use crate::ingest::{IngestError, IngestRequest, Ingested};
use crate::ports::{Append, TopicLog};
use crate::principal::Principal;
use crate::stats::add;

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Checks, limits and appends; returns when it is durable.
    ///
    /// # Errors
    ///
    /// [`IngestError`]; a refused request counts against the principal's rate only if it may publish here.
    pub async fn ingest(
        &self,
        principal: &Principal,
        request: IngestRequest,
        now: Millis,
    ) -> Result<Ingested, IngestError> {
        request.check(principal, now)?;
        let (topic, count) = (request.topic.clone(), request.items.len());
        lock(&self.rates)
            .take(&principal.name, count, now)
            .map_err(|retry_after_ms| IngestError::RateLimited { retry_after_ms })?;
        let appended = self.log.append(self.append(request, now)).await?;
        if !appended.repeated {
            add(&self.stats.publications, count);
        }
        Ok(Ingested { topic, position: appended.position, count, repeated: appended.repeated })
    }

    fn append(&self, request: IngestRequest, now: Millis) -> Append {
        let IngestRequest { topic, items, producer, meta } = request;
        let new_epoch = Epoch::from_random((self.settings.random)());
        let meta = meta.filter(|meta| !meta.is_empty());
        Append { topic, items, producer, meta, received_at: now, new_epoch }
    }
}
