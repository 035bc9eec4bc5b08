//! One viewer: a session over real sockets, and its books.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::Filter;
use tickertape_client::{Driver, Target};
use tickertape_session::{Event, Settings, Stats};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::{Board, Ledger, Seed};

/// For whoever has not everything when the storm is over. A frozen socket is noticed by the next rotation, or by a ping
/// after 50 s of silence and ten more.
const PATIENCE: Duration = Duration::from_secs(90);

/// What became of one viewer.
pub struct Report {
    pub ledger: Ledger,
    pub stats: Stats,
    /// How often a person would have read of trouble.
    pub banners: u64,
    /// The longest time without a publication.
    pub pause: Duration,
}

/// A viewer, while it watches.
pub struct Viewer {
    driver: Driver,
    board: Arc<Board>,
    number: usize,
    ledger: Ledger,
    banner_is_shown: bool,
    banners: u64,
    last_delivery: Option<Instant>,
    pause: Duration,
}

impl Viewer {
    pub fn new(target: Target, seed: Seed, board: Arc<Board>, number: usize) -> Self {
        let mut driver = Driver::open_with_seed(target, Settings::default(), seed.of_viewer(number));
        let filter = Filter::new("storm/*").unwrap();
        driver.command(|session, now| session.subscribe(filter, None, now));
        Self {
            driver,
            board,
            number,
            ledger: Ledger::default(),
            banner_is_shown: false,
            banners: 0,
            last_delivery: None,
            pause: Duration::ZERO,
        }
    }

    /// Watches until it is over and everything that was acknowledged is seen.
    pub async fn run(mut self, mut over: watch::Receiver<bool>) -> Report {
        while !*over.borrow() {
            tokio::select! {
                event = self.driver.next() => self.hear(event.ok()),
                _ = over.changed() => {}
            }
        }
        if timeout(PATIENCE, self.catch_up()).await.is_err() {
            let behind = (self.driver.session().state(), self.ledger.behind(&self.board));
            self.ledger.fault(("never caught up", behind));
        }
        let stats = self.driver.session().stats();
        self.driver.close().await;
        Report { ledger: self.ledger, stats, banners: self.banners, pause: self.pause }
    }

    async fn catch_up(&mut self) {
        while !self.ledger.is_complete(&self.board) {
            let event = self.driver.next().await;
            self.hear(event.ok());
        }
    }

    /// Not an event: the session's only way of not going on is [`Event::Failed`], which nothing here leads to.
    fn hear(&mut self, event: Option<Event>) {
        match event {
            Some(Event::Publications { topic, epoch, items, .. }) => {
                self.delivered();
                self.ledger.publications(&topic, &epoch, &items);
            }
            Some(Event::Gap { topic, from, to, .. }) => self.ledger.gap(&topic, &from, &to, &self.board),
            Some(Event::Subscribed { .. }) if self.ledger.seen == 0 => {
                self.board.arrive();
            }
            Some(
                event @ (Event::EpochChanged { .. }
                | Event::TopicGone { .. }
                | Event::SubscribeRefused { .. }
                | Event::Failed { .. }),
            ) => self.ledger.fault(event),
            _ => {}
        }
        self.look();
    }

    fn delivered(&mut self) {
        let now = Instant::now();
        let since = self.last_delivery.replace(now).map_or(Duration::ZERO, |last| now - last);
        self.pause = self.pause.max(since);
    }

    /// As a person looks at the page.
    fn look(&mut self) {
        let now = self.driver.clock().now();
        let is_shown = self.driver.session().banner(now).is_some();
        self.banners += u64::from(is_shown && !self.banner_is_shown);
        self.banner_is_shown = is_shown;
        self.board.rotated(self.number, self.driver.session().stats().rotations);
    }
}
