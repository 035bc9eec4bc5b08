//! The topics' logs in one file.

mod group;
mod index;
mod open;
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

use backend_core::lock::lock;
use backend_core::ports::{
    Append, AppendError, Appended, Change, Head, Page, ReadFrom, TopicLog, Unavailable,
};
use shared::{Filter, Millis, Topic};
use tokio::sync::{mpsc, oneshot, watch};

pub use backend_core::Retention;
pub use open::OpenError;
pub use writer::Swept;

use open::Directory;
use read::Query;
use state::State;
use writer::{Command, Opener, Writer};

/// Length of the queue of appends that wait for the writer. Callers wait for room beyond it.
const WAITING_COMMANDS: usize = 1_024;

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
        retention: Retention,
    ) -> Result<(Self, mpsc::Receiver<Vec<Change>>), OpenError> {
        let directory = Directory::open(directory)?;
        Self::start(retention, Box::new(move || directory.load()))
    }

    /// Deletes a bounded number of publications that retention drops at `now`, also of topics to which nobody publishes;
    /// an append does the same for its own topic. Meant to be called every minute, and again at once while
    /// [`Swept::more`] is true.
    ///
    /// # Errors
    ///
    /// [`Unavailable`], as for an append.
    pub async fn sweep(&self, now: Millis) -> Result<Swept, Unavailable> {
        let (reply, swept) = oneshot::channel();
        self.send(Command::Sweep(now, reply)).await?;
        swept.await.map_err(|_| self.gone())?
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

    fn start(retention: Retention, opener: Opener) -> Result<(Self, mpsc::Receiver<Vec<Change>>), OpenError> {
        let state = Arc::new(State::new(retention, opener()?));
        let (commands, received) = mpsc::channel(WAITING_COMMANDS);
        let (changes, feed) = mpsc::channel(WAITING_CHANGES);
        let (closing, is_closing) = watch::channel(false);
        let writer = Writer::new(state.clone(), opener, received, changes, is_closing);
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

    async fn head(&self, topic: &Topic) -> Result<Option<Head>, Unavailable> {
        Ok(self.state.index().get(topic).map(|entry| entry.head.clone()))
    }

    async fn heads(&self, filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        let entries = self.state.index().matching(filter);
        Ok(entries.iter().map(|entry| entry.head.clone()).collect())
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
        let (state, query) = (self.state.clone(), Query { from, limit, now });
        let read = move || state.read(|db| read::page(db, &entry, &state.retention(), query));
        let page = tokio::task::spawn_blocking(read).await.map_err(Unavailable::new)?;
        page.map(Some)
    }
}

#[cfg(test)]
mod tests;
