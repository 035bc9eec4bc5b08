//! Finds the process for an invocation: an idle one, one that becomes idle soon, or a new one.

use std::sync::Arc;

use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::time::{Instant, sleep_until};

use super::{Fleet, NoProcess};
use crate::limits::Limits;
use crate::log::LogLine;
use crate::patience::doubles;
use crate::pool::Ticket;
use crate::sandbox::Sandbox;

impl Fleet {
    /// Returns the process for an invocation that was counted as in flight. If all processes of the host are busy, waits until one is
    /// free.
    pub(super) async fn acquire(self: &Arc<Self>, request_id: &str) -> Result<Sandbox, NoProcess> {
        loop {
            let mut sandbox = match self.idle() {
                Some(sandbox) => sandbox,
                None => self.wait(request_id).await?,
            };
            if sandbox.is_ready(self.function.timeout).await {
                return Ok(sandbox);
            }
        }
    }

    /// Waits for a process. If no other is expected soon, one is started, but the invocation is not bound to it: it gets the first
    /// process that is passed to it, since on a busy machine a start may take longer than all others of the crowd.
    async fn wait(self: &Arc<Self>, request_id: &str) -> Result<Sandbox, NoProcess> {
        let (ticket, mut released) = self.pool().wait();
        loop {
            if let Some(sandbox) = self.wait_patiently(ticket, &mut released).await {
                return Ok(sandbox);
            }
            if let Some(sandbox) = self.start_or_wait(request_id, &mut released).await? {
                return Ok(sandbox);
            }
        }
    }

    /// Waits for a busy process as long as that is expected to be faster than another process.
    async fn wait_patiently(
        &self,
        ticket: Ticket,
        released: &mut oneshot::Receiver<Sandbox>,
    ) -> Option<Sandbox> {
        let longest = self.shared.limits.patience;
        let (mut times, began) = (self.times.subscribe(), Instant::now());
        loop {
            let ended = self.own_places.changed();
            tokio::pin!(ended);
            ended.as_mut().enable();
            let (processes, ahead) = (self.own_places.taken(), self.pool().ahead(ticket));
            let patience = times.borrow_and_update().patience(ahead, processes, longest);
            if processes == 0 || patience.is_zero() {
                return None;
            }
            tokio::select! {
                biased;
                released = &mut *released => return released.ok(),
                () = sleep_until(Instant::now() + patience) => {
                    // On a busy machine all invocations of a crowd come here together, and one more process may be enough for them.
                    if began.elapsed() >= longest || !doubles(processes, self.own_places.starting()) {
                        return None;
                    }
                }
                // The first start or the first invocation has ended, or a process, or a start.
                Ok(()) = times.changed() => {}
                () = &mut ended => {}
            }
        }
    }

    /// Starts a process as soon as there is a place for it, and waits for any process. Returns `None` if the new one was passed to an
    /// invocation that had waited longer.
    async fn start_or_wait(
        self: &Arc<Self>,
        request_id: &str,
        released: &mut oneshot::Receiver<Sandbox>,
    ) -> Result<Option<Sandbox>, NoProcess> {
        let mut waiting = None;
        let started = loop {
            let changed = self.places.changed();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.pool().is_closed() {
                return Err(NoProcess::Closed);
            }
            match released.try_recv() {
                Ok(sandbox) => return Ok(Some(sandbox)),
                Err(TryRecvError::Closed) => return Err(NoProcess::Closed),
                Err(TryRecvError::Empty) => {}
            }
            if let Some(started) = self.start(request_id) {
                break started;
            }
            if waiting.is_none() && Arc::strong_count(waiting.insert(self.waiting.clone())) == 2 {
                self.tell_waiting();
            }
            tokio::select! {
                () = &mut changed => {}
                // An error means that the function was closed.
                sandbox = &mut *released => return sandbox.map(Some).map_err(|_| NoProcess::Closed),
            }
        };
        tokio::select! {
            biased;
            sandbox = &mut *released => sandbox.map(Some).map_err(|_| NoProcess::Closed),
            outcome = started => outcome.unwrap_or(Err(NoProcess::Closed)).map(|()| None),
        }
    }

    fn tell_waiting(&self) {
        let Limits { processes, starts, .. } = self.shared.limits;
        let text = format!(
            "invocations wait, because all {processes} processes are busy or {starts} of them are starting"
        );
        self.shared.log.line(&LogLine::of_host(&self.function.name, &text));
    }

    /// Returns an idle process. Those that have exited are skipped.
    fn idle(&self) -> Option<Sandbox> {
        loop {
            let idle = self.pool().take_idle();
            let mut sandbox = idle?;
            if sandbox.is_usable() {
                return Some(sandbox);
            }
        }
    }
}
