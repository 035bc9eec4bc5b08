//! A model of the server, reduced to the behaviour that a session can observe.

use std::collections::BTreeMap;

use crate::rng::Rng;
use crate::tests::harness::publication;
use shared::client::{History, Publish, Rewind, Subscribe};
use shared::server::{
    Batch, ErrorReply, HistoryReply, Pong, Publications, Published, Subscribed, SubscribedTopic,
};
use shared::{ClientMessage, Epoch, ErrorCode, Filter, Position, Publication, ServerMessage, Topic};

#[derive(Debug)]
pub struct Log {
    pub epoch: Epoch,
    pub items: Vec<Publication>,
    /// The lowest offset that is still kept.
    pub oldest: u64,
    producers: BTreeMap<String, (u64, u64)>,
}

impl Log {
    pub fn head(&self) -> u64 {
        self.items.len() as u64
    }

    fn position(&self, offset: u64) -> Position {
        Position::new(self.epoch.clone(), offset)
    }

    /// Returns the publications after `offset` that are still kept.
    fn after(&self, offset: u64) -> &[Publication] {
        let from = offset.max(self.oldest - 1).min(self.head());
        &self.items[from as usize..]
    }

    /// Returns true if no publication after the position `since` is lost.
    fn fits(&self, since: &Position) -> bool {
        since.epoch == self.epoch && since.offset <= self.head() && since.offset + 1 >= self.oldest
    }
}

#[derive(Debug, Default)]
pub struct Server {
    pub logs: BTreeMap<Topic, Log>,
    /// Every publication that has ever been in a log, by topic and epoch.
    pub ever: BTreeMap<(Topic, Epoch), Vec<Publication>>,
    epochs: u64,
}

impl Server {
    pub fn append(&mut self, topic: &Topic, data: Vec<shared::Data>) -> Publications {
        let log = match self.logs.get_mut(topic) {
            Some(log) => log,
            None => self.start(topic),
        };
        let first = log.head();
        for value in data {
            let mut item = publication(log.head() + 1, 0);
            item.data = value;
            log.items.push(item);
        }
        let items = log.items[first as usize..].to_vec();
        let epoch = log.epoch.clone();
        self.ever.entry((topic.clone(), epoch.clone())).or_default().extend(items.iter().cloned());
        Publications { topic: topic.clone(), epoch, items, replay: false, after: None, meta: None }
    }

    /// Replaces the topic's log with an empty one that has another epoch.
    pub fn start(&mut self, topic: &Topic) -> &mut Log {
        self.epochs += 1;
        let epoch = Epoch::new(&format!("e{}", self.epochs));
        let log = Log { epoch, items: Vec::new(), oldest: 1, producers: BTreeMap::new() };
        self.logs.entry(topic.clone()).insert_entry(log).into_mut()
    }

    pub fn evict(&mut self, topic: &Topic, count: u64) {
        if let Some(log) = self.logs.get_mut(topic) {
            log.oldest = (log.oldest + count).min(log.head() + 1);
        }
    }

    /// Handles a request of a client. Returns the replies to it, and the publications that the request has appended, if
    /// there are any.
    pub fn answer(
        &mut self,
        filters: &mut Vec<Filter>,
        message: ClientMessage,
        server_ts: i64,
        rng: &mut Rng,
    ) -> (Vec<ServerMessage>, Option<Publications>) {
        match message {
            ClientMessage::Subscribe(request) => {
                filters.push(request.filter.clone());
                (self.subscribe(request, server_ts, rng), None)
            }
            ClientMessage::Publish(request) => self.publish(*request),
            ClientMessage::History(request) => (vec![self.history(request, rng)], None),
            ClientMessage::Ping(ping) => {
                let logs = self.logs.iter().filter(|(topic, _)| filters.iter().any(|f| f.matches(topic)));
                let heads = logs.map(|(topic, log)| (topic.clone(), log.position(log.head()))).collect();
                (vec![ServerMessage::Pong(Pong { t: ping.t, server_ts, heads })], None)
            }
            ClientMessage::Unsubscribe(_) | ClientMessage::Refresh(_) => (Vec::new(), None),
        }
    }

