//! A disk in memory for tests. It can be made to fail, and can lose all writes that were not synced.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use backend_core::Space;
use backend_core::ports::Change;
use redb::{Builder, Database, StorageBackend};
use tokio::sync::mpsc;

use crate::log::EmbeddedLog;
use crate::log::OpenError;
use crate::log::files::{Files, Opened};
use crate::log::open::{read_topics, write_empty_tables};
use crate::log::overlay::{Overlay, ReadAt};
use crate::{Retention, StoreSettings};

/// A disk in memory. Clones share the contents, so that these are kept when the store that wrote them is closed.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<DiskState>);

#[derive(Debug, Default)]
struct DiskState {
    bytes: Mutex<Vec<u8>>,
    /// Contents of the disk at the last sync.
    synced: Mutex<Vec<u8>>,
    /// Writes since the last sync, each with its offset and its bytes.
    unsynced: Mutex<Vec<(usize, Vec<u8>)>>,
    fault: Mutex<Option<Fault>>,
    /// Number of operations that still succeed before all later ones fail; `None` if this is not simulated.
    until_failure: Mutex<Option<usize>>,
    free_bytes: Mutex<Option<u64>>,
    opened: AtomicUsize,
    /// Time that opening the disk takes.
    opening: Mutex<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    Write,
    Sync,
    Grow,
    /// Everything that changes the disk fails, also beside the file.
    Any,
}

impl Disk {
    /// Makes all later operations of this kind fail; with `None`, no operation fails.
    pub fn fail(&self, fault: Option<Fault>) {
        *self.0.fault.lock().unwrap() = fault;
        *self.0.until_failure.lock().unwrap() = None;
    }

    /// Makes the next `count` operations that change the disk succeed, and all later ones fail.
    pub fn fail_after(&self, count: usize) {
        *self.0.until_failure.lock().unwrap() = Some(count);
    }

    /// Sets the number of free bytes. The size of the disk is 100 GB.
    pub fn leave(&self, free_bytes: u64) {
        *self.0.free_bytes.lock().unwrap() = Some(free_bytes);
    }

    /// Sets the time that the store takes to open the disk, as the store measures it. It is zero at first.
    pub fn opening_takes(&self, time: Duration) {
        *self.0.opening.lock().unwrap() = time;
    }

    /// Returns how many times the disk was opened for writing.
    pub fn opened(&self) -> usize {
        self.0.opened.load(Ordering::Relaxed)
    }

    pub fn open(&self) -> (EmbeddedLog, mpsc::Receiver<Vec<Change>>) {
        write_empty_tables(&Builder::new().create_with_backend(self.clone()).unwrap()).unwrap();
        self.open_again()
    }

    pub fn open_again(&self) -> (EmbeddedLog, mpsc::Receiver<Vec<Change>>) {
        EmbeddedLog::start(StoreSettings::from(Retention::default()), Arc::new(self.clone())).unwrap()
    }

    /// Returns the disk as it is after a power cut that loses all writes since the last sync.
    pub fn after_power_cut(&self) -> Self {
        Self::with(self.0.synced.lock().unwrap().clone())
    }

    /// Returns the disk as it may be after a power cut. It contains everything that was synced, and those of the later
    /// writes for whose number `chosen` returns true.
    pub fn after_power_cut_with(&self, chosen: impl Fn(usize) -> bool) -> Self {
        let mut bytes = self.0.synced.lock().unwrap().clone();
        for (number, (offset, data)) in self.0.unsynced.lock().unwrap().iter().enumerate() {
            if chosen(number) {
                let end = offset + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(data);
            }
        }
        // The file grows before anything is written beyond its old end, so its length is kept.
        let len = self.0.bytes.lock().unwrap().len();
        bytes.resize(bytes.len().max(len), 0);
        Self::with(bytes)
    }

    fn with(bytes: Vec<u8>) -> Self {
        let synced = Mutex::new(bytes.clone());
        Self(Arc::new(DiskState { bytes: Mutex::new(bytes), synced, ..DiskState::default() }))
    }

    fn check(&self, fault: Fault) -> io::Result<()> {
        if let Some(left) = &mut *self.0.until_failure.lock().unwrap() {
            match left.checked_sub(1) {
                Some(fewer) => *left = fewer,
                None => return Err(io::ErrorKind::StorageFull.into()),
            }
        }
        match *self.0.fault.lock().unwrap() {
            Some(set) if set == fault || set == Fault::Any => Err(io::ErrorKind::StorageFull.into()),
            Some(_) | None => Ok(()),
        }
    }
}

impl Files for Disk {
    fn open(&self) -> Result<Opened, OpenError> {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        let db = Builder::new().create_with_backend(self.clone()).map_err(damaged)?;
        read_topics(db).map_err(damaged)
    }

    fn open_for_reading(&self) -> Result<Database, OpenError> {
        let len = StorageBackend::len(self).unwrap();
        Builder::new().create_with_backend(Overlay::over(self.clone(), len)).map_err(damaged)
    }

    fn probe(&self) -> io::Result<()> {
        match *self.0.fault.lock().unwrap() {
            Some(Fault::Any) => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
            Some(Fault::Write | Fault::Sync | Fault::Grow) | None => Ok(()),
        }
    }

    fn space(&self) -> io::Result<Option<Space>> {
        let space = |free_bytes| Space { free_bytes, total_bytes: 100_000_000_000 };
        Ok(self.0.free_bytes.lock().unwrap().map(space))
    }

    fn used_bytes(&self) -> io::Result<u64> {
        StorageBackend::len(self)
    }

    fn passed_since(&self, _: Instant) -> Duration {
        *self.0.opening.lock().unwrap()
    }
}

fn damaged(error: impl ToString) -> OpenError {
    OpenError::Damaged { path: "disk".into(), reason: error.to_string() }
}

impl ReadAt for Disk {
    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        StorageBackend::read(self, offset, out)
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = offset as usize;
        let bytes = self.0.bytes.lock().unwrap();
        let found = bytes.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
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
        self.0.unsynced.lock().unwrap().clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check(Fault::Write)?;
        let offset = offset as usize;
        self.0.bytes.lock().unwrap()[offset..offset + data.len()].copy_from_slice(data);
        self.0.unsynced.lock().unwrap().push((offset, data.to_vec()));
        Ok(())
    }
}
