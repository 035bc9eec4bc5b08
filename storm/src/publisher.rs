//! A session that publishes consecutive numbers, and checks that each is acknowledged at the offset with the same
//! number.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use shared::Topic;
use shared::publication::Item;
use tickertape_client::{Driver, Target};
use tickertape_session::{Event, Outgoing, Settings, Ticket};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::plan::Plan;
use crate::progress::Progress;

/// Number of unacknowledged publications at which the publisher pauses, as `tickertape pipe` does. Without this limit,
/// a slow server would cause a backlog that could not be delivered after the faults have stopped.
const MOST_WAITING: usize = 500;
/// Maximum time to wait for the last acknowledgements. It is longer than the time after which a session repeats an
/// unanswered request.
const FINISH_TIMEOUT: Duration = Duration::from_secs(60);

/// A publisher that runs until its caller stops it.
pub struct Publisher {
    driver: Driver,
    progress: Arc<Progress>,
    topics: Vec<Topic>,
    period: Duration,
    /// Number of the last publication to each topic. The data of a publication is its number.
    numbers: HashMap<Topic, u64>,
    /// Unacknowledged publications by ticket: the topic of each, and the offset at which we expect the log to append
    /// it.
    waiting: HashMap<Ticket, (Topic, u64)>,
    violations: Vec<String>,
}

impl Publisher {
    pub fn new(target: Target, plan: &Plan, progress: Arc<Progress>) -> Self {
        let settings = Settings::default().with_queue_messages(100_000).with_queue_age_ms(None);
        Self {
            driver: Driver::open_with_seed(target, settings, plan.seed.for_publisher()),
            progress,
            topics: plan.topics.iter().map(|name| Topic::new(name).unwrap()).collect(),
            period: plan.period,
            numbers: HashMap::new(),
            waiting: HashMap::new(),
            violations: Vec::new(),
        }
    }

    /// Publishes until `stop` is true, then waits for the missing acknowledgements. Returns a description of each
    /// violation.
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
                event = self.driver.next() => self.handle(event.ok()),
                _ = stop.changed() => {}
            }
        }
        if timeout(FINISH_TIMEOUT, self.finish()).await.is_err() {
            self.violations.push(format!("never acknowledged: {:?}", self.waiting));
        }
        self.driver.close().await;
        self.violations
    }

    async fn finish(&mut self) {
        while !self.waiting.is_empty() {
            let event = self.driver.next().await;
            self.handle(event.ok());
        }
    }

    fn publish(&mut self, turn: usize) {
        let topic = self.topics[turn % self.topics.len()].clone();
        let number = self.numbers.entry(topic.clone()).or_default();
        *number += 1;
        let items = vec![Item::now(*number)];
        let outgoing = Outgoing { topic: topic.clone(), items, meta: None, idempotent: true, done: false };
        let ticket = self.driver.command(|session, now| session.publish(outgoing, now));
        self.waiting.insert(ticket, (topic, *number));
    }

    fn handle(&mut self, event: Option<Event>) {
        match event {
            Some(Event::Published { ticket, topic, position }) => {
                let expected = self.waiting.remove(&ticket);
                if expected != Some((topic.clone(), position.offset)) {
                    self.violations.push(format!("{topic} {position} acknowledged, expected {expected:?}"));
                }
                self.progress.acknowledge(&topic, position.offset);
            }
            Some(event @ (Event::PublishRefused { .. } | Event::Dropped { .. } | Event::Failed { .. })) => {
                self.violations.push(format!("publisher: {event:?}"));
            }
            _ => {}
        }
    }
}
