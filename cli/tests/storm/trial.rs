//! A run of the program under load. Faults can be switched on and off during the run.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use storm::faults::{self, AllFaults};
use storm::{Load, Plan, Progress, Report, Seed};

use crate::server::Server;

/// Topics to which publications go, one after the other.
const TOPICS: [&str; 5] = ["storm/1", "storm/2", "storm/3", "storm/4", "storm/5"];
/// Time between two publications, which results in fifty per second.
const PERIOD: Duration = Duration::from_millis(20);
const ARRIVAL: Duration = Duration::from_secs(8);
/// Maximum time for which a test waits for one replacement of every connection. Connections are replaced every ten
/// seconds, so this is enough even on a slow machine.
const ROTATION_LIMIT: Duration = Duration::from_secs(20);

/// A running server and the load on it.
pub struct Trial {
    server: Server,
    time_scale: u32,
    seed: Seed,
    /// Number of times that faults were switched on. The seed of the faults is different each time.
    fault_phases: u32,
    load: Load,
}

impl Trial {
    /// Starts a server without faults and the load on it. Returns when all viewers are connected and every topic has
    /// publications.
    pub async fn begin(viewers: usize, kept: u64, time_scale: u32) -> Self {
        let seed = Seed::from_env_or_random();
        let server = Server::start(kept, time_scale);
        let progress = Arc::new(Progress::new(&TOPICS, viewers, kept));
        let plan = Plan { seed, topics: &TOPICS, period: PERIOD, arrival: ARRIVAL };
        let load = Load::start(&server.ws(), progress, &plan).await;
        Self { server, time_scale, seed, fault_phases: 0, load }
    }

    /// Switches on faults of every kind.
    pub fn start_faults(&mut self) {
        let seed = self.seed.for_faults(self.fault_phases);
        let faults = AllFaults { time_scale: self.time_scale, seed, gone_ms: 5, connection_faults: 0.0015 };
        self.server.set_faults(&faults.to_json());
        self.fault_phases += 1;
    }

    /// Switches all faults off.
    pub fn stop_faults(&self) {
        self.server.set_faults(&faults::none(self.time_scale));
    }

    /// Returns the number of faults of each kind that were injected since the last restart of the server.
    pub fn chaos_counts(&self) -> Value {
        self.server.get("/healthz")["chaos"].clone()
    }

    /// Kills the server as `kill -9` does, and starts another server in its place.
    pub fn kill_and_restart(&mut self) {
        self.server.kill_and_restart();
    }

    /// Returns the number of publications that were acknowledged so far.
    pub fn publications(&self) -> u64 {
        self.load.progress().publications()
    }

    /// Waits until every viewer has replaced its connection `times` times, or until a time limit is exceeded.
    pub async fn wait_for_rotations(&self, times: u64) {
        self.load.wait_for_rotations(times, ROTATION_LIMIT * times as u32).await;
    }

    /// Waits until every viewer has received everything. Then compares the logs on the server with the publications
    /// that were acknowledged.
    pub async fn finish(self) -> Report {
        let progress = self.load.progress().clone();
        let mut report = self.load.finish().await;
        for topic in progress.topics() {
            let log = self.server.get(&format!("/topics/{topic}?limit=1"));
            report.check_end(&progress, topic, log["head"].as_u64());
        }
        report
    }
}
