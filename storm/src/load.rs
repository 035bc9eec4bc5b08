//! Runs a load test against one server: a publisher and many viewers, from the start to the report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tickertape_client::{ConnectOptions, Target};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::plan::Plan;
use crate::progress::Progress;
use crate::publisher::Publisher;
use crate::report::Report;
use crate::viewer::{Viewer, ViewerReport};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A running load test: the tasks of the publisher and of the viewers.
pub struct Load {
    progress: Arc<Progress>,
    began: Instant,
    publisher: JoinHandle<Vec<String>>,
    stop_publishing: watch::Sender<bool>,
    viewers: JoinSet<ViewerReport>,
    over: watch::Sender<bool>,
}

impl Load {
    /// Starts the publisher and the viewers against the WebSocket address `ws`. Returns when publications are
    /// acknowledged on every topic and all viewers are connected.
    ///
    /// # Panics
    ///
    /// If this takes longer than a minute.
    pub async fn start(ws: &str, progress: Arc<Progress>, plan: &Plan) -> Self {
        let target = Target::find(&ConnectOptions::new(ws)).await.unwrap();
        let (stop_publishing, stop) = watch::channel(false);
        let publisher = tokio::spawn(Publisher::new(target.clone(), plan, progress.clone()).run(stop));
        let all_topics_have_publications = || progress.topics().all(|topic| progress.acknowledged(topic) > 0);
        wait_until("every topic has publications", all_topics_have_publications).await;
        let (over, is_over) = watch::channel(false);
        let mut viewers = JoinSet::new();
        for number in 0..progress.viewers() {
            let viewer = Viewer::new(target.clone(), plan.seed, progress.clone(), number);
            viewers.spawn(viewer.run(is_over.clone()));
            sleep(plan.arrival / progress.viewers() as u32).await;
        }
        wait_until("all viewers are connected", || progress.all_viewers_connected()).await;
        Self { progress, began: Instant::now(), publisher, stop_publishing, viewers, over }
    }

    /// Returns the counters that all tasks share.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Waits until every viewer has replaced its connection `times` times, but not longer than `limit`. A test that
    /// needs the replacements has to check their number in the report of [`Load::finish`].
    pub async fn wait_for_rotations(&self, times: u64, limit: Duration) {
        let everyone = async {
            while self.progress.least_rotations() < times {
                sleep(POLL_INTERVAL).await;
            }
        };
        let _ = timeout(limit, everyone).await;
    }

    /// Stops the publisher, waits until every viewer has received all acknowledged publications, and returns the
    /// totals. If the caller publishes as well, it must have stopped before.
    ///
    /// # Panics
    ///
    /// If a task of the load test panicked.
    pub async fn finish(self) -> Report {
        self.stop_publishing.send_replace(true);
        let least_rotations = self.progress.least_rotations();
        let violations = self.publisher.await.unwrap();
        let mut report = Report {
            violations,
            viewers: self.viewers.len(),
            took: self.began.elapsed(),
            publications: self.progress.publications(),
            least_rotations,
            ..Report::default()
        };
        self.over.send_replace(true);
        for viewer in self.viewers.join_all().await {
            report.add(viewer);
        }
        report
    }
}

async fn wait_until(condition: &str, mut is_met: impl FnMut() -> bool) {
    let wait = async {
        while !is_met() {
            sleep(POLL_INTERVAL).await;
        }
    };
    timeout(START_TIMEOUT, wait).await.unwrap_or_else(|_| panic!("timed out waiting until {condition}"));
}
