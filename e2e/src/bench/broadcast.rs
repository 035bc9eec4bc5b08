//! Measures the posts per second of CPU time of the deployed Lambda function `broadcast`. It posts publications of one
//! topic to viewers through our own gateway. In the same run, a function for Node with AWS's SDK makes the same posts
//! to the same viewers.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::audience::Audience;
use super::functions::{Functions, Version};
use super::{packing, percentile, report, report_spread, usage};
use crate::topology::Topology;

const TOPIC: &str = "bench/broadcast";
const VIEWERS: usize = 1_000;
/// Number of rounds that are not measured, in which a new process of the function starts and opens its connections.
const WARM_UP: usize = 3;
const ROUNDS: usize = 20;
/// Number of times that each of the two functions is measured before the other one.
const TURNS: usize = 2;
/// Time to wait after the last viewer has received a publication, so that the function has finished. Until then it
/// reads the responses to its posts and writes a line of its log.
const AFTERWARDS: Duration = Duration::from_millis(300);

/// Runs the benchmark. First measures the packing of publications into frames, then the posts of `broadcast` with one
/// shard and with four shards, and then compares its posts with those of Node's function.
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

/// The two ways in which the benchmark invokes the function `broadcast`.
#[derive(Clone, Copy)]
enum Way {
    /// A publication invokes the function, through the function `ingest`, the table and its stream. `broadcast` then
    /// also writes history and reads the subscribers.
    Published,
    /// The benchmark invokes the function directly, with the event that one shard gets. The function then only makes
    /// the posts.
    AsShard,
}

/// The results of several rounds with one version of the function.
#[derive(Default)]
struct Measured {
    /// CPU time that all processes of the function have used together. The field `server` contains the CPU time of the
    /// server's process, in which the gateway and the host of the functions run.
    function: Duration,
    server: Duration,
    /// Number of processes of the function. Each of them sent one shard.
    shards: usize,
    /// Median time until a viewer received the publication, one value for each round, in milliseconds. The field `last`
    /// contains the maximum of each round.
    p50: Vec<f64>,
    last: Vec<f64>,
}

impl Bench {
    /// Measures our function and Node's function alternately, in the order A, B, B, A and so on, so that a change of
    /// the machine's speed affects both alike.
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

    /// Sends one publication to all viewers. Returns the time after which each of them received it, in milliseconds.
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

    /// Returns the event with which `broadcast` invokes itself for one shard. It contains one frame and the connection
    /// ids of all viewers.
    fn shard(&self, data: &Value) -> Value {
        let (offset, ts) = (self.round, 1_800_000_000_000_u64);
        let item = json!({"offset": offset, "ts": ts, "received_at": ts, "data": data});
        let frame = json!({"type": "publications", "topic": TOPIC, "epoch": "9f86d081884c", "replay": false,
            "items": [item]});
        json!({"shard": [{"frames": [frame.to_string()], "to": self.audience.ids}]})
    }

    /// Returns the CPU time that the function's processes and the server's process have used so far.
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
