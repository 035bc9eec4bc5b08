//! Tests the rollups of the embedded log: that they are computed in the background, kept, and deleted.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use backend_core::ports::{Append, TopicLog};
use backend_core::rollup::{Block, Level};
use backend_store::{EmbeddedLog, Retention, StoreSettings};
use common::{T0, append_all, open, open_with, topic};
use redb::TableDefinition;
use shared::Millis;
use shared::publication::Item;
use tempfile::tempdir;

/// Time limit for work in the background, long enough for a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

async fn fill(log: &EmbeddedLog, name: &str, count: u64, received_at: Millis) {
    let items = (0..count).map(Item::now).collect();
    log.append(Append { received_at, ..append_all(name, items) }).await.unwrap();
}

async fn blocks(log: &EmbeddedLog, name: &str, level: Level, now: Millis) -> Vec<(u64, Block)> {
    let Some(head) = log.head(&topic(name)).await.unwrap() else { return Vec::new() };
    log.blocks(&topic(name), &head.epoch, level, 0..u64::MAX, usize::MAX, now).await.unwrap()
}

/// Waits until the topic has this number of blocks at the lowest level.
async fn wait_for(log: &EmbeddedLog, name: &str, count: usize) -> Vec<Block> {
    let begun = Instant::now();
    loop {
        let found = blocks(log, name, Level::LOWEST, T0).await;
        if found.len() == count {
            return found.into_iter().map(|(_, block)| block).collect();
        }
        assert!(begun.elapsed() < LIMIT, "{} blocks instead of {count}", found.len());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Deletes the rollups from a closed store, so that it is as an older version of the server has left it.
fn without_rollups(directory: &Path) {
    let db = redb::Database::open(directory.join("tickertape.redb")).unwrap();
    let transaction = db.begin_write().unwrap();
    let table: TableDefinition<(u32, u8, u64), &[u8]> = TableDefinition::new("rollups");
    assert!(transaction.delete_table(table).unwrap());
    transaction.commit().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rollups_are_there_again_after_a_restart_and_go_on() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    fill(&log, "t", 700, T0).await;
    let before = wait_for(&log, "t", 10).await;
    drop(log);
    let (log, changes) = open(directory.path());
    drop(changes);
    assert_eq!(wait_for(&log, "t", 10).await, before);
    fill(&log, "t", 324, T0).await;
    let after = wait_for(&log, "t", 16).await;
    let above = Level::LOWEST.above().unwrap();
    let expected: Vec<_> = after.chunks(8).map(|parts| Block::merged(parts).unwrap()).collect();
    let found = blocks(&log, "t", above, T0).await;
    assert_eq!(found.into_iter().map(|(_, block)| block).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_publications_of_a_store_without_rollups_get_them_in_the_background() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    fill(&log, "a", 10_000, T0).await;
    fill(&log, "b", 100, T0).await;
    let before = wait_for(&log, "a", 156).await;
    drop(log);
    without_rollups(directory.path());
    let (log, changes) = open(directory.path());
    drop(changes);
    assert_eq!(wait_for(&log, "a", 156).await, before);
    wait_for(&log, "b", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_whose_publications_are_damaged_does_not_keep_others_from_their_rollups() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    for name in ["a", "b", "c"] {
        fill(&log, name, 100, T0).await;
        wait_for(&log, name, 1).await;
    }
    drop(log);
    without_rollups(directory.path());
    damage_a_publication(directory.path(), 0);
    let (log, changes) = open(directory.path());
    drop(changes);
    wait_for(&log, "b", 1).await;
    wait_for(&log, "c", 1).await;
    assert_eq!(blocks(&log, "a", Level::LOWEST, T0).await, []);
}

/// Damages the fifth publication of the topic with this number in a closed store.
fn damage_a_publication(directory: &Path, number: u32) {
    let db = redb::Database::open(directory.join("tickertape.redb")).unwrap();
    let transaction = db.begin_write().unwrap();
    let table: TableDefinition<(u32, u64), &[u8]> = TableDefinition::new("history");
    assert!(transaction.open_table(table).unwrap().insert((number, 5), &[0xff][..]).unwrap().is_some());
    transaction.commit().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn publications_that_are_too_many_are_deleted_once_they_are_in_a_rollup() {
    let directory = tempdir().unwrap();
    let few = Retention { max_items_per_topic: 0, ..Retention::default() };
    let (log, changes) = open_with(directory.path(), few);
    drop(changes);
    fill(&log, "t", 1_000, T0).await;
    let found = wait_for(&log, "t", 15).await;
    assert_eq!(found.iter().map(|block| block.count).sum::<u64>(), 960);
    while log.sweep(T0).await.unwrap().more {}
    let epoch = log.head(&topic("t")).await.unwrap().unwrap().epoch;
    let stored = log.stored(&topic("t"), &epoch, 0, usize::MAX, T0).await.unwrap();
    assert_eq!(stored.iter().map(|item| item.offset).collect::<Vec<_>>(), (961..=1_000).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_deletes_rollups_that_are_too_old_at_every_level() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    fill(&log, "t", 5_000, T0).await;
    fill(&log, "t", 5_000, T0 + 60_000).await;
    wait_for(&log, "t", 156).await;
    let day = Retention::default().max_age_ms;
    while log.sweep(T0 + day + 1).await.unwrap().more {}
    // The first publications were received earlier than those of block 78, which has some of both.
    for (level, first) in [(Level::LOWEST, 78), (Level::LOWEST.above().unwrap(), 9)] {
        assert_eq!(blocks(&log, "t", level, T0).await[0].0, first, "no longer in the file");
    }
    while log.sweep(T0 + 60_000 + day + 1).await.unwrap().more {}
    for level in Level::all() {
        assert_eq!(blocks(&log, "t", level, T0).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_topic_leaves_no_rollups_to_the_next_one_of_its_name() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    fill(&log, "t", 1_000, T0).await;
    wait_for(&log, "t", 15).await;
    assert!(log.forget(&topic("t")).await.unwrap());
    let new_epoch = shared::Epoch::from_random(5);
    log.append(Append { new_epoch, ..append_all("t", vec![Item::now(1)]) }).await.unwrap();
    assert_eq!(blocks(&log, "t", Level::LOWEST, T0).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn rollups_count_towards_the_maximum_size_of_the_history() {
    let directory = tempdir().unwrap();
    let few = Retention { max_items_per_topic: 64, ..Retention::default() };
    let settings = StoreSettings { retention: few, keep_bytes: Some(3 * 64 * 1024) };
    let (log, changes) = EmbeddedLog::open(directory.path(), settings).unwrap();
    drop(changes);
    for round in 0..12 {
        fill(&log, "t", 6_400, T0 + round).await;
        let begun = Instant::now();
        while blocks(&log, "t", Level::LOWEST, T0)
            .await
            .last()
            .is_none_or(|(index, _)| *index < (round as u64 + 1) * 100 - 1)
        {
            assert!(begun.elapsed() < LIMIT);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    while log.sweep(T0 + 20).await.unwrap().more {}
    let found = blocks(&log, "t", Level::LOWEST, T0).await;
    assert!((100..600).contains(&found.len()), "{} of 1200 blocks", found.len());
    assert_eq!(found.last().unwrap().0, 1_199, "the newest are kept");
    let epoch = log.head(&topic("t")).await.unwrap().unwrap().epoch;
    let stored = log.stored(&topic("t"), &epoch, 0, usize::MAX, T0).await.unwrap();
    assert_eq!(stored.len(), 64, "publications do not give way to rollups");
}
