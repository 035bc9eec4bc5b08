//! The store of the topics' logs, in one file.

mod attempts;
mod boards;
mod files;
mod forget;
mod group;
mod index;
mod open;
mod open_error;
mod overlay;
mod private;
mod producers;
mod read;
mod retention;
mod roller;
mod rollups;
mod state;
mod tables;
mod unrolled;
mod writer;

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use backend_core::DiskTrouble;
use backend_core::lock::lock;
use backend_core::ports::{
    Append, AppendError, Appended, BoardEntry, BoardError, Boards, Change, Expected, Head, LogEnd, Page,
    ReadFrom, StoredBoard, TopicLog, Unavailable, newest_ends,
};
use backend_core::rollup::{Block, Level};
use backend_core::trusted_time::{Reading, Times};
use redb::Database;
use shared::board::BoardName;
use shared::{Epoch, Filter, Millis, Publication, Topic};
use tokio::sync::{mpsc, oneshot, watch};

use crate::StoreSettings;
pub use backend_core::Retention;
pub use open_error::OpenError;
pub use writer::Swept;

use files::Files;
use index::Entry;
use open::Directory;
use read::Query;
use roller::Roller;
use state::State;
use writer::{Command, Writer};

/// Maximum number of commands, such as appends, that wait for the writer thread. Further callers wait until there is
/// room.
const WAITING_COMMANDS: usize = 1_024;

/// Maximum number of topics that one call of [`EmbeddedLog::sweep`] deletes because nobody has published to them for
/// long.
const IDLE_AT_ONCE: usize = 100;

/// Maximum number of commits whose changes wait to be broadcast. The writer thread waits until there is room for more.
const WAITING_CHANGES: usize = 64;

/// Stores the topics' logs in one directory of this machine.
///
/// One thread writes. It commits all appends that wait at the same time together, with one sync of the disk. The head
/// (newest publication) of each topic is read from memory. History is read from the file, without waiting for this
/// thread.
///
/// Dropping the value closes the file like [`EmbeddedLog::close`], and blocks until it is closed.
#[derive(Debug)]
pub struct EmbeddedLog {
    state: Arc<State>,
    commands: mpsc::Sender<Command>,
    closing: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedLog {
    /// Opens the store in `directory`, and creates the directory and its file if they are missing. This call blocks the
    /// thread.
    ///
    /// Checks the whole file, and compacts it if most of it is unused. This takes some seconds for each gigabyte.
    ///
    /// The returned receiver yields the changes of every commit, in the order of the commits. Its queue is bounded, so
    /// appends wait if the task that receives is slow. Therefore this task must not wait for an append of its own. If
    /// the receiver is dropped, changes are discarded.
    ///
    /// # Errors
    ///
    /// [`OpenError`] with the path and the remedy. Existing data is never replaced by an empty store.
    pub fn open(
        directory: &Path,
        settings: impl Into<StoreSettings>,
    ) -> Result<(Self, mpsc::Receiver<Vec<Change>>), OpenError> {
        Self::start(settings.into(), Arc::new(Directory::open(directory)?))
    }

    /// Passes a reading of the clocks to the store, and returns the times to use, in which jumps of the wall clock are
    /// corrected. After the first call, the age of publications is never computed with a later time than the one that
    /// was returned last, even if another function is called with a later `now`. Call this whenever the time is needed.
    pub fn time(&self, reading: Reading) -> Times {
        self.state.time(reading)
    }

    /// Checks whether the disk has room for publications, and opens the file again if a write to it has failed. Returns
    /// the reason why nothing can be appended, or `None` if appends are possible. Call this every second, so that a
    /// store recovers even if nobody publishes to it.
    pub async fn check_disk(&self, now: Millis) -> Option<DiskTrouble> {
        let (reply, checked) = oneshot::channel();
        if self.send(Command::Check(now, reply)).await.is_ok() {
            // An error means that the store is closing.
            let _ = checked.await;
        }
        self.state.trouble()
    }

    /// Returns the reason why nothing can be appended, as it was found by the last append or check. Returns `None` if
    /// appends are possible.
    pub fn trouble(&self) -> Option<DiskTrouble> {
        self.state.trouble()
    }

    /// Deletes publications that are too old or too many at `now`, or that exceed the maximum size of the whole
    /// history. This also covers topics to which nobody publishes, whereas an append deletes only publications of its
    /// own topic. The number of deletions of one call is bounded. Call this every minute, and again at once while
    /// [`Swept::more`] is true.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store is closed or cannot write.
    pub async fn sweep(&self, now: Millis) -> Result<Swept, Unavailable> {
        let (reply, swept) = oneshot::channel();
        self.send(Command::Sweep(now, reply)).await?;
        let mut swept = swept.await.map_err(|_| self.gone())??;
        if !swept.more {
            swept.more = self.forget_idle(now).await?;
        }
        Ok(swept)
    }

    /// Deletes some of the topics whose history is empty and to which nobody has published for long. Returns true if
    /// there may be more of them.
    async fn forget_idle(&self, now: Millis) -> Result<bool, Unavailable> {
        let idle = self.state.idle(now, IDLE_AT_ONCE);
        let more = idle.len() == IDLE_AT_ONCE;
        for (topic, end) in idle {
            self.forget_at(topic, Some(end), Some(now)).await?;
        }
        Ok(more)
    }

    async fn forget_at(
        &self,
        topic: Topic,
        end: Option<u64>,
        now: Option<Millis>,
    ) -> Result<bool, Unavailable> {
        let (reply, forgotten) = oneshot::channel();
        self.send(Command::Forget(topic, end, now, reply)).await?;
        forgotten.await.map_err(|_| self.gone())?
    }

    /// Commits the appends that wait, ends the writer thread, and closes the file. Later appends and reads of history
    /// fail with [`Unavailable`]. Heads can still be read.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        self.commands.closed().await;
        let writer = self.take_writer();
        // An error means that the runtime is shutting down and no caller waits any more.
        let _ = tokio::task::spawn_blocking(move || join(writer)).await;
    }

