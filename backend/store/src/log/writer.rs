//! The thread that owns every write transaction.
//!
//! Appends wait in a bounded channel during a commit, and the next commit takes all of them. So a single append is committed
//! at once, and many appends share one sync of the disk; `group.rs` has an example.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use backend_core::ports::{Append, Change, Unavailable};
use redb::Database;
use shared::Millis;
use tokio::sync::{mpsc, oneshot, watch};

use super::group::{Committed, Group, Outcome};
use super::index::Index;
use super::open::OpenError;
use super::state::State;
use super::tables::Tables;

/// Shortest time between two attempts to open the file again after a failure, in milliseconds.
const REOPEN_MS: Millis = 1_000;

/// Largest number of commands in a group, so that the first does not wait long behind many small ones.
const GROUP_COMMANDS: usize = 1_024;

/// Function that opens the file, checks it and reads its heads.
pub type Opener = Box<dyn Fn() -> Result<(Database, Index), OpenError> + Send>;

/// A command to the writer, with the channel for its answer.
pub enum Command {
    Append(Box<Append>, oneshot::Sender<Outcome>),
    Sweep(Millis, oneshot::Sender<Result<Swept, Unavailable>>),
}

/// Outcome of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Number of publications deleted.
    pub removed: u64,
    /// True if there is more to delete, and another sweep should follow soon.
    pub more: bool,
}

/// State of the writer's thread.
pub struct Writer {
    state: Arc<State>,
    opener: Opener,
    commands: mpsc::Receiver<Command>,
    changes: mpsc::Sender<Vec<Change>>,
    closing: watch::Receiver<bool>,
    /// A failed file is not opened again in the second before this time.
    reopen_at: Millis,
}

/// An answer that is sent once the group is committed.
enum Reply {
    Append(oneshot::Sender<Outcome>, Outcome),
    Sweep(oneshot::Sender<Result<Swept, Unavailable>>, Swept),
}

impl Writer {
    /// Creates the writer. `closing` becomes true when the store is to close.
    pub fn new(
        state: Arc<State>,
        opener: Opener,
        commands: mpsc::Receiver<Command>,
        changes: mpsc::Sender<Vec<Change>>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self { state, opener, commands, changes, closing, reopen_at: Millis::MIN }
    }

    /// Executes commands until the store closes and no command waits any more; then closes the file.
    pub async fn run(mut self) {
        while let Some(first) = self.next().await {
            let changes = self.commit_group(first);
            self.emit(changes).await;
        }
        self.state.close();
    }

    async fn next(&mut self) -> Option<Command> {
        tokio::select! {
            biased;
            command = self.commands.recv() => command,
            () = closed(&mut self.closing) => {
                self.commands.close();
                self.commands.recv().await
            }
        }
    }

    /// Passes changes on to be broadcast, in the order of commits. It waits for room in the queue, so that a slow broadcast
    /// slows publishers down instead of filling memory. A closing store does not wait: changes that are not passed on are in
    /// history, where clients look for publications that they miss.
    async fn emit(&mut self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        tokio::select! {
            biased;
            // An error means that the receiver was dropped: then changes are discarded.
            _ = self.changes.send(changes) => {}
            () = closed(&mut self.closing) => {}
        }
    }

    /// Commits `command` together with all commands that wait behind it. Answers with the changes.
    fn commit_group(&mut self, command: Command) -> Vec<Change> {
        if let Err(reason) = self.ensure_open(command.now()) {
            command.refuse(reason);
            return Vec::new();
        }
        let now = command.now();
        let mut replies = Vec::new();
        let filled = catch_unwind(AssertUnwindSafe(|| self.fill(command, &mut replies)));
        let filled = filled.unwrap_or_else(|_| {
            Err(redb::Error::Corrupted("internal error: a write panicked, and nothing was saved".into()))
        });
        match filled {
            Ok(committed) => {
                self.state.publish(committed.entries);
                replies.into_iter().for_each(Reply::send);
                committed.changes
            }
            Err(error) => {
                self.give_up(&error, now);
                replies.into_iter().for_each(|reply| reply.refuse(&error));
                Vec::new()
            }
        }
    }

    /// Opens the file again if it failed, since nothing is known of it until it has been opened and checked.
    fn ensure_open(&mut self, now: Millis) -> Result<(), Unavailable> {
        if self.state.is_open() {
            return Ok(());
        }
        // A clock that was set back does not keep the file closed.
        if (1..=REOPEN_MS).contains(&self.reopen_at.saturating_sub(now)) {
            return Err(self.state.unavailable());
        }
        self.reopen_at = now + REOPEN_MS;
        match (self.opener)() {
            Ok(opened) => {
                self.state.resume(opened);
                tracing::info!("the store is open again");
                Ok(())
            }
            Err(error) => {
                self.state.fail(&error.to_string());
                Err(self.state.unavailable())
            }
        }
    }

    fn fill(&mut self, command: Command, replies: &mut Vec<Reply>) -> Result<Committed, redb::Error> {
        let state = self.state.clone();
        let file = state.file();
        let transaction = file.database()?.begin_write()?;
        let index = state.index();
        let mut group = Group::new(Tables::open(&transaction)?, &index, state.retention());
        let mut next = Some(command);
        while let Some(command) = next {
            replies.push(command.apply(&mut group)?);
            let has_room = replies.len() < GROUP_COMMANDS && !group.is_full();
            next = if has_room { self.commands.try_recv().ok() } else { None };
        }
        if group.is_empty() {
            return Ok(Committed::default());
        }
        let committed = group.finish()?;
        transaction.commit()?;
        Ok(committed)
    }

    fn give_up(&mut self, error: &redb::Error, now: Millis) {
        tracing::error!(%error, "the store failed; it will be opened again");
        self.state.fail(&error.to_string());
        self.reopen_at = now;
    }
}

impl Command {
    fn now(&self) -> Millis {
        match self {
            Self::Append(append, _) => append.received_at,
            Self::Sweep(now, _) => *now,
        }
    }

    fn apply(self, group: &mut Group<'_>) -> Result<Reply, redb::Error> {
        Ok(match self {
            Self::Append(append, to) => Reply::Append(to, group.append(*append)?),
            Self::Sweep(now, to) => {
                let (removed, more) = group.sweep(now)?;
                Reply::Sweep(to, Swept { removed, more })
            }
        })
    }

    fn refuse(self, reason: Unavailable) {
        match self {
            Self::Append(_, to) => drop(to.send(Err(reason.into()))),
            Self::Sweep(_, to) => drop(to.send(Err(reason))),
        }
    }
}

impl Reply {
    // The caller may be gone; the command was executed all the same.
    fn send(self) {
        match self {
            Self::Append(to, outcome) => drop(to.send(outcome)),
            Self::Sweep(to, swept) => drop(to.send(Ok(swept))),
        }
    }

    fn refuse(self, error: &redb::Error) {
        match self {
            Self::Append(to, _) => drop(to.send(Err(Unavailable::new(error).into()))),
            Self::Sweep(to, _) => drop(to.send(Err(Unavailable::new(error)))),
        }
    }
}

/// Waits until the store is to close, or was dropped.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the store was dropped, which is closing too.
    let _ = closing.wait_for(|closing| *closing).await;
}
