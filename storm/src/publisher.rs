//! A session that publishes, each publication acknowledged and in the log once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use shared::Topic;
use shared::publication::Item;
use tickertape_client::{Driver, Target};
use tickertape_session::{Event, Outgoing, Settings, Ticket};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{Board, Plan};

/// Then it waits, as `pipe` does: without an end to what waits, a storm that lets less through than is published would
/// leave more behind than any calm could carry off.
const MOST_WAITING: usize = 500;
/// For the last acknowledgement: longer than a lost one takes to be asked for again.
const PATIENCE: Duration = Duration::from_secs(60);

/// A publisher, while it publishes.
pub struct Publisher {
    driver: Driver,
    board: Arc<Board>,
    topics: Vec<Topic>,
    period: Duration,
    /// By topic: the number of the last publication.
    numbers: HashMap<Topic, u64>,
    /// What is not acknowledged: where it is to land.
    waiting: HashMap<Ticket, (Topic, u64)>,
    faults: Vec<String>,
}

impl Publisher {
    pub fn new(target: Target, plan: &Plan, board: Arc<Board>) -> Self {
        let settings = Settings { queue_messages: 100_000, queue_age_ms: None, ..Settings::default() };
        Self {
            driver: Driver::open_with_seed(target, settings, plan.seed.of_publisher()),
            board,
            topics: plan.topics.iter().map(|name| Topic::new(name).unwrap()).collect(),
            period: plan.period,
            numbers: HashMap::new(),
            waiting: HashMap::new(),
            faults: Vec::new(),
        }
    }

    /// Publishes until told to stop, then waits for what is not acknowledged. Answers with what should not have been.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Vec<String> {
        let mut ticks = interval(self.period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut turn = 0;
        while !*stop.borrow() {
            tokio::select! {
                _ = ticks.tick(), if self.waiting.len() < MOST_WAITING => {
                    self.publish(turn);
                    turn += 1;
                }
                event = self.driver.next() => self.hear(event.ok()),
                _ = stop.changed() => {}
            }
        }
        if timeout(PATIENCE, self.finish()).await.is_err() {
            self.faults.push(format!("never acknowledged: {:?}", self.waiting));
        }
        self.driver.close().await;
        self.faults
    }

    async fn finish(&mut self) {
        while !self.waiting.is_empty() {
            let event = self.driver.next().await;
            self.hear(event.ok());
        }
    }

    fn publish(&mut self, turn: usize) {
        let topic = self.topics[turn % self.topics.len()].clone();
        let number = self.numbers.entry(topic.clone()).or_default();
        *number += 1;
        let items = vec![Item::now(*number)];
        let outgoing = Outgoing { topic: topic.clone(), items, meta: None, idempotent: true };
        let ticket = self.driver.command(|session, now| session.publish(outgoing, now));
        self.waiting.insert(ticket, (topic, *number));
    }

    fn hear(&mut self, event: Option<Event>) {
        match event {
            Some(Event::Published { ticket, topic, position }) => {
                let expected = self.waiting.remove(&ticket);
                if expected != Some((topic.clone(), position.offset)) {
                    self.faults.push(format!("{topic} {position} acknowledged, expected {expected:?}"));
                }
                self.board.acknowledge(&topic, position.offset);
            }
            Some(event @ (Event::PublishRefused { .. } | Event::Dropped { .. } | Event::Failed { .. })) => {
                self.faults.push(format!("publisher: {event:?}"));
            }
            _ => {}
        }
    }
}
