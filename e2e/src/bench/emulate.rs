//! Measures `tickertape emulate`, and serverless-offline in turns with it, with the same app in `peers/emulate`. Functions are
//! programs for Node.js in both.

mod emulator;
mod tree;

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use self::emulator::{Emulator, sample_ready};
use super::viewer::Socket;
use super::{percentile, report, report_spread, viewer};

/// Number of times that each figure is measured.
const ROUNDS: usize = 3;
/// Connections that are opened, and stay open while memory is measured.
const CONNECTIONS: usize = 1_000;
/// Handshakes in progress at a time, and clients that send messages at a time.
const CLIENTS: usize = 8;
/// Time in which the first clients are forgotten.
const SETTLING: Duration = Duration::from_secs(2);
/// Time for which messages are sent.
const SENDING: Duration = Duration::from_secs(3);
/// Messages that are posted to a connection, one after the other.
const POSTS: usize = 300;
/// Time that the peer may take for anything.
const LIMIT: Duration = Duration::from_secs(60);

/// The figures of one emulator, each with a value of every round.
#[derive(Default)]
struct Figures {
    ready_ms: Vec<f64>,
    first_ms: Vec<f64>,
    connects: Vec<f64>,
    connects_cpu: Vec<f64>,
    messages: Vec<f64>,
    messages_cpu: Vec<f64>,
    post_ms: Vec<f64>,
    post_worst_ms: Vec<f64>,
    pss_mb: Vec<f64>,
    rss_mb: Vec<f64>,
    processes: Vec<f64>,
}

/// Measures both, and prints how many times as good as the peer ours is.
///
/// # Panics
///
/// If an emulator does not start or answers something else than the app does.
pub async fn run() {
    let (mut ours, mut peers) = (Figures::default(), Figures::default());
    let mut samples = Vec::new();
    for _ in 0..ROUNDS {
        samples.push(sample_ready());
        ours.add(&Emulator::tickertape()).await;
        if let Some(peer) = Emulator::serverless_offline() {
            peers.add(&peer).await;
        }
    }
    report_spread("emulate: sample with a table, start to ready", &mut samples, "ms");
    ours.print("tickertape emulate");
    if peers.connects.is_empty() {
        return;
    }
    peers.print("serverless-offline");
    let ratio = |ours: &mut [f64], theirs: &mut [f64]| percentile(ours, 0.5) / percentile(theirs, 0.5);
    report("ratio: connects a second", ratio(&mut ours.connects, &mut peers.connects), "times the peer");
    report(
        "ratio: connects a CPU second",
        ratio(&mut ours.connects_cpu, &mut peers.connects_cpu),
        "times the peer",
    );
    report("ratio: messages a second", ratio(&mut ours.messages, &mut peers.messages), "times the peer");
    report(
        "ratio: messages a CPU second",
        ratio(&mut ours.messages_cpu, &mut peers.messages_cpu),
        "times the peer",
    );
    report("ratio: memory (PSS)", ratio(&mut ours.pss_mb, &mut peers.pss_mb), "of the peer's");
}

impl Figures {
    /// Measures one start of an emulator.
    async fn add(&mut self, emulator: &Emulator) {
        self.ready_ms.push(emulator.ready.as_secs_f64() * 1e3);
        let began = Instant::now();
        let mut first = viewer::connect(&emulator.ws).await;
        ask(&mut first).await;
        self.first_ms.push(began.elapsed().as_secs_f64() * 1e3);
        // A crowd before the measurement, so that both have started what they need for one.
        drop(connect(emulator, CLIENTS * 10).await);
        // Their `$disconnect` starts a process, whose time belongs to no connection that is measured.
        tokio::time::sleep(SETTLING).await;
        let (began, cpu) = (Instant::now(), tree::cpu(emulator.pid()));
        let mut sockets = connect(emulator, CONNECTIONS).await;
        let (took, cpu) = (began.elapsed(), tree::cpu(emulator.pid()).saturating_sub(cpu));
        self.connects.push(CONNECTIONS as f64 / took.as_secs_f64());
        self.connects_cpu.push(CONNECTIONS as f64 / cpu.as_secs_f64());
        let (began, cpu) = (Instant::now(), tree::cpu(emulator.pid()));
        let answers = messages(&mut sockets[..CLIENTS]).await;
        let (took, cpu) = (began.elapsed(), tree::cpu(emulator.pid()).saturating_sub(cpu));
        self.messages.push(answers / took.as_secs_f64());
        self.messages_cpu.push(answers / cpu.as_secs_f64());
        let mut delays = deliver(emulator, &mut sockets[0]).await;
        self.post_ms.push(percentile(&mut delays, 0.5));
        self.post_worst_ms.push(percentile(&mut delays, 0.99));
        let Some(memory) = tree::memory(emulator.pid()) else {
            eprintln!("no /proc here: memory is not measured");
            return;
        };
        self.pss_mb.push(memory.pss_bytes as f64 / 1e6);
        self.rss_mb.push(memory.rss_bytes as f64 / 1e6);
        self.processes.push(memory.processes as f64);
    }

