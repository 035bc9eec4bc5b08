//! Opens the directory of the store and the file in it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use backend_core::Space;
use backend_core::trusted_time::Remembered;
use redb::{Builder, Database, ReadableDatabase};

use super::files::{Files, Opened};
use super::index::Index;
use super::open_error::OpenError;
use super::overlay::Overlay;
use super::private;
use super::tables::{
    FORMAT, FORMAT_KEY, HEADS, HISTORY, META, OLD_PRODUCERS, PRODUCERS, ROLLUPS, remembered,
};

/// Name of the file in which all topics are kept.
pub const FILE: &str = "tickertape.redb";
const NEW_FILE: &str = "tickertape.redb.new";
const LOCK_FILE: &str = "tickertape.lock";
const PROBE_FILE: &str = "tickertape.probe";
/// Size of the file that shows whether the disk can be written, in bytes: one block of most file systems.
const PROBE_BYTES: usize = 4 * 1024;

/// Size of redb's cache in bytes. Its own default is a gigabyte.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// A locked directory. No other process can use it as a store as long as this value exists.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    /// Holds the lock on the directory. The operating system releases the lock when the process ends, even if it is
    /// killed.
    _lock: File,
}

impl Directory {
    /// Locks the directory. Creates the directory and its file if they are missing.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        private::create_directory(path).map_err(|source| io_error(path, source))?;
        let directory = Self { path: path.to_owned(), _lock: lock(path)? };
        private::close_to_others(path);
        let file = directory.path.join(FILE);
        match file.try_exists() {
            Ok(true) => Ok(directory),
            Ok(false) => create(path, |from, to| fs::rename(from, to)).map(|()| directory),
            Err(source) => Err(io_error(&file, source)),
        }
    }

    fn load<T>(&self, load: fn(&Path) -> Result<T, OpenError>) -> Result<T, OpenError> {
        let path = self.path.join(FILE);
        require_content(&path)?;
        // redb can panic if another program has changed the file. The opened database is dropped then.
        let loaded = catch_unwind(AssertUnwindSafe(|| load(&path)));
        loaded.unwrap_or_else(|_| Err(damaged(&path, "it is not consistent in itself")))
    }
}

impl Files for Directory {
    fn open(&self) -> Result<Opened, OpenError> {
        self.load(load)
    }

    fn open_for_reading(&self) -> Result<Database, OpenError> {
        self.load(load_for_reading)
    }

    fn probe(&self) -> io::Result<()> {
        probe(&self.path)
    }

    #[cfg(unix)]
    fn space(&self) -> io::Result<Option<Space>> {
        let found = rustix::fs::statvfs(&self.path)?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Some(Space { free_bytes: bytes(found.f_bavail), total_bytes: bytes(found.f_blocks) }))
    }

    #[cfg(not(unix))]
    fn space(&self) -> io::Result<Option<Space>> {
        Ok(None)
    }

    #[cfg(unix)]
    fn used_bytes(&self) -> io::Result<u64> {
        use std::os::unix::fs::MetadataExt;

        // This is a number of blocks of 512 bytes on every file system (stat(3type)).
        Ok(fs::metadata(self.path.join(FILE))?.blocks() * 512)
    }

    #[cfg(not(unix))]
    fn used_bytes(&self) -> io::Result<u64> {
        Ok(fs::metadata(self.path.join(FILE))?.len())
    }
}

fn load(path: &Path) -> Result<Opened, OpenError> {
    let mut db = builder().open(path).map_err(|error| redb_error(path, error.into()))?;
    check_format(&db, path)?;
    compact(&mut db, path).map_err(|error| redb_error(path, error))?;
    read_topics(db).map_err(|error| redb_error(path, error))
}

/// Writes a file to `directory`, and deletes it, also if it could not be written.
fn probe(directory: &Path) -> io::Result<()> {
    let path = directory.join(PROBE_FILE);
    let mut file = private::open_file(&path)?;
    let written = file.write_all(&[0; PROBE_BYTES]).and_then(|()| file.sync_data());
    drop(file);
    written.and(fs::remove_file(&path))
}

/// Opens the file for reading. The pages are not all checked: this takes long, and they were checked when the file was
/// opened before.
fn load_for_reading(path: &Path) -> Result<Database, OpenError> {
    let file = Overlay::open(path).map_err(|source| io_error(path, source))?;
    let db = Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(file);
    let db = db.map_err(|error| redb_error(path, error.into()))?;
    check_format(&db, path)?;
    Ok(db)
}

/// Reads the newest publication of each topic, and the times of the clocks that were stored last. A file that version
/// 0.1.0 wrote contains no such times, so the time of its newest publication is used.
pub fn read_topics(db: Database) -> Result<Opened, redb::Error> {
    let index = Index::load(&db)?;
    let remembered = remembered(&db.begin_read()?.open_table(META)?)?;
    let of_data = index.newest().map(|at| Remembered { uptime: None, now_ms: at, retention_ms: at });
    Ok(Opened { db, index, remembered: remembered.or(of_data) })
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join(LOCK_FILE);
    let file = private::open_file(&path).map_err(|source| io_error(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { directory: directory.to_owned() }),
        Err(TryLockError::Error(source)) => Err(io_error(&path, source)),
    }
}

