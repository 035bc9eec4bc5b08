//! What is promised of `tickertape serve` (`cli/tests/storm`), of real functions over real tables: whatever was
//! acknowledged is seen by everybody, once and in order.

use std::sync::Arc;
use std::time::Duration;

use e2e::topology::{Topology, file};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use storm::weather::{self, Rage};
use storm::{Board, Crowd, Plan, Seed, Told};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::poster::Poster;

const VIEWERS: usize = 20;
/// As many as DynamoDB Local takes beside all that viewers ask, on a busy machine too.
const PERIOD: Duration = Duration::from_millis(150);
const BY_SESSION: [&str; 3] = ["storm/1", "storm/2", "storm/3"];
const BY_HTTP: [&str; 2] = ["storm/4", "storm/5"];
const ARRIVAL: Duration = Duration::from_secs(4);
/// A day of publications, for all that these tests last.
const KEPT: u64 = 1_000_000;
/// Connections are replaced every six seconds, and a batch goes to viewers by three invocations. Apart from that,
/// time passes as it does: processes and tables would not go any faster.
const SETTINGS: [&str; 2] = ["TICKERTAPE_ROTATE_IN_MS=6000", "TICKERTAPE_SHARD_SIZE=8"];
const TIME_SCALE: u32 = 1;
/// Then the first posts to a connection are answered with 410, as on AWS: a subscription takes some ten milliseconds.
const GONE_MS: u64 = 60;
/// Batches make few posts of many publications.
const BROKEN: f64 = 0.01;

const ROTATIONS: u64 = 3;
/// More than enough for one rotation, on a slow machine too.
const ROTATION: Duration = Duration::from_secs(30);
const STORM: Duration = Duration::from_secs(20);
const FUNCTIONS: [&str; 3] = ["websocket", "ingest", "broadcast"];

#[tokio::test(flavor = "multi_thread")]
async fn viewers_see_everything_once_and_in_order_through_rotation_after_rotation() {
    let scene = Scene::begin().await;
    scene.crowd.until_everyone_rotated(ROTATIONS, ROTATION * ROTATIONS as u32).await;
    let told = scene.end().await;
    println!("rotations over functions: {told}");
    assert_eq!(told.faults, Vec::<String>::new());
    assert_eq!(told.gaps, 0);
    assert!(told.least_rotations >= ROTATIONS, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_and_whoever_is_killed_everyone_has_everything_in_the_end() {
    let scene = Scene::begin().await;
    scene.rage();
    let killed = scene.kill_at_random(STORM).await;
    scene.calm();
    let told = scene.end().await;
    println!("storm over functions, {killed} of them killed: {told}");
    assert_eq!(told.faults, Vec::<String>::new());
    assert_eq!(told.gaps, 0);
    assert!(killed >= 10, "only {killed} processes were killed");
    assert!(told.duplicates > 0, "nothing came twice: {told}");
    // How many depends on how many posts a machine makes in that time.
    assert!(told.reconnects + told.histories >= 5, "no storm worth the name: {told}");
}

/// Everything on this machine that takes part, and everyone.
struct Scene {
    topology: Topology,
    seed: Seed,
    crowd: Crowd,
    posters: JoinSet<Vec<String>>,
    stop_posting: watch::Sender<bool>,
}

impl Scene {
    /// In calm weather: everyone is connected, and publications flow, by a session and by HTTP.
    async fn begin() -> Self {
        let seed = Seed::draw();
        let in_weather =
            |folder: &_| vec!["--chaos".into(), file(folder, "chaos.json", &weather::calm(TIME_SCALE))];
        let topology = Topology::start_with(&SETTINGS, in_weather).await;
        let board = Arc::new(Board::new(&[&BY_SESSION[..], &BY_HTTP].concat(), VIEWERS, KEPT));
        let (stop_posting, stop) = watch::channel(false);
        let mut posters = JoinSet::new();
        for topic in BY_HTTP {
            posters.spawn(Poster::new(&topology.url(), topic, board.clone()).run(stop.clone()));
        }
        let plan = Plan { seed, topics: &BY_SESSION, period: PERIOD, arrival: ARRIVAL };
        let crowd = Crowd::gather(&topology.ws(), board, &plan).await;
        Self { topology, seed, crowd, posters, stop_posting }
    }

    /// From now on everything goes wrong.
    fn rage(&self) {
        let seed = self.seed.of_weather(0);
        let rage = Rage { time_scale: TIME_SCALE, seed, gone_ms: GONE_MS, broken: BROKEN };
        self.weather(&rage.to_json());
    }

    /// From now on nothing does.
    fn calm(&self) {
        self.weather(&weather::calm(TIME_SCALE));
    }

    /// The server notices within a second.
    fn weather(&self, chaos: &str) {
        file(&self.topology.folder, "chaos.json", chaos);
    }

    /// Kills the processes of one function after the other, and says how many.
    async fn kill_at_random(&self, during: Duration) -> usize {
        let mut chance = StdRng::seed_from_u64(self.seed.of_killer());
        let (end, mut killed) = (Instant::now() + during, 0);
        while Instant::now() < end {
            sleep(Duration::from_millis(chance.random_range(200..1500))).await;
            killed += self.topology.kill_function(FUNCTIONS[chance.random_range(0..FUNCTIONS.len())]).await;
        }
        killed
    }

    /// Lets everyone have everything, and adds up.
    async fn end(self) -> Told {
        self.stop_posting.send_replace(true);
        let faults = self.posters.join_all().await.concat();
        let board = self.crowd.board().clone();
        let mut told = self.crowd.end().await;
        told.faults.extend(faults);
        for topic in board.topics() {
            told.check_end(&board, topic, self.topology.end_of_log(topic.as_str()).await);
        }
        self.topology.end().await;
        told
    }
}
