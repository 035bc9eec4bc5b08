//! The host of Lambda functions. It invokes them by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::fleet::Fleet;
use crate::function::Function;
use crate::function_error::{FunctionError, InvokeError};
use crate::invocation::Invocation;
use crate::limits::Limits;
use crate::log::Log;
use crate::retry::{Attempts, Retries};

/// Interval at which the host looks for processes that have been idle too long, and ends them.
const IDLE_CHECK: Duration = Duration::from_secs(10);

/// Runs Lambda functions as processes of this machine. All clones share the same processes, which end when the last
/// clone is dropped.
///
/// See the [crate documentation](crate) for an example.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    fleets: BTreeMap<String, Arc<Fleet>>,
    limits: Limits,
    retries: Retries,
    log: Arc<dyn Log>,
    events: Arc<Semaphore>,
}

impl Host {
    /// Creates a host of these functions. No process is started before the first invocation.
    ///
    /// # Panics
    ///
    /// Panics if it is called outside a tokio runtime.
    pub fn new(functions: Vec<Function>, limits: Limits, retries: Retries, log: Arc<dyn Log>) -> Self {
        let fleet = |function: Function| {
            (function.name.clone(), Arc::new(Fleet::new(function, limits.clone(), log.clone())))
        };
        let fleets = functions.into_iter().map(fleet).collect();
        let events = Arc::new(Semaphore::new(limits.events.min(Semaphore::MAX_PERMITS)));
        let inner = Arc::new(Inner { fleets, limits, retries, log, events });
        tokio::spawn(end_idle(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// Returns the names of the host's functions, sorted.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.fleets.keys().map(String::as_str)
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
        let fleet = self.fleet(function)?;
        check_size(&payload, self.0.limits.request_bytes)?;
        let invocation = Invocation { client_context, ..Invocation::new(payload) };
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
        check_size(&payload, self.0.limits.event_bytes)?;
        let permit = self.0.events.clone().try_acquire_owned().map_err(|_| InvokeError::Throttled {
            function: function.to_owned(),
            limit: self.0.limits.events,
        })?;
        let invocation = Invocation::new(payload);
        let id = invocation.id.clone();
        let (retries, log) = (self.0.retries.clone(), self.0.log.clone());
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
        check_size(payload, self.0.limits.request_bytes)
    }

    /// Ends the idle processes, and answers every further invocation with `Throttled`. Invocations in flight continue.
    pub fn close(&self) {
        self.0.fleets.values().for_each(|fleet| fleet.close());
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    fn fleet(&self, function: &str) -> Result<Arc<Fleet>, InvokeError> {
        let fleet = self.0.fleets.get(function).cloned();
        fleet.ok_or_else(|| InvokeError::NotFound { function: function.to_owned() })
    }
}

fn check_size(payload: &Bytes, limit_bytes: usize) -> Result<(), InvokeError> {
    match payload.len() {
        size_bytes if size_bytes > limit_bytes => Err(InvokeError::TooLarge { size_bytes, limit_bytes }),
        _ => Ok(()),
    }
}

async fn handle_event(fleet: &Fleet, invocation: &Invocation, retries: &Retries, log: &dyn Log) {
    let accepted = Instant::now();
    let mut attempts = Attempts::default();
    while let Err(error) = fleet.run(invocation).await {
        let Some(wait) = attempts.next(retries, &error, accepted.elapsed()) else {
            return log.line(&fleet.function.name, &format!("event {} is discarded: {error}", invocation.id));
        };
        sleep(wait).await;
    }
}

/// Ends idle processes at regular intervals, until the host is dropped.
async fn end_idle(host: Weak<Inner>) {
    let mut ticks = interval(IDLE_CHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(host) = host.upgrade() else { return };
        host.fleets.values().for_each(|fleet| fleet.end_idle());
    }
}
