//! Measures how long it takes to read a day in buckets, and the bytes of the answers: of 50 topics with a publication each second,
//! and of one topic with 60 a second. Run it with `cargo run --release -p tickertape-server --example past`.
//!
//! The day is written to the store directly, with the times at which it would have been received. Then a server is started, and a
//! client asks over a WebSocket on loopback, all topics at once, as the board does.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use backend_core::Access;
use backend_core::ports::{Append, TopicLog};
use backend_core::rollup::Level;
use backend_store::{EmbeddedLog, Retention};
use futures_util::future::try_join_all;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::publication::Item;
use shared::{Data, Epoch, Millis, Topic, limits};
use tickertape_server::{Config, LimitsOf, Notify, PageConfig, Server};
use tokio_tungstenite::tungstenite::Message;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const DAY_S: i64 = 86_400;
/// Number of buckets of a day, which are as many as a wide chart has columns.
const BUCKETS: i64 = 720;
/// The limits on history: the default number of publications, and a little more than a day, so that nothing expires meanwhile.
const KEPT: Retention = Retention { max_age_ms: (DAY_S + 3_600) * 1_000, max_items_per_topic: 100_000 };
/// Number of times that each measurement is repeated.
const TIMES: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let end = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())? - 60_000;
    for (topics, hertz) in [(50, 1), (1, 60)] {
        let directory = tempfile::tempdir()?;
        let names = (0..topics).map(|number| Topic::new(&format!("bench/t{number}")));
        let names: Vec<Topic> = names.collect::<Result<_, _>>()?;
        let started = Instant::now();
        fill(directory.path(), &names, hertz, end).await?;
        println!(
            "{topics} topics at {hertz} Hz: a day was stored in {:.1} s",
            started.elapsed().as_secs_f64()
        );
        let expected = DAY_S * hertz * i64::try_from(names.len())?;
        read(directory.path(), &names, end, expected).await?;
    }
    Ok(())
}

/// Writes a day that ends at `end` to the store, a minute of all topics at a time, and waits for its rollups.
async fn fill(directory: &Path, topics: &[Topic], hertz: i64, end: Millis) -> Result<(), Failure> {
    let (log, mut changes) = EmbeddedLog::open(directory, KEPT)?;
    let drain = tokio::spawn(async move { while changes.recv().await.is_some() {} });
    for minute in 0..DAY_S / 60 {
        let received_at = end - DAY_S * 1_000 + (minute + 1) * 60_000;
        let appends = topics.iter().enumerate().map(|(number, topic)| {
            let item = |index: i64| Item {
                data: value(number, minute * 60 * hertz + index),
                ts: Some(received_at - 60_000 + index * 1_000 / hertz),
            };
            log.append(append(topic, (0..60 * hertz).map(item).collect(), received_at))
        });
        try_join_all(appends).await?;
    }
    for topic in topics {
        let head = log.head(topic).await?.ok_or("the topic is missing")?;
        let last = Level::LOWEST.complete(head.last.offset) - 1;
        while log.blocks(topic, &head.epoch, Level::LOWEST, last..last + 1, 1, end).await?.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    log.close().await;
    drain.await?;
    Ok(())
}

/// Returns the value of a slow wave with noise, with two decimals.
fn value(topic: usize, index: i64) -> Data {
    let noise = (index.wrapping_mul(7_919) % 1_000) as f64 / 100.0;
    let wave = (index as f64 / 5_000.0 + topic as f64).sin() * 40.0;
    Data::from((((50.0 + wave + noise) * 100.0).round()) / 100.0)
}

fn append(topic: &Topic, items: Vec<Item>, received_at: Millis) -> Append {
    Append {
        topic: topic.clone(),
        items,
        producer: None,
        meta: None,
        received_at,
        new_epoch: Epoch::new("bench"),
        principal: "bench".into(),
        principal_topics: limits::TOPICS,
    }
}

/// Starts a server on the store, and measures the time until a client has a day of all topics.
///
/// # Errors
///
/// Also if the buckets do not have the expected number of publications.
async fn read(directory: &Path, topics: &[Topic], end: Millis, expected: i64) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = listener.local_addr()?;
    let server = Server::open(config(directory), address).await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(listener, async move { drop(stopped.await) }));
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/ws")).await?;
    let mut took_ms = Vec::new();
    let mut totals = (0, 0, 0);
    let mut publications = 0;
    for _ in 0..TIMES {
        let started = Instant::now();
        let mut open = Vec::new();
        (totals, publications) = ((0, 0, 0), 0);
        for topic in topics {
            let request = request(open.len(), topic, end);
            socket.send(Message::text(request.to_string())).await?;
            open.push(request);
        }
        let mut left = topics.len();
        while left > 0 {
            let Some(Message::Text(text)) = socket.next().await.transpose()? else { continue };
            let reply: Value = serde_json::from_str(&text)?;
            if reply["type"] != "buckets" {
                return Err(format!("not buckets: {text}").into());
            }
            let series = reply["series"].as_array().into_iter().flatten();
            let buckets: Vec<&Value> =
                series.filter_map(|series| series["buckets"].as_array()).flatten().collect();
            totals.0 += text.len();
            totals.1 += 1;
            totals.2 += buckets.len();
            publications += buckets.iter().filter_map(|bucket| bucket[2].as_i64()).sum::<i64>();
            if reply["next"].is_null() {
                left -= 1;
                continue;
            }
            let mut next = open[usize::try_from(reply["id"].as_u64().unwrap_or(0))?].clone();
            next["since"] = reply["next"].clone();
            socket.send(Message::text(next.to_string())).await?;
        }
        took_ms.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    if publications != expected {
        return Err(format!("{publications} publications in the buckets, instead of {expected}").into());
    }
    took_ms.sort_by(f64::total_cmp);
    let (bytes, frames, buckets) = totals;
    println!(
        "    a day in buckets of 2 minutes: {:.0} ms ({:.0} to {:.0}), {:.0} KB in {frames} frames, {buckets} buckets",
        took_ms[TIMES / 2],
        took_ms[0],
        took_ms[TIMES - 1],
        bytes as f64 / 1_024.0
    );
    drop(stop);
    running.await??;
    Ok(())
}

fn request(id: usize, topic: &Topic, end: Millis) -> Value {
    let (from_ms, step_ms) = (end - DAY_S * 1_000, DAY_S * 1_000 / BUCKETS);
    json!({"action": "history", "id": id, "topic": topic, "from_ms": from_ms, "to_ms": end + 1, "step_ms": step_ms})
}

fn config(directory: &Path) -> Config {
    Config {
        data_dir: directory.to_owned(),
        retention: KEPT,
        keep_bytes: None,
        access: Access::Open,
        secret_file: None,
        frame_every: Duration::ZERO,
        publish_host: false,
        boards_dir: None,
        page: PageConfig {
            site: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            embedders: Vec::new(),
            trusted_proxies: Vec::new(),
            limits: LimitsOf::Machine { open_files: Some(1_024), cores: 2 },
            chaos: None,
            notify: Notify::new(|message| eprintln!("{message}")),
        },
    }
}
