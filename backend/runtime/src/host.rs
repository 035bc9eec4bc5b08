//! The host of Lambda functions. It invokes them by name.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::event_report::{EventEnd, EventReport};
use crate::fleet::Fleet;
use crate::fleets::Fleets;
use crate::function::Function;
use crate::function_error::{FunctionError, InvokeError};
use crate::invocation::Invocation;
use crate::limits::Limits;
use crate::log::{Log, LogLine};
use crate::places::Places;
use crate::retry::{Attempts, Retries};
use crate::shared::Shared;
use crate::sweeper::Sweeper;

/// Interval at which the host looks for processes that have been idle too long, and ends them.
const IDLE_CHECK: Duration = Duration::from_secs(10);

/// Runs Lambda functions as processes of this machine. All clones share the same processes, which end when the last
/// clone is dropped.
///
/// See the [crate documentation](crate) for an example.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    fleets: RwLock<Fleets>,
    places: Places,
    shared: Shared,
    retries: Retries,
    events: Arc<Semaphore>,
}

impl Host {
    /// Creates a host of these functions. No process is started before the first invocation or [`start_ahead`](Self::start_ahead).
    ///
    /// # Panics
    ///
    /// Panics if it is called outside a tokio runtime.
    pub fn new(functions: Vec<Function>, limits: Limits, retries: Retries, log: Arc<dyn Log>) -> Self {
        let places = Places::new(limits.processes.max(1), limits.starts.max(1));
        let events = Arc::new(Semaphore::new(limits.events.min(Semaphore::MAX_PERMITS)));
        let shared = Shared { limits, log, sweeper: Sweeper::start() };
        let fleet = |function: Function| Fleet::new(function, shared.clone(), &places);
        let fleets = RwLock::new(Fleets::new(functions.into_iter().map(fleet)));
        let inner = Arc::new(Inner { fleets, places, shared, retries, events });
        tokio::spawn(end_idle(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// Returns the names of the host's functions, sorted.
    pub fn functions(&self) -> Vec<String> {
        self.0.read().by_name().keys().cloned().collect()
    }

    /// Replaces the function of the same name, or adds it if there is none. Invocations in flight continue with the former
    /// function. All that begin afterwards start new processes.
    pub fn replace(&self, function: Function) {
        let Inner { shared, places, .. } = &*self.0;
        let fleet = Fleet::new(function, shared.clone(), places);
        let former = self.0.write().replace(fleet);
        if let Some(former) = former {
            former.retire();
        }
    }

    /// Starts a process of a function before its first invocation, so that this need not wait for it. Returns after the process has
    /// started or failed, which the [`Log`] is told. Does nothing if the function has a process already, or if there is no free place
    /// for another one.
    ///
    /// # Errors
    ///
    /// [`InvokeError::NotFound`] if the function is unknown.
    pub async fn start_ahead(&self, function: &str) -> Result<(), InvokeError> {
        self.fleet(function)?.start_ahead().await;
        Ok(())
    }

    /// Invokes a function and waits for its answer. The invocation continues to its end even if this future is dropped.
    ///
    /// # Errors
    ///
    /// [`InvokeError`] if the function is unknown, throttled or failed, or the payload is too large.
    pub async fn invoke(&self, function: &str, payload: Bytes) -> Result<Bytes, InvokeError> {
        self.invoke_with_client_context(function, payload, None).await
    }

    /// Invokes a function as [`invoke`](Self::invoke) does, and passes it a client context: JSON that the function gets
    /// in addition to the event.
    ///
    /// # Errors
    ///
    /// The same as those of [`invoke`](Self::invoke).
    pub async fn invoke_with_client_context(
        &self,
        function: &str,
        payload: Bytes,
        client_context: Option<String>,
    ) -> Result<Bytes, InvokeError> {
        self.run(function, Invocation { client_context, ..Invocation::new(payload) }).await
    }

    /// Runs an invocation, of which the caller knows the id.
    pub(crate) async fn run(&self, function: &str, invocation: Invocation) -> Result<Bytes, InvokeError> {
        let fleet = self.fleet(function)?;
        check_size(&invocation.payload, self.0.shared.limits.request_bytes)?;
        let run = tokio::spawn(async move { fleet.run(&invocation).await });
        run.await.unwrap_or_else(|error| Err(FunctionError::of_service(error.to_string()).into()))
    }

    /// Queues an event for asynchronous invocation, with retries. Returns its request id without waiting for the
    /// function.
    ///
    /// # Errors
    ///
    /// [`InvokeError`] if the function is unknown, the payload is too large, or the maximum number of events is queued.
    pub fn invoke_event(&self, function: &str, payload: Bytes) -> Result<String, InvokeError> {
        let fleet = self.fleet(function)?;
        check_size(&payload, self.0.shared.limits.event_bytes)?;
        let permit = self.0.events.clone().try_acquire_owned().map_err(|_| InvokeError::Throttled {
            function: function.to_owned(),
            limit: self.0.shared.limits.events,
        })?;
        let invocation = Invocation::new(payload);
        let id = invocation.id.clone();
        let retries = fleet.function.retries.clone().unwrap_or_else(|| self.0.retries.clone());
        let log = self.0.shared.log.clone();
        tokio::spawn(async move {
            handle_event(&fleet, &invocation, &retries, log.as_ref()).await;
            drop(permit);
        });
        Ok(id)
    }

    /// Checks that the function exists and that the payload is not too large, but does not invoke the function. This is
    /// the invocation type `DryRun`.
    ///
    /// # Errors
    ///
    /// [`InvokeError`] if the function is unknown or the payload is too large.
    pub fn check(&self, function: &str, payload: &Bytes) -> Result<(), InvokeError> {
        self.fleet(function)?;
        check_size(payload, self.0.shared.limits.request_bytes)
    }

    /// Ends the idle processes, and answers every further invocation with `Throttled`. Invocations in flight continue.
    pub fn close(&self) {
        self.0.all().iter().for_each(|fleet| fleet.close());
    }

    /// Ends all processes, also those of invocations in flight and of functions that were replaced. These invocations and every further
    /// one are answered with `Throttled`. Returns after the processes have been killed, together with those that they have started.
    pub async fn end(&self) {
        for fleet in self.0.all() {
            fleet.end().await;
        }
        self.0.shared.sweeper.finish().await;
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.shared.limits
    }

    fn fleet(&self, function: &str) -> Result<Arc<Fleet>, InvokeError> {
        let fleets = self.0.read();
        let fleets = fleets.by_name();
        let by_qualifier = || {
            let (name, qualifier) = function.rsplit_once(':')?;
            let is_known = |fleet: &&Arc<Fleet>| fleet.function.qualifiers.iter().any(|own| own == qualifier);
            fleets.get(name).filter(is_known)
        };
        let fleet = fleets.get(function).or_else(by_qualifier).cloned();
        fleet.ok_or_else(|| InvokeError::NotFound { function: function.to_owned() })
    }
}

impl Inner {
    /// Returns all functions, also those that were replaced and still have invocations.
    fn all(&self) -> Vec<Arc<Fleet>> {
        self.read().all()
    }

    /// Locks the functions for reading. Poisoning is ignored, since every change is one call that leaves them consistent.
    fn read(&self) -> impl Deref<Target = Fleets> {
        self.fleets.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> impl DerefMut<Target = Fleets> {
        self.fleets.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check_size(payload: &Bytes, limit_bytes: usize) -> Result<(), InvokeError> {
    match payload.len() {
        size_bytes if size_bytes > limit_bytes => Err(InvokeError::TooLarge { size_bytes, limit_bytes }),
        _ => Ok(()),
    }
}

/// Handles an event, with repetitions, and reports its outcome to the log.
async fn handle_event(fleet: &Arc<Fleet>, invocation: &Invocation, retries: &Retries, log: &dyn Log) {
    let accepted = Instant::now();
    let mut attempts = Attempts::default();
    let (condition, outcome) = loop {
        let error = match fleet.run(invocation).await {
            Ok(answer) => break (EventEnd::Success, Ok(answer)),
            Err(error) => error,
        };
        match attempts.next(retries, &error, accepted.elapsed()) {
            Ok(wait) => sleep(wait).await,
            Err(end) => break (end, Err(error)),
        }
    };
    if let Err(error) = &outcome {
        let text = format!("event {} is discarded: {error}", invocation.id);
        log.line(&LogLine::of_host(&fleet.function.name, &text));
    }
    log.event(&EventReport {
        function: fleet.function.name.clone(),
        function_arn: fleet.function.arn(),
        request_id: invocation.id.clone(),
        payload: invocation.payload.clone(),
        attempts: attempts.failed() + usize::from(outcome.is_ok()),
        condition,
        outcome,
    });
}

/// Ends idle processes at regular intervals, until the host is dropped.
async fn end_idle(host: Weak<Inner>) {
    let mut ticks = interval(IDLE_CHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(host) = host.upgrade() else { return };
        host.read().by_name().values().for_each(|fleet| fleet.end_idle());
    }
}
