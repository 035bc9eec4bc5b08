//! A Lambda function with all processes that run it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::function::Function;
use crate::function_error::{FunctionError, InvokeError};
use crate::invocation::Invocation;
use crate::limits::Limits;
use crate::log::{Log, Report};
use crate::pool::{Placement, Pool};
use crate::sandbox::Sandbox;

/// A Lambda function, the processes that run it, and the limits for them.
pub(crate) struct Fleet {
    pub function: Function,
    limits: Limits,
    log: Arc<dyn Log>,
    pool: Mutex<Pool<Sandbox>>,
    started: Instant,
}

/// Counts one invocation as in flight, in the pool of its function. `release` returns the process of the invocation to
/// the pool. If the slot is dropped without that, the pool counts the process as lost, so that an invocation never
/// stays counted forever.
struct Slot<'a> {
    fleet: &'a Fleet,
    is_held: bool,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if self.is_held {
            self.fleet.pool().discard();
        }
    }
}

impl Slot<'_> {
    fn release(mut self, sandbox: Sandbox) {
        self.is_held = false;
        self.fleet.pool().release(sandbox, self.fleet.now_ms());
    }
}

impl Fleet {
    pub fn new(function: Function, limits: Limits, log: Arc<dyn Log>) -> Self {
        let pool = Mutex::new(Pool::new(function.concurrency));
        Self { function, limits, log, pool, started: Instant::now() }
    }

    /// Runs one invocation, waits for its result, and writes a report about it to the log.
    ///
    /// # Errors
    ///
    /// [`InvokeError::Throttled`] or [`InvokeError::Function`].
    pub async fn run(&self, invocation: &Invocation) -> Result<Bytes, InvokeError> {
        let (slot, warm) = self.acquire()?;
        let acquired = Instant::now();
        let is_cold = warm.is_none();
        let sandbox = match warm {
            Some(sandbox) => Ok(sandbox),
            None => Sandbox::start(&self.function, &self.limits, &self.log, &invocation.id).await,
        };
        let ready = Instant::now();
        let outcome = match sandbox {
            Ok(sandbox) => self.invoke(slot, sandbox, invocation).await,
            Err(error) => Err(error),
        };
        let init = is_cold.then(|| ready - acquired);
        self.report(invocation, init, ready.elapsed(), &outcome);
        outcome.map_err(InvokeError::Function)
    }

    /// Ends the processes that have been idle for [`Limits::keep_warm`] or longer.
    pub fn end_idle(&self) {
        let before = Duration::from_millis(self.now_ms()).checked_sub(self.limits.keep_warm);
        let idle = before.map(|before| self.pool().take_idle_since(before.as_millis() as u64));
        // Dropping the processes ends them. It happens here, after the lock of the pool was released.
        drop(idle);
    }

    /// Ends the idle processes, and throttles every further invocation.
    pub fn close(&self) {
        let idle = self.pool().close();
        drop(idle);
    }

    /// Counts an invocation as in flight, and returns its slot together with an idle process if there is one. Idle
    /// processes that have exited are skipped.
    fn acquire(&self) -> Result<(Slot<'_>, Option<Sandbox>), InvokeError> {
        loop {
            let placement = self.pool().acquire();
            let slot = || Slot { fleet: self, is_held: true };
            match placement {
                Placement::Throttled => return Err(self.throttled()),
                Placement::Cold => return Ok((slot(), None)),
                Placement::Warm(mut sandbox) => {
                    let slot = slot();
                    if sandbox.is_usable() {
                        return Ok((slot, Some(sandbox)));
                    }
                }
            }
        }
    }

    async fn invoke(
        &self,
        slot: Slot<'_>,
        mut sandbox: Sandbox,
        invocation: &Invocation,
    ) -> Result<Bytes, FunctionError> {
        let outcome = sandbox.invoke(&self.function, invocation).await;
        if sandbox.is_usable() {
            slot.release(sandbox);
        }
        outcome
    }

    fn report(
        &self,
        invocation: &Invocation,
        init: Option<Duration>,
        duration: Duration,
        outcome: &Result<Bytes, FunctionError>,
    ) {
        self.log.report(&Report {
            function: self.function.name.clone(),
            request_id: invocation.id.clone(),
            init,
            duration,
            error: outcome.as_ref().err().cloned(),
        });
    }

    fn throttled(&self) -> InvokeError {
        let Function { name, concurrency, .. } = &self.function;
        InvokeError::Throttled { function: name.clone(), limit: *concurrency }
    }

    fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// Locks the pool. Poisoning is ignored, since every change of the pool is one call that leaves it consistent.
    fn pool(&self) -> MutexGuard<'_, Pool<Sandbox>> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
