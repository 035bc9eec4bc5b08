//! A viewer: a session over a real socket that checks its deliveries.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::Filter;
use tickertape_client::{Driver, Target};
use tickertape_session::{Event, Settings, Stats};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::ledger::Ledger;
use crate::progress::Progress;
use crate::seed::Seed;

/// Maximum time that a viewer has to receive all publications after the faults have stopped. A frozen socket is noticed
/// when the session replaces its connection, or at the latest by a ping after 50 s of silence and ten more seconds.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(90);

/// The result of one viewer.
pub struct ViewerReport {
    pub ledger: Ledger,
    pub stats: Stats,
    /// Number of times a page would have shown its user a banner about the connection.
    pub banners: u64,
    /// Longest time for which the viewer received no publication.
    pub pause: Duration,
    /// Reasons for which connections were lost or could not be opened, with the number of times.
    pub causes: BTreeMap<String, u64>,
}

/// A session that watches the topics of the test and checks every delivery, until the test is over.
pub struct Viewer {
    driver: Driver,
    progress: Arc<Progress>,
    number: usize,
    ledger: Ledger,
    has_subscribed: bool,
    banner_is_shown: bool,
    banners: u64,
    last_delivery: Option<Instant>,
    pause: Duration,
    causes: BTreeMap<String, u64>,
}

impl Viewer {
    pub fn new(target: Target, seed: Seed, progress: Arc<Progress>, number: usize) -> Self {
        let mut driver = Driver::open_with_seed(target, Settings::default(), seed.for_viewer(number));
        let filter = Filter::new("storm/*").unwrap();
        driver.command(|session, now| session.subscribe(filter, None, now));
        Self {
            driver,
            progress,
            number,
            ledger: Ledger::default(),
            has_subscribed: false,
            banner_is_shown: false,
            banners: 0,
            last_delivery: None,
            pause: Duration::ZERO,
            causes: BTreeMap::new(),
        }
    }

    /// Watches until `over` is true and every acknowledged publication has been delivered.
    pub async fn run(mut self, mut over: watch::Receiver<bool>) -> ViewerReport {
        while !*over.borrow() {
            tokio::select! {
                event = self.driver.next() => self.handle(event.ok()),
                _ = over.changed() => {}
            }
        }
        if timeout(CATCH_UP_TIMEOUT, self.catch_up()).await.is_err() {
            let behind = (self.driver.session().state(), self.ledger.behind(&self.progress));
            self.ledger.violation(("never caught up", behind));
        }
        let stats = self.driver.session().stats();
        self.driver.close().await;
        ViewerReport {
            ledger: self.ledger,
            stats,
            banners: self.banners,
            pause: self.pause,
            causes: self.causes,
        }
    }

    async fn catch_up(&mut self) {
        while !self.ledger.is_complete(&self.progress) {
            let event = self.driver.next().await;
            self.handle(event.ok());
        }
    }

    /// Handles one event of the session. `None` stands for an error of the driver, and is ignored. If the session gives
    /// up, it also reports [`Event::Failed`], which is recorded as a violation.
    fn handle(&mut self, event: Option<Event>) {
        match event {
            Some(Event::Publications { topic, epoch, items, .. }) => {
                self.delivered();
                self.ledger.publications(&topic, &epoch, &items);
            }
            Some(Event::Gap { topic, from, to, .. }) => self.ledger.gap(&topic, &from, &to, &self.progress),
            Some(Event::Subscribed { .. }) => self.subscribed(),
            Some(Event::Disconnected { cause } | Event::AttemptFailed { cause, .. }) => {
                *self.causes.entry(format!("{cause:?}")).or_default() += 1;
            }
            Some(
                event @ (Event::EpochChanged { .. }
                | Event::TopicGone { .. }
                | Event::SubscribeRefused { .. }
                | Event::Failed { .. }),
            ) => self.ledger.violation(event),
            _ => {}
        }
        self.count();
    }

    /// Counts the viewer as connected when its first subscription is answered. Publications may have arrived before the
    /// answer, because the server adds the subscriber before it answers.
    fn subscribed(&mut self) {
        if !self.has_subscribed {
            self.has_subscribed = true;
            self.progress.viewer_connected();
        }
    }

    fn delivered(&mut self) {
        let now = Instant::now();
        let since = self.last_delivery.replace(now).map_or(Duration::ZERO, |last| now - last);
        self.pause = self.pause.max(since);
    }

    /// Counts the banners and replaced connections after an event.
    fn count(&mut self) {
        let now = self.driver.clock().now();
        let is_shown = self.driver.session().banner(now).is_some();
        self.banners += u64::from(is_shown && !self.banner_is_shown);
        self.banner_is_shown = is_shown;
        self.progress.rotated(self.number, self.driver.session().stats().rotations);
    }
}
