//! The writer thread, which alone writes to the store's file. It executes all commands that change the store.
//!
//! Appends wait in a bounded queue during a commit, and the next commit takes all of them. So a single append is
//! committed at once, and many appends share one sync of the disk. The module `group` has an example.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use backend_core::DiskTrouble;
use backend_core::ports::{Append, AppendError, BoardError, Change, Unavailable};
use shared::{Millis, Topic};
use tokio::sync::{mpsc, oneshot, watch};

use super::attempts::Attempts;
use super::boards::{self, Write, Written};
use super::files::Files;
use super::forget::forget;
use super::group::{Bounds, Committed, Group, Outcome};
use super::rollups::Computed;
use super::state::State;
use super::tables::{Tables, remember};

/// Minimum time between two commits that store the times of the clocks, in milliseconds.
const REMEMBER_MS: Millis = 60_000;

/// Maximum number of commands in a group that is committed together, so that the first one does not wait long.
const GROUP_COMMANDS: usize = 1_024;

/// A command to the thread that writes to the store, with the channel on which the caller gets the result.
pub enum Command {
    Append(Box<Append>, oneshot::Sender<Outcome>),
    Sweep(Millis, oneshot::Sender<Result<Swept, Unavailable>>),
    /// Stores blocks of rollup that were computed.
    Roll(Box<Computed>, oneshot::Sender<Result<(), Unavailable>>),
    /// Deletes a topic. If an offset is given, the topic is deleted only if its newest publication has this offset. The
    /// time may be unknown.
    Forget(Topic, Option<u64>, Option<Millis>, oneshot::Sender<Result<bool, Unavailable>>),
    /// Saves or deletes a board.
    Board(Box<Write>, oneshot::Sender<Written>),
    /// Checks whether the disk has room, and opens the file again if a write to it has failed.
    Check(Millis, oneshot::Sender<()>),
}

/// The result of a sweep, which deletes publications that are too old or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Number of publications that were deleted.
    pub removed: u64,
    /// True if there is more to delete, and another sweep should follow soon.
    pub more: bool,
}

/// The thread that writes to the store. It receives commands, commits them in groups, and passes the changes on to be
/// broadcast.
pub struct Writer {
    state: Arc<State>,
    files: Arc<dyn Files>,
    history_bytes: u64,
    commands: mpsc::Receiver<Command>,
    /// A command that was received while a group was filled but cannot be committed together with others. It is
    /// executed next.
    pending: Option<Command>,
    changes: mpsc::Sender<Vec<Change>>,
    closing: watch::Receiver<bool>,
    /// Time of the last command that has one, with which the age of publications is computed.
    now: Millis,
    /// Time at which the last command was sent for which this is known.
    sent_at: Millis,
    /// The last attempt to open a failed file again.
    attempts: Attempts,
    /// Uptime of the machine in milliseconds at which the times of the clocks were last stored.
    remembered_at: Millis,
}

/// The part of a command that is executed while its group is filled.
enum Work {
    Append(Box<Append>),
    Roll(Box<Computed>),
    Sweep,
}

/// The channel on which the caller of a command in a group gets the outcome, and the outcome if the command was
/// executed. It is separate from [`Work`] because callers are answered late: after the commit, or after the reason of a
/// failure was stored.
enum Reply {
    Append(oneshot::Sender<Outcome>, Option<Outcome>),
    Roll(oneshot::Sender<Result<(), Unavailable>>, Option<Result<(), Unavailable>>),
    Sweep(oneshot::Sender<Result<Swept, Unavailable>>, Option<Swept>),
}

