//! Tests that the size of a store on a real disk is bounded, and that the principal that publishes most loses history
//! first.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use backend_core::ports::{Append, AppendError, ReadFrom, TopicLog};
use backend_store::{EmbeddedLog, Retention, StoreSettings};
use common::{T0, append, append_all, topic};
use shared::Filter;
use shared::publication::Item;
use tempfile::tempdir;

const MB: u64 = 1_000_000;

fn bytes_on_disk(directory: &Path) -> u64 {
    // Blocks of 512 bytes (stat(3type)).
    std::fs::metadata(directory.join("tickertape.redb")).unwrap().blocks() * 512
}

fn open(directory: &Path, keep_bytes: u64) -> EmbeddedLog {
    let settings = StoreSettings { retention: Retention::default(), keep_bytes: Some(keep_bytes) };
    EmbeddedLog::open(directory, settings).unwrap().0
}

fn of(principal: &str, name: &str, items: usize, bytes: usize) -> Append {
    let items = vec![Item::now("x".repeat(bytes)); items];
    Append { principal: principal.into(), ..append_all(name, items) }
}

async fn kept(log: &EmbeddedLog, name: &str) -> usize {
    log.read(&topic(name), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap().items.len()
}

#[tokio::test]
async fn a_flood_takes_from_its_own_topic_and_the_file_stays_small() {
    let directory = tempdir().unwrap();
    let log = open(directory.path(), 40 * MB);
    log.append(of("ann", "quiet", 500, 1_000)).await.unwrap();
    let mut largest = 0;
    for _ in 0..200 {
        log.append(of("eve", "flood/a", 100, 10_000)).await.unwrap();
        log.append(of("eve", "flood/b", 100, 100)).await.unwrap();
        largest = largest.max(bytes_on_disk(directory.path()));
    }
    assert!(largest < 40 * MB, "{largest} bytes on disk after 202 MB were published");
    assert_eq!(kept(&log, "quiet").await, 500, "nobody else loses anything");
    assert_eq!(kept(&log, "flood/b").await, 20_000, "nor the smaller topic of the same principal");
    let flood = kept(&log, "flood/a").await;
    assert!((500..2_000).contains(&flood), "{flood} of 20,000 are kept");
    let newest = log.read(&topic("flood/a"), ReadFrom::Newest, 1, T0).await.unwrap().unwrap();
    assert_eq!(newest.items[0].offset, 20_000, "the newest are kept");
}

#[tokio::test]
async fn many_small_topics_stay_below_the_bound_as_well() {
    let directory = tempdir().unwrap();
    let log = open(directory.path(), 30 * MB);
    let mut largest = 0;
    for round in 0..40 {
        let appends = (0..200).map(|n| log.append(of("eve", &format!("t/{n}"), 10, 500 + n + round)));
        futures_util::future::join_all(appends)
            .await
            .into_iter()
            .for_each(|appended| drop(appended.unwrap()));
        largest = largest.max(bytes_on_disk(directory.path()));
    }
    assert!(largest < 30 * MB, "{largest} bytes on disk after 48 MB were published");
}

#[tokio::test]
async fn a_lower_bound_after_a_restart_is_kept_by_the_sweep_and_the_file_shrinks() {
    let directory = tempdir().unwrap();
    let log = open(directory.path(), 200 * MB);
    for _ in 0..60 {
        log.append(of("eve", "t", 100, 10_000)).await.unwrap();
    }
    log.close().await;
    drop(log);
    let before = bytes_on_disk(directory.path());
    let log = open(directory.path(), 20 * MB);
    while log.sweep(T0).await.unwrap().more {}
    log.close().await;
    drop(log);
    let log = open(directory.path(), 20 * MB);
    let after = bytes_on_disk(directory.path());
    assert!(before > 60 * MB && after < 20 * MB, "{before} bytes before, {after} after");
    assert_eq!(log.heads(&Filter::All).await.unwrap()[0].last.offset, 6_000);
}

#[tokio::test]
async fn a_principal_cannot_take_all_topics() {
    let directory = tempdir().unwrap();
    let log = open(directory.path(), 40 * MB);
    let create = |name: String, principal: &str| {
        log.append(Append { principal: principal.into(), principal_topics: 3, ..append(&name, 1) })
    };
    for n in 0..3 {
        create(format!("eve/{n}"), "eve").await.unwrap();
    }
    let refused = create("eve/3".into(), "eve").await;
    assert_eq!(refused, Err(AppendError::TooManyTopicsOfPrincipal { principal: "eve".into(), limit: 3 }));
    create("eve/0".into(), "eve").await.unwrap();
    create("ann/0".into(), "ann").await.unwrap();
    log.close().await;
    drop(log);
    let log = open(directory.path(), 40 * MB);
    let again =
        log.append(Append { principal: "eve".into(), principal_topics: 3, ..append("eve/4", 1) }).await;
    assert!(again.is_err(), "also after a restart");
}
