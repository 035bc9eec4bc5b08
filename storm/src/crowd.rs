//! A publisher and many viewers, from beginning to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tickertape_client::{ConnectOptions, Target};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::publisher::Publisher;
use crate::viewer::{Report, Viewer};
use crate::{Board, Seed, Told};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// Who does what.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Every pause of every session.
    pub seed: Seed,
    /// The topics that a session publishes to, in turn. Others of the board are somebody else's to publish to.
    pub topics: &'static [&'static str],
    /// From one publication of the session to the next.
    pub period: Duration,
    /// Viewers come over this time, so that they do not all rotate at once.
    pub arrival: Duration,
}

/// Everyone who watches, and a session that publishes.
pub struct Crowd {
    board: Arc<Board>,
    began: Instant,
    publisher: JoinHandle<Vec<String>>,
    stop_publishing: watch::Sender<bool>,
    viewers: JoinSet<Report>,
    over: watch::Sender<bool>,
}

impl Crowd {
    /// When this returns, everyone is connected to the WebSocket at this address, and publications flow to every topic.
    ///
    /// # Panics
    ///
    /// If it does not come to that.
    pub async fn gather(ws: &str, board: Arc<Board>, plan: &Plan) -> Self {
        let target = Target::find(&ConnectOptions::new(ws)).await.unwrap();
        let (stop_publishing, stop) = watch::channel(false);
        let publisher = tokio::spawn(Publisher::new(target.clone(), plan, board.clone()).run(stop));
        let flow = || board.topics().all(|topic| board.acknowledged(topic) > 0);
        until("publications flow", flow).await;
        let (over, is_over) = watch::channel(false);
        let mut viewers = JoinSet::new();
        for number in 0..board.viewers() {
            let viewer = Viewer::new(target.clone(), plan.seed, board.clone(), number);
            viewers.spawn(viewer.run(is_over.clone()));
            sleep(plan.arrival / board.viewers() as u32).await;
        }
        until("everyone is connected", || board.everyone_has_arrived()).await;
        Self { board, began: Instant::now(), publisher, stop_publishing, viewers, over }
    }

    /// What all may look at.
    pub fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// Until every viewer has replaced its connection so often, or this time is over: whether it came to that is told
    /// at the end, with what else went wrong.
    pub async fn until_everyone_rotated(&self, times: u64, limit: Duration) {
        let everyone = async {
            while self.board.least_rotations() < times {
                sleep(LOOK).await;
            }
        };
        let _ = timeout(limit, everyone).await;
    }

    /// Lets everyone have everything, and adds up. Whoever else publishes has to have stopped before.
    ///
    /// # Panics
    ///
    /// If somebody of the crowd did.
    pub async fn end(self) -> Told {
        self.stop_publishing.send_replace(true);
        let least_rotations = self.board.least_rotations();
        let faults = self.publisher.await.unwrap();
        let mut told = Told {
            faults,
            viewers: self.viewers.len(),
            took: self.began.elapsed(),
            publications: self.board.publications(),
            least_rotations,
            ..Told::default()
        };
        self.over.send_replace(true);
        for report in self.viewers.join_all().await {
            told.add(report);
        }
        told
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            sleep(LOOK).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("it never came to this: {what}"));
}
