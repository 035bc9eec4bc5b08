//! A Lambda function with all processes that run it.

mod acquire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use crate::function::Function;
use crate::function_error::{FunctionError, InvokeError};
use crate::invocation::Invocation;
use crate::log::Report;
use crate::patience::Times;
use crate::places::{Holder, Place, Places, Start};
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

/// The process for an invocation: one that was idle, or a new one in this place.
enum Process {
    Warm(Box<Sandbox>),
    Cold(Place, Start),
}

impl Process {
    fn warm(sandbox: Sandbox) -> Self {
        Self::Warm(Box::new(sandbox))
    }
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
        let retired = self.fleet.pool().release(sandbox, self.fleet.now_ms());
        // Dropping the process ends it. It happens here, after the lock of the pool was released.
        drop(retired);
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
    pub async fn run(&self, invocation: &Invocation) -> Result<Bytes, InvokeError> {
        let (slot, process) = self.acquire().await?;
        self.shared.log.begin(&self.function.name, &invocation.id);
        let mut ended = self.ended.subscribe();
        let outcome = tokio::select! {
            biased;
            // Dropping the other future ends the process.
            _ = ended.wait_for(|has_ended| *has_ended) => return Err(self.throttled()),
            outcome = self.run_in(slot, process, invocation) => outcome,
        };
        outcome.map_err(InvokeError::Function)
    }

    /// Runs an invocation in its process, and writes a report about it to the log.
    async fn run_in(
        &self,
        slot: Slot<'_>,
        process: Process,
        invocation: &Invocation,
    ) -> Result<Bytes, FunctionError> {
        let acquired = Instant::now();
        let (place, warm, start) = match process {
            Process::Warm(mut sandbox) => match sandbox.is_ready(self.function.timeout).await {
                true => (sandbox.place(), Some(*sandbox), None),
                false => (sandbox.place(), None, None),
            },
            Process::Cold(place, start) => (Arc::new(place), None, Some(start)),
        };
        let is_cold = warm.is_none();
        let sandbox = match warm {
            Some(sandbox) => Ok(sandbox),
            None => Sandbox::start(&self.function, &self.shared, &invocation.id, place).await,
        };
        // Now another process may start.
        drop(start);
        let ready = Instant::now();
        let init = is_cold.then(|| ready - acquired);
        if let (Some(init), Ok(_)) = (init, &sandbox) {
            self.times.send_if_modified(|times| times.add_init(init));
        }
        let outcome = match sandbox {
            Ok(sandbox) => self.invoke(slot, sandbox, invocation).await,
            Err(error) => Err(error),
        };
        self.times.send_if_modified(|times| times.add_duration(ready.elapsed(), is_cold));
        self.report(invocation, init, ready.elapsed(), &outcome);
        outcome
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
