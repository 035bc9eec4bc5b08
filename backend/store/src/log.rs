//! The topics' logs in one file.

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
mod state;
mod tables;
mod writer;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use backend_core::DiskTrouble;
use backend_core::lock::lock;
use backend_core::ports::{
    Append, AppendError, Appended, Change, Head, LogEnd, Page, ReadFrom, TopicLog, Unavailable, newest_ends,
};
use backend_core::trusted_time::{Reading, Times};
use shared::{Filter, Millis, Topic};
use tokio::sync::{mpsc, oneshot, watch};

use crate::StoreSettings;
pub use backend_core::Retention;
pub use open_error::OpenError;
pub use writer::Swept;

use files::Files;
use open::Directory;
use read::Query;
use state::State;
use writer::{Command, Writer};

/// Length of the queue of appends that wait for the writer. Callers wait for room beyond it.
const WAITING_COMMANDS: usize = 1_024;

/// Maximum number of topics that one sweep forgets.
const IDLE_AT_ONCE: usize = 100;

/// Length of the queue of commits that wait to be broadcast. The writer waits for room beyond it.
const WAITING_CHANGES: usize = 64;

/// The topics' logs in one directory of this machine.
///
/// One thread writes. It commits all appends that wait at the same time together, with one sync of the disk. Heads are read
/// from memory; history is read from the file without waiting for the writer.
///
/// Dropping it closes it like [`EmbeddedLog::close`], and blocks until that is done.
#[derive(Debug)]
pub struct EmbeddedLog {
    state: Arc<State>,
    commands: mpsc::Sender<Command>,
    closing: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedLog {
    /// Opens the store in `directory`, and creates both if they are missing. Blocks.
    ///
    /// Checks the whole file, and compacts it if most of it is unused. This takes some seconds for each gigabyte.
    ///
    /// The receiver yields the changes of every commit, in the order of commits. Its queue is bounded, so that publishers
    /// wait for the task that receives; that task must therefore not wait for an append of its own. If the receiver is
    /// dropped, changes are discarded.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names the path and the remedy. Existing data is never reset.
    pub fn open(
        directory: &Path,
        settings: impl Into<StoreSettings>,
    ) -> Result<(Self, mpsc::Receiver<Vec<Change>>), OpenError> {
        Self::start(settings.into(), Arc::new(Directory::open(directory)?))
    }

    /// Passes a reading of the clocks to the store and returns the times to use. After the first call, retention never uses
    /// a later time than the last one returned here, even if a call of another function is given one. Call this whenever
    /// the time is needed.
    pub fn time(&self, reading: Reading) -> Times {
        self.state.time(reading)
    }

    /// Checks whether the disk has room, and opens the file again if it failed. Returns the reason why nothing can be
    /// appended; `None` if appends are possible. Call this every second, so that a store recovers even if nobody publishes
    /// to it.
    pub async fn check_disk(&self, now: Millis) -> Option<DiskTrouble> {
        let (reply, checked) = oneshot::channel();
        if self.send(Command::Check(now, reply)).await.is_ok() {
            // An error means that the store is closing.
            let _ = checked.await;
        }
        self.state.trouble()
    }

    /// Returns the reason why nothing can be appended, as of the last append or check; `None` if appends are possible.
    pub fn trouble(&self) -> Option<DiskTrouble> {
        self.state.trouble()
    }

    /// Deletes a bounded number of publications that retention drops at `now`, or that exceed the size of the history. This
    /// includes topics to which nobody publishes; an append does the same for its own topic. Call this every minute, and
    /// again at once while [`Swept::more`] is true.
    ///
    /// # Errors
    ///
    /// [`Unavailable`], as for an append.
    pub async fn sweep(&self, now: Millis) -> Result<Swept, Unavailable> {
        let (reply, swept) = oneshot::channel();
        self.send(Command::Sweep(now, reply)).await?;
        let mut swept = swept.await.map_err(|_| self.gone())??;
        if !swept.more {
            swept.more = self.forget_idle(now).await?;
        }
        Ok(swept)
    }

    /// Forgets some of the topics that have no history and to which nobody has published for long. Returns true if there
    /// may be more of them.
    async fn forget_idle(&self, now: Millis) -> Result<bool, Unavailable> {
        let idle = self.state.idle(now, IDLE_AT_ONCE);
        let more = idle.len() == IDLE_AT_ONCE;
        for (topic, end) in idle {
            self.forget_at(topic, Some(end), now).await?;
        }
        Ok(more)
    }

    async fn forget_at(&self, topic: Topic, end: Option<u64>, now: Millis) -> Result<bool, Unavailable> {
        let (reply, forgotten) = oneshot::channel();
        self.send(Command::Forget(topic, end, now, reply)).await?;
        forgotten.await.map_err(|_| self.gone())?
    }

    /// Commits the appends that wait, ends the thread and closes the file. Later appends and reads of history are
    /// [`Unavailable`]; heads stay readable.
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
        let writer = spawn(writer).map_err(OpenError::Thread)?;
        Ok((Self { state, commands, closing, writer: Mutex::new(Some(writer)) }, feed))
    }

    async fn send(&self, command: Command) -> Result<(), Unavailable> {
        self.commands.send(command).await.map_err(|_| self.gone())
    }

    /// The error of a command that the writer did not answer: it closed, or the group of the command failed.
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

/// Opens the file. If that fails and the disk is full, opens it for reading only, because a repair of the file would write
/// to it.
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

/// Returns the maximum number of bytes of the history, which is a third of the maximum size of the file. The rest is needed
/// because pages are only half full if topics are published to in turn or if data is a little larger than a page, and
/// because a deleted page can be used again only by the commit after the next.
fn history_bytes(settings: StoreSettings, files: &dyn Files) -> u64 {
    let by_disk = || {
        let space = files.space().ok().flatten()?;
        Some(space.default_keep_bytes(files.used_bytes().unwrap_or_default()))
    };
    settings.keep_bytes.or_else(by_disk).map_or(u64::MAX, |bytes| bytes / 3)
}

/// Starts the writer on a thread with an executor of its own, since the writer waits for commands, for room in the queue of
/// changes, and for the end at the same time. Its commits block this thread and no other.
fn spawn(writer: Writer) -> io::Result<JoinHandle<()>> {
    let executor = tokio::runtime::Builder::new_current_thread().build()?;
    thread::Builder::new().name("store".into()).spawn(move || executor.block_on(writer.run()))
}

fn join(writer: Option<JoinHandle<()>>) {
    // The writer catches panics of redb; a panic of its own has been printed.
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
        // The time is only used to limit how often a failed file is opened again, and this attempt may be made at once.
        self.forget_at(topic.clone(), None, Millis::MIN).await
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

    /// Copies only the names and positions of topics, and no publications.
    async fn ends(&self, filter: &Filter, most: usize) -> Result<Vec<LogEnd>, Unavailable> {
        let index = self.state.index();
        let ends = index.page(filter, None, usize::MAX).map(|entry| LogEnd::from(&entry.head));
        Ok(newest_ends(ends.collect(), most))
    }

    /// Reads on a thread for blocking work: a long page takes a millisecond, and may need the disk.
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
}

#[cfg(test)]
mod tests;