    fn print(&mut self, name: &str) {
        let line = |figure: &str, values: &mut Vec<f64>, unit: &str| {
            report_spread(&format!("{name}: {figure}"), values, unit);
        };
        line("start to ready", &mut self.ready_ms, "ms");
        line("first connection and message", &mut self.first_ms, "ms");
        line("connections, with authorizer and $connect", &mut self.connects, "a second");
        line("the same", &mut self.connects_cpu, "a CPU second");
        line("messages and answers, 8 clients", &mut self.messages, "a second");
        line("the same", &mut self.messages_cpu, "a CPU second");
        line("POST to delivery, p50", &mut self.post_ms, "ms");
        line("POST to delivery, p99", &mut self.post_worst_ms, "ms");
        line("memory with 1,000 connected, PSS", &mut self.pss_mb, "MB");
        line("memory with 1,000 connected, RSS", &mut self.rss_mb, "MB");
        line("processes", &mut self.processes, "");
    }
}

/// Opens connections, `CLIENTS` at a time.
async fn connect(emulator: &Emulator, count: usize) -> Vec<Socket> {
    let mut opening: FuturesUnordered<_> =
        (0..CLIENTS.min(count)).map(|_| viewer::connect(&emulator.ws)).collect();
    let mut sockets = Vec::with_capacity(count);
    while let Some(socket) = opening.next().await {
        sockets.push(socket);
        if sockets.len() + opening.len() < count {
            opening.push(viewer::connect(&emulator.ws));
        }
    }
    sockets
}

/// Returns the number of messages that are answered in a while, if each client sends its next message after an answer.
async fn messages(sockets: &mut [Socket]) -> f64 {
    let began = Instant::now();
    let clients = sockets.iter_mut().map(async |socket| {
        let mut answers = 0_u32;
        while began.elapsed() < SENDING {
            ask(socket).await;
            answers += 1;
        }
        answers
    });
    let answers: u32 = futures_util::future::join_all(clients).await.into_iter().sum();
    f64::from(answers)
}

/// Posts messages to a connection, and returns the times in milliseconds from each request to the delivery.
async fn deliver(emulator: &Emulator, socket: &mut Socket) -> Vec<f64> {
    let id = ask(socket).await["connectionId"].as_str().expect("an id").to_owned();
    let url = emulator.connection_url(&id);
    let client = reqwest::Client::new();
    let mut delays = Vec::with_capacity(POSTS);
    for number in 0..POSTS {
        let began = Instant::now();
        let posting = client.post(&url).body(number.to_string()).send();
        let (posted, text) = tokio::join!(posting, text(socket));
        assert!(posted.expect("an answer").status().is_success());
        assert_eq!(text, number.to_string());
        delays.push(began.elapsed().as_secs_f64() * 1e3);
    }
    delays
}

/// Sends a message and returns the answer of its function.
async fn ask(socket: &mut Socket) -> Value {
    let message = json!({"action": "echo", "text": "x".repeat(100)}).to_string();
    socket.send(Message::text(&*message)).await.expect("sent");
    let answer: Value = serde_json::from_str(&text(socket).await).expect("JSON");
    assert_eq!(answer["body"], message);
    answer
}

async fn text(socket: &mut Socket) -> String {
    let next = tokio::time::timeout(LIMIT, socket.next()).await.expect("a message in time");
    match next.expect("it is open").expect("a frame") {
        Message::Text(text) => text.to_string(),
        other => panic!("no text: {other:?}"),
    }
}
