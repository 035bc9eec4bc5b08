//! Tests the log on a disk that fails. All other tests of the log are in the folder `tests/`.

mod disk;
mod every_step;

use std::time::Duration;

use shared::Epoch;
use shared::publication::Item;

use super::*;
use disk::{Disk, Fault};

const T0: Millis = 1_700_000_000_000;

fn append(n: u64, received_at: Millis) -> Append {
    let (topic, new_epoch) = (Topic::new("t").unwrap(), Epoch::from_random(1 << 63));
    Append {
        topic,
        items: vec![Item::now(n)],
        producer: None,
        meta: None,
        received_at,
        new_epoch,
        principal: "me".into(),
        principal_topics: 10_000,
    }
}

async fn offsets(log: &EmbeddedLog) -> Vec<u64> {
    let page = log.read(&Topic::new("t").unwrap(), ReadFrom::After(0), 100, T0).await.unwrap().unwrap();
    page.items.iter().map(|item| item.offset).collect()
}

/// Stores a rollup without blocks, as the thread that computes them does, for a topic whose newest publication was received at
/// `received_at`.
async fn store_rollup(log: &EmbeddedLog, received_at: Millis) -> Result<(), Unavailable> {
    let topic = Topic::new("t").unwrap();
    let epoch = log.head(&topic).await.unwrap().unwrap().epoch;
    let computed = rollups::Computed { topic, epoch, blocks: Vec::new(), until: 0, received_at };
    let (reply, stored) = oneshot::channel();
    log.commands.send(Command::Roll(Box::new(computed), reply)).await.unwrap();
    stored.await.unwrap()
}

async fn head_offset(log: &EmbeddedLog) -> u64 {
    log.head(&Topic::new("t").unwrap()).await.unwrap().unwrap().last.offset
}

#[tokio::test]
async fn acknowledged_publications_survive_a_power_cut() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    for n in 1..=20 {
        log.append(append(n, T0)).await.unwrap();
        let (log, _changes) = disk.after_power_cut().open_again();
        assert_eq!((head_offset(&log).await, offsets(&log).await.len() as u64), (n, n));
    }
}

#[tokio::test]
async fn a_failing_disk_is_told_and_nothing_is_half_visible() {
    for fault in [Fault::Write, Fault::Sync] {
        let disk = Disk::default();
        let (log, mut changes) = disk.open();
        log.append(append(1, T0)).await.unwrap();
        changes.recv().await.unwrap();

        disk.fail(Some(fault));
        let refused = log.append(append(2, T0)).await;
        assert!(matches!(refused, Err(AppendError::Disk(DiskTrouble::Failed { .. }))), "{fault:?}");
        assert_eq!(head_offset(&log).await, 1, "{fault:?}");
        assert!(changes.try_recv().is_err(), "{fault:?}");
    }
}

#[tokio::test]
async fn the_store_goes_on_by_itself_once_the_disk_does() {
    for fault in [Fault::Write, Fault::Sync] {
        let disk = Disk::default();
        let (log, _changes) = disk.open();
        log.append(append(1, T0)).await.unwrap();
        disk.fail(Some(fault));
        assert!(log.append(append(2, T0)).await.is_err(), "{fault:?}");
        assert!(log.append(append(2, T0)).await.is_err(), "{fault:?}");

        disk.fail(None);
        let appended = log.append(append(2, T0 + 1_000)).await.unwrap();
        // The refused append may have reached the disk nevertheless, which the trait allows.
        let head = appended.position.offset;
        assert!((2..=3).contains(&head), "{fault:?}: {head}");
        assert_eq!(offsets(&log).await, (1..=head).collect::<Vec<_>>(), "{fault:?}");
        assert_eq!(head_offset(&log).await, head);
    }
}

#[tokio::test]
async fn a_failed_file_is_opened_again_at_most_once_a_second() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    disk.fail(Some(Fault::Write));
    for n in 0..50 {
        assert!(log.append(append(n, T0 + 30 * n as Millis)).await.is_err());
    }
    let opened = disk.opened();
    assert!((2..=4).contains(&opened), "opened {opened} times in 1.5 s");
}

#[tokio::test]
async fn a_file_that_takes_long_to_open_is_closed_to_readers_for_a_tenth_of_the_time_whatever_is_sent() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    log.append(append(1, T0)).await.unwrap();
    disk.opening_takes(Duration::from_millis(600));
    disk.fail(Some(Fault::Write));
    let failed_at = T0 + 3_600_000;
    assert!(log.append(append(2, failed_at)).await.is_err());
    let before = disk.opened();
    for second in 0..60 {
        let now = failed_at + 1_000 * second;
        assert!(log.check_disk(now).await.is_some());
        // The rollup of a topic is tried again all the time. Its newest publication is old.
        assert!(store_rollup(&log, T0).await.is_err());
        assert!(log.append(append(2, now)).await.is_err());
        assert!(log.append(append(2, now - 1)).await.is_err(), "it was overtaken");
        assert_eq!(offsets(&log).await, [1]);
    }
    assert_eq!(disk.opened() - before, 10);
}

#[tokio::test]
async fn a_file_on_a_disk_that_still_fails_is_not_closed_to_readers_in_vain() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    log.append(append(1, T0)).await.unwrap();
    disk.fail(Some(Fault::Any));
    assert!(log.append(append(2, T0)).await.is_err());
    for second in 2..20 {
        let trouble = log.check_disk(T0 + 1_000 * second).await;
        assert!(matches!(trouble, Some(DiskTrouble::Failed { .. })), "{trouble:?}");
        assert_eq!(offsets(&log).await, [1]);
    }
    assert_eq!(disk.opened(), 1, "the file that is read was never closed");
    disk.fail(None);
    assert_eq!(log.check_disk(T0 + 20_000).await, None);
    log.append(append(3, T0 + 20_000)).await.unwrap();
}

