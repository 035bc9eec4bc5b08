//! The thread that owns every write transaction.
//!
//! Appends wait in a bounded channel during a commit, and the next commit takes all of them. So a single append is committed
//! at once, and many appends share one sync of the disk; `group.rs` has an example.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use backend_core::DiskTrouble;
use backend_core::ports::{Append, AppendError, Change, Unavailable};
use shared::{Millis, Topic};
use tokio::sync::{mpsc, oneshot, watch};

use super::files::Files;
use super::forget::forget;
use super::group::{Bounds, Committed, Group, Outcome};
use super::state::State;
use super::tables::{Tables, remember};

/// Shortest time between two attempts to open the file again after a failure, in milliseconds.
const REOPEN_MS: Millis = 1_000;

/// Minimum time between two commits that store the times of the clocks, in milliseconds.
const REMEMBER_MS: Millis = 60_000;

/// Largest number of commands in a group, so that the first does not wait long behind many small ones.
const GROUP_COMMANDS: usize = 1_024;

/// A command to the writer, with the channel for its answer.
pub enum Command {
    Append(Box<Append>, oneshot::Sender<Outcome>),
    Sweep(Millis, oneshot::Sender<Result<Swept, Unavailable>>),
    /// Deletes a topic. If there is an offset, only if the topic's log still ends there.
    Forget(Topic, Option<u64>, Millis, oneshot::Sender<Result<bool, Unavailable>>),
    /// Checks whether the disk has room, and opens the file again if it failed.
    Check(Millis, oneshot::Sender<()>),
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
    files: Arc<dyn Files>,
    history_bytes: u64,
    commands: mpsc::Receiver<Command>,
    /// A command that was received while a group was filled, but cannot join the group. It is executed next.
    pending: Option<Command>,
    changes: mpsc::Sender<Vec<Change>>,
    closing: watch::Receiver<bool>,
    /// A failed file is not opened again in the second before this time.
    reopen_at: Millis,
    /// Uptime of the machine, in milliseconds, when the times of the clocks were last stored.
    remembered_at: Millis,
}

/// The part of a command that is executed in a group.
enum Work {
    Append(Box<Append>),
    Sweep,
}

/// The channel on which the caller of a command in a group is answered, and the outcome of the command once there is one.
/// It is kept separate from the work, so that callers are answered only after the writer has stored the reason why the
/// group failed.
enum Reply {
    Append(oneshot::Sender<Outcome>, Option<Outcome>),
    Sweep(oneshot::Sender<Result<Swept, Unavailable>>, Option<Swept>),
}