    fn subscribe(&self, request: Subscribe, server_ts: i64, rng: &mut Rng) -> Vec<ServerMessage> {
        let share = 1 + rng.up_to(5) as usize;
        let matching = self.logs.iter().filter(|(topic, _)| request.filter.matches(topic));
        let begun: Vec<(SubscribedTopic, Vec<Publication>)> =
            matching.map(|(topic, log)| begin(topic, log, &request, share)).collect();
        let mut topics: Vec<SubscribedTopic> = begun.iter().map(|(topic, _)| topic.clone()).collect();
        let rest = topics.split_off(topics.len().min(rng.up_to(4) as usize));
        let reply = |topics, more| {
            ServerMessage::Subscribed(Subscribed {
                id: request.id,
                connection_id: "c=".into(),
                filter: request.filter.clone(),
                topics,
                viewers: Some(1),
                server_ts,
                limits: Default::default(),
                rotate_in_ms: 20_000 + rng.clone().up_to(100_000),
                conditions: Vec::new(),
                more,
            })
        };
        let mut frames = vec![reply(topics, true), reply(rest, false)];
        let parts: Vec<Publications> = begun.into_iter().filter_map(replayed).collect();
        frames.extend((!parts.is_empty()).then_some(ServerMessage::Batch(Batch { parts })));
        frames
    }

    fn history(&self, request: History, rng: &mut Rng) -> ServerMessage {
        let History { id, topic, since, limit, .. } = request;
        let Some(log) = self.logs.get(&topic) else {
            let (code, message) = (ErrorCode::UnknownTopic, String::new());
            let (retryable, retry_after_ms) = (false, None);
            return ServerMessage::Error(ErrorReply {
                id: Some(id),
                code,
                message,
                retryable,
                retry_after_ms,
                filters: Vec::new(),
            });
        };
        let since = since.expect("a session always says since when");
        let recovered = log.fits(&since);
        let after = log.after(if recovered { since.offset } else { 0 });
        let limit = (limit.unwrap_or(9) as usize).min(1 + rng.up_to(8) as usize);
        let items = after.iter().take(limit).cloned().collect();
        let (epoch, head) = (log.epoch.clone(), log.position(log.head()));
        ServerMessage::History(HistoryReply { id, topic, epoch, items, head, recovered })
    }

    fn publish(&mut self, request: Publish) -> (Vec<ServerMessage>, Option<Publications>) {
        let (id, topic, producer) = (request.id, request.topic.clone(), request.producer.clone());
        let known = producer.as_ref().and_then(|p| self.logs.get(&topic)?.producers.get(&p.id).copied());
        let asked = producer.as_ref().map_or(u64::MAX, |producer| producer.seq);
        if let Some((seq, offset)) = known.filter(|(seq, _)| asked <= *seq) {
            assert_eq!(seq, asked, "an idempotent producer went back");
            let position = self.logs[&topic].position(offset);
            return (vec![ServerMessage::Published(Published { id, topic, position })], None);
        }
        let data = request.into_items().into_iter().map(|item| item.data).collect();
        let published = self.append(&topic, data);
        let log = self.logs.get_mut(&topic).expect("it was just appended to");
        let position = log.position(log.head());
        if let Some(producer) = producer {
            log.producers.insert(producer.id, (producer.seq, position.offset));
        }
        (vec![ServerMessage::Published(Published { id, topic, position })], Some(published))
    }
}

/// Begins a subscription to one topic as the real server does. Returns the topic's entry in the answer, and the
/// publications to replay, at most `share`.
fn begin(topic: &Topic, log: &Log, request: &Subscribe, share: usize) -> (SubscribedTopic, Vec<Publication>) {
    let since = request.since.get(topic);
    let recovered = since.is_none_or(|since| log.fits(since));
    let items: Vec<Publication> = match (since, request.rewind) {
        (Some(since), _) if recovered => log.after(since.offset).iter().take(share).cloned().collect(),
        (Some(_), _) => log.after(0).iter().take(share).cloned().collect(),
        (None, Some(Rewind::Count(count))) => {
            let kept = log.after(0);
            kept[kept.len().saturating_sub(share.min(count as usize))..].to_vec()
        }
        (None, Some(Rewind::Ms(_)) | None) => Vec::new(),
    };
    let replay_from = items.first().map(|first| log.position(first.offset - 1));
    let (topic, position) = (topic.clone(), log.position(log.head()));
    (SubscribedTopic { topic, position, recovered, replay_from, meta: Default::default() }, items)
}

fn replayed((listed, items): (SubscribedTopic, Vec<Publication>)) -> Option<Publications> {
    let SubscribedTopic { topic, position, .. } = listed;
    let epoch = position.epoch;
    (!items.is_empty()).then_some(Publications { topic, epoch, items, replay: true, after: None, meta: None })
}
