//! Tests that a jump of the clock deletes no publications: neither in a sweep, nor at the next publication, nor after a
//! restart.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use backend_core::ports::{Append, ReadFrom, TopicLog};
use backend_core::trusted_time::Doubt;
use backend_store::{EmbeddedLog, Retention};
use common::{T0, append, open, reading, topic};
use shared::Millis;
use tempfile::tempdir;

const HOUR: Millis = 60 * 60 * 1000;

async fn publish(log: &EmbeddedLog, received_at: Millis) {
    log.append(Append { received_at, ..append("t", 1) }).await.unwrap();
}

async fn found(log: &EmbeddedLog, now: Millis) -> usize {
    log.read(&topic("t"), ReadFrom::After(0), 1_000, now).await.unwrap().unwrap().items.len()
}

#[tokio::test]
async fn a_jump_of_30_hours_for_a_minute_deletes_nothing() {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    log.time(reading(T0, 1, 0));
    publish(&log, T0).await;

    let ahead = log.time(reading(T0 + 30 * HOUR, 1, 10_000));
    assert!(matches!(ahead.doubt, Some(Doubt::Ahead { .. })));
    assert_eq!(log.sweep(ahead.now_ms).await.unwrap().removed, 0, "by a sweep");
    publish(&log, ahead.now_ms).await;
    assert_eq!(found(&log, ahead.now_ms).await, 2, "by the next publication");

    let back = log.time(reading(T0 + 60_000, 1, 60_000));
    assert_eq!(back.doubt, None);
    assert_eq!(found(&log, back.now_ms).await, 2);
}

#[tokio::test]
async fn a_restart_with_a_wrong_clock_deletes_nothing() {
    for boot in [1, 2] {
        let directory = tempdir().unwrap();
        let (log, _changes) = open(directory.path());
        log.time(reading(T0, 1, 100_000));
        publish(&log, T0).await;
        log.close().await;
        drop(log);

        let (log, _changes) = open(directory.path());
        let ahead = log.time(reading(T0 + 30 * HOUR, boot, 200_000));
        assert_eq!(ahead.doubt.is_some(), boot == 1, "a machine that was off is no jump");
        assert_eq!(log.sweep(ahead.now_ms).await.unwrap().removed, 0, "boot {boot}");
        publish(&log, ahead.now_ms).await;
        assert_eq!(found(&log, ahead.now_ms).await, 2, "boot {boot}");
    }
}

#[tokio::test]
async fn what_is_old_by_both_clocks_is_deleted() {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    log.time(reading(T0, 1, 0));
    publish(&log, T0).await;
    let day = Retention::default().max_age_ms;
    let later = log.time(reading(T0 + day + 1, 1, day + 1));
    assert_eq!(found(&log, later.now_ms).await, 0);
    assert_eq!(log.sweep(later.now_ms).await.unwrap().removed, 1);
}
