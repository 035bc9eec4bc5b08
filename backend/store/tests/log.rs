//! Tests the embedded log through its public functions.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use backend_core::ports::{Append, AppendError, ReadFrom, TopicLog};
use backend_store::{EmbeddedLog, OpenError, Retention};
use common::{T0, append, append_all, open, open_with, producer, topic};
use futures_util::future::join_all;
use shared::publication::Item;
use shared::{Filter, Publication, TopicMeta, limits};
use tempfile::tempdir;
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(60);

async fn read_all(log: &EmbeddedLog, name: &str) -> Vec<Publication> {
    log.read(&topic(name), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap().items
}

fn numbers(publications: &[Publication]) -> Vec<u64> {
    publications.iter().map(|publication| publication.data.value().as_u64().unwrap()).collect()
}

#[tokio::test]
async fn everything_is_there_again_after_closing_and_opening() {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    let meta = Some(TopicMeta { unit: Some("%".into()), ..TopicMeta::default() });
    log.append(Append { meta, producer: producer("p", 7), ..append("a/b", 1) }).await.unwrap();
    log.append(append("a/b", 2)).await.unwrap();
    let (heads, items) = (log.heads(&Filter::All).await.unwrap(), read_all(&log, "a/b").await);
    drop(log);

    let (log, _changes) = open(directory.path());
    assert_eq!(log.heads(&Filter::All).await.unwrap(), heads);
    assert_eq!(read_all(&log, "a/b").await, items);
    assert_eq!(numbers(&items), [1, 2]);
    let again = log.append(Append { producer: producer("p", 7), ..append("a/b", 1) }).await.unwrap();
    assert_eq!((again.repeated, again.position.offset), (true, 1));
}

#[tokio::test]
async fn an_epoch_outlives_the_process_and_a_new_directory_has_another() {
    let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
    let first = open(one.path()).0.append(append("t", 1)).await.unwrap().position.epoch;
    let other = Append { new_epoch: shared::Epoch::from_random(5), ..append("t", 2) };
    assert_eq!(open(one.path()).0.append(other.clone()).await.unwrap().position.epoch, first);
    assert_ne!(open(two.path()).0.append(other).await.unwrap().position.epoch, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_come_in_the_order_of_offsets_whole_and_once() {
    let directory = tempdir().unwrap();
    let (log, mut changes) = open(directory.path());
    let log = Arc::new(log);
    let publishers: Vec<_> = (0..500u64)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move { log.append(append(&format!("t/{}", n % 7), n)).await.unwrap() })
        })
        .collect();
    let mut seen: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    while seen.values().map(Vec::len).sum::<usize>() < 500 {
        for change in timeout(LONG, changes.recv()).await.unwrap().unwrap() {
            let offsets = change.items.iter().map(|publication| publication.offset);
            seen.entry(change.topic).or_default().extend(offsets);
        }
    }
    for publisher in publishers {
        timeout(LONG, publisher).await.unwrap().unwrap();
    }
    assert_eq!(seen.len(), 7);
    for offsets in seen.into_values() {
        assert_eq!(offsets, (1..=offsets.len() as u64).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_that_wait_share_a_commit() {
    let directory = tempdir().unwrap();
    let (log, mut changes) = open(directory.path());
    let log = Arc::new(log);
    let appends: Vec<_> = (0..400u64)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move { log.append(append("t", n)).await.unwrap() })
        })
        .collect();
    for append in appends {
        timeout(LONG, append).await.unwrap().unwrap();
    }
    log.close().await;
    let mut commits = 0;
    while let Some(commit) = changes.recv().await {
        assert_eq!(commit.len(), 1, "one change for one topic");
        commits += 1;
    }
    assert!((1..200).contains(&commits), "{commits} commits for 400 concurrent appends");
}

