//! A server and its crowd, from beginning to end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use storm::weather::{self, Rage};
use storm::{Board, Crowd, Plan, Seed, Told};

use crate::server::Server;

/// Topics that are published to, in turn.
const TOPICS: [&str; 5] = ["storm/1", "storm/2", "storm/3", "storm/4", "storm/5"];
/// Fifty a second.
const PERIOD: Duration = Duration::from_millis(20);
const ARRIVAL: Duration = Duration::from_secs(8);
/// More than enough for one rotation, on a slow machine too: they are ten seconds apart.
const ROTATION: Duration = Duration::from_secs(20);

/// One run, while it goes on.
pub struct Trial {
    server: Server,
    time_scale: u32,
    seed: Seed,
    /// How often it has raged.
    rages: u32,
    crowd: Crowd,
}

impl Trial {
    /// In calm weather: everyone is connected, and publications flow.
    pub async fn begin(viewers: usize, kept: u64, time_scale: u32) -> Self {
        let seed = Seed::draw();
        let server = Server::start(kept, time_scale);
        let board = Arc::new(Board::new(&TOPICS, viewers, kept));
        let plan = Plan { seed, topics: &TOPICS, period: PERIOD, arrival: ARRIVAL };
        let crowd = Crowd::gather(&server.ws(), board, &plan).await;
        Self { server, time_scale, seed, rages: 0, crowd }
    }

    /// From now on everything goes wrong.
    pub fn rage(&mut self) {
        let seed = self.seed.of_weather(self.rages);
        let rage = Rage { time_scale: self.time_scale, seed, gone_ms: 5, broken: 0.0015 };
        self.server.weather(&rage.to_json());
        self.rages += 1;
    }

    /// From now on nothing does.
    pub fn calm(&self) {
        self.server.weather(&weather::calm(self.time_scale));
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
        self.crowd.board().publications()
    }

    /// Until every viewer has replaced its connection so often, or should have by far.
    pub async fn until_everyone_rotated(&self, times: u64) {
        self.crowd.until_everyone_rotated(times, ROTATION * times as u32).await;
    }

    /// Lets everyone have everything, and adds up.
    pub async fn end(self) -> Told {
        let board = self.crowd.board().clone();
        let mut told = self.crowd.end().await;
        for topic in board.topics() {
            let log = self.server.get(&format!("/topics/{topic}?limit=1"));
            told.check_end(&board, topic, log["head"].as_u64());
        }
        told
    }
}