#[tokio::test]
async fn deletions_and_boards_open_a_failed_file_no_more_often_than_appends() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    log.append(append(1, T0)).await.unwrap();
    disk.fail(Some(Fault::Write));
    for _ in 0..2 {
        assert!(log.append(append(2, T0)).await.is_err());
    }
    let (topic, board) = (Topic::new("t").unwrap(), BoardName::new("b").unwrap());
    let opened = disk.opened();
    for _ in 0..10 {
        assert!(log.forget(&topic).await.is_err());
        assert!(log.delete(&board, Expected::Any).await.is_err());
    }
    assert_eq!(disk.opened(), opened);
    disk.fail(None);
    assert_eq!(log.check_disk(T0 + 1_000).await, None);
    assert!(log.forget(&topic).await.unwrap());
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_keep_the_file_shut() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    disk.fail(Some(Fault::Write));
    for _ in 0..2 {
        assert!(log.append(append(1, T0)).await.is_err());
    }
    disk.fail(None);
    assert!(log.append(append(1, T0)).await.is_err(), "within the second");
    log.append(append(1, T0 - 3_600_000)).await.unwrap();
}

#[tokio::test]
async fn a_disk_that_is_full_takes_what_fits_and_refuses_the_rest() {
    let disk = Disk::default();
    let (log, changes) = disk.open();
    drop(changes);
    disk.fail(Some(Fault::Grow));
    let large = |n| Append { items: vec![Item::now("x".repeat(20_000)); 50], ..append(n, T0) };
    let mut acknowledged = 0;
    while let Ok(appended) = log.append(large(0)).await {
        acknowledged = appended.position.offset;
        assert!(acknowledged < 10_000, "the disk never fills");
    }
    disk.fail(None);
    let next = log.append(append(0, T0 + 1_000)).await.unwrap().position.offset;
    assert!(next > acknowledged);
    let page =
        log.read(&Topic::new("t").unwrap(), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap();
    assert!(page.items.iter().map(|item| item.offset).eq(1..=next));
}

#[tokio::test]
async fn a_store_that_failed_can_be_closed() {
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    disk.fail(Some(Fault::Sync));
    assert!(log.append(append(1, T0)).await.is_err());
    tokio::time::timeout(Duration::from_secs(60), log.close()).await.unwrap();
}

#[tokio::test]
async fn a_store_that_cannot_write_is_still_read_and_says_why_and_recovers_by_itself() {
    for fault in [Fault::Write, Fault::Sync] {
        let disk = Disk::default();
        let (log, _changes) = disk.open();
        log.append(append(1, T0)).await.unwrap();
        disk.fail(Some(fault));
        assert!(log.append(append(2, T0)).await.is_err(), "{fault:?}");
        assert_eq!(offsets(&log).await[0], 1, "{fault:?}: it can be read at once");
        let trouble = log.check_disk(T0 + 2_000).await;
        assert!(matches!(trouble, Some(DiskTrouble::Failed { .. })), "{fault:?}: {trouble:?}");
        assert_eq!(offsets(&log).await[0], 1, "{fault:?}: it is still read");

        disk.fail(None);
        assert_eq!(log.check_disk(T0 + 4_000).await, None, "{fault:?}: nobody has to publish for that");
        log.append(append(3, T0 + 4_000)).await.unwrap();
    }
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_takes_no_publications_before_a_write_fails() {
    const MIB: u64 = 1024 * 1024;
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    let produced = |seq| Append {
        producer: Some(shared::client::Producer { id: "p".into(), seq, done: false }),
        ..append(1, T0)
    };
    log.append(produced(1)).await.unwrap();
    disk.leave(63 * MIB);
    let refused = log.append(produced(2)).await;
    let full = DiskTrouble::Full { free_bytes: 63 * MIB, reserve_bytes: 64 * MIB };
    assert_eq!(refused, Err(AppendError::Disk(full.clone())));
    assert_eq!(log.check_disk(T0).await, Some(full));
    assert!(log.append(produced(1)).await.unwrap().repeated, "a repeat needs no room");
    assert_eq!(offsets(&log).await, [1]);
    assert_eq!(
        log.sweep(T0 + Retention::default().max_age_ms + 1).await.unwrap().removed,
        1,
        "deleting goes on"
    );
    assert_eq!(disk.opened(), 1, "nothing failed");

    disk.leave(70 * MIB);
    assert!(log.append(produced(2)).await.is_err(), "there has to be some more room first");
    disk.leave(100 * MIB);
    log.append(produced(2)).await.unwrap();
    assert_eq!(log.trouble(), None);
}

#[tokio::test]
async fn a_rollup_that_finds_no_room_is_refused_so_that_it_is_tried_again() {
    const MIB: u64 = 1024 * 1024;
    let disk = Disk::default();
    let (log, _changes) = disk.open();
    log.append(append(1, T0)).await.unwrap();
    disk.leave(MIB);
    assert!(log.check_disk(T0).await.is_some());
    assert!(store_rollup(&log, T0).await.is_err());
    disk.leave(100 * MIB);
    assert_eq!(log.check_disk(T0).await, None);
    assert_eq!(store_rollup(&log, T0).await, Ok(()));
}
