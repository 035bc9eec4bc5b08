//! Finds the process for an invocation: an idle one, one that becomes idle soon, or a new one.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::{Fleet, Process, Slot};
use crate::function_error::InvokeError;
use crate::limits::Limits;
use crate::log::LogLine;
use crate::patience::doubles;
use crate::sandbox::Sandbox;

impl Fleet {
    /// Counts an invocation as in flight, and returns its slot together with its process. If all processes of the host are busy,
    /// waits until one is free.
    pub(super) async fn acquire(&self) -> Result<(Slot<'_>, Process), InvokeError> {
        if !self.pool().begin() {
            return Err(self.throttled());
        }
        let slot = Slot { fleet: self, is_held: true };
        if let Some(sandbox) = self.idle() {
            return Ok((slot, Process::warm(sandbox)));
        }
        let (ahead, mut released) = self.pool().wait();
        let process = match self.wait_patiently(ahead, &mut released).await {
            Some(sandbox) => Process::warm(sandbox),
            None => self.start_or_wait(released).await?,
        };
        Ok((slot, process))
    }

    /// Waits for a busy process as long as that is expected to be faster than another process. `ahead` is the number of
    /// invocations that waited before.
    async fn wait_patiently(
        &self,
        ahead: usize,
        released: &mut oneshot::Receiver<Sandbox>,
    ) -> Option<Sandbox> {
        let longest = self.shared.limits.patience;
        let (mut times, began) = (self.times.subscribe(), Instant::now());
        loop {
            let ended = self.own_places.changed();
            tokio::pin!(ended);
            ended.as_mut().enable();
            let processes = self.own_places.taken();
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

    /// Returns the process that an invocation gets through `released`, or a place for a new one, whichever is there first.
    async fn start_or_wait(&self, mut released: oneshot::Receiver<Sandbox>) -> Result<Process, InvokeError> {
        let mut waiting = None;
        loop {
            let changed = self.places.changed();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.pool().is_closed() {
                return Err(self.throttled());
            }
            let place = self.new_process();
            if place.is_some() {
                // From here on no process can come, but one may have come already.
                released.close();
            }
            if let Some(process) = released.try_recv().ok().map(Process::warm).or(place) {
                return Ok(process);
            }
            if waiting.is_none() && Arc::strong_count(waiting.insert(self.waiting.clone())) == 2 {
                self.tell_waiting();
            }
            tokio::select! {
                () = &mut changed => {}
                Ok(sandbox) = &mut released => return Ok(Process::warm(sandbox)),
            }
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

    /// Returns a place for a new process, if both the function and the host have one. The place of the function is freed before that
    /// of the host, whose change wakes those who wait.
    fn new_process(&self) -> Option<Process> {
        let (own, own_start) = self.own_places.take()?;
        let (place, start) = self.places.take()?;
        Some(Process::Cold(own.with(place), own_start.with(start)))
    }
}
