//! Appends publications to topics' logs. All ways to publish end here: `publish` over the WebSocket, `POST
//! /topics/{topic}`, and the measurements of this machine that `serve` itself can publish.

use core::net::IpAddr;

use shared::{Epoch, Millis};

use super::Service;
use crate::ingest::{IngestError, IngestRequest, Ingested};
use crate::lock::lock;
use crate::payer::Payer;
use crate::ports::{Append, Appended, TopicLog};
use crate::principal::Principal;
use crate::rates::Published;
use crate::stats::add;

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Checks a request to publish and the rate of its sender, and appends the publications. Returns once they are
    /// durable. The request comes from a part of this program and not from a client.
    ///
    /// # Errors
    ///
    /// An [`IngestError`] with the reason. A request that is refused by a check does not count against the sender's
    /// rate.
    pub async fn ingest(
        &self,
        principal: &Principal,
        request: IngestRequest,
        now: Millis,
    ) -> Result<Ingested, IngestError> {
        self.ingest_from(None, principal, request, now).await
    }

    /// Does the same as [`Service::ingest`] for a request of a client whose IP address is `peer`.
    pub(super) async fn ingest_from(
        &self,
        peer: Option<IpAddr>,
        principal: &Principal,
        request: IngestRequest,
        now: Millis,
    ) -> Result<Ingested, IngestError> {
        request.check(principal, now)?;
        let IngestRequest { topic, items, producer, meta } = request;
        let published = Published::new(&items, meta.as_ref());
        lock(&self.rates)
            .take_publications(&Payer::new(&principal.name, peer), published, now)
            .map_err(|retry_after_ms| IngestError::RateLimited { retry_after_ms })?;
        let append = Append {
            topic: topic.clone(),
            items,
            producer,
            meta: meta.filter(|meta| !meta.is_empty()),
            received_at: now,
            new_epoch: Epoch::from_random((self.settings.random)()),
            principal: principal.name.clone(),
            principal_topics: self.settings.principal_topics(),
        };
        let appended = self.log.append(append).await?;
        if !appended.repeated {
            add(&self.stats.publications, published.count);
        }
        let Appended { position, repeated } = appended;
        Ok(Ingested { topic, position, count: published.count, repeated })
    }
}
