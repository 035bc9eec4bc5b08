//! The board of an app: a server of this process, to which what happens in the app is published.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apigw_websocket::{ConnectionId, ObservedHandshake, ObservedMessage, Observer, PostError, event_json};
use backend_core::{Access, Retention};
use lambda_host::{Log, LogLine, Report, StartReport};
use serde_json::json;
use serverless_emulator::Watcher;
use serverless_emulator::data::{BatchReport, Condition, DataObserver, QueueDepth};
use shared::Topic;
use shared::publication::Item;
use tickertape_server::{Config, LimitsOf, Notify, PageConfig, Publisher, Server};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};

use super::record::Record;
use super::tally::{FrameRow, Published, Tally};
use crate::error::CliError;
use crate::term;

/// Name under which the emulator publishes.
const NAME: &str = "emulate";
/// Address of the board if none is given.
const ADDRESS: &str = "127.0.0.1:8080";
/// Time between two publications.
const EVERY: Duration = Duration::from_secs(1);
/// Log with the notices of the emulator.
const NOTICES: &str = "emulate";
/// Log with the events that messages became.
const EVENTS: &str = "events";

/// The board of an app.
pub struct Board {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
    watcher: Arc<BoardWatcher>,
}

impl Board {
    /// Opens the board. `data_dir` is the directory of its store. Without an address, it takes the usual port, or a free one if
    /// another program uses that.
    ///
    /// # Errors
    ///
    /// [`CliError`] if the address is not free, or the store or the page cannot be used.
    pub async fn open(
        address: Option<SocketAddr>,
        data_dir: PathBuf,
        site: Option<PathBuf>,
    ) -> Result<Self, CliError> {
        let listener = listen(address).await.map_err(|error| {
            CliError::failed(format!("the board cannot listen: {error}"))
                .hint("choose another address with --board, or leave the board out with --no-board")
        })?;
        let address = listener.local_addr().map_err(CliError::failed)?;
        let config = Config {
            data_dir,
            retention: Retention { max_age_ms: 24 * 60 * 60 * 1000, max_items_per_topic: 100_000 },
            keep_bytes: None,
            access: Access::Open,
            secret_file: None,
            frame_every: Duration::ZERO,
            publish_host: false,
            boards_dir: None,
            page: PageConfig {
                site,
                allowed_hosts: Vec::new(),
                allowed_origins: Vec::new(),
                embedders: Vec::new(),
                trusted_proxies: Vec::new(),
                limits: LimitsOf::Machine { open_files: None, cores: 1 },
                chaos: None,
                notify: Notify::new(|message| term::say(message)),
            },
        };
        let server = Server::open(config, address).await?;
        let watcher = Arc::new(BoardWatcher::default());
        Ok(Self { server, listener, address, watcher })
    }

    /// Returns the address of the board's page.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Returns the watcher that publishes to the board.
    pub fn watcher(&self) -> Arc<BoardWatcher> {
        self.watcher.clone()
    }

    /// Runs the board until `shutdown` resolves.
    ///
    /// # Errors
    ///
    /// [`CliError`] if it stops too early.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), CliError> {
        let publishing = tokio::spawn(publish(self.server.publisher(NAME), self.watcher));
        let ended = self.server.run(self.listener, shutdown).await;
        publishing.abort();
        Ok(ended?)
    }
}

async fn listen(address: Option<SocketAddr>) -> std::io::Result<TcpListener> {
    match address {
        Some(address) => TcpListener::bind(address).await,
        None => match TcpListener::bind(ADDRESS).await {
            Ok(listener) => Ok(listener),
            Err(_) => TcpListener::bind("127.0.0.1:0").await,
        },
    }
}

/// Publishes what the watcher has counted, once a second, until it is aborted.
async fn publish(publisher: Publisher, watcher: Arc<BoardWatcher>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let all = watcher.tally().take();
        for Published { topic, values, meta } in all {
            let Ok(topic) = Topic::new(topic.as_str()) else {
                tracing::warn!(topic, "the name of a function is no name of a topic");
                continue;
            };
            let items = values.into_iter().map(Item::now).collect();
            if let Err(error) = publisher.publish(topic, items, Some(meta)).await {
                tracing::warn!(%error, "a value was not published to the board");
            }
        }
    }
}

/// Counts what happens in an app, for its board.
#[derive(Default)]
pub struct BoardWatcher(Mutex<Tally>);