/// Creates an empty store under a temporary name, and renames it when it is complete. So if a file with the real name
/// is too short, it is damaged and not just unfinished.
fn create(directory: &Path, rename: impl Fn(&Path, &Path) -> io::Result<()>) -> Result<(), OpenError> {
    let (new, path) = (directory.join(NEW_FILE), directory.join(FILE));
    match fs::remove_file(&new) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(io_error(&new, source)),
        Ok(()) | Err(_) => {}
    }
    private::open_file(&new).map_err(|source| io_error(&new, source))?;
    let db = builder().create(&new).map_err(|error| redb_error(&new, error.into()))?;
    write_empty_tables(&db).map_err(|error| redb_error(&new, error))?;
    drop(db);
    rename(&new, &path).and_then(|()| sync_directory(directory)).map_err(|source| io_error(&path, source))
}

/// Creates the tables of a store without topics in a new file.
pub fn write_empty_tables(db: &Database) -> Result<(), redb::Error> {
    let transaction = db.begin_write()?;
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.open_table(HEADS)?;
    transaction.open_table(HISTORY)?;
    transaction.open_table(ROLLUPS)?;
    transaction.open_table(PRODUCERS)?;
    transaction.open_table(OLD_PRODUCERS)?;
    transaction.commit()?;
    Ok(())
}

/// Syncs `directory`, so that a rename in it is durable.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Does nothing: Windows has no such call, and its file systems log renames themselves.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Refuses an empty file, which redb would fill with a new database.
fn require_content(path: &Path) -> Result<(), OpenError> {
    let found = fs::metadata(path).map_err(|source| io_error(path, source))?;
    if found.is_dir() {
        return Err(io_error(path, io::ErrorKind::IsADirectory.into()));
    }
    if found.len() == 0 {
        return Err(damaged(path, "it is empty"));
    }
    Ok(())
}

/// Size of the file in bytes above which it is compacted when it is opened, if more than half of it is unused.
const COMPACT_BYTES: u64 = 16 * 1024 * 1024;

fn compact(db: &mut Database, path: &Path) -> Result<(), redb::Error> {
    let length = fs::metadata(path)?.len();
    if length <= COMPACT_BYTES || used_bytes(db)? > length / 2 {
        return Ok(());
    }
    db.compact()?;
    Ok(())
}

fn used_bytes(db: &Database) -> Result<u64, redb::Error> {
    let transaction = db.begin_write()?;
    let used = transaction.stats()?;
    transaction.abort()?;
    Ok(used.allocated_pages() * used.page_size() as u64)
}

/// Returns the settings with which redb opens the file. With them, redb verifies the checksum of every page when it
/// opens the file.
fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    builder
}

fn check_format(db: &Database, path: &Path) -> Result<(), OpenError> {
    match read_format(db).map_err(|error| redb_error(path, error))? {
        Some(FORMAT) => Ok(()),
        Some(found) if found > FORMAT => {
            Err(OpenError::Newer { path: path.to_owned(), found, known: FORMAT })
        }
        Some(_) | None => Err(damaged(path, "its format number is missing")),
    }
}

fn read_format(db: &Database) -> Result<Option<u64>, redb::Error> {
    Ok(db.begin_read()?.open_table(META)?.get(FORMAT_KEY)?.map(|format| format.value()))
}

/// Converts an error of redb to an error that names the path.
fn redb_error(path: &Path, error: redb::Error) -> OpenError {
    match error {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => {
            OpenError::InUse { directory: path.parent().unwrap_or(path).to_owned() }
        }
        redb::Error::Io(source) if !is_bad_content(&source) => io_error(path, source),
        other => damaged(path, &other.to_string()),
    }
}

fn is_bad_content(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput
    )
}

fn damaged(path: &Path, reason: &str) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), reason: reason.into() }
}

fn io_error(path: &Path, source: io::Error) -> OpenError {
    OpenError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_whose_creation_fails_at_the_last_step_leaves_nothing_that_looks_like_one() {
        let directory = tempfile::tempdir().unwrap();
        let error = create(directory.path(), |_, _| Err(io::ErrorKind::StorageFull.into())).unwrap_err();
        assert!(matches!(&error, OpenError::Io { path, .. } if path.ends_with(FILE)), "{error}");
        assert!(!directory.path().join(FILE).exists());
        let opened = Directory::open(directory.path()).unwrap().open().unwrap();
        assert_eq!(opened.index.len(), 0);
    }

    #[test]
    fn a_probe_leaves_nothing_behind_and_fails_where_nothing_can_be_written() {
        let directory = tempfile::tempdir().unwrap();
        probe(directory.path()).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        assert!(probe(&directory.path().join("missing")).is_err());
    }
}
