//! Handles a `publish` message: appends the publications, and answers once they are durable.

use core::net::IpAddr;

use shared::client::Publish;
use shared::server::Published;
use shared::{Millis, ServerMessage};

use super::{Answer, Service, frame};
use crate::ingest::IngestRequest;
use crate::ports::{Connection, Connections, Management, TopicLog};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn publish(
        &self,
        connection: &Connection,
        peer: Option<IpAddr>,
        publish: Publish,
        now: Millis,
    ) -> Answer {
        let id = publish.id;
        let request = IngestRequest::try_from(publish)?;
        let ingested = self.ingest_from(peer, &connection.principal, request, now).await?;
        let published = Published { id, topic: ingested.topic, position: ingested.position };
        Ok(vec![frame(&ServerMessage::Published(published))])
    }
}
