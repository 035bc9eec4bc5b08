//! Topics and history in one file.

mod group;
mod index;
mod open;
mod producers;
mod read;
mod retention;
mod state;
mod tables;
mod writer;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

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

/// Appends that may wait for the writer before callers wait for room.
const WAITING_COMMANDS: usize = 1_024;

/// Commits that may wait to be broadcast before the writer waits for room.
const WAITING_CHANGES: usize = 64;

/// The topics' logs in one directory of this machine.
///
/// One thread writes; it commits everything that waits together, with one sync of the disk. Heads are read
/// from memory, history from the file without waiting for the writer.
///
/// Dropping it does what [`EmbeddedLog::close`] does, and blocks until it is done.
#[derive(Debug)]
pub struct EmbeddedLog {
    state: Arc<State>,
    commands: mpsc::Sender<Command>,
    closing: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedLog {
    /// Opens the store in `directory`, and makes both if they are missing. Checks the whole file, and gives
    /// the disk back what it no longer needs if that is most of it; so it takes some seconds for each
    /// gigabyte. Blocks.
    ///
    /// What appends change comes out of the receiver, a list for each commit, in the order of commits. It
    /// is bounded: publishers wait for whoever drains it, who therefore must not wait for an append of their
    /// own. Dropping it lets the changes go.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names the path and says what to do; nothing is ever reset.
    pub fn open(
        directory: &Path,
        retention: Retention,
    ) -> Result<(Self, mpsc::Receiver<Vec<Change>>), OpenError> {
        let directory = Directory::open(directory)?;
        Self::start(retention, Box::new(move || directory.load()))
    }

    /// Deletes a bounded number of publications that retention drops at `now`, of topics nobody publishes
    /// to as well; appends do the same for their own topic. Meant to be called every minute, and again at
    /// once while there is more.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] as for an append.
    pub async fn sweep(&self, now: Millis) -> Result<Swept, Unavailable> {
        let (reply, swept) = oneshot::channel();
        self.send(Command::Sweep(now, reply)).await?;
        swept.await.map_err(|_| self.gone())?
    }

    /// Commits what waits, ends the thread and closes the file. Appends that come later, and reads of
    /// history, are [`Unavailable`]; heads stay readable.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        self.commands.closed().await;
        let writer = self.take_writer();
        // An error means that the runtime is going down and nobody waits any more.
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

    /// The writer did not answer: it closed, or it gave up on the group the command was in.
    fn gone(&self) -> Unavailable {
        self.state.unavailable()
    }

    fn take_writer(&self) -> Option<JoinHandle<()>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        self.closing.send_replace(true);
        join(self.take_writer());
    }
}

/// The writer waits for commands, for the feed and for the end at once, so its thread runs a small executor
/// of its own; the commits block it, and nothing else.
fn spawn(writer: Writer) -> io::Result<JoinHandle<()>> {
    let executor = tokio::runtime::Builder::new_current_thread().build()?;
    thread::Builder::new().name("store".into()).spawn(move || executor.block_on(writer.run()))
}

fn join(writer: Option<JoinHandle<()>>) {
    // The writer catches panics of redb; one of its own has been printed.
    let _ = writer.map(JoinHandle::join);
}

impl TopicLog for EmbeddedLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (reply, outcome) = oneshot::channel();
        self.send(Command::Append(Box::new(append), reply)).await?;
        outcome.await.map_err(|_| self.gone())?
    }

    /// Does nothing: `append` wrote history in the same transaction.
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

    /// Off the runtime's threads: a long page takes a millisecond, and the disk may be asked.
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