#[tokio::test]
async fn a_feed_nobody_drains_holds_publishers_back_and_loses_nothing() {
    let directory = tempdir().unwrap();
    let (log, mut changes) = open(directory.path());
    let mut acknowledged = 0;
    // Each append is a commit of its own, and the queue of changes takes a bounded number of commits.
    while timeout(Duration::from_secs(1), log.append(append("t", acknowledged + 1))).await.is_ok() {
        acknowledged += 1;
        assert!(acknowledged < 10_000, "the feed is not bounded");
    }
    let mut delivered = Vec::new();
    while delivered.len() as u64 <= acknowledged {
        let commit = timeout(LONG, changes.recv()).await.unwrap().unwrap();
        delivered.extend(commit.into_iter().flat_map(|change| change.items));
    }
    assert_eq!(numbers(&delivered), (1..=acknowledged + 1).collect::<Vec<_>>());
    timeout(LONG, log.append(append("t", 0))).await.unwrap().unwrap();
}

#[tokio::test]
async fn closing_does_not_wait_for_a_feed_nobody_drains() {
    let directory = tempdir().unwrap();
    let (log, _undrained) = open(directory.path());
    while timeout(Duration::from_secs(1), log.append(append("t", 1))).await.is_ok() {}
    timeout(LONG, log.close()).await.unwrap();
}

#[tokio::test]
async fn a_dropped_feed_does_not_hold_publishers_back() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    for n in 1..=200 {
        let appended = timeout(LONG, log.append(append("t", n))).await.unwrap().unwrap();
        assert_eq!(appended.position.offset, n);
    }
}

#[tokio::test]
async fn after_closing_heads_can_be_read_and_nothing_else() {
    let directory = tempdir().unwrap();
    let (log, mut changes) = open(directory.path());
    log.append(append("t", 1)).await.unwrap();
    timeout(LONG, log.close()).await.unwrap();
    timeout(LONG, log.close()).await.unwrap();
    assert!(matches!(log.append(append("t", 2)).await, Err(AppendError::Unavailable(_))));
    assert!(log.read(&topic("t"), ReadFrom::Newest, 1, T0).await.is_err());
    assert!(log.sweep(T0).await.is_err());
    assert_eq!(log.head(&topic("t")).await.unwrap().unwrap().last.data, 1);
    assert_eq!(changes.recv().await.map(|commit| commit.len()), Some(1));
    assert_eq!(changes.recv().await, None);
    assert_eq!(open(directory.path()).0.append(append("t", 2)).await.unwrap().position.offset, 2);
}

#[tokio::test]
async fn a_second_store_in_the_directory_is_refused_until_the_first_is_gone() {
    let directory = tempdir().unwrap();
    let first = open(directory.path());
    let error = EmbeddedLog::open(directory.path(), Retention::default()).unwrap_err();
    assert!(matches!(&error, OpenError::InUse { directory: named } if named == directory.path()), "{error}");
    assert!(error.to_string().starts_with("another tickertape process is using the directory"));
    drop(first);
    open(directory.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_topic_beyond_the_limit_is_refused_and_the_others_go_on() {
    let directory = tempdir().unwrap();
    let (log, changes) = open(directory.path());
    drop(changes);
    let log = Arc::new(log);
    let appends: Vec<_> = (0..limits::TOPICS)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move { log.append(append(&format!("t/{n}"), 0)).await.map(drop) })
        })
        .collect();
    for append in appends {
        timeout(LONG, append).await.unwrap().unwrap().unwrap();
    }
    let refused = log.append(append("one-more", 0)).await;
    assert_eq!(refused, Err(AppendError::TooManyTopics { limit: limits::TOPICS }));
    assert_eq!(log.append(append("t/0", 0)).await.unwrap().position.offset, 2);
    assert_eq!(log.head(&topic("one-more")).await.unwrap(), None);
}

#[tokio::test]
async fn producers_are_remembered_over_a_restart() {
    let directory = tempdir().unwrap();
    let of = |principal: &str, seq| Append {
        principal: principal.into(),
        producer: producer("p", seq),
        ..append("t", 1)
    };
    let (log, _changes) = open(directory.path());
    log.append(of("ann", 1)).await.unwrap();
    log.append(of("eve", 9)).await.unwrap();
    log.close().await;
    drop(log);
    let (log, _changes) = open(directory.path());
    assert!(log.append(of("ann", 1)).await.unwrap().repeated);
    assert!(!log.append(of("ann", 2)).await.unwrap().repeated);
}