impl Writer {
    /// Creates the writer. The history of all topics has at most `history_bytes` bytes. `closing` becomes true when the
    /// store has to close.
    pub fn new(
        state: Arc<State>,
        files: Arc<dyn Files>,
        history_bytes: u64,
        commands: mpsc::Receiver<Command>,
        changes: mpsc::Sender<Vec<Change>>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self {
            state,
            files,
            history_bytes,
            commands,
            pending: None,
            changes,
            closing,
            reopen_at: Millis::MIN,
            remembered_at: Millis::MIN,
        }
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
        if let Some(command) = self.pending.take() {
            return Some(command);
        }
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

    /// Commits `command` together with all commands that wait behind it. Returns the changes.
    fn commit_group(&mut self, command: Command) -> Vec<Change> {
        self.look_at_disk();
        if let Err(reason) = self.ensure_open(command.now()) {
            command.refuse(self.state.trouble(), reason);
            return Vec::new();
        }
        match command {
            Command::Forget(topic, end, now, to) => self.forget(&topic, end, now, to),
            Command::Check(_, to) => {
                // An error means that the caller no longer waits.
                let _ = to.send(());
                Vec::new()
            }
            command @ (Command::Append(..) | Command::Sweep(..)) => self.commit(command),
        }
    }

    fn commit(&mut self, command: Command) -> Vec<Change> {
        let now = command.now();
        let mut replies = Vec::new();
        let filled = catch_unwind(AssertUnwindSafe(|| self.fill(command, &mut replies)));
        match filled.unwrap_or_else(|_| Err(panicked())) {
            Ok(committed) => {
                self.state.publish(committed.entries);
                replies.into_iter().for_each(Reply::send);
                committed.changes
            }
            Err(error) => {
                self.give_up(&error, now);
                let trouble = self.state.trouble();
                replies.into_iter().for_each(|reply| reply.refuse(trouble.as_ref(), &error));
                Vec::new()
            }
        }
    }

    /// Deletes a topic, and returns the change that ends its log. If `end` is given, the topic is deleted only if its log
    /// ends there.
    fn forget(
        &mut self,
        topic: &Topic,
        end: Option<u64>,
        now: Millis,
        to: oneshot::Sender<Result<bool, Unavailable>>,
    ) -> Vec<Change> {
        let entry = self.state.index().get(topic).cloned();
        let Some(entry) = entry.filter(|entry| end.is_none_or(|end| end == entry.head.last.offset)) else {
            drop(to.send(Ok(false)));
            return Vec::new();
        };
        let state = self.state.clone();
        let file = state.file();
        let deleted = catch_unwind(AssertUnwindSafe(|| forget(file.database()?, &entry)));
        drop(file);
        match deleted.unwrap_or_else(|_| Err(panicked())) {
            Ok(()) => {
                state.forget(topic);
                drop(to.send(Ok(true)));
                let epoch = entry.head.epoch.clone();
                vec![Change { topic: topic.clone(), epoch, items: Vec::new(), meta: None, ended: true }]
            }
            Err(error) => {
                self.give_up(&error, now);
                drop(to.send(Err(Unavailable::new(error))));
                Vec::new()
            }
        }
    }

    /// Checks whether the disk has room for publications, and stores the reason if nothing can be appended.
    fn look_at_disk(&self) {
        let before = self.state.trouble();
        let was_full = matches!(before, Some(DiskTrouble::Full { .. }));
        let trouble = match self.files.space() {
            Ok(Some(space)) => space.trouble(was_full),
            Ok(None) => None,
            Err(error) => Some(DiskTrouble::Failed { reason: error.to_string() }),
        };
        match trouble {
            // After a failure of the file, the reason stays until the file was opened again.
            None if matches!(before, Some(DiskTrouble::Failed { .. })) && !self.state.is_open() => {}
            trouble => self.state.set_trouble(trouble),
        }
    }

    /// Opens the file again if it failed, because it is not known which data it has until it was opened and checked. While
    /// the disk is full, it is not opened for writing.
    fn ensure_open(&mut self, now: Millis) -> Result<(), Unavailable> {
        if self.state.is_open() {
            return Ok(());
        }
        // A clock that was set back does not keep the file closed.
        if (1..=REOPEN_MS).contains(&self.reopen_at.saturating_sub(now)) {
            return Err(self.state.unavailable());
        }
        self.reopen_at = now + REOPEN_MS;
        if matches!(self.state.trouble(), Some(DiskTrouble::Full { .. })) {
            self.ensure_readable("the disk is full");
            return Err(self.state.unavailable());
        }
        // Otherwise the file would be open twice at the same time.
        self.state.shut("the store is being opened again");
        match self.files.open() {
            Ok(opened) => {
                self.state.resume(opened);
                self.state.set_trouble(None);
                tracing::info!("the store is open again");
                Ok(())
            }
            Err(error) => {
                self.fail(&error.to_string());
                Err(self.state.unavailable())
            }
        }
    }

    /// Stores `reason` as the reason why the file cannot be written, and opens the file for reading only.
    fn fail(&self, reason: &str) {
        self.state.shut(reason);
        if !matches!(self.state.trouble(), Some(DiskTrouble::Full { .. })) {
            self.state.set_trouble(Some(DiskTrouble::Failed { reason: reason.into() }));
        }
        self.ensure_readable(reason);
    }

    fn ensure_readable(&self, reason: &str) {
        if self.state.is_readable() {
            return;
        }
        match self.files.open_for_reading() {
            Ok(db) => self.state.resume_reading(db, reason),
            Err(error) => tracing::error!(%error, "the store cannot even be read"),
        }
    }

    fn fill(&mut self, command: Command, replies: &mut Vec<Reply>) -> Result<Committed, redb::Error> {
        let bounds = self.bounds(command.now());
        let mut next = command.split(replies);
        let state = self.state.clone();
        let file = state.file();
        let transaction = file.database()?.begin_write()?;
        let index = state.index();
        let mut group = Group::new(Tables::open(&transaction)?, &index, bounds);
        while let Some(work) = next {
            work.execute(&mut group, replies)?;
            let has_room = replies.len() < GROUP_COMMANDS && !group.is_full();
            let mut command = if has_room { self.commands.try_recv().ok() } else { None };
            self.pending = command.take_if(|command| !command.joins_a_group());
            next = command.and_then(|command| command.split(replies));
        }
        if group.is_empty() {
            return Ok(Committed::default());
        }
        let committed = group.finish()?;
        if let Some(times) = state.remember() {
            let uptime_ms = times.uptime.map_or(0, |uptime| uptime.ms);
            if uptime_ms >= self.remembered_at.saturating_add(REMEMBER_MS) {
                remember(&transaction, &times)?;
                self.remembered_at = uptime_ms;
            }
        }
        transaction.commit()?;
        Ok(committed)
    }

    fn bounds(&self, now: Millis) -> Bounds {
        Bounds {
            retention: self.state.retention(),
            retention_now: self.state.retention_now(now),
            history_bytes: self.history_bytes,
            trouble: self.state.trouble(),
        }
    }

    fn give_up(&mut self, error: &redb::Error, now: Millis) {
        tracing::error!(%error, "the store failed; it will be opened again");
        self.fail(&error.to_string());
        // The failed write may be the first sign that the disk is full.
        self.look_at_disk();
        self.reopen_at = now;
        self.remembered_at = Millis::MIN;
    }
}

impl Command {
    /// Returns true if the command can be committed together with others.
    fn joins_a_group(&self) -> bool {
        matches!(self, Self::Append(..) | Self::Sweep(..))
    }

