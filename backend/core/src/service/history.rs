//! Answers a `history` request of a client with a part of a topic's log that fits into one WebSocket message.

use shared::client::{History, RequestId};
use shared::server::HistoryReply;
use shared::{ErrorCode, Millis, Position, ServerMessage, Topic, limits};

use super::catch_up::Past;
use super::{Answer, Service, frame};
use crate::pack;
use crate::permission;
use crate::ports::{Connection, Connections, Management, TopicLog};
use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::replay::Ask;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn history(&self, connection: &Connection, request: History, now: Millis) -> Answer {
        let History { id, topic, since, limit } = request;
        let ask = since.map_or(Ask::Last(limits::HISTORY_ITEMS), Ask::Since);
        let past = self.page(&connection.principal, &topic, &ask, limit, now).await?;
        Ok(vec![frame(&ServerMessage::History(reply(id, topic, &ask, past)))])
    }
}

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Reads the part of a log that a request for history asks for. The request may come by WebSocket or by HTTP.
    pub(super) async fn page(
        &self,
        principal: &Principal,
        topic: &Topic,
        ask: &Ask,
        limit: Option<u32>,
        now: Millis,
    ) -> Result<Past, Refusal> {
        permission::check_token(principal, now)?;
        permission::check_read(principal, topic)?;
        let limit = limit.map_or(limits::HISTORY_ITEMS, |limit| limit as usize);
        let limit = limit.clamp(1, limits::HISTORY_ITEMS);
        self.past(topic, ask, limit, now).await?.ok_or_else(|| unknown(topic))
    }
}

pub(super) fn unknown(topic: &Topic) -> Refusal {
    Refusal::new(
        ErrorCode::UnknownTopic,
        format!("nobody has published to {topic} yet, or it was deleted: check the name"),
    )
}

fn reply(id: RequestId, topic: Topic, ask: &Ask, past: Past) -> HistoryReply {
    let Past { page, recovered } = past;
    let head = Position::new(page.epoch.clone(), page.head);
    let mut reply = HistoryReply { id, topic, epoch: page.epoch, items: Vec::new(), head, recovered };
    let fixed = frame(&ServerMessage::History(reply.clone())).len();
    let room = limits::PACK_BYTES - fixed;
    let mut items = page.items;
    reply.items = match ask {
        Ask::Since(_) => {
            items.truncate(pack::fitting(items.iter().map(pack::json_len), room).max(1));
            items
        }
        Ask::Nothing | Ask::Last(_) | Ask::ReceivedSince(_) => {
            let keep = pack::fitting(items.iter().rev().map(pack::json_len), room).max(1);
            items.split_off(items.len().saturating_sub(keep))
        }
    };
    reply
}
