//! `ping`: answers with the ends of the logs, so that the client notices a lost last publication.

use std::collections::BTreeMap;

use shared::client::Ping;
use shared::server::Pong;
use shared::{Filter, Millis, Position, ServerMessage, Topic, limits};

use super::{Answer, Service, frame};
use crate::pack;
use crate::permission;
use crate::ports::{Connection, Connections, Head, Management, TopicLog, Unavailable};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn ping(&self, connection: &Connection, ping: Ping, now: Millis) -> Answer {
        permission::check_token(&connection.principal, now)?;
        let mut pong = Pong { t: ping.t, server_ts: now, heads: BTreeMap::new() };
        let room = limits::PACK_BYTES - frame(&ServerMessage::Pong(pong.clone())).len() - HEADS_KEY;
        pong.heads = newest(self.watched(connection, now).await?, room);
        Ok(vec![frame(&ServerMessage::Pong(pong))])
    }

    async fn watched(&self, connection: &Connection, now: Millis) -> Result<Vec<Head>, Unavailable> {
        let mut watched: BTreeMap<Topic, Head> = BTreeMap::new();
        let filters = self.connections.subscriptions(&connection.id, now).await?;
        for filter in widest(&filters) {
            let heads = self.log.heads(filter).await?;
            watched.extend(heads.into_iter().map(|head| (head.topic.clone(), head)));
        }
        Ok(watched.into_values().collect())
    }
}

/// The filters that no other filter covers, so that each topic is read once.
fn widest(filters: &[Filter]) -> impl Iterator<Item = &Filter> {
    filters.iter().filter(|filter| !filters.iter().any(|other| other != *filter && other.covers(filter)))
}

/// Length of `,"heads":{}` in bytes, which an empty pong leaves out.
const HEADS_KEY: usize = 12;

/// The heads that fit into `room` bytes, the most recently changed first: their last publication may be lost.
fn newest(mut heads: Vec<Head>, room: usize) -> BTreeMap<Topic, Position> {
    heads.sort_by_key(|head| std::cmp::Reverse(head.last.received_at));
    let entries: Vec<_> = heads.iter().map(|head| (head.topic.clone(), head.position())).collect();
    let sizes = entries.iter().map(|(topic, position)| pack::json_len(topic) + pack::json_len(position) + 1);
    let count = pack::fitting(sizes, room);
    entries.into_iter().take(count).collect()
}
