//! The log on a disk that fails. The rest is tested from outside, in `tests/`.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use redb::{Builder, StorageBackend};
use shared::Epoch;
use shared::publication::Item;

use super::index::Index;
use super::open::write_empty_tables;
use super::*;

const T0: Millis = 1_700_000_000_000;

/// A disk in memory: what was written to it outlives the store that wrote it.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<DiskState>);

#[derive(Debug, Default)]
struct DiskState {
    bytes: Mutex<Vec<u8>>,
    /// Contents at the last sync.
    synced: Mutex<Vec<u8>>,
    fault: Mutex<Option<Fault>>,
    opened: AtomicUsize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Write,
    Sync,
    Grow,
}

impl Disk {
    fn fail(&self, fault: Option<Fault>) {
        *self.0.fault.lock().unwrap() = fault;
    }

    fn check(&self, fault: Fault) -> io::Result<()> {
        match *self.0.fault.lock().unwrap() {
            Some(set) if set == fault => Err(io::ErrorKind::StorageFull.into()),
            Some(_) | None => Ok(()),
        }
    }

    fn open(&self) -> (EmbeddedLog, mpsc::Receiver<Vec<Change>>) {
        write_empty_tables(&Builder::new().create_with_backend(self.clone()).unwrap()).unwrap();
        self.open_again()
    }

    fn open_again(&self) -> (EmbeddedLog, mpsc::Receiver<Vec<Change>>) {
        let disk = self.clone();
        EmbeddedLog::start(Retention::default(), Box::new(move || disk.load())).unwrap()
    }

    /// A disk with all that was synced and nothing else.
    fn after_power_cut(&self) -> Self {
        let bytes = self.0.synced.lock().unwrap().clone();
        Self(Arc::new(DiskState { bytes: Mutex::new(bytes), ..DiskState::default() }))
    }

    fn load(&self) -> Result<(redb::Database, Index), OpenError> {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        let damaged = |reason: String| OpenError::Damaged { path: "disk".into(), reason };
        let db =
            Builder::new().create_with_backend(self.clone()).map_err(|error| damaged(error.to_string()))?;
        let index = Index::load(&db).map_err(|error| damaged(error.to_string()))?;
        Ok((db, index))
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = offset as usize;
        out.copy_from_slice(&self.0.bytes.lock().unwrap()[offset..offset + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check(Fault::Grow)?;
        self.0.bytes.lock().unwrap().resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check(Fault::Sync)?;
        self.0.synced.lock().unwrap().clone_from(&self.0.bytes.lock().unwrap());
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check(Fault::Write)?;
        let offset = offset as usize;
        self.0.bytes.lock().unwrap()[offset..offset + data.len()].copy_from_slice(data);
        Ok(())
    }
}

fn append(n: u64, received_at: Millis) -> Append {
    let (topic, new_epoch) = (Topic::new("t").unwrap(), Epoch::from_random(1 << 63));
    Append { topic, items: vec![Item::now(n)], producer: None, meta: None, received_at, new_epoch }
}

async fn offsets(log: &EmbeddedLog) -> Vec<u64> {
    let page = log.read(&Topic::new("t").unwrap(), ReadFrom::After(0), 100, T0).await.unwrap().unwrap();
    page.items.iter().map(|item| item.offset).collect()
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
        assert!(matches!(log.append(append(2, T0)).await, Err(AppendError::Unavailable(_))), "{fault:?}");
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
        // The refused one may have reached the disk after all; the port allows that.
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
    let opened = disk.0.opened.load(Ordering::Relaxed);
    assert!((2..=4).contains(&opened), "opened {opened} times in 1.5 s");
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
    tokio::time::timeout(std::time::Duration::from_secs(60), log.close()).await.unwrap();
}