    fn start(
        settings: StoreSettings,
        files: Arc<dyn Files>,
    ) -> Result<(Self, mpsc::Receiver<Vec<Change>>), OpenError> {
        let state = Arc::new(open_state(settings, &*files)?);
        let history_bytes = history_bytes(settings, &*files);
        let (commands, received) = mpsc::channel(WAITING_COMMANDS);
        let (changes, feed) = mpsc::channel(WAITING_CHANGES);
        let (closing, is_closing) = watch::channel(false);
        let writer = Writer::new(state.clone(), files, history_bytes, received, changes, is_closing);
        let roller = spawn_roller(&state, &commands).map_err(OpenError::Thread)?;
        let writer = spawn(writer, roller).map_err(OpenError::Thread)?;
        state.find_unrolled();
        Ok((Self { state, commands, closing, writer: Mutex::new(Some(writer)) }, feed))
    }

    async fn send(&self, command: Command) -> Result<(), Unavailable> {
        self.commands.send(command).await.map_err(|_| self.gone())
    }

    /// Returns the error for a command that the writer thread did not answer, because the store is closed or a write
    /// failed.
    fn gone(&self) -> Unavailable {
        self.state.unavailable()
    }

    fn take_writer(&self) -> Option<JoinHandle<()>> {
        lock(&self.writer).take()
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        self.closing.send_replace(true);
        join(self.take_writer());
    }
}

/// Opens the file for writing. If that fails and the disk is full, opens the file for reading only. A full disk leaves
/// no room for a repair of the file, which would write to it.
fn open_state(settings: StoreSettings, files: &dyn Files) -> Result<State, OpenError> {
    let error = match files.open() {
        Ok(opened) => return Ok(State::new(settings.retention, opened)),
        Err(error) => error,
    };
    let Some(trouble) = files.space().ok().flatten().and_then(|space| space.trouble(false)) else {
        return Err(error);
    };
    tracing::warn!(%error, "the disk is full, so the store is opened for reading");
    let opened = open::read_topics(files.open_for_reading()?).map_err(|_| error)?;
    Ok(State::new_for_reading(settings.retention, opened, trouble))
}

/// Returns the size limit of the history in bytes: a third of the maximum size of the file. The rest of the file is
/// overhead. Pages may be only half full, either because publications to different topics alternate or because a value
/// slightly larger than one page occupies two. A freed page can be reused only two commits later.
fn history_bytes(settings: StoreSettings, files: &dyn Files) -> u64 {
    let by_disk = || {
        let space = files.space().ok().flatten()?;
        Some(space.default_keep_bytes(files.used_bytes().unwrap_or_default()))
    };
    settings.keep_bytes.or_else(by_disk).map_or(u64::MAX, |bytes| bytes / 3)
}

/// Starts the writer thread. It has an async executor of its own, since it waits for commands, for room in the queue of
/// changes, and for the end of the store at the same time. Its commits block no other thread.
///
/// The thread ends after `roller`, the thread that computes rollups. That one ends when the writer has closed the store.
fn spawn(writer: Writer, roller: JoinHandle<()>) -> io::Result<JoinHandle<()>> {
    let executor = tokio::runtime::Builder::new_current_thread().build()?;
    thread::Builder::new().name("store".into()).spawn(move || {
        executor.block_on(writer.run());
        join(Some(roller));
    })
}

fn spawn_roller(state: &Arc<State>, commands: &mpsc::Sender<Command>) -> io::Result<JoinHandle<()>> {
    let roller = Roller::new(state.clone(), commands.clone());
    thread::Builder::new().name("rollups".into()).spawn(move || roller.run())
}

fn join(writer: Option<JoinHandle<()>>) {
    // The writer thread catches panics of redb. If it has panicked itself, the panic was already printed.
    let _ = writer.map(JoinHandle::join);
}