#[tokio::test]
async fn an_append_without_items_changes_nothing() {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    assert!(matches!(log.append(append_all("t", vec![])).await, Err(AppendError::Unavailable(_))));
    assert_eq!(log.head(&topic("t")).await.unwrap(), None);
}

#[tokio::test]
async fn a_batch_is_read_back_as_it_was_sent() {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    let items = (0..limits::BATCH_ITEMS as i64).map(|n| Item { data: n.into(), ts: Some(T0 - n) });
    let appended = log.append(append_all("t", items.clone().collect())).await.unwrap();
    assert_eq!(appended.position.offset, limits::BATCH_ITEMS as u64);
    let kept = read_all(&log, "t").await;
    let expected = (1..).zip(items).map(|(offset, item)| Publication {
        offset,
        ts: item.ts.unwrap(),
        received_at: T0,
        data: item.data,
    });
    assert!(kept.iter().cloned().eq(expected));
}

#[tokio::test]
async fn heads_of_a_prefix_leave_out_its_namesakes() {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    for name in ["host", "host-2/cpu", "host.b", "host/cpu", "host/disk/sda", "hosts/cpu"] {
        log.append(append(name, 1)).await.unwrap();
    }
    let heads = log.heads(&Filter::new("host/*").unwrap()).await.unwrap();
    let names: Vec<_> = heads.iter().map(|head| head.topic.as_str()).collect();
    assert_eq!(names, ["host/cpu", "host/disk/sda"]);
}

mod retention {
    use super::*;

    const SHORT: Retention = Retention { max_age_ms: 1_000, max_items_per_topic: 5 };

    #[tokio::test]
    async fn only_the_newest_items_are_kept() {
        let directory = tempdir().unwrap();
        let (log, _changes) = open_with(directory.path(), SHORT);
        for n in 1..=12 {
            log.append(append("t", n)).await.unwrap();
        }
        let page = log.read(&topic("t"), ReadFrom::After(0), 100, T0).await.unwrap().unwrap();
        assert_eq!((page.oldest, page.head), (8, 12));
        assert_eq!(numbers(&page.items), [8, 9, 10, 11, 12]);
    }

    #[tokio::test]
    async fn publications_that_are_too_old_when_read_are_not_returned() {
        let directory = tempdir().unwrap();
        let (log, _changes) = open_with(directory.path(), SHORT);
        for n in 0..4 {
            log.append(Append { received_at: T0 + 400 * n, ..append("t", n) }).await.unwrap();
        }
        let offsets_at = async |now| {
            let page = log.read(&topic("t"), ReadFrom::Newest, 100, now).await.unwrap().unwrap();
            (page.oldest, page.items.iter().map(|item| item.offset).collect::<Vec<_>>())
        };
        assert_eq!(offsets_at(T0 + 1_400).await, (2, vec![2, 3, 4]));
        assert_eq!(offsets_at(T0 + 1_401).await, (3, vec![3, 4]));
        assert_eq!(offsets_at(T0 + 9_999).await, (5, vec![]));
    }

    #[tokio::test]
    async fn an_idle_topic_is_swept_and_keeps_its_head() {
        let directory = tempdir().unwrap();
        let (log, _changes) = open_with(directory.path(), SHORT);
        for n in 1..=3 {
            log.append(append("idle", n)).await.unwrap();
        }
        assert_eq!(log.sweep(T0 + 1_000).await.unwrap().removed, 0);
        assert_eq!(log.sweep(T0 + 1_001).await.unwrap().removed, 3);
        assert_eq!(log.sweep(T0 + 1_001).await.unwrap().removed, 0);
        drop(log);
        let (log, _changes) = open_with(directory.path(), SHORT);
        assert_eq!(log.head(&topic("idle")).await.unwrap().unwrap().last.offset, 3);
        let page = log.read(&topic("idle"), ReadFrom::After(0), 9, T0).await.unwrap().unwrap();
        assert_eq!((page.oldest, page.items.len()), (4, 0));
        assert_eq!(log.append(append("idle", 4)).await.unwrap().position.offset, 4);
        assert_eq!(log.sweep(T0 + 1_001).await.unwrap().removed, 1);
    }

