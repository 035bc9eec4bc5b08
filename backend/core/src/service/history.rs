//! Answers a `history` request of a client with a part of a topic's log that fits into one WebSocket message.

use shared::client::{History, RequestId};
use shared::server::HistoryReply;
use shared::{Millis, Position, ServerMessage, Topic, limits};

use super::buckets::{BucketsAsk, FRAME_ROOM, buckets_frame};
use super::catch_up::{Past, Period, unknown};
use super::{Answer, Service, frame};
use crate::payer::Payer;
use crate::permission;
use crate::ports::{Connection, Connections, Management, TopicLog};
use crate::principal::Principal;
use crate::query::Since;
use crate::refusal::Refusal;
use crate::replay::{self, Ask, Share};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn history(
        &self,
        connection: &Connection,
        payer: &Payer,
        request: History,
        now: Millis,
    ) -> Answer {
        let History { id, topic, since, limit, from_ms, to_ms, step_ms } = request;
        let period = Period { from_ms, to_ms };
        if let Some(step_ms) = step_ms {
            let ask =
                BucketsAsk { period, step_ms, since: since.map(Since::Position), room_bytes: FRAME_ROOM };
            let found = self.buckets(&connection.principal, payer, &topic, ask, now).await?;
            return Ok(vec![buckets_frame(id, topic, found)]);
        }
        let ask = since.map_or(Ask::Last(limits::HISTORY_ITEMS), Ask::Since);
        let past = self.page(&connection.principal, &topic, &ask, limit, period, now).await?;
        self.charge_work(payer, past.work, now);
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
        period: Period,
        now: Millis,
    ) -> Result<Past, Refusal> {
        permission::check_token(principal, now)?;
        permission::check_read(principal, topic)?;
        let limit = limit.map_or(limits::HISTORY_ITEMS, |limit| limit as usize);
        let limit = limit.clamp(1, limits::HISTORY_ITEMS);
        period.check()?;
        let past = if period.is_all() {
            self.past(topic, ask, limit, now).await?
        } else {
            self.past_in(topic, ask, limit, period, now).await?
        };
        past.ok_or_else(|| unknown(topic))
    }
}

fn reply(id: RequestId, topic: Topic, ask: &Ask, past: Past) -> HistoryReply {
    let Past { page, recovered, work: _ } = past;
    let head = Position::new(page.epoch.clone(), page.head);
    let mut reply = HistoryReply { id, topic, epoch: page.epoch, items: Vec::new(), head, recovered };
    let fixed = frame(&ServerMessage::History(reply.clone())).len();
    let room = limits::PACK_BYTES - fixed;
    reply.items = replay::cut(page.items, ask, Share { items: limits::HISTORY_ITEMS, bytes: room });
    reply
}