impl TopicLog for EmbeddedLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (reply, outcome) = oneshot::channel();
        self.send(Command::Append(Box::new(append), reply)).await?;
        outcome.await.map_err(|_| self.gone())?
    }

    /// Does nothing, since `append` writes history in the same transaction.
    async fn record(&self, _: &Change) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn forget(&self, topic: &Topic) -> Result<bool, Unavailable> {
        self.forget_at(topic.clone(), None, None).await
    }

    async fn head(&self, topic: &Topic) -> Result<Option<Head>, Unavailable> {
        Ok(self.state.index().get(topic).map(|entry| entry.head.clone()))
    }

    async fn heads(&self, filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        let entries = self.state.index().matching(filter);
        Ok(entries.iter().map(|entry| entry.head.clone()).collect())
    }

    async fn page_of_heads(
        &self,
        filter: &Filter,
        after: Option<&Topic>,
        limit: usize,
    ) -> Result<Vec<Head>, Unavailable> {
        let index = self.state.index();
        Ok(index.page(filter, after, limit).map(|entry| entry.head.clone()).collect())
    }

    /// Copies only the names and positions of topics, but not their newest publications.
    async fn ends(&self, filter: &Filter, most: usize) -> Result<Vec<LogEnd>, Unavailable> {
        let index = self.state.index();
        let ends = index.page(filter, None, usize::MAX).map(|entry| LogEnd::from(&entry.head));
        Ok(newest_ends(ends.collect(), most))
    }

    /// Reads on a thread for blocking work, because reading a long page takes a millisecond and may have to wait for
    /// the disk.
    async fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Page>, Unavailable> {
        let Some(entry) = self.state.index().get(topic).cloned() else { return Ok(None) };
        let (state, kept_at) = (self.state.clone(), self.state.retention_now(now));
        let query = Query { from, limit, now: kept_at };
        let read = move || state.read(|db| read::page(db, &entry, &state.retention(), query));
        let page = tokio::task::spawn_blocking(read).await.map_err(Unavailable::new)?;
        page.map(Some)
    }

    async fn blocks(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        level: Level,
        indices: Range<u64>,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<(u64, Block)>, Unavailable> {
        let read = move |db: &Database, entry: &Entry, cutoff| {
            rollups::read(db, entry.number, (level, indices), limit, cutoff)
        };
        self.read_log(topic, epoch, now, read).await
    }

    async fn stored(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        after: u64,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<Publication>, Unavailable> {
        let read = move |db: &Database, entry: &Entry, cutoff| read::stored(db, entry, after, limit, cutoff);
        self.read_log(topic, epoch, now, read).await
    }
}

impl EmbeddedLog {
    /// Reads the log `epoch` of a topic on a thread for blocking work. `read` gets the time of receipt from which publications are
    /// kept. Returns nothing if there is no such log.
    async fn read_log<T: Send + 'static>(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        now: Millis,
        read: impl FnOnce(&Database, &Entry, Millis) -> Result<Vec<T>, redb::Error> + Send + 'static,
    ) -> Result<Vec<T>, Unavailable> {
        let entry = self.state.index().get(topic).filter(|entry| entry.head.epoch == *epoch).cloned();
        let Some(entry) = entry else { return Ok(Vec::new()) };
        let (state, kept_at) = (self.state.clone(), self.state.retention_now(now));
        let cutoff = state.retention().cutoff(kept_at);
        let read = move || state.read(|db| read(db, &entry, cutoff));
        tokio::task::spawn_blocking(read).await.map_err(Unavailable::new)?
    }
}

impl Boards for EmbeddedLog {
    async fn list(&self) -> Result<Vec<BoardEntry>, Unavailable> {
        let state = self.state.clone();
        let read = move || state.read(boards::list);
        tokio::task::spawn_blocking(read).await.map_err(Unavailable::new)?
    }

    async fn board(&self, name: &BoardName) -> Result<Option<StoredBoard>, Unavailable> {
        let (state, name) = (self.state.clone(), name.clone());
        let read = move || state.read(|db| boards::read(db, &name));
        tokio::task::spawn_blocking(read).await.map_err(Unavailable::new)?
    }

    async fn save(&self, board: StoredBoard, expected: Expected) -> Result<(), BoardError> {
        self.write_board(boards::Write::Save(board, expected)).await.map(|_| ())
    }

    async fn delete(&self, name: &BoardName, expected: Expected) -> Result<bool, BoardError> {
        self.write_board(boards::Write::Delete(name.clone(), expected)).await
    }
}

impl EmbeddedLog {
    async fn write_board(&self, write: boards::Write) -> boards::Written {
        let (reply, written) = oneshot::channel();
        self.send(Command::Board(Box::new(write), reply)).await?;
        written.await.map_err(|_| self.gone())?
    }
}

#[cfg(test)]
mod tests;
