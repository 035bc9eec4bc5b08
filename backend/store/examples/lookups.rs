//! Measures the time of reads: the subscribers of a topic, the heads (newest publications) of topics, pages of history,
//! and opening a large file. Run it with `cargo run --release -p backend-store --example lookups`.

use std::fs;
use std::path::Path;
use std::time::Instant;

use backend_core::ports::{Append, Connection, ConnectionId, Connections, ReadFrom, TopicLog};
use backend_core::principal::Principal;
use backend_store::{EmbeddedLog, MemoryConnections, Retention};
use shared::publication::Item;
use shared::{Epoch, Filter, Topic};

type Failure = Box<dyn std::error::Error>;

const T0: i64 = 1_700_000_000_000;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    subscribers(5_000).await?;
    let directory = tempfile::tempdir()?;
    fill(directory.path(), 1_000, 1_000).await?;
    reads(directory.path()).await
}

/// Measures the lookup of a topic's subscribers. All `count` connections are subscribed to `*`, and every second one
/// also to a prefix.
async fn subscribers(count: usize) -> Result<(), Failure> {
    let connections = MemoryConnections::new();
    for n in 0..count {
        let id = ConnectionId::new(&format!("{:010x}=", n * 7_919 % 1_000_003));
        let principal = Principal::local().into();
        connections.put(Connection { id: id.clone(), principal, connected_at: 0, expires_at: 1 }).await?;
        connections.subscribe(&id, &Filter::All, 0).await?;
        if n % 2 == 0 {
            connections.subscribe(&id, &Filter::new("host/*")?, 0).await?;
        }
    }
    for name in ["lab", "host/cpu"] {
        let topic = Topic::new(name)?;
        let (started, runs) = (Instant::now(), 200);
        for _ in 0..runs {
            connections.subscribers(&topic, 0).await?;
        }
        println!("{count} subscribers of {name}: {:?}", started.elapsed() / runs);
    }
    Ok(())
}

async fn fill(directory: &Path, topics: usize, items: usize) -> Result<(), Failure> {
    let (log, changes) = EmbeddedLog::open(directory, Retention::default())?;
    drop(changes);
    for n in 0..topics {
        let topic = Topic::new(&format!("bench/{n}"))?;
        let items = (0..items).map(|n| Item::now(format!("{n:0100}"))).collect();
        let new_epoch = Epoch::from_random(n as u64);
        let principal = "bench".to_owned();
        log.append(Append {
            topic,
            items,
            producer: None,
            meta: None,
            received_at: T0,
            new_epoch,
            principal,
            principal_topics: topics,
        })
        .await?;
    }
    log.close().await;
    Ok(())
}

async fn reads(directory: &Path) -> Result<(), Failure> {
    let length = fs::metadata(directory.join("tickertape.redb"))?.len() as f64 / 1e6;
    let started = Instant::now();
    let (log, _changes) = EmbeddedLog::open(directory, Retention::default())?;
    println!("opening and checking {length:.0} MB: {:?}", started.elapsed());
    let started = Instant::now();
    let heads = log.heads(&Filter::All).await?;
    println!("{} heads: {:?}", heads.len(), started.elapsed());
    for limit in [1, 300, 1_000] {
        let (started, runs) = (Instant::now(), 200);
        for head in heads.iter().take(runs) {
            log.read(&head.topic, ReadFrom::Newest, limit, T0).await?;
        }
        println!("a page of {limit}: {:?}", started.elapsed() / runs as u32);
    }
    Ok(())
}
