//! A server, a publisher and many viewers, from beginning to end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use serde_json::Value;
use tickertape::cli::ClientArgs;
use tickertape::client::Target;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::board::Board;
use crate::publisher::Publisher;
use crate::seed::Seed;
use crate::server::{Server, calm, raging};
use crate::viewer::{Report, Viewer};

/// Viewers come over this time, so that they do not all rotate at once.
const ARRIVAL: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(60);
/// More than enough for one rotation, on a slow machine too: they are ten seconds apart.
const ROTATION: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(50);

/// A storm, while it rages.
pub struct Storm {
    server: Server,
    time_scale: u32,
    seed: Seed,
    /// How often it has raged.
    rages: u32,
    board: Arc<Board>,
    began: Instant,
    publisher: JoinHandle<Vec<String>>,
    stop_publishing: watch::Sender<bool>,
    viewers: JoinSet<Report>,
    over: watch::Sender<bool>,
}

/// What is to be told of a storm.
#[derive(Default)]
pub struct Told {
    /// What should not have been.
    pub faults: Vec<String>,
    pub viewers: usize,
    pub took: Duration,
    /// Publications acknowledged.
    pub publications: u64,
    /// Publications delivered, to all viewers.
    pub delivered: u64,
    pub gaps: u64,
    pub lost: u64,
    pub banners: u64,
    pub rotations: u64,
    /// Of the viewer with the fewest.
    pub least_rotations: u64,
    pub reconnects: u64,
    pub duplicates: u64,
    pub histories: u64,
    /// The longest time any viewer was without a publication.
    pub pause: Duration,
}

impl Storm {
    /// In calm weather: everyone is connected, and publications flow.
    pub async fn begin(viewers: usize, kept: u64, time_scale: u32) -> Self {
        let seed = Seed::draw();
        let server = Server::start(kept, time_scale);
        let board = Arc::new(Board::new(viewers, kept));
        let (stop_publishing, stop) = watch::channel(false);
        let publisher = tokio::spawn(Publisher::new(target(&server).await, seed, board.clone()).run(stop));
        let is_published = |board: &Board| board.topics().all(|topic| board.acknowledged(topic) > 0);
        until("publications flow", || is_published(&board)).await;
        let (over, is_over) = watch::channel(false);
        let mut crowd = JoinSet::new();
        for number in 0..viewers {
            crowd.spawn(Viewer::new(target(&server).await, seed, board.clone(), number).run(is_over.clone()));
            sleep(ARRIVAL / viewers as u32).await;
        }
        until("everyone is connected", || board.arrived.load(SeqCst) >= viewers as u64).await;
        let began = Instant::now();
        Self {
            server,
            time_scale,
            seed,
            rages: 0,
            board,
            began,
            publisher,
            stop_publishing,
            viewers: crowd,
            over,
        }
    }

    /// From now on everything goes wrong.
    pub fn rage(&mut self) {
        self.server.weather(&raging(self.time_scale, self.seed.of_weather(self.rages)));
        self.rages += 1;
    }

    /// From now on nothing does.
    pub fn calm(&self) {
        self.server.weather(&calm(self.time_scale));
    }

    /// How often what went wrong since the last restart.
    pub fn chaos_counts(&self) -> Value {
        self.server.get("/healthz")["chaos"].clone()
    }

    /// `kill -9`, and another server in its place.
    pub fn kill_and_restart(&mut self) {
        self.server.kill_and_restart();
    }

    /// Publications acknowledged so far.
    pub fn publications(&self) -> u64 {
        self.board.topics().map(|topic| self.board.acknowledged(topic)).sum()
    }

    /// Until every viewer has replaced its connection so often, or should have by far.
    pub async fn until_everyone_rotated(&mut self, times: u64) {
        let everyone = async {
            while self.least_rotations() < times {
                sleep(LOOK).await;
            }
        };
        // Whether it came to that is told at the end, with what else went wrong.
        let _ = timeout(ROTATION * times as u32, everyone).await;
    }

    fn least_rotations(&self) -> u64 {
        self.board.rotations.iter().map(|rotations| rotations.load(SeqCst)).min().unwrap_or(0)
    }

    /// Lets everyone have everything, and adds up.
    pub async fn end(self) -> Told {
        self.stop_publishing.send_replace(true);
        let least_rotations = self.least_rotations();
        let faults = self.publisher.await.unwrap();
        let mut told = Told {
            faults,
            viewers: self.viewers.len(),
            took: self.began.elapsed(),
            least_rotations,
            ..Told::default()
        };
        self.over.send_replace(true);
        for report in self.viewers.join_all().await {
            told.add(report);
        }
        for topic in self.board.topics() {
            let (end, log) =
                (self.board.acknowledged(topic), self.server.get(&format!("/topics/{topic}?limit=1")));
            told.publications += end;
            if log["head"] != end {
                told.faults.push(format!("{topic}: {end} acknowledged, and the log ends at {}", log["head"]));
            }
        }
        told
    }
}

impl Told {
    fn add(&mut self, report: Report) {
        let Report { ledger, stats, banners, pause } = report;
        self.faults.extend(ledger.faults);
        self.delivered += ledger.seen;
        self.gaps += ledger.gaps;
        self.lost += ledger.lost;
        self.banners += banners;
        self.rotations += stats.rotations;
        self.reconnects += stats.reconnects;
        self.duplicates += stats.duplicates;
        self.histories += stats.history_requests;
        self.pause = self.pause.max(pause);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} viewers, {:.0?}, {} published", self.viewers, self.took, self.publications)?;
        write!(f, ", {} delivered, {} gaps ({} lost)", self.delivered, self.gaps, self.lost)?;
        write!(
            f,
            ", {} rotations (at least {} each), {} reconnects",
            self.rotations, self.least_rotations, self.reconnects
        )?;
        write!(f, ", {} duplicates dropped, {} histories", self.duplicates, self.histories)?;
        write!(f, ", {} banners, longest pause {:.0?}", self.banners, self.pause)?;
        write!(f, ", {} faults", self.faults.len())
    }
}

async fn target(server: &Server) -> Target {
    Target::find(&ClientArgs { url: server.ws(), token: None, ca_file: None }).await.unwrap()
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            sleep(LOOK).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("it never came to this: {what}"));
}