    fn now(&self) -> Millis {
        match self {
            Self::Append(append, _) => append.received_at,
            Self::Sweep(now, _) | Self::Check(now, _) | Self::Forget(_, _, now, _) => *now,
        }
    }

    /// Adds the channel of the command to `replies`, and returns the work of the command; `None` for a command that does
    /// not join a group.
    fn split(self, replies: &mut Vec<Reply>) -> Option<Work> {
        match self {
            Self::Append(append, to) => {
                replies.push(Reply::Append(to, None));
                Some(Work::Append(append))
            }
            Self::Sweep(_, to) => {
                replies.push(Reply::Sweep(to, None));
                Some(Work::Sweep)
            }
            Self::Check(..) | Self::Forget(..) => None,
        }
    }

    fn refuse(self, trouble: Option<DiskTrouble>, reason: Unavailable) {
        match self {
            Self::Append(_, to) => drop(to.send(Err(trouble.map_or(reason.into(), AppendError::Disk)))),
            Self::Sweep(_, to) => drop(to.send(Err(reason))),
            Self::Forget(_, _, _, to) => drop(to.send(Err(reason))),
            Self::Check(_, to) => {
                let _ = to.send(());
            }
        }
    }
}

impl Work {
    /// Executes the work that belongs to the last of `replies`, and adds the outcome to that reply.
    fn execute(self, group: &mut Group<'_>, replies: &mut [Reply]) -> Result<(), redb::Error> {
        match (self, replies.last_mut()) {
            (Self::Append(append), Some(Reply::Append(_, outcome))) => {
                *outcome = Some(group.append(*append)?)
            }
            (Self::Sweep, Some(Reply::Sweep(_, swept))) => {
                let (removed, more) = group.sweep()?;
                *swept = Some(Swept { removed, more });
            }
            // This does not happen, because `Command::split` returns the work and adds the reply of the same command.
            (Self::Append(_) | Self::Sweep, _) => {}
        }
        Ok(())
    }
}

impl Reply {
    // The caller may be gone; the command was executed all the same.
    fn send(self) {
        match self {
            Self::Append(to, Some(outcome)) => drop(to.send(outcome)),
            Self::Sweep(to, Some(swept)) => drop(to.send(Ok(swept))),
            // This does not happen, because every command of a committed group has an outcome.
            Self::Append(_, None) | Self::Sweep(_, None) => {}
        }
    }

    fn refuse(self, trouble: Option<&DiskTrouble>, error: &redb::Error) {
        let unavailable = Unavailable::new(error);
        match self {
            Self::Append(to, _) => {
                let refused = trouble.cloned().map_or(unavailable.into(), AppendError::Disk);
                drop(to.send(Err(refused)));
            }
            Self::Sweep(to, _) => drop(to.send(Err(unavailable))),
        }
    }
}

fn panicked() -> redb::Error {
    redb::Error::Corrupted("internal error: a write panicked, and nothing was saved".into())
}

/// Waits until the store is to close, or was dropped.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the store was dropped, which is closing too.
    let _ = closing.wait_for(|closing| *closing).await;
}
