//! Tests the guarantees that `cli/tests/storm` tests for `tickertape serve`, here with real Lambda functions and real
//! tables. Every acknowledged publication must be delivered to every viewer, once and in order.

use std::sync::Arc;
use std::time::Duration;

use e2e::topology::{Topology, file};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use storm::faults::{self, AllFaults};
use storm::{Load, Plan, Progress, Report, Seed};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::poster::Poster;

const VIEWERS: usize = 20;
/// Interval between the publications of one publisher. It is long enough for DynamoDB Local on a busy machine, which
/// also has to process the reads of the viewers.
const PERIOD: Duration = Duration::from_millis(150);
const BY_SESSION: [&str; 3] = ["storm/1", "storm/2", "storm/3"];
const BY_HTTP: [&str; 2] = ["storm/4", "storm/5"];
const ARRIVAL: Duration = Duration::from_secs(4);
/// Number of publications that the server keeps for each topic. It is larger than the number in these tests, so none of
/// them is deleted.
const KEPT: u64 = 1_000_000;
/// Settings of the functions. Sessions replace their connections every six seconds, and each batch is sent to the
/// viewers by three invocations. The clocks run at normal speed, because processes and tables cannot be made faster.
const SETTINGS: [&str; 2] = ["TICKERTAPE_ROTATE_IN_MS=6000", "TICKERTAPE_SHARD_SIZE=8"];
const TIME_SCALE: u32 = 1;
/// Time after a connection's start in which posts to it are answered with 410, as on AWS, in milliseconds.
const GONE_MS: u64 = 60;
/// Share of the posts that fail. It is small, because a batch combines many publications into few posts.
const BROKEN: f64 = 0.01;

const ROTATIONS: u64 = 3;
/// Maximum time for one replacement of the connections (rotation), even on a slow machine.
const ROTATION: Duration = Duration::from_secs(30);
const STORM: Duration = Duration::from_secs(20);
const FUNCTIONS: [&str; 3] = ["websocket", "ingest", "broadcast"];

#[tokio::test(flavor = "multi_thread")]
async fn viewers_see_everything_once_and_in_order_through_rotation_after_rotation() {
    let scene = Scene::begin().await;
    scene.load.wait_for_rotations(ROTATIONS, ROTATION * ROTATIONS as u32).await;
    let report = scene.end().await;
    println!("rotations over functions: {report}");
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!(report.gaps, 0);
    assert!(report.least_rotations >= ROTATIONS, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_and_whoever_is_killed_everyone_has_everything_in_the_end() {
    let scene = Scene::begin().await;
    scene.start_faults();
    let killed = scene.kill_at_random(STORM).await;
    scene.stop_faults();
    let report = scene.end().await;
    println!("storm over functions, {killed} of them killed: {report}");
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!(report.gaps, 0);
    assert!(killed >= 10, "only {killed} processes were killed");
    assert!(report.duplicates > 0, "nothing came twice: {report}");
    // The number depends on the number of posts that the machine makes in that time.
    assert!(report.reconnects + report.histories >= 5, "no storm worth the name: {report}");
}

/// The running topology, with its viewers and publishers.
struct Scene {
    topology: Topology,
    seed: Seed,
    load: Load,
    posters: JoinSet<Vec<String>>,
    stop_posting: watch::Sender<bool>,
}

impl Scene {
    /// Starts the topology without faults, connects the viewers, and starts the publishers: a session and two HTTP
    /// clients.
    async fn begin() -> Self {
        let seed = Seed::from_env_or_random();
        let with_faults =
            |folder: &_| vec!["--chaos".into(), file(folder, "chaos.json", &faults::none(TIME_SCALE))];
        let topology = Topology::start_with(&SETTINGS, with_faults).await;
        let progress = Arc::new(Progress::new(&[&BY_SESSION[..], &BY_HTTP].concat(), VIEWERS, KEPT));
        let (stop_posting, stop) = watch::channel(false);
        let mut posters = JoinSet::new();
        for topic in BY_HTTP {
            posters.spawn(Poster::new(&topology.url(), topic, progress.clone()).run(stop.clone()));
        }
        let plan = Plan { seed, topics: &BY_SESSION, period: PERIOD, arrival: ARRIVAL };
        let load = Load::start(&topology.ws(), progress, &plan).await;
        Self { topology, seed, load, posters, stop_posting }
    }

    /// Makes the server inject faults from now on.
    fn start_faults(&self) {
        let seed = self.seed.for_faults(0);
        let faults = AllFaults { time_scale: TIME_SCALE, seed, gone_ms: GONE_MS, connection_faults: BROKEN };
        self.write_faults(&faults.to_json());
    }

    /// Stops the injection of faults.
    fn stop_faults(&self) {
        self.write_faults(&faults::none(TIME_SCALE));
    }

    /// Writes the settings of the injected faults to a file, which the server reads once a second.
    fn write_faults(&self, chaos: &str) {
        file(&self.topology.folder, "chaos.json", chaos);
    }

    /// Kills the processes of a randomly chosen function again and again, until the time `during` has passed. Returns
    /// the number of killed processes.
    async fn kill_at_random(&self, during: Duration) -> usize {
        let mut chance = StdRng::seed_from_u64(self.seed.for_restarts());
        let (end, mut killed) = (Instant::now() + during, 0);
        while Instant::now() < end {
            sleep(Duration::from_millis(chance.random_range(200..1500))).await;
            killed += self.topology.kill_function(FUNCTIONS[chance.random_range(0..FUNCTIONS.len())]).await;
        }
        killed
    }

    /// Stops the publishers, waits until every viewer has received every publication, and returns the totals.
    async fn end(self) -> Report {
        self.stop_posting.send_replace(true);
        let violations = self.posters.join_all().await.concat();
        let progress = self.load.progress().clone();
        let mut report = self.load.finish().await;
        report.violations.extend(violations);
        for topic in progress.topics() {
            report.check_end(&progress, topic, self.topology.end_of_log(topic.as_str()).await);
        }
        self.topology.end().await;
        report
    }
}
