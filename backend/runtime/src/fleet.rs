//! A Lambda function with all processes that run it.

mod acquire;
mod start;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use crate::function::Function;
use crate::function_error::{FunctionError, InvokeError};
use crate::invocation::Invocation;
use crate::log::Report;
use crate::patience::Times;
use crate::places::{Holder, Places};
use crate::pool::Pool;
use crate::sandbox::Sandbox;
use crate::shared::Shared;

/// A Lambda function, the processes that run it, and the limits for them.
pub(crate) struct Fleet {
    pub function: Function,
    shared: Shared,
    pool: Mutex<Pool<Sandbox>>,
    places: Places,
    own_places: Places,
    started: Instant,
    /// Has a clone for each invocation that waits for a process, so that a crowd is told once.
    waiting: Arc<()>,
    /// Times of starts and invocations. Changes of the first ones are told.
    times: watch::Sender<Times>,
    /// True after the end, when no process may run.
    ended: watch::Sender<bool>,
}

/// The reason why an invocation has no process.
enum NoProcess {
    /// The function was closed.
    Closed,
    /// The process that was started for the invocation failed, after this time.
    Failed { error: FunctionError, init: Duration },
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
        let unused = self.fleet.pool().release(sandbox, self.fleet.now_ms());
        // Dropping the process ends it. It happens here, after the lock of the pool was released.
        drop(unused);
        self.fleet.places.notify();
    }
}

impl Holder for Fleet {
    fn end_one_idle(&self) -> bool {
        let oldest = self.pool().take_oldest();
        oldest.is_some()
    }
}

impl Fleet {
    /// Creates a function without processes, and registers it with `places`.
    pub fn new(function: Function, shared: Shared, places: &Places) -> Arc<Self> {
        let pool = Mutex::new(Pool::new(function.concurrency));
        let (places, own_places) = (places.clone(), Places::new(function.processes, usize::MAX));
        let started = Instant::now();
        let fleet = Arc::new(Self {
            function,
            shared,
            pool,
            places,
            own_places,
            started,
            waiting: Arc::new(()),
            times: watch::Sender::new(Times::default()),
            ended: watch::Sender::new(false),
        });
        let holder: Weak<Self> = Arc::downgrade(&fleet);
        fleet.places.register(holder);
        fleet
    }

    /// Runs one invocation, waits for its result, and writes a report about it to the log.
    ///
    /// # Errors
    ///
    /// [`InvokeError::Throttled`] or [`InvokeError::Function`].
    pub async fn run(self: &Arc<Self>, invocation: &Invocation) -> Result<Bytes, InvokeError> {
        let slot = self.slot().ok_or_else(|| self.throttled())?;
        self.shared.log.begin(&self.function.name, &invocation.id);
        let mut ended = self.ended.subscribe();
        tokio::select! {
            biased;
            // Dropping the other future ends the process.
            _ = ended.wait_for(|has_ended| *has_ended) => Err(self.throttled()),
            outcome = self.run_in(slot, invocation) => outcome,
        }
    }

    /// Counts an invocation as in flight. Returns `None` if the maximum number is in flight already.
    fn slot(&self) -> Option<Slot<'_>> {
        let is_free = self.pool().begin();
        is_free.then(|| Slot { fleet: self, is_held: true })
    }

    /// Runs an invocation when it has a process, and writes a report about it to the log.
    async fn run_in(self: &Arc<Self>, slot: Slot<'_>, invocation: &Invocation) -> Result<Bytes, InvokeError> {
        let mut sandbox = match self.acquire(&invocation.id).await {
            Ok(sandbox) => sandbox,
            Err(NoProcess::Closed) => return Err(self.throttled()),
            Err(NoProcess::Failed { error, init }) => {
                let outcome = Err(error);
                self.report(invocation, Some(init), Duration::ZERO, &outcome);
                return outcome.map_err(InvokeError::Function);
            }
        };
        let (init, is_first, ready) = (sandbox.take_init(), !sandbox.has_handled(), Instant::now());
        let outcome = self.invoke(slot, sandbox, invocation).await;
        self.times.send_if_modified(|times| times.add_duration(ready.elapsed(), is_first));
        self.report(invocation, init, ready.elapsed(), &outcome);
        outcome.map_err(InvokeError::Function)
    }

    /// Ends the processes that have been idle for [`Limits::keep_warm`](crate::Limits::keep_warm) or longer.
    pub fn end_idle(&self) {
        let before = Duration::from_millis(self.now_ms()).checked_sub(self.shared.limits.keep_warm);
        let idle = before.map(|before| self.pool().take_idle_since(before.as_millis() as u64));
        // Dropping the processes ends them. It happens here, after the lock of the pool was released.
        drop(idle);
    }

    /// Ends the idle processes, and those of the invocations in flight after their invocations, because the function was
    /// replaced.
    pub fn retire(&self) {
        let idle = self.pool().retire();
        drop(idle);
    }

    /// Ends the idle processes, and throttles every further invocation and those that wait for a process.
    pub fn close(&self) {
        let idle = self.pool().close();
        drop(idle);
        self.places.notify();
    }

    /// Closes the function, and ends the processes of the invocations in flight.
    pub async fn end(&self) {
        self.close();
        self.ended.send_replace(true);
        // Each invocation in flight has a receiver.
        self.ended.closed().await;
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
        self.shared.log.report(&Report {
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