    #[tokio::test]
    async fn a_sweep_does_a_bounded_amount_and_says_whether_more_is_left() {
        let directory = tempdir().unwrap();
        let age_only = Retention { max_age_ms: 1_000, max_items_per_topic: u64::MAX };
        let (log, changes) = open_with(directory.path(), age_only);
        drop(changes);
        for name in ["a", "b", "c"] {
            let items = (0..limits::BATCH_ITEMS).map(Item::now).collect();
            log.append(append_all(name, items)).await.unwrap();
        }
        let mut sweeps = 0;
        loop {
            let swept = log.sweep(T0 + 2_000).await.unwrap();
            sweeps += 1;
            assert!(swept.removed <= 10_000, "{swept:?}");
            if !swept.more {
                break;
            }
        }
        // Meanwhile, the thread that stores rollups deletes rows as well, so a sweep may find fewer than it could delete.
        assert!((1..=5).contains(&sweeps), "{sweeps} sweeps");
        for name in ["a", "b", "c"] {
            let page = log.read(&topic(name), ReadFrom::After(0), 9, T0).await.unwrap().unwrap();
            assert_eq!((page.oldest, page.items.len()), (limits::BATCH_ITEMS as u64 + 1, 0));
        }
    }

    #[tokio::test]
    async fn a_sweep_that_is_committed_together_with_appends_deletes_by_its_own_time() {
        let directory = tempdir().unwrap();
        let age_only = Retention { max_age_ms: 1_000, max_items_per_topic: u64::MAX };
        let (log, changes) = open_with(directory.path(), age_only);
        drop(changes);
        log.append(append_all("old", (0..100).map(Item::now).collect())).await.unwrap();
        // While the first is committed, the others wait, and the sweep behind them joins their group.
        let appends =
            join_all((1..=20).map(|n| log.append(Append { received_at: T0 + 900, ..append("new", n) })));
        let (appended, swept) = tokio::join!(appends, log.sweep(T0 + 1_500));
        assert!(appended.iter().all(Result::is_ok));
        assert_eq!(swept.unwrap().removed, 100);
        let page = log.read(&topic("new"), ReadFrom::After(0), 100, T0 + 1_500).await.unwrap().unwrap();
        assert_eq!(page.items.len(), 20);
    }

    #[tokio::test]
    async fn appends_delete_what_their_topic_no_longer_keeps() {
        let directory = tempdir().unwrap();
        let (log, changes) = open_with(directory.path(), SHORT);
        drop(changes);
        for n in 1..=50 {
            log.append(append("t", n)).await.unwrap();
        }
        assert_eq!(log.sweep(T0).await.unwrap().removed, 0, "nothing is left to sweep");
    }

    #[tokio::test]
    async fn opening_gives_the_disk_back_what_was_deleted() {
        let directory = tempdir().unwrap();
        let file_bytes = || std::fs::metadata(directory.path().join("tickertape.redb")).unwrap().len();
        let (log, changes) = open(directory.path());
        drop(changes);
        for name in ["old", "new"] {
            let received_at = T0 + if name == "new" { 1_000 } else { 0 };
            let items = vec![Item::now("x".repeat(20_000)); if name == "new" { 10 } else { 2_000 }];
            log.append(Append { received_at, ..append_all(name, items) }).await.unwrap();
        }
        let day = Retention::default().max_age_ms;
        assert_eq!(log.sweep(T0 + day + 1).await.unwrap().removed, 2_000);
        drop(log);
        let before = file_bytes();
        let (log, _changes) = open(directory.path());
        assert!(file_bytes() < before / 4, "{before} bytes, and {} after opening", file_bytes());
        assert_eq!(read_all(&log, "new").await.len(), 10);
        assert_eq!(log.heads(&Filter::All).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_retention_of_nothing_keeps_the_head_alone() {
        let directory = tempdir().unwrap();
        let nothing = Retention { max_age_ms: 1_000, max_items_per_topic: 0 };
        let (log, _changes) = open_with(directory.path(), nothing);
        log.append(append("t", 1)).await.unwrap();
        let page = log.read(&topic("t"), ReadFrom::Newest, 9, T0).await.unwrap().unwrap();
        assert_eq!((page.oldest, page.head, page.items.len()), (2, 1, 0));
        assert_eq!(log.head(&topic("t")).await.unwrap().unwrap().last.data, 1);
    }
}