impl BoardWatcher {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for BoardWatcher {
    fn handshake(&self, handshake: &ObservedHandshake<'_>) {
        let mut tally = self.tally();
        tally.frame(&FrameRow {
            at_ms: now_ms(),
            connection: handshake.connection.as_str(),
            way: "connect",
            text: "",
            route: Some("$connect"),
            answer: &handshake.status.to_string(),
            duration: Some(handshake.duration),
        });
        tally.handshake(handshake.connection.as_str(), handshake.status);
    }

    fn message(&self, message: &ObservedMessage<'_>) {
        let event = message.event.map(|event| event_json(event).to_string());
        let route = message.event.and_then(|event| event.request_context.route_key.as_deref());
        let mut tally = self.tally();
        tally.message(message.answer.is_some());
        tally.frame(&FrameRow {
            at_ms: now_ms(),
            connection: message.connection.as_str(),
            way: "in",
            text: message.text,
            route,
            answer: message.answer.unwrap_or_default(),
            duration: Some(message.duration),
        });
        let level = message.failed.then_some("ERROR");
        let text = event.as_deref().unwrap_or("no route");
        tally.line(EVENTS, level, text, Some(message.request_id));
    }

    fn post(&self, connection: &ConnectionId, text: &str, result: Result<(), PostError>) {
        let result = match result {
            Ok(()) => "200",
            Err(PostError::Gone) => "410",
            Err(PostError::LimitExceeded) => "429",
            Err(PostError::PayloadTooLarge { .. }) => "413",
            Err(_) => "500",
        };
        let mut tally = self.tally();
        tally.post(result);
        let connection = connection.as_str();
        let row = FrameRow {
            at_ms: now_ms(),
            connection,
            way: "out",
            text,
            route: None,
            answer: result,
            duration: None,
        };
        tally.frame(&row);
    }

    fn end(&self, connection: &ConnectionId, code: u16, reason: &str) {
        let mut tally = self.tally();
        tally.frame(&FrameRow {
            at_ms: now_ms(),
            connection: connection.as_str(),
            way: "close",
            text: reason,
            route: Some("$disconnect"),
            answer: &code.to_string(),
            duration: None,
        });
        tally.end(connection.as_str());
    }
}

impl Log for BoardWatcher {
    fn line(&self, line: &LogLine<'_>) {
        let Record { level, message } = Record::of(line.text);
        let message = message.replace('\r', "\n");
        self.tally().line(line.function, level, &message, line.request_id);
    }

    fn begin(&self, function: &str, _: &str) {
        self.tally().begin(function);
    }

    fn report(&self, report: &Report) {
        let mut tally = self.tally();
        tally.report(&report.function, report.init, report.duration, report.error.is_some());
        if let Some(error) = &report.error {
            tally.line(&report.function, Some("ERROR"), &error.to_string(), Some(&report.request_id));
        }
    }

    fn started_ahead(&self, report: &StartReport) {
        let StartReport { function, init, error, .. } = report;
        let mut tally = self.tally();
        match error {
            None => {
                tally.started(function, *init);
                let text =
                    format!("a process is ready for the first invocation, after {} ms", init.as_millis());
                tally.line(function, Some("INFO"), &text, None);
            }
            Some(error) => tally.line(function, Some("ERROR"), &error.to_string(), None),
        }
    }
}

impl DataObserver for BoardWatcher {
    fn line(&self, source: &str, line: &str) {
        self.tally().line(source, None, line, None);
    }

    fn batch(&self, batch: &BatchReport) {
        self.tally().batch(&batch.mapping, batch.records, batch.failed);
    }

    fn iterator_age(&self, mapping: &str, age: Duration) {
        self.tally().iterator_age(mapping, age);
    }

    fn queue_depth(&self, queue: &str, depth: QueueDepth) {
        let QueueDepth { visible, in_flight, delayed } = depth;
        self.tally().queue(queue, json!({"visible": visible, "in flight": in_flight, "delayed": delayed}));
    }

    fn discarded(&self, mapping: &str, records: usize, condition: Condition) {
        self.notice(&format!("{mapping}: {records} records are discarded: {condition:?}"));
    }
}

impl Watcher for BoardWatcher {
    fn notice(&self, text: &str) {
        self.tally().line(NOTICES, Some("WARN"), text, None);
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
