//! Tests that nothing acknowledged is lost if the disk fails, or the power is cut, at any step of a number of commits.

use futures_util::future::join_all;

use super::*;

/// Number of bytes of an append. With this size, the file grows every few commits.
const LARGE: usize = 20_000;

/// Returns a disk that fails after so many writes and syncs, and a log on it.
fn failing_after(steps: usize) -> (Disk, EmbeddedLog) {
    let disk = Disk::default();
    let (log, changes) = disk.open();
    drop(changes);
    disk.fail_after(steps);
    (disk, log)
}

/// Returns true if a write that was not synced reaches the disk before the power is cut: none for seed 0, all for seed 1, and for other seeds
/// three quarters, which differ from seed to seed.
fn reaches_disk(number: usize, seed: u64) -> bool {
    let mixed = (number as u64 + 1).wrapping_mul(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    match seed {
        0 => false,
        1 => true,
        _ => mixed >> 62 != 0,
    }
}

/// Appends until an append fails, at most twelve times. Returns the offset of the last append that was acknowledged.
async fn append_until_failure(log: &EmbeddedLog) -> u64 {
    let mut acknowledged = 0;
    for n in 1..=12 {
        let items = vec![Item::now(format!("{n}-{}", "x".repeat(LARGE)))];
        match log.append(Append { items, ..append(n, T0) }).await {
            Ok(appended) => acknowledged = appended.position.offset,
            Err(error) => {
                assert!(matches!(error, AppendError::Disk(_)), "{error}");
                break;
            }
        }
    }
    acknowledged
}

/// Checks that all acknowledged publications can be read, and that no offset is missing.
async fn assert_holds(log: &EmbeddedLog, acknowledged: u64, when: &str) {
    let Some(head) = log.head(&Topic::new("t").unwrap()).await.unwrap() else {
        return assert_eq!(acknowledged, 0, "{when}: the topic is lost");
    };
    let found = offsets(log).await;
    assert!(found.len() as u64 >= acknowledged, "{when}: {acknowledged} acknowledged, {found:?} found");
    assert_eq!(found, (1..=head.last.offset).collect::<Vec<_>>(), "{when}");
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_whichever_write_or_sync_fails() {
    let mut steps = 0;
    loop {
        let (disk, log) = failing_after(steps);
        let acknowledged = append_until_failure(&log).await;
        if acknowledged == 12 {
            break;
        }
        assert_holds(&log, acknowledged, &format!("step {steps}, while the disk fails")).await;

        disk.fail(None);
        assert_eq!(log.check_disk(T0 + 2_000).await, None, "step {steps}");
        assert_holds(&log, acknowledged, &format!("step {steps}, once the disk works again")).await;
        let next = log.append(append(99, T0 + 2_000)).await.unwrap().position.offset;
        assert!(next > acknowledged, "step {steps}");
        steps += 1;
    }
    assert!(steps > 40, "there are only {steps} steps");
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_whenever_the_power_is_cut_and_whatever_reached_the_disk() {
    let mut steps = 0;
    loop {
        let (disk, log) = failing_after(steps);
        let acknowledged = append_until_failure(&log).await;
        if acknowledged == 12 {
            break;
        }
        for seed in 0..6_u64 {
            let (log, _changes) = disk.after_power_cut_with(|number| reaches_disk(number, seed)).open_again();
            assert_holds(&log, acknowledged, &format!("step {steps}, seed {seed}")).await;
        }
        steps += 1;
    }
    assert!(steps > 40, "there are only {steps} steps");
}

/// Number of publishers that append at the same time, each to its own topic, and of appends of each.
const PUBLISHERS: u64 = 4;
const APPENDS: u64 = 5;

fn topic_of(publisher: u64) -> Topic {
    Topic::new(&format!("t/{publisher}")).unwrap()
}

/// Lets all publishers append, each until an append of its own fails. So several appends are committed together. Returns
/// the offset of the last append of each publisher that was acknowledged.
async fn append_together_until_failure(log: &EmbeddedLog) -> Vec<u64> {
    let publish = async |publisher| {
        let mut acknowledged = 0;
        for n in 1..=APPENDS {
            let items = vec![Item::now(format!("{n}-{}", "x".repeat(LARGE / 2)))];
            match log.append(Append { topic: topic_of(publisher), items, ..append(n, T0) }).await {
                Ok(appended) => acknowledged = appended.position.offset,
                Err(error) => {
                    assert!(matches!(error, AppendError::Disk(_)), "{error}");
                    break;
                }
            }
        }
        acknowledged
    };
    join_all((0..PUBLISHERS).map(publish)).await
}

/// Checks that all acknowledged publications of all publishers can be read, and that no offset is missing.
async fn assert_all_hold(log: &EmbeddedLog, acknowledged: &[u64], when: &str) {
    for (publisher, acknowledged) in (0..).zip(acknowledged) {
        let page = log.read(&topic_of(publisher), ReadFrom::After(0), 100, T0).await.unwrap();
        let found: Vec<u64> = page.iter().flat_map(|page| &page.items).map(|item| item.offset).collect();
        assert!(found.len() as u64 >= *acknowledged, "{when}: {acknowledged} acknowledged, {found:?} found");
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "{when}");
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_several_appends_are_committed_together() {
    let mut steps = 0;
    loop {
        let (disk, log) = failing_after(steps);
        let acknowledged = append_together_until_failure(&log).await;
        if acknowledged == [APPENDS; PUBLISHERS as usize] {
            break;
        }
        for seed in 0..4_u64 {
            let (log, _changes) = disk.after_power_cut_with(|number| reaches_disk(number, seed)).open_again();
            assert_all_hold(&log, &acknowledged, &format!("power cut at step {steps}, seed {seed}")).await;
        }
        assert_all_hold(&log, &acknowledged, &format!("step {steps}, while the disk fails")).await;

        disk.fail(None);
        assert_eq!(log.check_disk(T0 + 2_000).await, None, "step {steps}");
        assert_all_hold(&log, &acknowledged, &format!("step {steps}, once the disk works again")).await;
        steps += 1;
    }
    assert!(steps > 40, "there are only {steps} steps");
}
