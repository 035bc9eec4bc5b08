//! One function with its processes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::invocation::Invocation;
use crate::log::{Log, Report};
use crate::pool::{Place, Pool};
use crate::sandbox::Sandbox;
use crate::{Failure, Function, InvokeError, Limits};

/// A function, and the processes that run it.
pub(crate) struct Fleet {
    pub function: Function,
    limits: Limits,
    log: Arc<dyn Log>,
    pool: Mutex<Pool<Sandbox>>,
    started: Instant,
}

/// A place in the pool. Dropped without being given back, its process is lost: nobody counts it for ever.
struct Slot<'a> {
    fleet: &'a Fleet,
    is_taken: bool,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if self.is_taken {
            self.fleet.pool().lose();
        }
    }
}

impl Slot<'_> {
    fn give_back(mut self, sandbox: Sandbox) {
        self.is_taken = false;
        self.fleet.pool().put(sandbox, self.fleet.now_ms());
    }
}

impl Fleet {
    pub fn new(function: Function, limits: Limits, log: Arc<dyn Log>) -> Self {
        let pool = Mutex::new(Pool::new(function.concurrency));
        Self { function, limits, log, pool, started: Instant::now() }
    }

    /// Runs one invocation to its end.
    ///
    /// # Errors
    ///
    /// Throttled, or failed.
    pub async fn run(&self, invocation: &Invocation) -> Result<Bytes, InvokeError> {
        let (slot, warm) = self.take()?;
        let placed = Instant::now();
        let is_cold = warm.is_none();
        let sandbox = match warm {
            Some(sandbox) => Ok(sandbox),
            None => Sandbox::start(&self.function, &self.limits, &self.log, &invocation.id).await,
        };
        let ready = Instant::now();
        let outcome = match sandbox {
            Ok(sandbox) => self.invoke(slot, sandbox, invocation).await,
            Err(failure) => Err(failure),
        };
        let init = is_cold.then(|| ready - placed);
        self.report(invocation, init, ready.elapsed(), &outcome);
        outcome.map_err(InvokeError::Function)
    }

    /// Ends the processes that have had no work for a while.
    pub fn cool(&self) {
        let before = Duration::from_millis(self.now_ms()).checked_sub(self.limits.keep_warm);
        let cold = before.map(|before| self.pool().cool(before.as_millis() as u64));
        drop(cold);
    }

    /// Ends the processes without work, and starts no more.
    pub fn close(&self) {
        let idle = self.pool().close();
        drop(idle);
    }

    /// A place, and a process if one is warm. One that has ended in the meantime is passed over.
    fn take(&self) -> Result<(Slot<'_>, Option<Sandbox>), InvokeError> {
        loop {
            let place = self.pool().take();
            let slot = || Slot { fleet: self, is_taken: true };
            match place {
                Place::Throttled => return Err(self.throttled()),
                Place::Cold => return Ok((slot(), None)),
                Place::Warm(mut sandbox) => {
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
    ) -> Result<Bytes, Failure> {
        let outcome = sandbox.invoke(&self.function, invocation).await;
        if sandbox.is_usable() {
            slot.give_back(sandbox);
        }
        outcome
    }

    fn report(
        &self,
        invocation: &Invocation,
        init: Option<Duration>,
        duration: Duration,
        outcome: &Result<Bytes, Failure>,
    ) {
        self.log.report(&Report {
            function: self.function.name.clone(),
            request_id: invocation.id.clone(),
            init,
            duration,
            failure: outcome.as_ref().err().cloned(),
        });
    }

    fn throttled(&self) -> InvokeError {
        let Function { name, concurrency, .. } = &self.function;
        InvokeError::Throttled { function: name.clone(), limit: *concurrency }
    }

    fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// A panic leaves a pool as consistent as it was: every change is one call.
    fn pool(&self) -> std::sync::MutexGuard<'_, Pool<Sandbox>> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
