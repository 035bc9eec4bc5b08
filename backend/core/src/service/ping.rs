//! Answers `ping` with the positions of the newest publications of the client's topics, so that the client notices if
//! it has missed the last publication of a topic.

use std::collections::BTreeMap;

use shared::client::Ping;
use shared::server::Pong;
use shared::{Filter, Millis, Position, ServerMessage, Topic, limits};

use super::{Answer, Service, frame};
use crate::lock::lock;
use crate::pack;
use crate::permission;
use crate::ports::{self, Connection, Connections, LogEnd, Management, TopicLog, Unavailable};
use crate::turns::Step;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn ping(&self, connection: &Connection, ping: Ping, now: Millis) -> Answer {
        permission::check_token(&connection.principal, now)?;
        let mut pong = Pong { t: ping.t, server_ts: now, heads: BTreeMap::new() };
        let room = limits::PACK_BYTES - frame(&ServerMessage::Pong(pong.clone())).len() - HEADS_KEY;
        pong.heads = newest(self.watched(connection, now).await?, room);
        Ok(vec![frame(&ServerMessage::Pong(pong))])
    }

    async fn watched(&self, connection: &Connection, now: Millis) -> Result<Vec<LogEnd>, Unavailable> {
        let mut watched: BTreeMap<Topic, LogEnd> = BTreeMap::new();
        let filters = self.connections.subscriptions(&connection.id, now).await?;
        for filter in widest(&filters) {
            let ends = match self.settings.heads_in_turn {
                None => self.log.ends(filter, ENDS).await?,
                Some(_) => self.ends_in_turn(filter, now).await?,
            };
            watched.extend(ends.into_iter().map(|end| (end.topic.clone(), end)));
        }
        Ok(watched.into_values().collect())
    }

    /// Reads the ends of a limited number of logs of topics that match `filter`. If ends were read a moment ago,
    /// returns those without reading again.
    async fn ends_in_turn(&self, filter: &Filter, now: Millis) -> Result<Vec<LogEnd>, Unavailable> {
        let (step, topics) = {
            let mut turns = lock(&self.turns);
            (turns.step(filter, now), turns.topics())
        };
        let after = match step {
            Step::Send(ends) => return Ok(ends),
            Step::Read { after } => after,
        };
        let heads = self.log.page_of_heads(filter, after.as_ref(), topics).await;
        let heads = heads.inspect_err(|_| lock(&self.turns).failed(filter))?;
        let ends: Vec<LogEnd> = heads.iter().map(LogEnd::from).collect();
        lock(&self.turns).read(filter, &ends);
        Ok(ends)
    }
}

/// Returns those of `filters` that are not covered by another one. If only these are used, each topic is read once.
pub(super) fn widest(filters: &[Filter]) -> impl Iterator<Item = &Filter> {
    filters.iter().filter(|filter| !filters.iter().any(|other| other != *filter && other.covers(filter)))
}

/// Length in bytes of `,"heads":{}`, which the JSON of a `pong` without heads does not contain.
const HEADS_KEY: usize = 12;

/// Maximum number of ends of logs that are read for a ping. No more than this fit into one frame, because each takes at
/// least the text `"t":{"epoch":"e","offset":1},`.
const ENDS: usize = limits::PACK_BYTES / 28;

/// Returns as many of `ends` as fit into `room` bytes of JSON. Logs that were changed last are preferred, because the
/// client may have missed their last publication.
fn newest(ends: Vec<LogEnd>, room: usize) -> BTreeMap<Topic, Position> {
    let mut ends = ports::newest_ends(ends, ENDS);
    ends.sort_by_key(|end| std::cmp::Reverse(end.received_at));
    let sizes = ends.iter().map(|end| pack::json_len(&end.topic) + pack::json_len(&end.position) + 1);
    let count = pack::fitting(sizes, room);
    ends.into_iter().take(count).map(|end| (end.topic, end.position)).collect()
}
