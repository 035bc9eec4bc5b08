//! Measures the posts per second of CPU time of the deployed function `broadcast`, to viewers of our own gateway that all watch
//! one topic. In the same run, a function for Node with AWS's SDK makes the same posts to the same viewers.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::audience::Audience;
use super::functions::{Functions, Version};
use super::{packing, percentile, report, report_spread, usage};
use crate::topology::Topology;

const TOPIC: &str = "bench/broadcast";
const VIEWERS: usize = 1_000;
/// Number of rounds before the measurement, in which a process starts and opens its connections.
const WARM_UP: usize = 3;
const ROUNDS: usize = 20;
/// Number of times that each of the two functions is measured first.
const TURNS: usize = 2;
/// Time within which a function finishes after the last viewer has received the publication: it reads the responses of its posts
/// and writes a line of its log.
const AFTERWARDS: Duration = Duration::from_millis(300);

/// Measures the packing of publications into frames end to end, then the posts with one shard, with four shards, and with Node's
/// function.
pub async fn run() {
    let functions = Functions::new();
    let topology = Topology::start_from(functions.folder(), |_| Vec::new()).await;
    packing::run(&topology).await;
    let audience = Audience::gather(&topology.ws(), TOPIC, VIEWERS).await;
    let mut bench = Bench { functions, topology, audience, round: 0 };
    for version in [Version::Ours, Version::Shards(VIEWERS / 4)] {
        bench.functions.deploy(version, &bench.topology).await;
        bench.measure(Way::Published).await.tell_published();
    }
    bench.side_by_side().await;
    bench.audience.leave().await;
    bench.topology.end().await;
}

struct Bench {
    functions: Functions,
    topology: Topology,
    audience: Audience,
    round: u64,
}

/// Way in which `broadcast` is invoked.
#[derive(Clone, Copy)]
enum Way {
    /// By a publication, through ingest, the table and its stream. The function also writes history and reads the subscribers.
    Published,
    /// Directly, as a shard. The function only makes the posts.
    AsShard,
}

/// Sums over several rounds.
#[derive(Default)]
struct Measured {
    /// CPU time of the function's processes. `server` is that of the server, which contains the gateway and the host of the
    /// functions.
    function: Duration,
    server: Duration,
    /// Number of processes of the function, one for each shard.
    shards: usize,
    /// Median time from the request to a viewer's receipt in each round, in milliseconds. `last` is the maximum.
    p50: Vec<f64>,
    last: Vec<f64>,
}

impl Bench {
    /// Measures both functions in the order A, B, B, A and so on, so that a change of the machine's speed affects both alike.
    async fn side_by_side(&mut self) {
        let (mut ours, mut node) = (Vec::new(), Vec::new());
        for turn in 0..2 * TURNS {
            let pair =
                if turn % 2 == 0 { [Version::Ours, Version::Node] } else { [Version::Node, Version::Ours] };
            for version in pair {
                if !self.functions.deploy(version, &self.topology).await {
                    continue;
                }
                let measured = self.measure(Way::AsShard).await;
                if version == Version::Node { &mut node } else { &mut ours }.push(measured);
            }
        }
        tell_posts(Version::Ours, &ours);
        if node.is_empty() {
            return;
        }
        tell_posts(Version::Node, &node);
        let ratio =
            |(ours, node): (&Measured, &Measured)| ours.posts_a_cpu_second() / node.posts_a_cpu_second();
        let mut ratios: Vec<f64> = ours.iter().zip(&node).map(ratio).collect();
        report_spread("posts a CPU second, tickertape to node", &mut ratios, "times");
    }

    async fn measure(&mut self, way: Way) -> Measured {
        for _ in 0..WARM_UP {
            self.round(way).await;
        }
        tokio::time::sleep(AFTERWARDS).await;
        let (function, server) = self.cpu();
        let mut measured = Measured::default();
        for _ in 0..ROUNDS {
            let mut ages = self.round(way).await;
            measured.p50.push(percentile(&mut ages, 0.5));
            measured.last.push(percentile(&mut ages, 1.0));
        }
        tokio::time::sleep(AFTERWARDS).await;
        let after = self.cpu();
        measured.function = after.0.saturating_sub(function);
        measured.server = after.1.saturating_sub(server);
        measured.shards = self.topology.processes("broadcast").len();
        measured
    }

    /// Publishes to all viewers. Returns the time until each has received the publication, in milliseconds.
    async fn round(&mut self, way: Way) -> Vec<f64> {
        self.round += 1;
        let data = json!({"round": self.round, "text": "x".repeat(100)});
        let began = Instant::now();
        match way {
            Way::Published => drop(self.topology.publish(TOPIC, &data).await),
            Way::AsShard => {
                let answer = self.topology.invoke("broadcast", &self.shard(&data)).await;
                assert_eq!(answer["posts"], VIEWERS, "some posts failed");
            }
        }
        let arrivals = self.audience.saw(self.round).await;
        arrivals.into_iter().map(|at| (at - began).as_secs_f64() * 1_000.0).collect()
    }

    /// Returns an event for one shard: a frame as `broadcast` packs it, for all viewers.
    fn shard(&self, data: &Value) -> Value {
        let (offset, ts) = (self.round, 1_800_000_000_000_u64);
        let item = json!({"offset": offset, "ts": ts, "received_at": ts, "data": data});
        let frame = json!({"type": "publications", "topic": TOPIC, "epoch": "9f86d081884c", "replay": false,
            "items": [item]});
        json!({"shard": [{"frames": [frame.to_string()], "to": self.audience.ids}]})
    }

    /// Returns the CPU time so far of the function's processes, and of the server's.
    fn cpu(&self) -> (Duration, Duration) {
        let of = |pid: u64| u32::try_from(pid).ok().and_then(usage::cpu).unwrap_or_default();
        let function = self.topology.processes("broadcast").into_iter().map(of).sum();
        (function, of(self.topology.pid()))
    }
}

impl Measured {
    fn posts_a_cpu_second(&self) -> f64 {
        (ROUNDS * VIEWERS) as f64 / self.function.as_secs_f64()
    }

    fn server_us_a_post(&self) -> f64 {
        self.server.as_secs_f64() * 1e6 / (ROUNDS * VIEWERS) as f64
    }

    fn tell_published(mut self) {
        let name = format!("published to {VIEWERS}, shards: {}", self.shards);
        report(&format!("{name}, posts"), self.posts_a_cpu_second(), "a CPU second, with table and history");
        report(
            &format!("{name}, CPU of the server"),
            self.server_us_a_post(),
            "µs a post, ingest's included",
        );
        report_spread(&format!("{name}, p50 viewer"), &mut self.p50, "ms, polling included");
        report_spread(&format!("{name}, last viewer"), &mut self.last, "ms, polling included");
    }
}

fn tell_posts(version: Version, measured: &[Measured]) {
    let name = version.name();
    let each = |figure: fn(&Measured) -> f64| measured.iter().map(figure).collect::<Vec<_>>();
    let all =
        |figure: fn(&Measured) -> &Vec<f64>| measured.iter().flat_map(figure).copied().collect::<Vec<_>>();
    let (mut p50, mut last) = (all(|one| &one.p50), all(|one| &one.last));
    report_spread(&format!("{name}: posts"), &mut each(Measured::posts_a_cpu_second), "a CPU second");
    report_spread(&format!("{name}: CPU of the server"), &mut each(Measured::server_us_a_post), "µs a post");
    report_spread(&format!("{name}: invoked to p50 viewer"), &mut p50, "ms");
    report_spread(&format!("{name}: invoked to last viewer"), &mut last, "ms");
}