impl Writer {
    /// Creates the writer. `history_bytes` is the maximum size of the history of all topics. `closing` becomes true
    /// when the store has to close.
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
            now: Millis::MIN,
            sent_at: Millis::MIN,
            attempts: Attempts::default(),
            remembered_at: Millis::MIN,
        }
    }

    /// Executes commands until the store closes and no commands are waiting. Then closes the file.
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

    /// Passes changes on to be broadcast, in the order of the commits. Waits for room in the queue, so that a slow
    /// broadcast slows down publishers instead of filling the memory. If the store is closing, it does not wait.
    /// Changes that are not passed on are in history, from which clients read the publications that they miss.
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

    /// Executes `command`. An append or a sweep is committed together with all commands that are waiting. Returns the
    /// changes to broadcast.
    fn commit_group(&mut self, command: Command) -> Vec<Change> {
        self.look_at_disk();
        self.now = command.now().unwrap_or(self.now);
        self.sent_at = command.sent_at().unwrap_or(self.sent_at);
        if let Err(reason) = self.ensure_open() {
            command.refuse(self.state.trouble(), reason);
            return Vec::new();
        }
        match command {
            Command::Forget(topic, end, _, to) => self.forget(&topic, end, to),
            Command::Board(write, to) => {
                self.write_board(*write, to);
                Vec::new()
            }
            Command::Check(_, to) => {
                // An error means that the caller no longer waits.
                let _ = to.send(());
                Vec::new()
            }
            command @ (Command::Append(..) | Command::Roll(..) | Command::Sweep(..)) => self.commit(command),
        }
    }

    fn commit(&mut self, command: Command) -> Vec<Change> {
        let mut replies = Vec::new();
        let filled = catch_unwind(AssertUnwindSafe(|| self.fill(command, &mut replies)));
        match filled.unwrap_or_else(|_| Err(panicked())) {
            Ok(committed) => {
                self.state.publish(committed.entries);
                replies.into_iter().for_each(Reply::send);
                committed.changes
            }
            Err(error) => {
                self.give_up(&error);
                let trouble = self.state.trouble();
                replies.into_iter().for_each(|reply| reply.refuse(trouble.as_ref(), &error));
                Vec::new()
            }
        }
    }

    /// Deletes a topic and returns the change that tells subscribers that its log has ended. If `end` is given, the
    /// topic is deleted only if its newest publication has this offset.
    fn forget(
        &mut self,
        topic: &Topic,
        end: Option<u64>,
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
                self.give_up(&error);
                drop(to.send(Err(Unavailable::new(error))));
                Vec::new()
            }
        }
    }

    /// Saves or deletes a board, if the disk has room.
    fn write_board(&mut self, write: Write, to: oneshot::Sender<Written>) {
        let is_save = matches!(write, Write::Save(..));
        if let Some(trouble) = self.state.trouble().filter(|_| is_save) {
            return drop(to.send(Err(BoardError::Disk(trouble))));
        }
        let state = self.state.clone();
        let file = state.file();
        let written = catch_unwind(AssertUnwindSafe(|| boards::write(file.database()?, write)));
        drop(file);
        let written = written.unwrap_or_else(|_| Err(panicked())).unwrap_or_else(|error| {
            self.give_up(&error);
            Err(boards::refused(self.state.trouble(), Unavailable::new(error)))
        });
        drop(to.send(written));
    }

    /// Checks whether the disk has room for publications. Stores the reason if nothing can be appended.
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

    /// Opens the store's file again if it is not open for writing and enough time has passed since the last attempt. Returns an error if
    /// the file is not open for writing.
    fn ensure_open(&mut self) -> Result<(), Unavailable> {
        if self.state.is_open() {
            return Ok(());
        }
        if !self.attempts.may_begin(self.sent_at) {
            return Err(self.state.unavailable());
        }
        let began = Instant::now();
        let opened = self.open_again();
        self.attempts.ended(self.sent_at, self.files.passed_since(began));
        opened
    }

    /// Opens the store's file again. After a failed write, only opening and checking the file shows which data it contains. While
    /// the disk is full or cannot be written, the file is opened for reading only. Returns an error if the file is not open for
    /// writing.
    fn open_again(&self) -> Result<(), Unavailable> {
        if matches!(self.state.trouble(), Some(DiskTrouble::Full { .. })) {
            self.ensure_readable("the disk is full");
            return Err(self.state.unavailable());
        }
        // Checking a large file takes long, and nothing can be read in the meantime. So the file is not closed in vain.
        if let Err(error) = self.files.probe() {
            let reason = error.to_string();
            self.tell_failure(&reason);
            self.ensure_readable(&reason);
            return Err(self.state.unavailable());
        }
        // Without this, the file would be open twice at the same time.
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

    /// Stores `reason` as the reason why the store's file cannot be written, and opens the file again for reading only.
    fn fail(&self, reason: &str) {
        self.state.shut(reason);
        self.tell_failure(reason);
        self.ensure_readable(reason);
    }

    /// Stores `reason` as the reason why nothing can be appended, unless the disk is full.
    fn tell_failure(&self, reason: &str) {
        if !matches!(self.state.trouble(), Some(DiskTrouble::Full { .. })) {
            self.state.set_trouble(Some(DiskTrouble::Failed { reason: reason.into() }));
        }
    }

    fn ensure_readable(&self, reason: &str) {
        if self.state.is_readable() {
            return;
        }
        match self.files.open_for_reading() {
            Ok(db) => self.state.resume_reading(db, reason),
            Err(error) => tracing::error!(%error, "the store cannot be opened for reading either"),
        }
    }

    fn fill(&mut self, command: Command, replies: &mut Vec<Reply>) -> Result<Committed, redb::Error> {
        let bounds = self.bounds();
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
            if let Some(now) = command.as_ref().and_then(Command::now) {
                group.move_to(state.retention_now(now));
            }
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

    fn bounds(&self) -> Bounds {
        Bounds {
            retention: self.state.retention(),
            retention_now: self.state.retention_now(self.now),
            history_bytes: self.history_bytes,
            trouble: self.state.trouble(),
        }
    }

    fn give_up(&mut self, error: &redb::Error) {
        tracing::error!(%error, "the store failed; it will be opened again");
        self.fail(&error.to_string());
        // The failed write may be the first sign that the disk is full.
        self.look_at_disk();
        self.remembered_at = Millis::MIN;
    }
}

impl Command {
    /// Returns true if the command can be committed together with others in a group.
    fn joins_a_group(&self) -> bool {
        matches!(self, Self::Append(..) | Self::Roll(..) | Self::Sweep(..))
    }

    /// Returns the time of the command, if it has one.
    fn now(&self) -> Option<Millis> {
        match self {
            Self::Append(append, _) => Some(append.received_at),
            Self::Roll(computed, _) => Some(computed.received_at),
            Self::Sweep(now, _) | Self::Check(now, _) => Some(*now),
            Self::Forget(_, _, now, _) => *now,
            Self::Board(..) => None,
        }
    }

    /// Returns the time at which the command was sent, if it is known. The time of a rollup is that of its topic's newest publication,
    /// which may be old.
    fn sent_at(&self) -> Option<Millis> {
        if matches!(self, Self::Roll(..)) { None } else { self.now() }
    }

    /// Splits a command that can be committed in a group. Adds its channel to `replies` and returns its work. Returns
    /// `None` for any other command.
    fn split(self, replies: &mut Vec<Reply>) -> Option<Work> {
        match self {
            Self::Append(append, to) => {
                replies.push(Reply::Append(to, None));
                Some(Work::Append(append))
            }
            Self::Roll(computed, to) => {
                replies.push(Reply::Roll(to, None));
                Some(Work::Roll(computed))
            }
            Self::Sweep(_, to) => {
                replies.push(Reply::Sweep(to, None));
                Some(Work::Sweep)
            }
            Self::Check(..) | Self::Forget(..) | Self::Board(..) => None,
        }
    }

    fn refuse(self, trouble: Option<DiskTrouble>, reason: Unavailable) {
        match self {
            Self::Append(_, to) => drop(to.send(Err(trouble.map_or(reason.into(), AppendError::Disk)))),
            Self::Sweep(_, to) => drop(to.send(Err(reason))),
            Self::Roll(_, to) => drop(to.send(Err(reason))),
            Self::Forget(_, _, _, to) => drop(to.send(Err(reason))),
            Self::Board(_, to) => drop(to.send(Err(boards::refused(trouble, reason)))),
            Self::Check(_, to) => {
                let _ = to.send(());
            }
        }
    }
}

impl Work {
    /// Executes the work of a command in `group`, and stores the outcome in the last of `replies`, which belongs to the
    /// same command.
    fn execute(self, group: &mut Group<'_>, replies: &mut [Reply]) -> Result<(), redb::Error> {
        match (self, replies.last_mut()) {
            (Self::Append(append), Some(Reply::Append(_, outcome))) => {
                *outcome = Some(group.append(*append)?)
            }
            (Self::Roll(computed), Some(Reply::Roll(_, outcome))) => *outcome = Some(group.roll(&computed)?),
            (Self::Sweep, Some(Reply::Sweep(_, swept))) => {
                let (removed, more) = group.sweep()?;
                *swept = Some(Swept { removed, more });
            }
            // This does not happen, because `Command::split` returns the work and adds the reply of the same command.
            (Self::Append(_) | Self::Roll(_) | Self::Sweep, _) => {}
        }
        Ok(())
    }
}

impl Reply {
    // An error of `send` is ignored: the caller no longer waits, but the command was executed.
    fn send(self) {
        match self {
            Self::Append(to, Some(outcome)) => drop(to.send(outcome)),
            Self::Sweep(to, Some(swept)) => drop(to.send(Ok(swept))),
            Self::Roll(to, Some(outcome)) => drop(to.send(outcome)),
            // This does not happen, because every command of a committed group has an outcome.
            Self::Append(_, None) | Self::Roll(_, None) | Self::Sweep(_, None) => {}
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
            Self::Roll(to, _) => drop(to.send(Err(unavailable))),
        }
    }
}

fn panicked() -> redb::Error {
    redb::Error::Corrupted("internal error: a write panicked, and nothing was saved".into())
}

/// Waits until the value of `closing` becomes true, which means that the store has to close, or until the store was
/// dropped.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the store was dropped, which is closing too.
    let _ = closing.wait_for(|closing| *closing).await;
}
